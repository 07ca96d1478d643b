"""Rows of the result table from tests that keep a promise case by case.

Belongs here: how a test ended, and a module's ROW. Does not belong here: the table
(``report.py``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.kit.faults.report import Result, keep

OUTCOME = pytest.StashKey[pytest.CallInfo[None]]()


def remember(item: pytest.Item, call: pytest.CallInfo[None]) -> None:
    """Note how a test ended, for its row in the table; one that could not begin has failed."""
    if call.when == "call" or call.excinfo is not None:
        item.stash[OUTCOME] = call


@pytest.fixture(scope="module", autouse=True)
def row_of_the_module(request: pytest.FixtureRequest) -> Iterator[None]:
    """Where a promise is kept case by case, its module's ROW says in one line how many."""
    yield
    row: Result | None = getattr(request.module, "ROW", None)
    if row is None:
        return
    of_module = [item for item in request.session.items if item.path == request.path]
    ended = [item.stash[OUTCOME] for item in of_module if OUTCOME in item.stash]
    failed = any(call.excinfo is not None for call in ended)
    keep(
        replace(row, tried=f"{len(ended)} {row.tried}", outcome="FAILED" if failed else row.outcome)
    )
