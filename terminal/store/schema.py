"""The tables of queue.db, as a list of migrations that only ever add.

A newer app opens an older queue; rows are sent as they were stored. Quantities of effects are whole numbers
of 0.00001 base units, so that SQL can add them exactly.
"""

QUEUE_MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        "CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
        """CREATE TABLE outbox (
            transaction_id TEXT NOT NULL PRIMARY KEY,
            epoch INTEGER NOT NULL,
            seq INTEGER NOT NULL,
            kind TEXT NOT NULL,
            record TEXT NOT NULL,
            state TEXT NOT NULL,
            worker_id TEXT NOT NULL,
            created_wall TEXT NOT NULL,
            UNIQUE (epoch, seq))""",
        "CREATE INDEX outbox_state ON outbox (state, epoch, seq)",
        """CREATE TABLE effect (
            transaction_id TEXT NOT NULL REFERENCES outbox ON DELETE CASCADE,
            no INTEGER NOT NULL,
            bin_code TEXT NOT NULL,
            item_no TEXT NOT NULL,
            variant_code TEXT NOT NULL,
            lot_no TEXT NOT NULL,
            serial_no TEXT NOT NULL,
            quantity INTEGER NOT NULL,
            PRIMARY KEY (transaction_id, no)) WITHOUT ROWID""",
        "CREATE INDEX effect_bin ON effect (bin_code)",
        "CREATE INDEX effect_item ON effect (item_no)",
        """CREATE TABLE outcome (
            transaction_id TEXT NOT NULL PRIMARY KEY,
            status TEXT NOT NULL,
            rev INTEGER NOT NULL,
            document TEXT NOT NULL,
            received_wall TEXT NOT NULL)""",
        """CREATE TABLE scan (
            scan_no INTEGER PRIMARY KEY AUTOINCREMENT,
            raw TEXT NOT NULL,
            symbology TEXT NOT NULL,
            occurred_wall TEXT NOT NULL,
            occurred_boot_ms INTEGER NOT NULL,
            boot_id TEXT NOT NULL,
            flow TEXT NOT NULL,
            worker_id TEXT NOT NULL,
            session_id TEXT NOT NULL,
            became TEXT NOT NULL,
            transaction_id TEXT NOT NULL DEFAULT '')""",
        "CREATE INDEX scan_transaction ON scan (transaction_id)",
        "CREATE INDEX scan_open ON scan (became) WHERE became IN ('read', 'held')",
        """CREATE TABLE archived (
            epoch INTEGER NOT NULL,
            seq INTEGER NOT NULL,
            transaction_id TEXT NOT NULL,
            hash TEXT NOT NULL,
            state TEXT NOT NULL,
            PRIMARY KEY (epoch, seq)) WITHOUT ROWID""",
        """CREATE TABLE acked_block (
            epoch INTEGER NOT NULL,
            block INTEGER NOT NULL,
            digest TEXT NOT NULL,
            PRIMARY KEY (epoch, block)) WITHOUT ROWID""",
        """CREATE TABLE pin_tries (
            person_id TEXT NOT NULL PRIMARY KEY,
            failures INTEGER NOT NULL,
            boot_id TEXT NOT NULL,
            failed_boot_ms INTEGER NOT NULL) WITHOUT ROWID""",
        """CREATE TABLE session (
            session_id TEXT NOT NULL PRIMARY KEY,
            person_id TEXT NOT NULL,
            started_wall TEXT NOT NULL,
            ended_wall TEXT NOT NULL DEFAULT '')""",
        """CREATE TABLE device_log (
            log_no INTEGER PRIMARY KEY AUTOINCREMENT,
            wall TEXT NOT NULL,
            kind TEXT NOT NULL,
            text TEXT NOT NULL)""",
    ),
    (
        "CREATE INDEX outbox_when ON outbox (state, created_wall)",
        """CREATE TABLE lockout (
            event_id TEXT NOT NULL PRIMARY KEY,
            person_id TEXT NOT NULL,
            occurred_wall TEXT NOT NULL,
            tries INTEGER NOT NULL)""",
    ),
)

# What a salvage copies, row by row, in an order that foreign keys allow.
SALVAGED_TABLES = (
    "meta",
    "outbox",
    "effect",
    "outcome",
    "scan",
    "archived",
    "acked_block",
    "pin_tries",
    "session",
    "device_log",
    "lockout",
)
