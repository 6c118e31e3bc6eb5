"""CSV files into the API: POST /imports/<kind> with the file as the body, answered by a report of every row.

All rows or none, unless skip_bad_rows says otherwise; dry_run does all of it and keeps nothing.
"""

from dataclasses import dataclass
from typing import Any, cast

import sqlalchemy as sa
from apiflask import APIBlueprint
from flask import Response, request
from pydantic import BaseModel

from server.masterdata.csv_import import ImportOptions, ImportReport, import_file
from server.security.audit import record_audit
from server.security.permissions import Permission
from server.security.problems import problem_answer
from server.security.sessions import acting, settings
from server.web.api import json_answer, plain
from server.web.api_lists import CSV, guarded_view
from server.web.schemas import plain_query_model, row_model


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportQuery:
    """How a file is to be taken; `location_code` is where bins without one and home bins are."""

    dry_run: bool = False
    skip_bad_rows: bool = False
    location_code: str = ""


def take_file(kind_name: str, content: bytes, options: ImportOptions) -> ImportReport:
    """Take a file and tell the audit trail; for the API and for a page's upload."""
    actor, now = acting(), settings().now()

    def tell(connection: sa.Connection, created: int, changed: int) -> None:
        counts = {"created": created, "changed": changed}
        record_audit(
            connection, "file_imported", at=now, actor=actor, subject=("file", kind_name), new=counts
        )

    return import_file(kind_name, content, options, now=now, tell=tell)


def mount_import(blueprint: APIBlueprint, kind_name: str, permission: Permission) -> None:
    """Serve the import of one kind of file."""

    def take(query_data: BaseModel) -> Response:
        query = cast(Any, query_data)
        options = ImportOptions(
            is_dry_run=query.dry_run,
            skips_bad_rows=query.skip_bad_rows,
            location_code=query.location_code,
        )
        report = take_file(kind_name, request.get_data(), options)
        if report.is_written or report.is_dry_run:
            return json_answer(report)
        detail = f"{report.fault_count} faults, so no row was kept. Correct them, or skip the bad rows."
        return problem_answer(
            422,
            "file_refused",
            detail,
            errors=[plain(fault) for fault in report.faults],
            row_count=report.row_count,
            bad_row_count=report.bad_row_count,
            fault_count=report.fault_count,
        )

    words = kind_name.replace("_", " ")
    view = blueprint.doc(
        summary=f"Import {words} from a CSV file.",
        extensions={"x-body": CSV},
    )(blueprint.output(row_model(ImportReport))(take))
    read = blueprint.input(plain_query_model(ImportQuery), location="query")(view)
    blueprint.add_url_rule(
        f"/imports/{kind_name.replace('_', '-')}",
        endpoint=f"import_{kind_name}",
        view_func=guarded_view(permission, read),
        methods=["POST"],
    )
