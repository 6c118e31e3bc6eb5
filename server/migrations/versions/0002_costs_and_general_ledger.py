"""Costs and the general ledger: set-up, marks of the cost adjustment, accounts, periods.

Columns are only added, so that SQLite keeps its tables and their triggers; the triggers are made again all
the same, because they name columns.
"""

import sqlalchemy as sa
from alembic import op

import server.database
from server.ledger.immutability import create_triggers, drop_triggers


revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "accounting_period",
        sa.Column("starting_date", sa.Date(), nullable=False),
        sa.Column("name", sa.String(length=50), nullable=False),
        sa.Column("is_new_fiscal_year", sa.Boolean(), nullable=False),
        sa.Column("is_closed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("starting_date", name=op.f("pk_accounting_period")),
    )
    op.create_table(
        "assembly_cost",
        sa.Column("order_no", sa.String(length=50), nullable=False),
        sa.Column("item_no", sa.String(length=30), nullable=False),
        sa.Column("is_adjusted", sa.Boolean(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("order_no", name=op.f("pk_assembly_cost")),
    )
    with op.batch_alter_table("assembly_cost", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_assembly_cost_item_no"), ["item_no"], unique=False)
        batch_op.create_index(
            "ix_assembly_cost_to_adjust",
            ["order_no"],
            unique=False,
            sqlite_where=sa.text("NOT is_adjusted"),
            postgresql_where=sa.text("NOT is_adjusted"),
        )

    op.create_table(
        "average_cost_point",
        sa.Column("item_no", sa.String(length=30), nullable=False),
        sa.Column("variant_code", sa.String(length=30), nullable=False),
        sa.Column("location_code", sa.String(length=30), nullable=False),
        sa.Column("valuation_date", sa.Date(), nullable=False),
        sa.Column("is_adjusted", sa.Boolean(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint(
            "item_no", "variant_code", "location_code", "valuation_date", name=op.f("pk_average_cost_point")
        ),
    )
    op.create_table(
        "cost_adjustment_run",
        sa.Column(
            "run_no", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("started_at", server.database.UtcMoment(), nullable=False),
        sa.Column("finished_at", server.database.UtcMoment(), nullable=True),
        sa.Column("origin", sa.String(length=10), nullable=False),
        sa.Column("scope", sa.String(length=250), server_default="", nullable=False),
        sa.Column("user_id", sa.String(length=50), server_default="", nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("items", sa.Integer(), server_default="0", nullable=False),
        sa.Column("value_entries", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("hint", sa.String(length=500), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("run_no", name=op.f("pk_cost_adjustment_run")),
    )
    op.create_table(
        "cost_adjustment_run_item",
        sa.Column("run_no", sa.BigInteger(), nullable=False),
        sa.Column("item_no", sa.String(length=30), nullable=False),
        sa.Column("value_entries", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("cost_amount", server.database.ExactDecimal(4), server_default="0", nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("hint", sa.String(length=500), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("run_no", "item_no", name=op.f("pk_cost_adjustment_run_item")),
    )
    op.create_table(
        "general_posting_setup",
        sa.Column("general_business_posting_group", sa.String(length=30), nullable=False),
        sa.Column("general_product_posting_group", sa.String(length=30), nullable=False),
        sa.Column("cogs_account", sa.String(length=20), server_default="", nullable=False),
        sa.Column("cogs_interim_account", sa.String(length=20), server_default="", nullable=False),
        sa.Column("inventory_adjustment_account", sa.String(length=20), server_default="", nullable=False),
        sa.Column("direct_cost_applied_account", sa.String(length=20), server_default="", nullable=False),
        sa.Column("overhead_applied_account", sa.String(length=20), server_default="", nullable=False),
        sa.Column("purchase_variance_account", sa.String(length=20), server_default="", nullable=False),
        sa.Column(
            "inventory_accrual_interim_account", sa.String(length=20), server_default="", nullable=False
        ),
        sa.PrimaryKeyConstraint(
            "general_business_posting_group",
            "general_product_posting_group",
            name=op.f("pk_general_posting_setup"),
        ),
    )
    op.create_table(
        "gl_account",
        sa.Column("no", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=250), nullable=False),
        sa.Column("name_fr", sa.String(length=250), server_default="", nullable=False),
        sa.Column("category", sa.String(length=50), server_default="", nullable=False),
        sa.Column("is_blocked", sa.Boolean(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("no", name=op.f("pk_gl_account")),
    )
    op.create_table(
        "gl_entry",
        sa.Column(
            "entry_no",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("batch_no", sa.BigInteger(), nullable=False),
        sa.Column("account_no", sa.String(length=20), nullable=False),
        sa.Column("posting_date", sa.Date(), nullable=False),
        sa.Column("document_no", sa.String(length=50), nullable=False),
        sa.Column("amount", server.database.ExactDecimal(4), nullable=False),
        sa.Column("category", sa.String(length=50), nullable=False),
        sa.Column("item_no", sa.String(length=30), server_default="", nullable=False),
        sa.Column("location_code", sa.String(length=30), server_default="", nullable=False),
        sa.Column("user_id", sa.String(length=50), server_default="", nullable=False),
        sa.Column("posted_at", server.database.UtcMoment(), nullable=False),
        sa.PrimaryKeyConstraint("entry_no", name=op.f("pk_gl_entry")),
    )
    with op.batch_alter_table("gl_entry", schema=None) as batch_op:
        batch_op.create_index("ix_gl_entry_account", ["account_no", "posting_date", "entry_no"], unique=False)
        batch_op.create_index(batch_op.f("ix_gl_entry_batch_no"), ["batch_no"], unique=False)
        batch_op.create_index("ix_gl_entry_posting_date", ["posting_date", "entry_no"], unique=False)
        batch_op.create_index("ix_gl_entry_document", ["document_no", "entry_no"], unique=False)

    op.create_table(
        "gl_item_relation",
        sa.Column("gl_entry_no", sa.BigInteger(), nullable=False),
        sa.Column("value_entry_no", sa.BigInteger(), nullable=False),
        sa.Column("amount", server.database.ExactDecimal(4), nullable=False),
        sa.PrimaryKeyConstraint("gl_entry_no", "value_entry_no", name=op.f("pk_gl_item_relation")),
    )
    with op.batch_alter_table("gl_item_relation", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_gl_item_relation_value_entry_no"), ["value_entry_no"], unique=False
        )

    op.create_table(
        "inventory_period",
        sa.Column("ending_date", sa.Date(), nullable=False),
        sa.Column("name", sa.String(length=50), nullable=False),
        sa.Column("is_closed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("ending_date", name=op.f("pk_inventory_period")),
    )
    op.create_table(
        "inventory_period_entry",
        sa.Column(
            "entry_no",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("ending_date", sa.Date(), nullable=False),
        sa.Column("action", sa.String(length=10), nullable=False),
        sa.Column("register_no", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.String(length=50), nullable=False),
        sa.Column("created_at", server.database.UtcMoment(), nullable=False),
        sa.PrimaryKeyConstraint("entry_no", name=op.f("pk_inventory_period_entry")),
    )
    with op.batch_alter_table("inventory_period_entry", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_inventory_period_entry_ending_date"), ["ending_date"], unique=False
        )

    op.create_table(
        "inventory_posting_setup",
        sa.Column("location_code", sa.String(length=30), nullable=False),
        sa.Column("inventory_posting_group", sa.String(length=30), nullable=False),
        sa.Column("inventory_account", sa.String(length=20), server_default="", nullable=False),
        sa.Column("inventory_interim_account", sa.String(length=20), server_default="", nullable=False),
        sa.Column("material_variance_account", sa.String(length=20), server_default="", nullable=False),
        sa.Column("capacity_variance_account", sa.String(length=20), server_default="", nullable=False),
        sa.Column(
            "capacity_overhead_variance_account", sa.String(length=20), server_default="", nullable=False
        ),
        sa.Column(
            "manufacturing_overhead_variance_account", sa.String(length=20), server_default="", nullable=False
        ),
        sa.PrimaryKeyConstraint(
            "location_code", "inventory_posting_group", name=op.f("pk_inventory_posting_setup")
        ),
    )
    op.create_table(
        "item_cost",
        sa.Column("item_no", sa.String(length=30), nullable=False),
        sa.Column("quantity_base", server.database.ExactDecimal(5), server_default="0", nullable=False),
        sa.Column("invoiced_quantity", server.database.ExactDecimal(5), server_default="0", nullable=False),
        sa.Column("cost_amount_actual", server.database.ExactDecimal(4), server_default="0", nullable=False),
        sa.Column(
            "cost_amount_expected", server.database.ExactDecimal(4), server_default="0", nullable=False
        ),
        sa.Column("is_adjusted", sa.Boolean(), server_default="1", nullable=False),
        sa.Column("unadjusted_from", sa.Date(), nullable=True),
        sa.Column("is_online", sa.Boolean(), server_default="1", nullable=False),
        sa.Column("is_excluded", sa.Boolean(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("item_no", name=op.f("pk_item_cost")),
    )
    with op.batch_alter_table("item_cost", schema=None) as batch_op:
        batch_op.create_index(
            "ix_item_cost_to_adjust",
            ["item_no"],
            unique=False,
            sqlite_where=sa.text("NOT is_adjusted"),
            postgresql_where=sa.text("NOT is_adjusted"),
        )

    op.create_table(
        "posting_date_range",
        sa.Column("person_id", sa.String(length=50), nullable=False),
        sa.Column("allow_posting_from", sa.Date(), nullable=True),
        sa.Column("allow_posting_to", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_posting_date_range")),
    )
    with op.batch_alter_table("inventory_setup", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "automatic_cost_adjustment", sa.String(length=10), server_default="never", nullable=False
            )
        )
        batch_op.add_column(
            sa.Column("average_cost_period", sa.String(length=20), server_default="day", nullable=False)
        )
        batch_op.add_column(
            sa.Column("average_cost_calc_type", sa.String(length=30), server_default="item", nullable=False)
        )
        batch_op.add_column(sa.Column("negative_inventory", sa.String(length=30), server_default="sales_and_adjustments", nullable=False))
        batch_op.add_column(
            sa.Column("cost_at_posting", sa.String(length=10), server_default="applied", nullable=False)
        )
        batch_op.add_column(
            sa.Column("automatic_cost_posting", sa.Boolean(), server_default="0", nullable=False)
        )
        batch_op.add_column(
            sa.Column("expected_cost_posting", sa.Boolean(), server_default="0", nullable=False)
        )
        batch_op.add_column(sa.Column("allow_posting_from", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("allow_posting_to", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("earliest_valuation_date", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("work_date", sa.Date(), nullable=True))

    with op.batch_alter_table("item", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("standard_cost", server.database.ExactDecimal(5), server_default="0", nullable=False)
        )
        batch_op.add_column(
            sa.Column(
                "standard_material_cost", server.database.ExactDecimal(5), server_default="0", nullable=False
            )
        )
        batch_op.add_column(
            sa.Column(
                "standard_capacity_cost", server.database.ExactDecimal(5), server_default="0", nullable=False
            )
        )
        batch_op.add_column(
            sa.Column(
                "standard_capacity_overhead",
                server.database.ExactDecimal(5),
                server_default="0",
                nullable=False,
            )
        )
        batch_op.add_column(
            sa.Column(
                "standard_manufacturing_overhead",
                server.database.ExactDecimal(5),
                server_default="0",
                nullable=False,
            )
        )
        batch_op.add_column(
            sa.Column("last_direct_cost", server.database.ExactDecimal(5), server_default="0", nullable=False)
        )
        batch_op.add_column(
            sa.Column(
                "indirect_cost_percent", server.database.ExactDecimal(5), server_default="0", nullable=False
            )
        )
        batch_op.add_column(
            sa.Column("overhead_rate", server.database.ExactDecimal(5), server_default="0", nullable=False)
        )
        batch_op.add_column(
            sa.Column("inventory_posting_group", sa.String(length=30), server_default="", nullable=False)
        )
        batch_op.add_column(
            sa.Column(
                "general_product_posting_group", sa.String(length=30), server_default="", nullable=False
            )
        )

    with op.batch_alter_table("item_ledger_entry", schema=None) as batch_op:
        batch_op.add_column(sa.Column("order_no", sa.String(length=50), server_default="", nullable=False))
        batch_op.create_index(
            "ix_item_ledger_entry_order",
            ["order_no", "entry_no"],
            unique=False,
            sqlite_where=sa.text("order_no <> ''"),
            postgresql_where=sa.text("order_no <> ''"),
        )
        batch_op.create_index(
            "ix_item_ledger_entry_to_adjust",
            ["item_no", "entry_no"],
            unique=False,
            sqlite_where=sa.text("applied_entry_to_adjust"),
            postgresql_where=sa.text("applied_entry_to_adjust"),
        )
        batch_op.create_index(
            "ix_item_ledger_entry_uncovered",
            ["item_no", "variant_code", "location_code", "posting_date", "entry_no"],
            unique=False,
            sqlite_where=sa.text("is_open AND quantity_base < 0"),
            postgresql_where=sa.text("is_open AND quantity_base < 0"),
        )

    with op.batch_alter_table("value_entry", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("item_ledger_entry_type", sa.String(length=20), server_default="", nullable=False)
        )
        batch_op.add_column(
            sa.Column("item_charge_no", sa.String(length=30), server_default="", nullable=False)
        )
        batch_op.add_column(sa.Column("order_no", sa.String(length=50), server_default="", nullable=False))
        batch_op.add_column(
            sa.Column("inventory_posting_group", sa.String(length=30), server_default="", nullable=False)
        )
        batch_op.add_column(
            sa.Column(
                "general_business_posting_group", sa.String(length=30), server_default="", nullable=False
            )
        )
        batch_op.add_column(
            sa.Column(
                "general_product_posting_group", sa.String(length=30), server_default="", nullable=False
            )
        )
        batch_op.create_index(
            "ix_value_entry_not_in_gl",
            ["entry_no"],
            unique=False,
            sqlite_where=sa.text(
                "cost_amount_actual <> cost_posted_to_gl OR cost_amount_expected <> expected_cost_posted_to_gl"
            ),
            postgresql_where=sa.text(
                "cost_amount_actual <> cost_posted_to_gl OR cost_amount_expected <> expected_cost_posted_to_gl"
            ),
        )
        batch_op.create_index(
            "ix_value_entry_order",
            ["order_no", "entry_no"],
            unique=False,
            sqlite_where=sa.text("order_no <> ''"),
            postgresql_where=sa.text("order_no <> ''"),
        )
    op.add_column(
        "item_application_entry", sa.Column("register_no", sa.BigInteger(), server_default="0", nullable=False)
    )
    # "manufacturing_overhead" has 22 letters. SQLite makes the table anew for this; triggers follow below.
    drop_triggers(op.get_bind(), "value_entry")
    with op.batch_alter_table("value_entry") as batch_op:
        batch_op.alter_column("variance_type", type_=sa.String(30), existing_nullable=False)
    op.drop_index("ix_item_ledger_entry_open", table_name="item_ledger_entry")
    where = sa.text("is_open AND quantity_base > 0")
    columns = ["item_no", "variant_code", "location_code", "lot_no", "serial_no", "posting_date", "entry_no"]
    op.create_index(
        "ix_item_ledger_entry_open", "item_ledger_entry", columns, sqlite_where=where, postgresql_where=where
    )
    create_triggers(op.get_bind())


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_item_ledger_entry_open", table_name="item_ledger_entry")
    with op.batch_alter_table("item_application_entry") as batch_op:
        batch_op.drop_column("register_no")
    with op.batch_alter_table("value_entry", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_value_entry_order",
            sqlite_where=sa.text("order_no <> ''"),
            postgresql_where=sa.text("order_no <> ''"),
        )
        batch_op.drop_index(
            "ix_value_entry_not_in_gl",
            sqlite_where=sa.text(
                "cost_amount_actual <> cost_posted_to_gl OR cost_amount_expected <> expected_cost_posted_to_gl"
            ),
            postgresql_where=sa.text(
                "cost_amount_actual <> cost_posted_to_gl OR cost_amount_expected <> expected_cost_posted_to_gl"
            ),
        )
        batch_op.drop_column("general_product_posting_group")
        batch_op.drop_column("general_business_posting_group")
        batch_op.drop_column("inventory_posting_group")
        batch_op.drop_column("order_no")
        batch_op.drop_column("item_charge_no")
        batch_op.drop_column("item_ledger_entry_type")

    with op.batch_alter_table("item_ledger_entry", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_item_ledger_entry_uncovered",
            sqlite_where=sa.text("is_open AND quantity_base < 0"),
            postgresql_where=sa.text("is_open AND quantity_base < 0"),
        )
        batch_op.drop_index(
            "ix_item_ledger_entry_to_adjust",
            sqlite_where=sa.text("applied_entry_to_adjust"),
            postgresql_where=sa.text("applied_entry_to_adjust"),
        )
        batch_op.drop_index(
            "ix_item_ledger_entry_order",
            sqlite_where=sa.text("order_no <> ''"),
            postgresql_where=sa.text("order_no <> ''"),
        )
        batch_op.drop_column("order_no")

    with op.batch_alter_table("item", schema=None) as batch_op:
        batch_op.drop_column("general_product_posting_group")
        batch_op.drop_column("inventory_posting_group")
        batch_op.drop_column("overhead_rate")
        batch_op.drop_column("indirect_cost_percent")
        batch_op.drop_column("last_direct_cost")
        batch_op.drop_column("standard_manufacturing_overhead")
        batch_op.drop_column("standard_capacity_overhead")
        batch_op.drop_column("standard_capacity_cost")
        batch_op.drop_column("standard_material_cost")
        batch_op.drop_column("standard_cost")

    with op.batch_alter_table("inventory_setup", schema=None) as batch_op:
        batch_op.drop_column("work_date")
        batch_op.drop_column("earliest_valuation_date")
        batch_op.drop_column("allow_posting_to")
        batch_op.drop_column("allow_posting_from")
        batch_op.drop_column("expected_cost_posting")
        batch_op.drop_column("automatic_cost_posting")
        batch_op.drop_column("negative_inventory")
        batch_op.drop_column("cost_at_posting")
        batch_op.drop_column("average_cost_calc_type")
        batch_op.drop_column("average_cost_period")
        batch_op.drop_column("automatic_cost_adjustment")

    op.drop_table("posting_date_range")
    with op.batch_alter_table("item_cost", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_item_cost_to_adjust",
            sqlite_where=sa.text("NOT is_adjusted"),
            postgresql_where=sa.text("NOT is_adjusted"),
        )

    op.drop_table("item_cost")
    op.drop_table("inventory_posting_setup")
    with op.batch_alter_table("inventory_period_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_inventory_period_entry_ending_date"))

    op.drop_table("inventory_period_entry")
    op.drop_table("inventory_period")
    with op.batch_alter_table("gl_item_relation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_gl_item_relation_value_entry_no"))

    op.drop_table("gl_item_relation")
    with op.batch_alter_table("gl_entry", schema=None) as batch_op:
        batch_op.drop_index("ix_gl_entry_document")
        batch_op.drop_index("ix_gl_entry_posting_date")
        batch_op.drop_index(batch_op.f("ix_gl_entry_batch_no"))
        batch_op.drop_index("ix_gl_entry_account")

    op.drop_table("gl_entry")
    op.drop_table("gl_account")
    op.drop_table("general_posting_setup")
    op.drop_table("cost_adjustment_run_item")
    op.drop_table("cost_adjustment_run")
    op.drop_table("average_cost_point")
    with op.batch_alter_table("assembly_cost", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_assembly_cost_to_adjust",
            sqlite_where=sa.text("NOT is_adjusted"),
            postgresql_where=sa.text("NOT is_adjusted"),
        )
        batch_op.drop_index(batch_op.f("ix_assembly_cost_item_no"))

    op.drop_table("assembly_cost")
    op.drop_table("accounting_period")
    columns = ["item_no", "variant_code", "location_code", "lot_no", "serial_no", "posting_date", "entry_no"]
    is_open = sa.text("is_open")
    op.create_index(
        "ix_item_ledger_entry_open",
        "item_ledger_entry",
        columns,
        sqlite_where=is_open,
        postgresql_where=is_open,
    )
    create_triggers(op.get_bind())
