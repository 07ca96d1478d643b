"""Running the project's dbt on a warehouse that a test created.

Belongs here: the command, and the parse that it begins with. Does not belong here: the contents of
the warehouse, or the process that runs most commands (``warm_dbt.py``).
"""

from __future__ import annotations

import atexit
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from orchestration.defs.transform.project import project_fingerprint
from orchestration.foundation.repository import DBT_PROJECT
from orchestration.transform import parses
from orchestration.transform.dbt import DELIVERED, FORMER, VOCABULARY
from tests.kit.models.warm_dbt import LIMIT_SECONDS, WarmDbt

ATTRIBUTION = ("path:models/attribution", "int_attribution__*")
_WAREHOUSE = "warehouse.duckdb"
_READ_BY_THE_PARSE = (DELIVERED, FORMER, VOCABULARY)


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

    Returns:
        The process; both outputs are in its standard output where dbt was warm.
    """
    variables = os.environ | dict(environment or {})
    # A process of its own, as the product's, where dbt begins or parses in another way.
    usual = project == DBT_PROJECT and environment is None and "--vars" not in arguments
    if usual and not any(map(variables.get, _READ_BY_THE_PARSE)):
        return _warm().run(
            _arguments(warehouse, project, arguments), warehouse.parent, _own(warehouse, variables)
        )
    target = warehouse.parent / "target"
    if not (target / "partial_parse.msgpack").exists():
        _fetch_parse(target, variables)
    return _call(warehouse, project, variables, arguments)


@cache
def _warm() -> WarmDbt:
    warehouse = Path(tempfile.mkdtemp(prefix="parsed-")) / _WAREHOUSE
    atexit.register(shutil.rmtree, warehouse.parent, ignore_errors=True)
    _fetch_parse(warehouse.parent / "target", os.environ)
    parse = _arguments(warehouse, DBT_PROJECT, ("parse", "--quiet"))
    return WarmDbt(parse, warehouse.parent, _own(warehouse, os.environ))


def _fetch_parse(target: Path, variables: Mapping[str, str]) -> None:
    """Give a target folder the parse of the project, which is made once on a machine.

    From it, dbt parses of a changed copy only what was changed. Where the project does not parse
    there is none, and the command that follows says why.

    Args:
        target: dbt's target folder.
        variables: With what the sources deliver, which decides what there is to parse.
    """
    read = [variables.get(name, "") for name in _READ_BY_THE_PARSE]
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
            str(Path(sys.executable).parent / "tributary-dbt"),
            *_arguments(warehouse, project, arguments),
        ],
        cwd=warehouse.parent,
        env=_own(warehouse, variables),
        capture_output=True,
        text=True,
        check=False,
        timeout=LIMIT_SECONDS,
    )


def _arguments(warehouse: Path, project: Path, arguments: Sequence[str]) -> list[str]:
    return [
        *arguments,
        "--project-dir", str(project), "--profiles-dir", str(project),
        "--target-path", str(warehouse.parent / "target"),
        "--log-path", str(warehouse.parent / "logs"),
    ]  # fmt: skip


def _own(warehouse: Path, variables: Mapping[str, str]) -> dict[str, str]:
    """The variables with what a warehouse changes in them."""
    return {
        **variables,
        "TRIBUTARY_WAREHOUSE": warehouse.name,
        "NO_COLOR": "1",
        "DBT_LOG_LEVEL_FILE": "info",
    }


def compute(warehouse: Path, *options: str, select: Sequence[str] = ATTRIBUTION) -> None:
    """Run the models of attribution, and nothing before or after them."""
    outcome = run_dbt(warehouse, "run", "--select", *select, *options)
    assert outcome.returncode == 0, outcome.stdout[-4000:]
