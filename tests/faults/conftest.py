"""What the tests of faults share: a place for the results of the long forms."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from tests.faults.report import Result, keep

_OUTCOME = pytest.StashKey[pytest.CallInfo]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo) -> Iterator[None]:
    """Remember how a test ended, for its row in the table; one that could not begin has failed."""
    if call.when == "call" or call.excinfo is not None:
        item.stash[_OUTCOME] = call
    return (yield)


@dataclass
class Table:
    """Where a test says what it measured."""

    results: list[Result] = field(default_factory=list)

    def add(self, promise: str, fault: str, tried: str, outcome: str, command: str) -> None:
        """Add a row; it is kept when the test is over, as failed when it failed.

        Args:
            promise: Number and short name.
            fault: What was done.
            tried: How often.
            outcome: What came out when every assertion holds.
            command: What reproduces it.
        """
        self.results.append(Result(promise, fault, tried, outcome, command))


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
    """What draws the moments; its seed is printed, and ``TRIBUTARY_FAULTS_SEED`` gives it again."""
    seed = int(os.environ.get("TRIBUTARY_FAULTS_SEED") or time.time_ns() % 1_000_000)
    print(f"TRIBUTARY_FAULTS_SEED={seed}")  # noqa: T201 - pytest shows it with a failure
    return random.Random(seed)


def long(*, short: int, long: int) -> list[Any]:
    """How often: a short form for every day, and one that ``make faults`` runs.

    ``TRIBUTARY_FAULTS_SHARE=0.1`` runs a tenth of the long form; the table tells the real counts.
    """
    share = float(os.environ.get("TRIBUTARY_FAULTS_SHARE") or 1)
    marks = [pytest.mark.slow, pytest.mark.timeout(7200)]
    return [short, pytest.param(max(short, round(long * share)), marks=marks)]
