"""Running the project's dbt, as the product calls it, on a warehouse that a test created.

Belongs here: the command, and the parse that it begins with. Does not belong here: the contents of
the warehouse.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from orchestration.defs.transform.project import project_fingerprint
from orchestration.foundation.repository import DBT_PROJECT
from orchestration.transform import parses
from orchestration.transform.dbt import DELIVERED, FORMER, VOCABULARY

ATTRIBUTION = ("path:models/attribution", "int_attribution__*")
LIMIT_SECONDS = 840
"""Ends a hanging dbt, with its output, before pytest ends the test; it does not test speed."""
_WAREHOUSE = "warehouse.duckdb"


def run_dbt(
    warehouse: Path,
    *arguments: str,
    project: Path = DBT_PROJECT,
    environment: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run the project's dbt on that warehouse, with all its output next to the warehouse.

    Args:
        warehouse: The database; it may be missing.
        arguments: After ``dbt``.
        project: The project's folder, or that of a changed copy.
        environment: Variables besides those of this process.
    """
    variables = os.environ | dict(environment or {})
    target = warehouse.parent / "target"
    if not (target / "partial_parse.msgpack").exists():
        _fetch_parse(target, variables)
    return _call(warehouse, project, variables, arguments)


def _fetch_parse(target: Path, variables: Mapping[str, str]) -> None:
    """Give a target folder the parse of the project, which is made once on a machine.

    From it, dbt parses of a changed copy only what was changed. Where the project does not parse
    there is none, and the command that follows says why.

    Args:
        target: dbt's target folder.
        variables: With what the sources deliver, which decides what there is to parse.
    """
    read = [variables.get(name, "") for name in (DELIVERED, FORMER, VOCABULARY)]
    fingerprint = f"test {project_fingerprint(DBT_PROJECT)} {read} {sys.version} {DBT_PROJECT}"
    if not parses.fetch(fingerprint, target):
        parsed = _call(target.parent / _WAREHOUSE, DBT_PROJECT, variables, ("parse", "--quiet"))
        if parsed.returncode == 0:
            parses.keep(fingerprint, target)


def parsed_project(folder: Path) -> dict[str, Any]:
    """The project as dbt parses it: its manifest.

    Args:
        folder: Where dbt writes.

    Raises:
        FileNotFoundError: The project does not parse.
    """
    _fetch_parse(folder / "target", os.environ)
    text = (folder / "target" / "manifest.json").read_text("utf-8")
    manifest: dict[str, Any] = json.loads(text)
    return manifest


def _call(
    warehouse: Path, project: Path, variables: Mapping[str, str], arguments: Sequence[str]
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [
            str(Path(sys.executable).parent / "tributary-dbt"), *arguments,
            "--project-dir", str(project), "--profiles-dir", str(project),
            "--target-path", str(warehouse.parent / "target"),
            "--log-path", str(warehouse.parent / "logs"),
        ],
        cwd=warehouse.parent,
        env={
            **variables,
            "TRIBUTARY_WAREHOUSE": warehouse.name,
            "NO_COLOR": "1",
            "DBT_LOG_LEVEL_FILE": "info",
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=LIMIT_SECONDS,
    )  # fmt: skip


def compute(warehouse: Path, *options: str, select: Sequence[str] = ATTRIBUTION) -> None:
    """Run the models of attribution, and nothing before or after them."""
    outcome = run_dbt(warehouse, "run", "--select", *select, *options)
    assert outcome.returncode == 0, outcome.stdout[-4000:]
