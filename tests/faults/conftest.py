"""What the tests of faults share: where results go, and a home of Dagster's."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import dagster as dg
import pytest

from orchestration.configuration.model import Config
from orchestration.configuration.settings import Settings
from orchestration.runs.home import prepare_dagster_home
from tests.kit.faults.report import Table, keep
from tests.kit.faults.rows import OUTCOME


@pytest.fixture
def table(request: pytest.FixtureRequest) -> Iterator[Table]:
    """The result table. Add rows before the assertions that they depend on are over."""
    result = Table()
    yield result
    call = request.node.stash.get(OUTCOME, None)
    failed = call is None or call.excinfo is not None
    for row in result.results:
        keep(replace(row, outcome="FAILED") if failed else row)


@pytest.fixture
def rng() -> random.Random:
    """Draws the kill times; its seed is printed, and ``TRIBUTARY_FAULTS_SEED`` repeats it."""
    seed = int(os.environ.get("TRIBUTARY_FAULTS_SEED") or time.time_ns() % 1_000_000)
    print(f"TRIBUTARY_FAULTS_SEED={seed}")  # noqa: T201 - pytest shows it with a failure
    return random.Random(seed)


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A home that is Dagster's, with the repository's dagster.yaml, and a folder for spilling."""
    monkeypatch.setenv("DAGSTER_HOME", "")
    spills = tmp_path / "tmp"
    spills.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(spills))
    result = Settings(home=tmp_path / "home", config_path=None, config=Config())
    result.build_dir.mkdir(parents=True)
    prepare_dagster_home(result)
    return result


@pytest.fixture
def instance(settings: Settings) -> Iterator[dg.DagsterInstance]:
    """Dagster's instance of that home."""
    with dg.DagsterInstance.get() as result:
        yield result
