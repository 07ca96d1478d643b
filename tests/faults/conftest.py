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
from tests.kit.faults.report import Result, Table, keep

_OUTCOME = pytest.StashKey[pytest.CallInfo]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo) -> Iterator[None]:
    """Remember how a test ended, for its row in the table; one that could not begin has failed."""
    if call.when == "call" or call.excinfo is not None:
        item.stash[_OUTCOME] = call
    return (yield)


@pytest.fixture
def table(request: pytest.FixtureRequest) -> Iterator[Table]:
    """The result table. Add rows before the assertions that they depend on are over."""
    result = Table()
    yield result
    call = request.node.stash.get(_OUTCOME, None)
    failed = call is None or call.excinfo is not None
    for row in result.results:
        keep(replace(row, outcome="FAILED") if failed else row)


@pytest.fixture(scope="module", autouse=True)
def row_of_the_module(request: pytest.FixtureRequest) -> Iterator[None]:
    """Where a promise is kept case by case, its module's ROW says in one line how many."""
    yield
    row: Result | None = getattr(request.module, "ROW", None)
    if row is None:
        return
    of_module = [item for item in request.session.items if item.path == request.path]
    ended = [item.stash[_OUTCOME] for item in of_module if _OUTCOME in item.stash]
    failed = any(call.excinfo is not None for call in ended)
    keep(
        replace(row, tried=f"{len(ended)} {row.tried}", outcome="FAILED" if failed else row.outcome)
    )


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
