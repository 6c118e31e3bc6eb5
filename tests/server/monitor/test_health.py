"""/healthz and /metrics."""

from flask import Flask

from tests.support.people import browser_of
from tests.support.warehouse import Source, build_warehouse, line


def test_health_is_open_to_anyone(app: Flask) -> None:
    answer = app.test_client().get("/healthz")

    assert (answer.status_code, answer.text) == (200, "ok\n")


def test_metrics_count_what_waits_for_those_who_may_look(app: Flask) -> None:
    with app.app_context():
        build_warehouse()
        Source("handheld").send("pick", line("GLOBE", 5, "A1"))

    text = browser_of(app, "supervisor").get("/metrics").text

    assert 'scanledger_inbox_unfinished{status="parked"} 1' in text
    assert "scanledger_device_gaps_open 0" in text
    assert "scanledger" not in app.test_client().get("/metrics").text
