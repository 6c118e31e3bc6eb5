"""/healthz and /metrics."""

from flask import Flask

from tests.support.people import Browser, add_person
from tests.support.warehouse import Source, line


def test_health_is_open_to_anyone(warehouse: Flask) -> None:
    answer = warehouse.test_client().get("/healthz")

    assert (answer.status_code, answer.text) == (200, "ok\n")


def test_metrics_count_what_waits_for_those_who_may_look(handheld: Source, warehouse: Flask) -> None:
    handheld.send("pick", line("GLOBE", 5, "A1"))
    supervisor = Browser(warehouse)
    supervisor.sign_in_as(add_person(warehouse, "supervisor", login="sara", password="a long enough one"))

    text = supervisor.client.get("/metrics").text

    assert 'scanledger_inbox_unfinished{status="parked"} 1' in text
    assert "scanledger_device_gaps_open 0" in text
    assert warehouse.test_client().get("/metrics").status_code in (302, 303, 401)
