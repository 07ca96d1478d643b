"""The demo's whole run compared with a bare ``dbt build`` of the same project.

``python -m benchmarks demo`` alternates between running the demo in a separate home and rebuilding
its warehouse with dbt alone, and prints medians and the ratio.
"""

from __future__ import annotations

import shutil
import statistics
import sys
import tempfile
from pathlib import Path

from benchmarks.measure import Measure, machine, measure
from orchestration.configuration.settings import load_settings
from orchestration.defs.transform.assets import BUILD
from orchestration.transform.dbt import dbt_environment, dbt_executable


def main(pairs: int) -> None:
    """Measure and print a table.

    Args:
        pairs: How often to measure both, in alternation.
    """
    demos, builds = [], []
    tributary = str(Path(sys.executable).parent / "tributary")
    for _ in range(pairs):
        with tempfile.TemporaryDirectory(prefix="tributary-bench-") as folder:
            demos.append(measure([tributary, "demo"], {"TRIBUTARY_HOME": folder}))
            settings = load_settings({"TRIBUTARY_HOME": folder})
            # dbt caches what it parsed; a bare build of a fresh clone has no cache.
            shutil.rmtree(settings.dbt_target_dir)
            builds.append(measure([str(dbt_executable()), *BUILD], dbt_environment(settings)))
    print(f"\n{machine()}; medians (minimum-maximum) of {pairs} pairs in alternation\n")
    print("| what | wall s | CPU s | peak MiB |\n|---|---|---|---|")
    for name, taken in (("tributary demo", demos), ("bare dbt build", builds)):
        print(f"| {name} | {_span(taken, 'wall')} | {_span(taken, 'cpu')} | {_peak(taken)} |")
    ratio = statistics.median(d.wall / b.wall for d, b in zip(demos, builds, strict=True))
    print(f"\nThe demo takes {ratio:.2f} times the wall time of the bare build.")


def _span(taken: list[Measure], name: str) -> str:
    values = [getattr(each, name) for each in taken]
    return f"{statistics.median(values):.1f} ({min(values):.1f}-{max(values):.1f})"


def _peak(taken: list[Measure]) -> str:
    return f"{max(each.peak_mib for each in taken):.0f}"
