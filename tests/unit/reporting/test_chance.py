"""Intervals and comparisons are right where the answer is known, and rarely see too much."""

from __future__ import annotations

import random
from math import comb

import pytest

from orchestration.reporting.chance import beyond_chance, interval, surprise


def test_an_interval_is_wilsons() -> None:
    """Worked by hand: 0 of 3 is not certainly 0, and no trial says nothing."""
    assert interval(0, 0) is None
    assert interval(0, 3) == pytest.approx((0.0, 2.705543 / (3 + 2.705543)), abs=1e-6)
    low, high = interval(3, 3) or (0, 0)
    assert (low, high) == (pytest.approx(3 / (3 + 2.705543), abs=1e-6), 1.0)


def test_a_surprise_is_the_exact_binomial() -> None:
    """Twelve after 40 in eight weeks, by adding up everything as improbable."""
    weights = [comb(52, k) * 8 ** (52 - k) / 9**52 for k in range(53)]
    right = sum(each for each in weights if each <= weights[12] * (1 + 1e-9))
    assert surprise(12, 40, 1 / 9) == pytest.approx(right)
    assert surprise(0, 0, 1 / 9) == 1.0
    assert surprise(5, 40, 1 / 9) > 0.9


def test_many_comparisons_without_a_change_rarely_name_one() -> None:
    """Sixty members over 200 weeks of chance: single tests at 10 % named six a week."""
    drawn = random.Random(16)

    def count(mean: int) -> int:
        return sum(drawn.random() < 0.01 for _ in range(mean * 100))

    false_weeks = 0
    for _ in range(200):
        chances = [surprise(count(3), count(24), 1 / 9) for _ in range(60)]
        false_weeks += bool(beyond_chance(chances))
    assert false_weeks <= 26  # a tenth, and two standard errors


def test_a_real_change_is_named_among_many() -> None:
    """A source that triples does not hide behind sixty that did not change."""
    chances = [surprise(3, 24, 1 / 9)] * 59 + [surprise(30, 80, 1 / 9)]
    assert beyond_chance(chances) == {59}
