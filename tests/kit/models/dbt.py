"""Running the project's dbt on a warehouse that a test created.

Belongs here: the command. Does not belong here: the contents of the warehouse.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.kit.places import REPOSITORY

ATTRIBUTION = ("path:models/attribution", "int_attribution__*")
LIMIT_SECONDS = 840
"""Ends a hanging dbt, with its output, before pytest ends the test; it does not test speed."""

_PARSED: dict[str, bytes] = {}
"""The project as dbt parsed it in this process, by what is delivered: a unit test of a model that
is gone would stop dbt. Other parts that are stale it detects itself."""


def run_dbt(warehouse: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the project's dbt on that warehouse, with all its output next to the warehouse.

    A parsed project is valid only for the same environment values, so the warehouse is passed by
    its name alone. A warehouse in another folder then needs no new parse, which takes twice as long
    as dbt's start itself.
    """
    project = str(REPOSITORY / "dbt_project")
    parsed = warehouse.parent / "target" / "partial_parse.msgpack"
    delivered = os.environ.get("TRIBUTARY_DELIVERED", "")
    if delivered in _PARSED and not parsed.exists():
        parsed.parent.mkdir(exist_ok=True)
        parsed.write_bytes(_PARSED[delivered])
    done = subprocess.run(
        [
            str(Path(sys.executable).parent / "dbt"), *arguments,
            "--project-dir", project, "--profiles-dir", project,
            "--target-path", str(warehouse.parent / "target"),
            "--log-path", str(warehouse.parent / "logs"),
        ],
        cwd=warehouse.parent,
        env=os.environ | {"TRIBUTARY_WAREHOUSE": warehouse.name, "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=LIMIT_SECONDS,
    )  # fmt: skip
    if delivered not in _PARSED and parsed.exists():
        _PARSED[delivered] = parsed.read_bytes()
    return done


def compute(warehouse: Path, *options: str, select: Sequence[str] = ATTRIBUTION) -> None:
    """Run the models of attribution, and nothing before or after them."""
    outcome = run_dbt(warehouse, "run", "--select", *select, *options)
    assert outcome.returncode == 0, outcome.stdout[-4000:]
