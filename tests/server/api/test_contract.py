"""Whatever is sent to the API, its answers are what the OpenAPI document says, and never an error of ours.

Schemathesis makes the requests from the document itself, seeded, in this process; a handful per operation
here, many by `make prove`.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from server import create_app
from server.config import Config
from server.database import dispose, write
from server.security.audit import COMMAND_LINE
from server.security.devices import make_api_token
from tests.server.api.ledger_rows import fill_ledgers
from tests.support.fixtures import config_for, migrate
from tests.support.warehouse import build_warehouse

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Flask, str]]:
    """A server with some of everything, and a program's token."""
    folder: Path = tmp_path_factory.mktemp("contract")
    url = f"sqlite:///{folder / 'company.db'}"
    migrate(url)
    app = create_app(config_for(url, folder / "home"))
    config: Config = app.config["SCANLEDGER"]
    with app.app_context():
        build_warehouse()
        fill_ledgers(30)
        token = write(
            lambda connection: make_api_token(
                connection, device_id="probe", role="back_office", actor=COMMAND_LINE, now=config.now()
            )
        )
    yield app, token
    dispose(app)


def test_every_operation_keeps_its_contract(served: tuple[Flask, str]) -> None:
    assert probe_all(served, examples=2) > 60


@pytest.mark.prove
def test_every_operation_keeps_its_contract_a_hundred_times(served: tuple[Flask, str]) -> None:
    assert probe_all(served, examples=100) > 60


def probe_all(served: tuple[Flask, str], *, examples: int) -> int:
    """Call every operation this often; gives back how many operations there are."""
    app, token = served
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    operations = [cast(Any, result).ok() for result in schema.get_all_operations()]
    for operation in operations:
        assert check_operation(operation, token, examples), operation.label
    return len(operations)


def check_operation(operation: Any, token: str, examples: int) -> list[int]:
    """Call one operation with what its document allows; the statuses it answered."""
    statuses: list[int] = []

    @seed(20111206)
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def probe(case: Case[Any]) -> None:
        answer = case.call(headers={"Authorization": f"Bearer {token}"})
        case.validate_response(answer, checks=CHECKS)
        statuses.append(answer.status_code)

    probe()
    return statuses
