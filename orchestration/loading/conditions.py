"""Tests of texts and values in SQL, composed so that the usual case costs little.

Belongs here: how conditions are combined. Does not belong here: what makes a value sound
(``fields.py``, ``numbers.py``, ``moments.py``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from orchestration.foundation.sql import literal


@dataclass(frozen=True, slots=True)
class Test:
    """What must hold for a record to be loaded; null counts as false.

    Attributes:
        always: Evaluated for every record.
        usual: A cheap condition that most records fulfil; if it holds, the rest is not evaluated.
        otherwise: The full condition, evaluated if ``usual`` does not hold.
    """

    always: str = "true"
    usual: str = "true"
    otherwise: str = "true"

    @property
    def sound(self) -> str:
        """The test on its own."""
        return all_sound([self])


def all_sound(tests: Sequence[Test]) -> str:
    """All tests as one expression.

    In a projection DuckDB evaluates both sides of ``or`` on every row; CASE does not, and its
    condition stops at the first part that fails. One CASE for all usual conditions together costs
    a third of one per condition.
    """
    parts = [test.always for test in tests if test.always != "true"]
    rare = [test for test in tests if test.usual != "true"]
    if rare:
        usual = " and ".join(f"({test.usual})" for test in rare)
        whole = " and ".join(f"({rarely(test.usual, test.otherwise)})" for test in rare)
        parts.append(f"case when {usual} then true else {whole} end")
    return "(" + (" and ".join(parts) or "true") + ")"


def rarely(usual: str, otherwise: str) -> str:
    """A test whose costly part runs only where the usual one fails.

    In a projection DuckDB evaluates both sides of ``or`` on every row; CASE does not. The usual
    test must not be null, or CASE takes the costly part.
    """
    return f"case when {usual} then true else {otherwise} end"


def matches(text: str, pattern: str) -> str:
    """The test that a whole text has a form."""
    return f"regexp_full_match({text}, {literal(pattern)})"


def same_text(text: str, value: str, form: str) -> Test:
    """A value that converts back to its text was read right; a third of a pattern's cost."""
    return Test(usual=f"cast({value} as varchar) = {text}", otherwise=form)
