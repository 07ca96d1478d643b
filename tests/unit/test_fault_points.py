"""The named moments at which tests kill a process, and the table of what was tried."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from orchestration.foundation.fault_points import POINTS, VARIABLE
from orchestration.foundation.repository import REPOSITORY
from tests.faults.report import BEGIN, END, Result, written


def test_every_named_point_stands_in_the_code() -> None:
    """A point that was renamed would never strike, and its test would prove nothing."""
    found = Counter(
        name
        for path in (REPOSITORY / "orchestration").rglob("*.py")
        for name in re.findall(r'fault_point\("([a-z.]+)"\)', path.read_text("utf-8"))
    )
    assert set(found) == set(POINTS)
    assert {name for name, count in found.items() if count > 1} == {"extract.page"}


@pytest.mark.parametrize(
    ("chosen", "passed"), [("", 3), ("load.rows", 0), ("load.rows:3", 2), ("load.commit", 3)]
)
def test_a_process_dies_at_its_point_and_nowhere_else(chosen: str, passed: int) -> None:
    """Without the variable nothing may ever strike: this code runs at customers."""
    code = (
        "from orchestration.foundation.fault_points import fault_point\n"
        "for _ in range(3):\n"
        "    fault_point('load.rows')\n"
        "    print('passed', flush=True)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {VARIABLE: chosen},
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    assert done.returncode == (0 if passed == 3 else -signal.SIGKILL)
    assert done.stdout.split() == ["passed"] * passed


def test_a_new_result_replaces_its_row_and_leaves_the_others() -> None:
    """A short session measures a few rows again; what it did not try keeps its own date."""
    page = f"before\n{BEGIN}\n{END}\nafter\n"
    first = Result("1 kills", "load", "5", "fine", "pytest a", "2026-01-01", "2 cores")
    other = Result("9 damage", "cut", "7", "fine", "pytest b", "2026-01-01", "2 cores")
    again = Result("1 kills", "load", "9", "FAILED", "pytest a", "2026-02-01", "2 cores")
    once = written(page, [other, first])
    assert once.index("1 kills") < once.index("9 damage")
    twice = written(once, [again])
    assert "| 1 kills | load | 9 | FAILED | 2026-02-01 | 2 cores | `pytest a` |" in twice
    assert "| 9 damage | cut | 7 | fine | 2026-01-01 |" in twice
    assert twice.count("1 kills") == 1
    assert written(twice, []) == twice
    assert twice.startswith("before\n")
    assert twice.endswith("after\n")


def test_the_page_has_a_place_for_the_table() -> None:
    """Without its marks the table would be lost."""
    page = (Path(REPOSITORY) / "docs" / "reliability.md").read_text("utf-8")
    assert page.count(BEGIN) == page.count(END) == 1
