"""Promise 1, by whole runs: `tributary run` killed at every named point publishes the same."""

from __future__ import annotations

import random
import signal
import subprocess
import time
from pathlib import Path

import pytest

from orchestration.configuration.settings import load_settings
from orchestration.foundation.fault_points import POINTS
from tests.kit.csv_company import write_company
from tests.kit.faults.lengths import share
from tests.kit.faults.report import Table
from tests.kit.faults.whole_runs import Company

OF_A_REBUILD = ("build.discarded",)


@pytest.mark.slow
@pytest.mark.timeout(7200)
def test_whole_runs_killed_at_every_named_point(tmp_path: Path, table: Table) -> None:
    """An operator types the command again, and that is all."""
    write_company(tmp_path)
    right = Company(tmp_path, "spared").run()
    of_a_run = [name for name in POINTS if not name.startswith(("erase.", "serve."))]
    points = random.Random(1).sample(of_a_run, len(of_a_run))
    points = points[: max(2, round(share() * len(points)))]
    for number, point in enumerate(points):
        company = Company(tmp_path, f"killed{number}")
        options = ("--rebuild",) if point in OF_A_REBUILD else ()
        assert company.start(*options, point=point).wait() == -signal.SIGKILL, point
        assert company.seen() in (None, right), point
        assert company.run() == right, point
    table.add(
        "1 kills",
        "tributary run of a CSV-only company killed at a named point, then run again",
        f"{len(points)} of {len(of_a_run)} points",
        "after each: nothing published, or what an undisturbed run publishes; run again, all rows "
        "of core and marts as there",
        ".venv/bin/pytest tests/faults/test_whole_runs.py -k named -m slow",
    )


@pytest.mark.slow
@pytest.mark.timeout(7200)
def test_whole_runs_killed_at_random_moments(
    tmp_path: Path, rng: random.Random, table: Table
) -> None:
    """One home, killed again and again before it may finish; then its result must be right."""
    write_company(tmp_path)
    begun = time.monotonic()
    right = Company(tmp_path, "spared").run()
    seconds = time.monotonic() - begun
    company = Company(tmp_path, "killed")
    kills = max(2, round(20 * share()))
    done = 0
    while done < kills:
        run = company.start()
        try:
            run.wait(rng.uniform(0.1, 0.95) * seconds)
        except subprocess.TimeoutExpired:
            run.kill()
        ended = run.wait()
        done += ended == -signal.SIGKILL
        assert ended in (0, -signal.SIGKILL), company.log.read_text("utf-8")[-4000:]
        assert company.seen() in (None, right)
    assert company.run() == right
    table.add(
        "1 kills",
        "tributary run of a CSV-only company killed at random moments, again and again",
        f"{done} kills",
        "the run after publishes all rows of core and marts as one without kills",
        ".venv/bin/pytest tests/faults/test_whole_runs.py -k random -m slow",
    )


@pytest.mark.slow
@pytest.mark.timeout(7200)
def test_a_whole_run_over_a_damaged_warehouse(tmp_path: Path, table: Table) -> None:
    """What an operator sees is a run that takes longer: everything is loaded from landing again."""
    write_company(tmp_path)
    company = Company(tmp_path, "damaged")
    right = company.run()
    settings = load_settings(company.environment)
    content = bytearray(settings.warehouse_path.read_bytes())
    ways = {"cut to a half": content[: len(content) // 2], "no database any more": b"nothing"}
    for way, damaged in ways.items():
        settings.warehouse_path.write_bytes(damaged)
        assert company.run() == right, way
        assert list((settings.build_dir / "damaged").rglob("warehouse.duckdb"))
    table.add(
        "9 damage",
        "tributary run over a warehouse that was cut to a half, or is none any more",
        f"{len(ways)}",
        "set aside, loaded from landing again, all rows of core and marts equal to before",
        ".venv/bin/pytest tests/faults/test_whole_runs.py -k damaged -m slow",
    )
