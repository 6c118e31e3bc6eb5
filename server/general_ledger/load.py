"""Loads the account set-up that a posting to the general ledger needs: four small tables, read whole."""

from datetime import date, timedelta

import sqlalchemy as sa

from server.general_ledger.accounts import GENERAL_COLUMNS, INVENTORY_COLUMNS, Role
from server.general_ledger.posting_plan import AccountSetup, Codes
from server.general_ledger.tables import GeneralPostingSetup, GlAccount, InventoryPostingSetup
from server.masterdata.tables import AccountingPeriod

INVENTORY_KEY = ("location_code", "inventory_posting_group")
GENERAL_KEY = ("general_business_posting_group", "general_product_posting_group")


def load_account_setup(connection: sa.Connection) -> AccountSetup:
    """Accounts by groups and role, the chart of accounts, and the accounting periods that are closed."""
    accounts = connection.execute(sa.select(GlAccount.no, GlAccount.is_blocked)).all()
    return AccountSetup(
        inventory=_rows(connection, InventoryPostingSetup.__table__, INVENTORY_KEY, INVENTORY_COLUMNS),
        general=_rows(connection, GeneralPostingSetup.__table__, GENERAL_KEY, GENERAL_COLUMNS),
        accounts={account.no: account.is_blocked for account in accounts},
        closed=closed_spans(connection),
    )


def _rows(
    connection: sa.Connection, table: sa.Table, keys: tuple[str, str], columns: dict[Role, str]
) -> dict[Codes, dict[Role, str]]:
    rows = connection.execute(sa.select(*(table.c[name] for name in (*keys, *columns.values()))))
    return {(row[0], row[1]): dict(zip(columns, row[2:], strict=True)) for row in rows}


def closed_spans(connection: sa.Connection) -> tuple[tuple[date, date], ...]:
    """First and last day of each closed accounting period; one ends where the next begins."""
    rows = connection.execute(
        sa.select(AccountingPeriod.starting_date, AccountingPeriod.is_closed).order_by(
            AccountingPeriod.starting_date
        )
    ).all()
    ends = [*(starting_date - timedelta(days=1) for starting_date, _ in rows[1:]), date.max]
    return tuple(
        (starting_date, ends[place]) for place, (starting_date, is_closed) in enumerate(rows) if is_closed
    )
