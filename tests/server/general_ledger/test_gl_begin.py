"""A new company can post to the general ledger at once; one that has accounts keeps them as they are."""

import sqlalchemy as sa
from flask import Flask

from server.database import db, write
from server.general_ledger.accounts import GENERAL_COLUMNS, INVENTORY_COLUMNS, Role
from server.general_ledger.begin import ensure_accounts
from server.general_ledger.load import load_account_setup
from server.general_ledger.tables import GeneralPostingSetup, GlAccount, InventoryPostingSetup


def test_every_role_has_an_account_with_a_name_in_both_languages(app: Flask) -> None:
    with app.app_context():
        write(ensure_accounts)
        write(ensure_accounts)
        accounts = db.session.execute(sa.select(GlAccount)).scalars().all()
        setup = load_account_setup(db.session.connection())

        assert sorted(account.category for account in accounts) == sorted(Role)
        assert [account.no for account in accounts if not (account.name and account.name_fr)] == []
        numbers = {account.category: account.no for account in accounts}
        assert setup.inventory == {("", ""): {role: numbers[role] for role in INVENTORY_COLUMNS}}
        assert setup.general == {("", ""): {role: numbers[role] for role in GENERAL_COLUMNS}}
        assert {*INVENTORY_COLUMNS, *GENERAL_COLUMNS} == {*Role}


def test_a_company_with_a_chart_of_its_own_gets_nothing_else(app: Flask) -> None:
    with app.app_context():
        write(lambda connection: connection.execute(sa.insert(GlAccount).values(no="30000", name="Stock")))
        write(ensure_accounts)

        assert db.session.execute(sa.select(GlAccount.no)).scalars().all() == ["30000"]
        for table in (InventoryPostingSetup, GeneralPostingSetup):
            assert db.session.execute(sa.select(table)).first() is None
