"""Calling dbt: the executable, its environment, and the files that a run of it leaves.

Belongs here: everything about dbt as a process. Does not belong here: dbt's models, their Dagster
assets (``defs``), or judging their results (``quality/gate.py``).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orchestration.configuration.delivery import delivered_shapes
from orchestration.configuration.settings import Settings
from orchestration.configuration.streams import former_streams
from orchestration.foundation.errors import TributaryError
from orchestration.foundation.repository import DBT_PROJECT, INSTALL_AGAIN, read_seed
from orchestration.transform.dbt_child import PARENT

RUN_ID = "TRIBUTARY_RUN_ID"
"""dbt writes the run into the metadata of its artifacts under this name."""

DELIVERED = "TRIBUTARY_DELIVERED"
"""What the company's sources deliver, for the macro ``delivered``; the manifest depends on it."""

FORMER = "TRIBUTARY_FORMER"
"""Streams that are read no more, by vendor: they do not say to which day figures are complete."""

VOCABULARY = "TRIBUTARY_VOCABULARY"
"""What the broad vocabulary calls each code; models read it while dbt parses them."""

_RUN_ID_VARIABLE = f"DBT_ENV_CUSTOM_ENV_{RUN_ID}"


class DbtFailed(TributaryError):
    """dbt could not be called, or ended with an error."""


def dbt_executable() -> Path:
    """``tributary-dbt`` beside the running Python, so that no environment need be activated.

    Raises:
        DbtFailed: It is not installed there.
    """
    path = Path(sys.executable).parent / "tributary-dbt"
    if not path.exists():
        raise DbtFailed(
            "The command tributary-dbt is not installed beside the running Python.",
            where=str(path),
            remedy=f"Install Tributary into this environment: {INSTALL_AGAIN}",
        )
    return path


def dbt_environment(settings: Settings, run_id: str = "") -> dict[str, str]:
    """The variables that dbt needs besides the process's own, for a child of this process.

    Args:
        settings: Paths and limits.
        run_id: Written into manifest.json and run_results.json; the gate compares it.
    """
    return {
        "TRIBUTARY_WAREHOUSE": str(settings.warehouse_path),
        "TRIBUTARY_SPILL_DIR": str(settings.spill_dir),
        "TRIBUTARY_MEMORY_LIMIT": settings.memory_limit,
        "TRIBUTARY_THREADS": str(settings.threads),
        "TRIBUTARY_DBT_THREADS": str(settings.threads),
        VOCABULARY: _vocabulary(settings),
        DELIVERED: json.dumps(delivered_shapes(settings), sort_keys=True),
        FORMER: _former(settings),
        "DBT_PROFILES_DIR": str(DBT_PROJECT),
        "DBT_DBT_PROJECT": str(DBT_PROJECT),
        "DBT_TARGET_PATH": str(settings.dbt_target_dir),
        "DBT_LOG_PATH": str(settings.dbt_target_dir),
        # At dbt's default the log has every statement: 12 MB and a tenth of dbt's time, each run.
        "DBT_LOG_LEVEL_FILE": "info",
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "DO_NOT_TRACK": "1",
        # The channel-level models solve many small systems: a second thread quadruples their time.
        "OPENBLAS_NUM_THREADS": "1",
        PARENT: str(os.getpid()),
        _RUN_ID_VARIABLE: run_id,
    }


def _former(settings: Settings) -> str:
    found: dict[str, list[str]] = {}
    for connector, stream in former_streams(settings):
        found.setdefault(connector, []).append(stream.name)
    return json.dumps(found)


def _vocabulary(settings: Settings) -> str:
    """What the broad vocabulary calls each code, as JSON; empty for the detailed one."""
    if settings.config.vocabulary == "detailed":
        return ""
    return json.dumps(
        {
            member: {
                row[member]: row["broad"]
                for row in read_seed(f"{member}s")
                if row[member] != row["broad"]
            }
            for member in ("lead_source", "lead_channel")
        }
    )


@contextmanager
def dbt_variables(settings: Settings, run_id: str = "") -> Iterator[None]:
    """Set ``dbt_environment`` in this process, as dagster-dbt only passes on ``os.environ``.

    Args:
        settings: Paths and limits.
        run_id: As for ``dbt_environment``.
    """
    added = dbt_environment(settings, run_id)
    before = {name: os.environ.get(name) for name in added}
    os.environ.update(added)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def run_dbt(
    settings: Settings, arguments: Sequence[str], run_id: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run dbt to completion without Dagster and return its output.

    Args:
        settings: Paths and limits.
        arguments: After ``dbt``, for example ``["parse"]``.
        run_id: As for ``dbt_environment``.

    Raises:
        DbtFailed: dbt could not be started. The caller judges its exit status.
    """
    for folder in (settings.build_dir, settings.spill_dir, settings.dbt_target_dir):
        folder.mkdir(parents=True, exist_ok=True)
    return subprocess.run(
        [str(dbt_executable()), *arguments],
        env=os.environ | dbt_environment(settings, run_id),
        cwd=DBT_PROJECT,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )


@dataclass(frozen=True, slots=True)
class Artifacts:
    """The files that one dbt invocation wrote.

    Attributes:
        folder: Its target folder.
        manifest: ``manifest.json``.
        results: ``run_results.json``; ``None`` when dbt died before writing it.
    """

    folder: Path
    manifest: dict[str, Any]
    results: dict[str, Any] | None

    @classmethod
    def read(cls, folder: Path) -> Artifacts:
        """Read the artifacts in a target folder.

        Raises:
            DbtFailed: There is no manifest, or a file is not JSON (torn by a kill).
        """
        manifest = _read_json(folder / "manifest.json")
        if manifest is None:
            raise DbtFailed(
                "dbt left no manifest: it did not get as far as reading the project.",
                where=str(folder / "manifest.json"),
                remedy="See dbt.log in that folder, then run again.",
            )
        return cls(folder, manifest, _read_json(folder / "run_results.json"))


def _read_json(path: Path) -> dict[str, Any] | None:
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except ValueError as error:
        raise DbtFailed(
            f"A file that dbt wrote is incomplete: {error}",
            where=str(path),
            remedy="Run again; the earlier generation is unchanged.",
        ) from error
    return content
