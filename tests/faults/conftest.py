"""What the tests of faults share: a place for the results of the long forms."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass, field

import pytest

from tests.faults.report import Result, keep

_OUTCOME = pytest.StashKey[pytest.CallInfo]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo) -> Iterator[None]:
    """Remember how a test ended, for its row in the table."""
    if call.when == "call":
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
        keep(Result(**(row.__dict__ | {"outcome": "FAILED"})) if failed else row)
