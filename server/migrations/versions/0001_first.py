"""The first schema: every table, and the triggers that keep ledgers and audit append-only."""

import sqlalchemy as sa
from alembic import op

import server.database
from server.ledger.immutability import create_triggers
from server.security.audit import APPEND_ONLY

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create every table and the triggers."""
    op.create_table(
        "audit",
        sa.Column(
            "audit_no",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("at", server.database.UtcMoment(), nullable=False),
        sa.Column("event", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.String(length=50), nullable=False),
        sa.Column("device_id", sa.String(length=50), nullable=False),
        sa.Column("address", sa.String(length=100), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("subject_key", sa.String(length=200), nullable=False),
        sa.Column("old", sa.Text(), nullable=False),
        sa.Column("new", sa.Text(), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("event_id", sa.String(length=50), nullable=True),
        sa.PrimaryKeyConstraint("audit_no", name=op.f("pk_audit")),
        sa.UniqueConstraint("event_id", name=op.f("uq_audit_event_id")),
    )
    op.create_index(op.f("ix_audit_at"), "audit", ["at"], unique=False)
    op.create_index(op.f("ix_audit_person_id"), "audit", ["person_id"], unique=False)
    op.create_index("ix_audit_subject", "audit", ["subject", "subject_key"], unique=False)
    op.create_table(
        "bin_balance",
        sa.Column("location_code", sa.String(length=30), nullable=False),
        sa.Column("bin_code", sa.String(length=30), nullable=False),
        sa.Column("item_no", sa.String(length=30), nullable=False),
        sa.Column("variant_code", sa.String(length=30), nullable=False),
        sa.Column("lot_no", sa.String(length=50), nullable=False),
        sa.Column("serial_no", sa.String(length=50), nullable=False),
        sa.Column(
            "quantity_base", server.database.ExactDecimal(5), server_default=sa.text("0"), nullable=False
        ),
        sa.Column("may_be_negative", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.CheckConstraint("quantity_base >= 0 OR may_be_negative", name=op.f("ck_bin_balance_not_negative")),
        sa.PrimaryKeyConstraint(
            "location_code",
            "bin_code",
            "item_no",
            "variant_code",
            "lot_no",
            "serial_no",
            name=op.f("pk_bin_balance"),
        ),
    )
    op.create_index("ix_bin_balance_item", "bin_balance", ["item_no", "location_code"], unique=False)
    op.create_index(
        "ix_bin_balance_tracked",
        "bin_balance",
        ["item_no", "variant_code", "lot_no", "serial_no"],
        unique=False,
        sqlite_where=sa.text("(lot_no <> '' OR serial_no <> '')"),
        postgresql_where=sa.text("(lot_no <> '' OR serial_no <> '')"),
    )
    op.create_table(
        "device",
        sa.Column("device_id", sa.String(length=50), nullable=False),
        sa.Column("name", sa.String(length=250), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("location_code", sa.String(length=30), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("install_id", sa.String(length=100), nullable=False),
        sa.Column("secret_hash", sa.String(length=250), nullable=False),
        sa.Column("app_version", sa.String(length=50), nullable=False),
        sa.Column("enrolled_at", server.database.UtcMoment(), nullable=False),
        sa.Column("last_seen_at", server.database.UtcMoment(), nullable=True),
        sa.Column("revoked_at", server.database.UtcMoment(), nullable=True),
        sa.Column("next_seq", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("kind IN ('handheld', 'office', 'api', 'import')", name=op.f("ck_device_kind")),
        sa.PrimaryKeyConstraint("device_id", name=op.f("pk_device")),
    )
    op.create_table(
        "device_epoch",
        sa.Column("device_id", sa.String(length=50), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("head", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("reported_max", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("queue_depth", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("acked_through", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("acked_digest", sa.String(length=64), server_default="", nullable=False),
        sa.Column("last_push_at", server.database.UtcMoment(), nullable=True),
        sa.PrimaryKeyConstraint("device_id", "epoch", name=op.f("pk_device_epoch")),
    )
    op.create_table(
        "device_gap",
        sa.Column("device_id", sa.String(length=50), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("from_seq", sa.BigInteger(), nullable=False),
        sa.Column("to_seq", sa.BigInteger(), nullable=False),
        sa.Column("noticed_at", server.database.UtcMoment(), nullable=False),
        sa.Column("is_lost", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("device_id", "epoch", "from_seq", name=op.f("pk_device_gap")),
    )
    op.create_table(
        "enrolment_code",
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("device_id", sa.String(length=50), nullable=False),
        sa.Column("device_name", sa.String(length=250), nullable=False),
        sa.Column("location_code", sa.String(length=30), nullable=False),
        sa.Column("created_by", sa.String(length=50), nullable=False),
        sa.Column("created_at", server.database.UtcMoment(), nullable=False),
        sa.Column("expires_at", server.database.UtcMoment(), nullable=False),
        sa.Column("used_at", server.database.UtcMoment(), nullable=True),
        sa.Column("used_by_install", sa.String(length=100), nullable=False),
        sa.Column("used_by_device", sa.String(length=50), nullable=False),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_enrolment_code")),
    )
    op.create_index(op.f("ix_enrolment_code_expires_at"), "enrolment_code", ["expires_at"], unique=False)
    op.create_table(
        "feed",
        sa.Column("scope", sa.String(length=60), nullable=False),
        sa.Column("etype", sa.String(length=20), nullable=False),
        sa.Column("ekey", sa.String(length=300), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("op", sa.String(length=1), nullable=False),
        sa.Column("document", sa.Text(), nullable=True),
        sa.Column("changed_at", server.database.UtcMoment(), nullable=False),
        sa.PrimaryKeyConstraint("scope", "etype", "ekey", name=op.f("pk_feed")),
        sa.UniqueConstraint("scope", "seq", name=op.f("uq_feed_scope_seq")),
    )
    op.create_table(
        "feed_dirty",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("scope", sa.String(length=60), nullable=False),
        sa.Column("etype", sa.String(length=20), nullable=False),
        sa.Column("ekey", sa.String(length=300), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feed_dirty")),
    )
    op.create_index("ix_feed_dirty_scope", "feed_dirty", ["scope", "id"], unique=False)
    op.create_table(
        "feed_head",
        sa.Column("scope", sa.String(length=60), nullable=False),
        sa.Column("head", sa.BigInteger(), nullable=False),
        sa.Column("min_seq", sa.BigInteger(), nullable=False),
        sa.Column("chain", sa.String(length=64), nullable=False),
        sa.Column("totals", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("scope", name=op.f("pk_feed_head")),
    )
    op.create_table(
        "feed_mark",
        sa.Column("scope", sa.String(length=60), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("tag", sa.String(length=16), nullable=False),
        sa.Column("marked_at", server.database.UtcMoment(), nullable=False),
        sa.PrimaryKeyConstraint("scope", "seq", name=op.f("pk_feed_mark")),
    )
    op.create_table(
        "inbox",
        sa.Column(
            "inbox_no",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("transaction_id", server.database.Identity(), nullable=False),
        sa.Column("device_id", sa.String(length=50), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("kind_version", sa.Integer(), nullable=False),
        sa.Column("location_code", sa.String(length=30), nullable=False),
        sa.Column("worker_id", sa.String(length=50), nullable=False),
        sa.Column("session_id", sa.String(length=50), nullable=False),
        sa.Column("corrects", server.database.Identity(), nullable=True),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("raw", sa.Text(), nullable=False),
        sa.Column("received_at", server.database.UtcMoment(), nullable=False),
        sa.Column("occurred_at", server.database.UtcMoment(), nullable=False),
        sa.Column("uncertainty_ms", sa.BigInteger(), nullable=True),
        sa.Column("posting_date", sa.Date(), nullable=True),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("rev", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=30), nullable=False),
        sa.Column("hint", sa.String(length=500), nullable=False),
        sa.Column("need", sa.String(length=30), nullable=False),
        sa.Column("document_no", sa.String(length=50), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("decided_by", sa.String(length=50), nullable=False),
        sa.Column("approved_codes", sa.String(length=250), nullable=False),
        sa.Column("changed_at", server.database.UtcMoment(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("not_before", server.database.UtcMoment(), nullable=True),
        sa.PrimaryKeyConstraint("inbox_no", name=op.f("pk_inbox")),
        sa.UniqueConstraint("device_id", "epoch", "seq", name=op.f("uq_inbox_device_id_epoch_seq")),
        sa.UniqueConstraint("transaction_id", name=op.f("uq_inbox_transaction_id")),
    )
    op.create_index(
        "ix_inbox_code",
        "inbox",
        ["code", "inbox_no"],
        unique=False,
        sqlite_where=sa.text("code <> ''"),
        postgresql_where=sa.text("code <> ''"),
    )
    op.create_index("ix_inbox_device", "inbox", ["device_id", "inbox_no"], unique=False)
    op.create_index("ix_inbox_kind", "inbox", ["kind", "inbox_no"], unique=False)
    op.create_index("ix_inbox_received_at", "inbox", ["received_at", "inbox_no"], unique=False)
    op.create_index(
        "ix_inbox_refused",
        "inbox",
        ["inbox_no"],
        unique=False,
        sqlite_where=sa.text("status = 'refused'"),
        postgresql_where=sa.text("status = 'refused'"),
    )
    op.create_index(
        "ix_inbox_unfinished",
        "inbox",
        ["device_id", "epoch", "seq"],
        unique=False,
        sqlite_where=sa.text("status NOT IN ('posted', 'refused')"),
        postgresql_where=sa.text("status NOT IN ('posted', 'refused')"),
    )
    op.create_table(
        "inbox_decision",
        sa.Column(
            "decision_no",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("transaction_id", server.database.Identity(), nullable=False),
        sa.Column("decision", sa.String(length=20), nullable=False),
        sa.Column("person_id", sa.String(length=50), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("decided_at", server.database.UtcMoment(), nullable=False),
        sa.PrimaryKeyConstraint("decision_no", name=op.f("pk_inbox_decision")),
    )
    op.create_index(
        op.f("ix_inbox_decision_transaction_id"), "inbox_decision", ["transaction_id"], unique=False
    )
    op.create_table(
        "inbox_predecessor",
        sa.Column("transaction_id", server.database.Identity(), nullable=False),
        sa.Column("after_id", server.database.Identity(), nullable=False),
        sa.PrimaryKeyConstraint("transaction_id", "after_id", name=op.f("pk_inbox_predecessor")),
    )
    op.create_index(op.f("ix_inbox_predecessor_after_id"), "inbox_predecessor", ["after_id"], unique=False)
    op.create_table(
        "inventory_setup",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("company_name", sa.String(length=250), nullable=False),
        sa.Column("currency_code", sa.String(length=3), nullable=False),
        sa.Column("amount_rounding_precision", server.database.ExactDecimal(4), nullable=False),
        sa.Column("prevent_negative_inventory", sa.Boolean(), nullable=False),
        sa.Column("server_epoch", sa.String(length=50), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_inventory_setup_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inventory_setup")),
    )
    op.create_table(
        "item_application_entry",
        sa.Column(
            "entry_no",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("item_ledger_entry_no", sa.BigInteger(), nullable=False),
        sa.Column("inbound_entry_no", sa.BigInteger(), nullable=False),
        sa.Column("outbound_entry_no", sa.BigInteger(), nullable=False),
        sa.Column("quantity_base", server.database.ExactDecimal(5), nullable=False),
        sa.Column("posting_date", sa.Date(), nullable=False),
        sa.Column("transferred_from_entry_no", sa.BigInteger(), nullable=False),
        sa.Column("is_cost_application", sa.Boolean(), nullable=False),
        sa.Column("is_fixed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("entry_no", name=op.f("pk_item_application_entry")),
    )
    op.create_index(
        op.f("ix_item_application_entry_inbound_entry_no"),
        "item_application_entry",
        ["inbound_entry_no"],
        unique=False,
    )
    op.create_index(
        op.f("ix_item_application_entry_item_ledger_entry_no"),
        "item_application_entry",
        ["item_ledger_entry_no"],
        unique=False,
    )
    op.create_index(
        "ix_item_application_entry_outbound",
        "item_application_entry",
        ["outbound_entry_no"],
        unique=False,
        sqlite_where=sa.text("outbound_entry_no <> 0"),
        postgresql_where=sa.text("outbound_entry_no <> 0"),
    )
    op.create_table(
        "item_balance",
        sa.Column("item_no", sa.String(length=30), nullable=False),
        sa.Column("variant_code", sa.String(length=30), nullable=False),
        sa.Column("location_code", sa.String(length=30), nullable=False),
        sa.Column(
            "quantity_base", server.database.ExactDecimal(5), server_default=sa.text("0"), nullable=False
        ),
        sa.PrimaryKeyConstraint("item_no", "variant_code", "location_code", name=op.f("pk_item_balance")),
    )
    op.create_table(
        "item_ledger_entry",
        sa.Column(
            "entry_no",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("posting_date", sa.Date(), nullable=False),
        sa.Column("document_date", sa.Date(), nullable=False),
        sa.Column("entry_type", sa.String(length=20), nullable=False),
        sa.Column("document_no", sa.String(length=50), nullable=False),
        sa.Column("item_no", sa.String(length=30), nullable=False),
        sa.Column("variant_code", sa.String(length=30), nullable=False),
        sa.Column("location_code", sa.String(length=30), nullable=False),
        sa.Column("quantity_base", server.database.ExactDecimal(5), nullable=False),
        sa.Column("unit_of_measure_code", sa.String(length=30), nullable=False),
        sa.Column("quantity_per_unit", server.database.ExactDecimal(5), nullable=False),
        sa.Column("lot_no", sa.String(length=50), nullable=False),
        sa.Column("serial_no", sa.String(length=50), nullable=False),
        sa.Column("expiration_date", sa.Date(), nullable=True),
        sa.Column("reason_code", sa.String(length=30), nullable=False),
        sa.Column("source_code", sa.String(length=30), nullable=False),
        sa.Column("is_correction", sa.Boolean(), nullable=False),
        sa.Column("applies_to_entry_no", sa.BigInteger(), nullable=False),
        sa.Column("register_no", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.String(length=50), nullable=False),
        sa.Column("transaction_id", server.database.Identity(), nullable=False),
        sa.Column("transaction_line", sa.Integer(), nullable=False),
        sa.Column("occurred_at", server.database.UtcMoment(), nullable=False),
        sa.Column("remaining_quantity", server.database.ExactDecimal(5), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("invoiced_quantity", server.database.ExactDecimal(5), nullable=False),
        sa.Column("is_completely_invoiced", sa.Boolean(), nullable=False),
        sa.Column("last_invoice_date", sa.Date(), nullable=True),
        sa.Column("applied_entry_to_adjust", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "(quantity_base > 0 AND remaining_quantity BETWEEN 0 AND quantity_base) OR (quantity_base < 0 AND remaining_quantity BETWEEN quantity_base AND 0)",
            name=op.f("ck_item_ledger_entry_remaining"),
        ),
        sa.CheckConstraint("quantity_base <> 0", name=op.f("ck_item_ledger_entry_quantity")),
        sa.PrimaryKeyConstraint("entry_no", name=op.f("pk_item_ledger_entry")),
        sa.UniqueConstraint(
            "transaction_id",
            "transaction_line",
            name=op.f("uq_item_ledger_entry_transaction_id_transaction_line"),
        ),
    )
    op.create_index(
        op.f("ix_item_ledger_entry_document_no"), "item_ledger_entry", ["document_no"], unique=False
    )
    op.create_index("ix_item_ledger_entry_item", "item_ledger_entry", ["item_no", "entry_no"], unique=False)
    op.create_index(
        "ix_item_ledger_entry_lot",
        "item_ledger_entry",
        ["lot_no", "entry_no"],
        unique=False,
        sqlite_where=sa.text("lot_no <> ''"),
        postgresql_where=sa.text("lot_no <> ''"),
    )
    op.create_index(
        "ix_item_ledger_entry_open",
        "item_ledger_entry",
        ["item_no", "variant_code", "location_code", "lot_no", "serial_no", "posting_date", "entry_no"],
        unique=False,
        sqlite_where=sa.text("is_open"),
        postgresql_where=sa.text("is_open"),
    )
    op.create_index(
        "ix_item_ledger_entry_posting_date", "item_ledger_entry", ["posting_date", "entry_no"], unique=False
    )
    op.create_index(
        "ix_item_ledger_entry_reason",
        "item_ledger_entry",
        ["reason_code", "entry_no"],
        unique=False,
        sqlite_where=sa.text("reason_code <> ''"),
        postgresql_where=sa.text("reason_code <> ''"),
    )
    op.create_index(
        "ix_item_ledger_entry_serial",
        "item_ledger_entry",
        ["serial_no", "entry_no"],
        unique=False,
        sqlite_where=sa.text("serial_no <> ''"),
        postgresql_where=sa.text("serial_no <> ''"),
    )
    op.create_table(
        "item_register",
        sa.Column(
            "no", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("transaction_id", server.database.Identity(), nullable=False),
        sa.Column("source_code", sa.String(length=30), nullable=False),
        sa.Column("document_no", sa.String(length=50), nullable=False),
        sa.Column("user_id", sa.String(length=50), nullable=False),
        sa.Column("device_id", sa.String(length=50), nullable=False),
        sa.Column("posted_at", server.database.UtcMoment(), nullable=False),
        sa.Column("from_item_ledger_entry_no", sa.BigInteger(), nullable=False),
        sa.Column("to_item_ledger_entry_no", sa.BigInteger(), nullable=False),
        sa.Column("from_value_entry_no", sa.BigInteger(), nullable=False),
        sa.Column("to_value_entry_no", sa.BigInteger(), nullable=False),
        sa.Column("from_warehouse_entry_no", sa.BigInteger(), nullable=False),
        sa.Column("to_warehouse_entry_no", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("no", name=op.f("pk_item_register")),
        sa.UniqueConstraint("transaction_id", name=op.f("uq_item_register_transaction_id")),
    )
    op.create_index(op.f("ix_item_register_document_no"), "item_register", ["document_no"], unique=False)
    op.create_index(op.f("ix_item_register_posted_at"), "item_register", ["posted_at"], unique=False)
    op.create_table(
        "location",
        sa.Column("code", sa.String(length=30), nullable=False),
        sa.Column("name", sa.String(length=250), nullable=False),
        sa.Column("time_zone", sa.String(length=60), nullable=False),
        sa.Column("bin_mandatory", sa.Boolean(), nullable=False),
        sa.Column("use_as_in_transit", sa.Boolean(), nullable=False),
        sa.Column("receipt_bin_code", sa.String(length=30), nullable=False),
        sa.Column("shipment_bin_code", sa.String(length=30), nullable=False),
        sa.Column("adjustment_bin_code", sa.String(length=30), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_location")),
    )
    op.create_table(
        "person",
        sa.Column("person_id", sa.String(length=50), nullable=False),
        sa.Column("name", sa.String(length=250), nullable=False),
        sa.Column("login", sa.String(length=100), nullable=True),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("password_hash", sa.String(length=250), nullable=False),
        sa.Column("badge", sa.String(length=100), nullable=True),
        sa.Column("pin_verifier", sa.String(length=300), nullable=False),
        sa.Column("blocked_at", server.database.UtcMoment(), nullable=True),
        sa.Column("created_at", server.database.UtcMoment(), nullable=False),
        sa.CheckConstraint(
            "role IN ('worker', 'supervisor', 'back_office', 'administrator')", name=op.f("ck_person_role")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_person")),
        sa.UniqueConstraint("badge", name=op.f("uq_person_badge")),
        sa.UniqueConstraint("login", name=op.f("uq_person_login")),
    )
    op.create_table(
        "reason_code",
        sa.Column("code", sa.String(length=30), nullable=False),
        sa.Column("description", sa.String(length=250), nullable=False),
        sa.Column("description_fr", sa.String(length=250), nullable=False),
        sa.Column("direction", sa.String(length=10), nullable=False),
        sa.Column("limit_quantity", server.database.ExactDecimal(5), nullable=True),
        sa.CheckConstraint(
            "direction IN ('increase', 'decrease', 'both')", name=op.f("ck_reason_code_direction")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_reason_code")),
    )
    op.create_table(
        "snapshot",
        sa.Column("scope", sa.String(length=60), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("made_at", server.database.UtcMoment(), nullable=False),
        sa.Column("chunks", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("scope", "seq", name=op.f("pk_snapshot")),
    )
    op.create_table(
        "throttle",
        sa.Column("subject", sa.String(length=100), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_failed_at", server.database.UtcMoment(), nullable=False),
        sa.Column("locked_until", server.database.UtcMoment(), nullable=True),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_throttle")),
    )
    op.create_index(op.f("ix_throttle_last_failed_at"), "throttle", ["last_failed_at"], unique=False)
    op.create_table(
        "tracking_number",
        sa.Column("item_no", sa.String(length=30), nullable=False),
        sa.Column("variant_code", sa.String(length=30), nullable=False),
        sa.Column("lot_no", sa.String(length=50), nullable=False),
        sa.Column("serial_no", sa.String(length=50), nullable=False),
        sa.Column("expiration_date", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint(
            "item_no", "variant_code", "lot_no", "serial_no", name=op.f("pk_tracking_number")
        ),
    )
    op.create_table(
        "unit_of_measure",
        sa.Column("code", sa.String(length=30), nullable=False),
        sa.Column("description", sa.String(length=250), nullable=False),
        sa.Column("description_fr", sa.String(length=250), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_unit_of_measure")),
    )
    op.create_table(
        "value_entry",
        sa.Column(
            "entry_no",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("item_ledger_entry_no", sa.BigInteger(), nullable=False),
        sa.Column("entry_type", sa.String(length=20), nullable=False),
        sa.Column("variance_type", sa.String(length=20), nullable=False),
        sa.Column("item_no", sa.String(length=30), nullable=False),
        sa.Column("variant_code", sa.String(length=30), nullable=False),
        sa.Column("location_code", sa.String(length=30), nullable=False),
        sa.Column("posting_date", sa.Date(), nullable=False),
        sa.Column("valued_quantity", server.database.ExactDecimal(5), nullable=False),
        sa.Column("item_ledger_entry_quantity", server.database.ExactDecimal(5), nullable=False),
        sa.Column("invoiced_quantity", server.database.ExactDecimal(5), nullable=False),
        sa.Column("cost_per_unit", server.database.ExactDecimal(5), nullable=False),
        sa.Column("cost_amount_actual", server.database.ExactDecimal(4), nullable=False),
        sa.Column("cost_amount_expected", server.database.ExactDecimal(4), nullable=False),
        sa.Column("cost_amount_non_inventoriable", server.database.ExactDecimal(4), nullable=False),
        sa.Column("is_expected_cost", sa.Boolean(), nullable=False),
        sa.Column("is_adjustment", sa.Boolean(), nullable=False),
        sa.Column("is_partial_revaluation", sa.Boolean(), nullable=False),
        sa.Column("applies_to_entry_no", sa.BigInteger(), nullable=False),
        sa.Column("document_no", sa.String(length=50), nullable=False),
        sa.Column("source_code", sa.String(length=30), nullable=False),
        sa.Column("register_no", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.String(length=50), nullable=False),
        sa.Column("valuation_date", sa.Date(), nullable=False),
        sa.Column("valued_by_average_cost", sa.Boolean(), nullable=False),
        sa.Column("cost_posted_to_gl", server.database.ExactDecimal(4), nullable=False),
        sa.Column("expected_cost_posted_to_gl", server.database.ExactDecimal(4), nullable=False),
        sa.PrimaryKeyConstraint("entry_no", name=op.f("pk_value_entry")),
    )
    op.create_index(
        "ix_value_entry_item", "value_entry", ["item_no", "valuation_date", "entry_no"], unique=False
    )
    op.create_index(
        op.f("ix_value_entry_item_ledger_entry_no"), "value_entry", ["item_ledger_entry_no"], unique=False
    )
    op.create_index("ix_value_entry_posting_date", "value_entry", ["posting_date", "entry_no"], unique=False)
    op.create_table(
        "warehouse_entry",
        sa.Column(
            "entry_no",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("entry_type", sa.String(length=20), nullable=False),
        sa.Column("posting_date", sa.Date(), nullable=False),
        sa.Column("location_code", sa.String(length=30), nullable=False),
        sa.Column("zone_code", sa.String(length=30), nullable=False),
        sa.Column("bin_code", sa.String(length=30), nullable=False),
        sa.Column("item_no", sa.String(length=30), nullable=False),
        sa.Column("variant_code", sa.String(length=30), nullable=False),
        sa.Column("quantity_base", server.database.ExactDecimal(5), nullable=False),
        sa.Column("unit_of_measure_code", sa.String(length=30), nullable=False),
        sa.Column("quantity_per_unit", server.database.ExactDecimal(5), nullable=False),
        sa.Column("lot_no", sa.String(length=50), nullable=False),
        sa.Column("serial_no", sa.String(length=50), nullable=False),
        sa.Column("expiration_date", sa.Date(), nullable=True),
        sa.Column("document_no", sa.String(length=50), nullable=False),
        sa.Column("reason_code", sa.String(length=30), nullable=False),
        sa.Column("source_code", sa.String(length=30), nullable=False),
        sa.Column("register_no", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.String(length=50), nullable=False),
        sa.Column("transaction_id", server.database.Identity(), nullable=False),
        sa.Column("transaction_line", sa.Integer(), nullable=False),
        sa.Column("occurred_at", server.database.UtcMoment(), nullable=False),
        sa.CheckConstraint("quantity_base <> 0", name=op.f("ck_warehouse_entry_quantity")),
        sa.PrimaryKeyConstraint("entry_no", name=op.f("pk_warehouse_entry")),
        sa.UniqueConstraint(
            "transaction_id",
            "transaction_line",
            name=op.f("uq_warehouse_entry_transaction_id_transaction_line"),
        ),
    )
    op.create_index(
        "ix_warehouse_entry_bin", "warehouse_entry", ["location_code", "bin_code", "entry_no"], unique=False
    )
    op.create_index("ix_warehouse_entry_item", "warehouse_entry", ["item_no", "entry_no"], unique=False)
    op.create_index(
        "ix_warehouse_entry_lot",
        "warehouse_entry",
        ["lot_no", "entry_no"],
        unique=False,
        sqlite_where=sa.text("lot_no <> ''"),
        postgresql_where=sa.text("lot_no <> ''"),
    )
    op.create_index(
        "ix_warehouse_entry_posting_date", "warehouse_entry", ["posting_date", "entry_no"], unique=False
    )
    op.create_index(
        "ix_warehouse_entry_reason",
        "warehouse_entry",
        ["reason_code", "entry_no"],
        unique=False,
        sqlite_where=sa.text("reason_code <> ''"),
        postgresql_where=sa.text("reason_code <> ''"),
    )
    op.create_index(
        "ix_warehouse_entry_serial",
        "warehouse_entry",
        ["serial_no", "entry_no"],
        unique=False,
        sqlite_where=sa.text("serial_no <> ''"),
        postgresql_where=sa.text("serial_no <> ''"),
    )
    op.create_table(
        "work_item",
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("due_at", server.database.UtcMoment(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("leased_until", server.database.UtcMoment(), nullable=True),
        sa.Column("last_error", sa.String(length=500), nullable=False),
        sa.PrimaryKeyConstraint("kind", "key", name=op.f("pk_work_item")),
    )
    op.create_index(op.f("ix_work_item_due_at"), "work_item", ["due_at"], unique=False)
    op.create_table(
        "api_token",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("device_id", sa.String(length=50), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("created_at", server.database.UtcMoment(), nullable=False),
        sa.Column("created_by", sa.String(length=50), nullable=False),
        sa.Column("revoked_at", server.database.UtcMoment(), nullable=True),
        sa.CheckConstraint("role IN ('supervisor', 'back_office')", name=op.f("ck_api_token_role")),
        sa.ForeignKeyConstraint(
            ["device_id"],
            ["device.device_id"],
            name=op.f("fk_api_token_device_id_device"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_api_token")),
    )
    op.create_index(op.f("ix_api_token_device_id"), "api_token", ["device_id"], unique=False)
    op.create_table(
        "bin",
        sa.Column("location_code", sa.String(length=30), nullable=False),
        sa.Column("code", sa.String(length=30), nullable=False),
        sa.Column("zone_code", sa.String(length=30), nullable=False),
        sa.Column("bin_type", sa.String(length=20), nullable=False),
        sa.Column("ranking", sa.Integer(), nullable=False),
        sa.Column("block_movement", sa.String(length=4), nullable=False),
        sa.Column("is_dedicated", sa.Boolean(), nullable=False),
        sa.Column("gln_extension", sa.String(length=20), nullable=False),
        sa.CheckConstraint(
            "block_movement IN ('none', 'in', 'out', 'all')", name=op.f("ck_bin_block_movement")
        ),
        sa.ForeignKeyConstraint(
            ["location_code"], ["location.code"], name=op.f("fk_bin_location_code_location")
        ),
        sa.PrimaryKeyConstraint("location_code", "code", name=op.f("pk_bin")),
    )
    op.create_table(
        "item",
        sa.Column("no", sa.String(length=30), nullable=False),
        sa.Column("description", sa.String(length=250), nullable=False),
        sa.Column("type", sa.String(length=20), nullable=False),
        sa.Column("base_unit_of_measure_code", sa.String(length=30), nullable=False),
        sa.Column("gtin", sa.String(length=14), nullable=False),
        sa.Column("is_blocked", sa.Boolean(), nullable=False),
        sa.Column("costing_method", sa.String(length=20), nullable=False),
        sa.Column("unit_cost", server.database.ExactDecimal(5), nullable=False),
        sa.Column("unit_price", server.database.ExactDecimal(5), nullable=False),
        sa.Column("prevent_negative_inventory", sa.String(length=10), nullable=False),
        sa.Column("tracking", sa.String(length=10), nullable=False),
        sa.Column("abc_class", sa.String(length=1), nullable=False),
        sa.Column("shelf_no", sa.String(length=30), nullable=False),
        sa.Column(
            "updated_at",
            server.database.UtcMoment(),
            server_default=sa.text("(CURRENT_TIMESTAMP)"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "prevent_negative_inventory IN ('default', 'yes', 'no')", name=op.f("ck_item_prevent_negative")
        ),
        sa.CheckConstraint("tracking IN ('none', 'lot', 'serial')", name=op.f("ck_item_tracking")),
        sa.CheckConstraint("type IN ('inventory', 'non_inventory', 'service')", name=op.f("ck_item_type")),
        sa.ForeignKeyConstraint(
            ["base_unit_of_measure_code"],
            ["unit_of_measure.code"],
            name=op.f("fk_item_base_unit_of_measure_code_unit_of_measure"),
        ),
        sa.PrimaryKeyConstraint("no", name=op.f("pk_item")),
    )
    op.create_index(op.f("ix_item_gtin"), "item", ["gtin"], unique=False)
    op.create_index("ix_item_updated_at", "item", ["updated_at", "no"], unique=False)
    op.create_table(
        "person_session",
        sa.Column("session_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=50), nullable=False),
        sa.Column("created_at", server.database.UtcMoment(), nullable=False),
        sa.Column("last_seen_at", server.database.UtcMoment(), nullable=False),
        sa.Column("ended_at", server.database.UtcMoment(), nullable=True),
        sa.Column("address", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.person_id"],
            name=op.f("fk_person_session_person_id_person"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("session_hash", name=op.f("pk_person_session")),
    )
    op.create_index(op.f("ix_person_session_person_id"), "person_session", ["person_id"], unique=False)
    op.create_table(
        "zone",
        sa.Column("location_code", sa.String(length=30), nullable=False),
        sa.Column("code", sa.String(length=30), nullable=False),
        sa.Column("description", sa.String(length=250), nullable=False),
        sa.ForeignKeyConstraint(
            ["location_code"], ["location.code"], name=op.f("fk_zone_location_code_location")
        ),
        sa.PrimaryKeyConstraint("location_code", "code", name=op.f("pk_zone")),
    )
    op.create_table(
        "bin_content",
        sa.Column("location_code", sa.String(length=30), nullable=False),
        sa.Column("bin_code", sa.String(length=30), nullable=False),
        sa.Column("item_no", sa.String(length=30), nullable=False),
        sa.Column("variant_code", sa.String(length=30), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("is_fixed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_no"], ["item.no"], name=op.f("fk_bin_content_item_no_item"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["location_code", "bin_code"],
            ["bin.location_code", "bin.code"],
            name=op.f("fk_bin_content_location_code_bin_code_bin"),
        ),
        sa.PrimaryKeyConstraint(
            "location_code", "bin_code", "item_no", "variant_code", name=op.f("pk_bin_content")
        ),
    )
    op.create_index(
        "uq_bin_content_default",
        "bin_content",
        ["location_code", "item_no", "variant_code"],
        unique=True,
        sqlite_where=sa.text("is_default"),
        postgresql_where=sa.text("is_default"),
    )
    op.create_table(
        "item_identifier",
        sa.Column("code", sa.String(length=100), nullable=False),
        sa.Column("item_no", sa.String(length=30), nullable=False),
        sa.Column("variant_code", sa.String(length=30), nullable=False),
        sa.Column("unit_of_measure_code", sa.String(length=30), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_no"], ["item.no"], name=op.f("fk_item_identifier_item_no_item"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_item_identifier")),
        sa.UniqueConstraint(
            "item_no",
            "variant_code",
            "unit_of_measure_code",
            name=op.f("uq_item_identifier_item_no_variant_code_unit_of_measure_code"),
        ),
    )
    op.create_table(
        "item_unit_of_measure",
        sa.Column("item_no", sa.String(length=30), nullable=False),
        sa.Column("code", sa.String(length=30), nullable=False),
        sa.Column("quantity_per_unit", server.database.ExactDecimal(5), nullable=False),
        sa.Column("quantity_rounding_precision", server.database.ExactDecimal(5), nullable=False),
        sa.CheckConstraint("quantity_per_unit > 0", name=op.f("ck_item_unit_of_measure_quantity_per_unit")),
        sa.CheckConstraint(
            "quantity_rounding_precision > 0", name=op.f("ck_item_unit_of_measure_rounding_precision")
        ),
        sa.ForeignKeyConstraint(
            ["code"], ["unit_of_measure.code"], name=op.f("fk_item_unit_of_measure_code_unit_of_measure")
        ),
        sa.ForeignKeyConstraint(
            ["item_no"], ["item.no"], name=op.f("fk_item_unit_of_measure_item_no_item"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("item_no", "code", name=op.f("pk_item_unit_of_measure")),
    )
    op.create_table(
        "item_variant",
        sa.Column("item_no", sa.String(length=30), nullable=False),
        sa.Column("code", sa.String(length=30), nullable=False),
        sa.Column("description", sa.String(length=250), nullable=False),
        sa.Column("is_blocked", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_no"], ["item.no"], name=op.f("fk_item_variant_item_no_item"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("item_no", "code", name=op.f("pk_item_variant")),
    )
    create_triggers(op.get_bind(), also=APPEND_ONLY)


def downgrade() -> None:
    """Drop everything."""
    op.drop_table("item_variant")
    op.drop_table("item_unit_of_measure")
    op.drop_table("item_identifier")
    op.drop_index(
        "uq_bin_content_default",
        table_name="bin_content",
        sqlite_where=sa.text("is_default"),
        postgresql_where=sa.text("is_default"),
    )
    op.drop_table("bin_content")
    op.drop_table("zone")
    op.drop_index(op.f("ix_person_session_person_id"), table_name="person_session")
    op.drop_table("person_session")
    op.drop_index("ix_item_updated_at", table_name="item")
    op.drop_index(op.f("ix_item_gtin"), table_name="item")
    op.drop_table("item")
    op.drop_table("bin")
    op.drop_index(op.f("ix_api_token_device_id"), table_name="api_token")
    op.drop_table("api_token")
    op.drop_index(op.f("ix_work_item_due_at"), table_name="work_item")
    op.drop_table("work_item")
    op.drop_index(
        "ix_warehouse_entry_serial",
        table_name="warehouse_entry",
        sqlite_where=sa.text("serial_no <> ''"),
        postgresql_where=sa.text("serial_no <> ''"),
    )
    op.drop_index(
        "ix_warehouse_entry_reason",
        table_name="warehouse_entry",
        sqlite_where=sa.text("reason_code <> ''"),
        postgresql_where=sa.text("reason_code <> ''"),
    )
    op.drop_index("ix_warehouse_entry_posting_date", table_name="warehouse_entry")
    op.drop_index(
        "ix_warehouse_entry_lot",
        table_name="warehouse_entry",
        sqlite_where=sa.text("lot_no <> ''"),
        postgresql_where=sa.text("lot_no <> ''"),
    )
    op.drop_index("ix_warehouse_entry_item", table_name="warehouse_entry")
    op.drop_index("ix_warehouse_entry_bin", table_name="warehouse_entry")
    op.drop_table("warehouse_entry")
    op.drop_index("ix_value_entry_posting_date", table_name="value_entry")
    op.drop_index(op.f("ix_value_entry_item_ledger_entry_no"), table_name="value_entry")
    op.drop_index("ix_value_entry_item", table_name="value_entry")
    op.drop_table("value_entry")
    op.drop_table("unit_of_measure")
    op.drop_table("tracking_number")
    op.drop_index(op.f("ix_throttle_last_failed_at"), table_name="throttle")
    op.drop_table("throttle")
    op.drop_table("snapshot")
    op.drop_table("reason_code")
    op.drop_table("person")
    op.drop_table("location")
    op.drop_index(op.f("ix_item_register_posted_at"), table_name="item_register")
    op.drop_index(op.f("ix_item_register_document_no"), table_name="item_register")
    op.drop_table("item_register")
    op.drop_index(
        "ix_item_ledger_entry_serial",
        table_name="item_ledger_entry",
        sqlite_where=sa.text("serial_no <> ''"),
        postgresql_where=sa.text("serial_no <> ''"),
    )
    op.drop_index(
        "ix_item_ledger_entry_reason",
        table_name="item_ledger_entry",
        sqlite_where=sa.text("reason_code <> ''"),
        postgresql_where=sa.text("reason_code <> ''"),
    )
    op.drop_index("ix_item_ledger_entry_posting_date", table_name="item_ledger_entry")
    op.drop_index(
        "ix_item_ledger_entry_open",
        table_name="item_ledger_entry",
        sqlite_where=sa.text("is_open"),
        postgresql_where=sa.text("is_open"),
    )
    op.drop_index(
        "ix_item_ledger_entry_lot",
        table_name="item_ledger_entry",
        sqlite_where=sa.text("lot_no <> ''"),
        postgresql_where=sa.text("lot_no <> ''"),
    )
    op.drop_index("ix_item_ledger_entry_item", table_name="item_ledger_entry")
    op.drop_index(op.f("ix_item_ledger_entry_document_no"), table_name="item_ledger_entry")
    op.drop_table("item_ledger_entry")
    op.drop_table("item_balance")
    op.drop_index(
        "ix_item_application_entry_outbound",
        table_name="item_application_entry",
        sqlite_where=sa.text("outbound_entry_no <> 0"),
        postgresql_where=sa.text("outbound_entry_no <> 0"),
    )
    op.drop_index(op.f("ix_item_application_entry_item_ledger_entry_no"), table_name="item_application_entry")
    op.drop_index(op.f("ix_item_application_entry_inbound_entry_no"), table_name="item_application_entry")
    op.drop_table("item_application_entry")
    op.drop_table("inventory_setup")
    op.drop_index(op.f("ix_inbox_predecessor_after_id"), table_name="inbox_predecessor")
    op.drop_table("inbox_predecessor")
    op.drop_index(op.f("ix_inbox_decision_transaction_id"), table_name="inbox_decision")
    op.drop_table("inbox_decision")
    op.drop_index(
        "ix_inbox_unfinished",
        table_name="inbox",
        sqlite_where=sa.text("status NOT IN ('posted', 'refused')"),
        postgresql_where=sa.text("status NOT IN ('posted', 'refused')"),
    )
    op.drop_index(
        "ix_inbox_refused",
        table_name="inbox",
        sqlite_where=sa.text("status = 'refused'"),
        postgresql_where=sa.text("status = 'refused'"),
    )
    op.drop_index("ix_inbox_received_at", table_name="inbox")
    op.drop_index("ix_inbox_kind", table_name="inbox")
    op.drop_index("ix_inbox_device", table_name="inbox")
    op.drop_index(
        "ix_inbox_code",
        table_name="inbox",
        sqlite_where=sa.text("code <> ''"),
        postgresql_where=sa.text("code <> ''"),
    )
    op.drop_table("inbox")
    op.drop_table("feed_mark")
    op.drop_table("feed_head")
    op.drop_index("ix_feed_dirty_scope", table_name="feed_dirty")
    op.drop_table("feed_dirty")
    op.drop_table("feed")
    op.drop_index(op.f("ix_enrolment_code_expires_at"), table_name="enrolment_code")
    op.drop_table("enrolment_code")
    op.drop_table("device_gap")
    op.drop_table("device_epoch")
    op.drop_table("device")
    op.drop_index(
        "ix_bin_balance_tracked",
        table_name="bin_balance",
        sqlite_where=sa.text("(lot_no <> '' OR serial_no <> '')"),
        postgresql_where=sa.text("(lot_no <> '' OR serial_no <> '')"),
    )
    op.drop_index("ix_bin_balance_item", table_name="bin_balance")
    op.drop_table("bin_balance")
    op.drop_index("ix_audit_subject", table_name="audit")
    op.drop_index(op.f("ix_audit_person_id"), table_name="audit")
    op.drop_index(op.f("ix_audit_at"), table_name="audit")
    op.drop_table("audit")
