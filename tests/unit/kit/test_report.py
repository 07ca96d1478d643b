"""The table of results in docs/reliability.md."""

from __future__ import annotations

from tests.kit.faults.report import BEGIN, END, Result, written
from tests.kit.places import REPOSITORY


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
    page = (REPOSITORY / "docs" / "reliability.md").read_text("utf-8")
    assert page.count(BEGIN) == page.count(END) == 1
