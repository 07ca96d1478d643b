"""The project's own models, run by dbt in this process, one after another.

``python -m benchmarks.attribution.ours FOLDER MEMORY_LIMIT full|refresh ANSWER`` writes the run's
time and memory into the file ANSWER. The time runs from the start of the first model to the end of
the last, including dbt's own work in between, but not reading the project before.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from dbt.cli.main import dbtRunner

from benchmarks.attribution.taken import Stopwatch, peak_mib
from benchmarks.attribution.warehouse import MODELS, settings_of
from orchestration.configuration.settings import Settings
from orchestration.foundation.repository import DBT_PROJECT
from orchestration.transform.dbt import dbt_variables


class _Nodes:
    """Records when dbt starts and ends each model."""

    def __init__(self) -> None:
        self.models: list[dict[str, Any]] = []
        self.before_mib = 0.0
        self.total: dict[str, float] = {}
        self._all: Stopwatch | None = None
        self._one = Stopwatch()

    def hear(self, event: Any) -> None:
        """Called by dbt for each event."""
        if event.info.name == "NodeStart":
            if self._all is None:
                self.before_mib = peak_mib()
                self._all = Stopwatch()
            self._one = Stopwatch()
        elif event.info.name == "NodeFinished" and self._all is not None:
            name = event.data.node_info.node_name
            self.models.append({"name": name, **self._one.read(), "peak_mib": peak_mib()})
            self.total = self._all.read()


def run_full(settings: Settings) -> dict[str, Any]:
    """Every model of attribution from nothing."""
    return _run(settings, "--full-refresh")


def run_refresh(settings: Settings) -> dict[str, Any]:
    """A refresh: what dbt does when it is called again."""
    return _run(settings)


def _run(settings: Settings, *more: str) -> dict[str, Any]:
    nodes = _Nodes()
    with dbt_variables(settings):
        outcome = dbtRunner(callbacks=[nodes.hear]).invoke(
            [
                *("--quiet", "run", "--project-dir", str(DBT_PROJECT), "--threads", "1", *more),
                *("--select", *MODELS),
            ]
        )
    if not outcome.success:
        failed = [each for each in (outcome.result or ()) if each.status != "success"]
        raise RuntimeError("\n".join(f"{each.node.name}: {each.message}" for each in failed))
    return {
        **nodes.total,
        "peak_mib": peak_mib(),
        "before_mib": nodes.before_mib,
        "models": nodes.models,
    }


RUNS = {"full": run_full, "refresh": run_refresh}


def main() -> None:
    """Run once, using the command line's arguments."""
    folder, memory_limit, kind, answer = sys.argv[1:]
    taken = RUNS[kind](settings_of(Path(folder), memory_limit))
    Path(answer).write_text(json.dumps(taken), encoding="utf-8")


if __name__ == "__main__":
    main()
