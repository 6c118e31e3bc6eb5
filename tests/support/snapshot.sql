-- Keeps a copy of every row that the migrations wrote, and where every sequence stood.
do $$
declare
    t record;
    has_rows boolean;
begin
    create schema pristine;
    create table pristine.sequences as
        select schemaname, sequencename, coalesce(last_value, start_value) as value,
               last_value is not null as is_called
        from pg_sequences where schemaname = 'public';
    for t in select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' loop
        execute format('select exists (select from public.%I)', t.relname) into has_rows;
        if has_rows then
            execute format('create table pristine.%I as table public.%I', t.relname, t.relname);
        end if;
    end loop;
end $$;
