-- One value for everything that a test could have changed besides rows.
select md5(string_agg(fact, E'\n' order by fact)) from (
    select 'column ' || concat_ws(' ', c.oid, c.relname, a.attname, a.atttypid, a.atttypmod, a.attnotnull) as fact
    from pg_class c join pg_attribute a on a.attrelid = c.oid
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'v', 'i') and a.attnum > 0
    union all
    select 'trigger ' || concat_ws(' ', tgrelid, tgname, tgenabled, tgtype, tgfoid) from pg_trigger
    where not tgisinternal
    union all
    select 'constraint ' || concat_ws(' ', conrelid, conname, pg_get_constraintdef(oid)) from pg_constraint
    where connamespace = 'public'::regnamespace
    union all
    select 'function ' || concat_ws(' ', oid, proname, md5(prosrc)) from pg_proc
    where pronamespace = 'public'::regnamespace
) facts
