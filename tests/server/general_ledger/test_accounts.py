"""Each kind of value goes to the accounts that the rules give it (costing rules 12)."""

import pytest

from server.general_ledger.accounts import Kind, actual_roles, expected_roles

TABLE = """
ledger type         |entry type   |variance              |chg|account        |balancing
purchase            |direct_cost  |                      |   |inventory      |direct_cost_applied
purchase            |direct_cost  |                      |yes|inventory      |direct_cost_applied
purchase            |indirect_cost|                      |   |inventory      |overhead_applied
purchase            |variance     |purchase              |   |inventory      |purchase_variance
sale                |direct_cost  |                      |   |inventory      |cogs
sale                |direct_cost  |                      |yes|inventory      |direct_cost_applied
positive_adjmt      |direct_cost  |                      |   |inventory      |inventory_adjmt
negative_adjmt      |direct_cost  |                      |   |inventory      |inventory_adjmt
transfer            |direct_cost  |                      |   |inventory      |inventory_adjmt
transfer            |direct_cost  |                      |yes|inventory      |direct_cost_applied
transfer            |variance     |purchase              |   |inventory      |purchase_variance
assembly_consumption|direct_cost  |                      |   |inventory      |inventory_adjmt
assembly_output     |direct_cost  |                      |   |inventory      |inventory_adjmt
assembly_output     |indirect_cost|                      |   |inventory      |overhead_applied
assembly_output     |variance     |material              |   |inventory      |material_variance
assembly_output     |variance     |capacity              |   |inventory      |capacity_variance
assembly_output     |variance     |capacity_overhead     |   |inventory      |capacity_overhead_variance
assembly_output     |variance     |manufacturing_overhead|   |inventory      |manufacturing_overhead_variance
                    |direct_cost  |                      |   |inventory_adjmt|direct_cost_applied
                    |indirect_cost|                      |   |inventory_adjmt|overhead_applied
purchase            |revaluation  |                      |   |inventory      |inventory_adjmt
sale                |revaluation  |                      |   |inventory      |inventory_adjmt
purchase            |rounding     |                      |   |inventory      |inventory_adjmt
transfer            |rounding     |                      |   |inventory      |inventory_adjmt
"""
EXPECTED_TABLE = """
ledger type    | entry type    | account           | balancing
purchase       | direct_cost   | inventory_interim | invt_accrual_interim
purchase       | revaluation   | inventory_interim | invt_accrual_interim
sale           | direct_cost   | inventory_interim | cogs_interim
sale           | revaluation   | inventory_interim | cogs_interim
"""


def cells(table: str) -> list[list[str]]:
    """The rows of a table without its head."""
    return [[cell.strip() for cell in row.split("|")] for row in table.strip("\n").splitlines()[1:]]


@pytest.mark.parametrize("row", cells(TABLE), ids=lambda row: " ".join(row[:4]))
def test_actual_cost_goes_to(row: list[str]) -> None:
    ledger_type, entry_type, variance, charge, account, balancing = row

    assert actual_roles(Kind(ledger_type, entry_type, variance, bool(charge))) == (account, balancing)


@pytest.mark.parametrize("row", cells(EXPECTED_TABLE), ids=lambda row: " ".join(row[:2]))
def test_expected_cost_goes_to(row: list[str]) -> None:
    ledger_type, entry_type, account, balancing = row

    assert expected_roles(Kind(ledger_type, entry_type, "", is_charge=False)) == (account, balancing)


@pytest.mark.parametrize(
    "kind",
    [
        Kind("", "variance", "material", is_charge=False),
        Kind("purchase", "variance", "", is_charge=False),
        Kind("purchase", "gift", "", is_charge=False),
    ],
)
def test_what_the_rules_do_not_know_has_no_accounts(kind: Kind) -> None:
    assert actual_roles(kind) is None


@pytest.mark.parametrize("kind", ["transfer", "positive_adjmt", "assembly_output", ""])
def test_only_purchases_and_sales_have_expected_cost(kind: str) -> None:
    assert expected_roles(Kind(kind, "direct_cost", "", is_charge=False)) is None
