"""Advice on spend, from companies in which the effect of money is known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from orchestration.attribution.budget import Advice, Floats, Weeks, advice_table, advise

WORTH = 4000.0
"""What a customer is worth on average; one lead of eight becomes one."""


def spending(rng: np.random.Generator, weeks: int, mean: float, spread: float = 0.6) -> Floats:
    """Weekly spend that varies, with a season and growth, and resembles that of the week before."""
    errors = np.zeros(weeks)
    inertia = rng.choice([0.0, 0.5, 0.8])
    for week in range(1, weeks):
        errors[week] = inertia * errors[week - 1] + rng.normal(0, spread * (1 - inertia**2) ** 0.5)
    return np.asarray(mean * np.exp(errors + _season(rng, weeks)), dtype=np.float64)


def _season(rng: np.random.Generator, weeks: int) -> Floats:
    time = np.arange(weeks)
    return 0.25 * np.sin(2 * np.pi * time / 52 + rng.uniform(0, 6)) + 0.3 * time / weeks


def company(rng: np.random.Generator, spend: Floats, expected: Floats) -> Weeks:
    """Leads by chance around what is expected, of whom some buy for sums that differ widely."""
    leads = rng.poisson(expected)
    won = rng.binomial(leads, 0.125)
    deals = [rng.lognormal(np.log(WORTH) - 0.28, 0.75, count) for count in won]
    return Weeks(
        spend,
        leads.astype(np.float64),
        won.astype(np.float64),
        np.array([each.sum() for each in deals]),
        np.array([(each**2).sum() for each in deals]),
        np.ones(len(spend)),
    )


def advices(mean: float, response: Callable[[Floats], Floats]) -> Counter[str]:
    """The advice in 20 companies whose leads follow spend by a curve."""
    found: Counter[str] = Counter()
    for seed in range(20):
        rng = np.random.default_rng(seed)
        spend = spending(rng, 78, mean)
        found[advise(company(rng, spend, response(spend)), WORTH).advice] += 1
    return found


def test_companies_without_any_effect_are_left_alone() -> None:
    """Leads come whatever is spent, with seasons of their own: no more than 1 in 20 is advised."""
    found: Counter[str] = Counter()
    for seed in range(200):
        rng = np.random.default_rng(1000 + seed)
        weeks = int(rng.choice([52, 78, 104]))
        spend = spending(rng, weeks, rng.uniform(500, 5000), rng.uniform(0.1, 0.8))
        expected = rng.uniform(3, 40) * np.exp(_season(rng, weeks))
        found[advise(company(rng, spend, expected), WORTH).advice] += 1
    assert found["more"] + found["less"] <= 10
    assert found["cannot_tell"] >= 190


def test_a_channel_with_room_should_get_more() -> None:
    """Every 1,000 brings twelve leads, however much is spent."""
    assert advices(1500, lambda spend: 2 + spend / 1000 * 12)["more"] >= 19


@pytest.mark.parametrize(("mean", "steepness", "bend"), [(9000, 14, 200), (6000, 9, 150)])
def test_a_saturated_channel_should_get_less(mean: float, steepness: float, bend: float) -> None:
    """On average it earns more than it costs; the last 1,000 does not. At 90 % one may be wrong."""
    found = advices(mean, lambda spend: 1 + steepness * np.log1p(spend / bend))
    assert found["less"] >= 17
    assert found["more"] <= 1


def test_a_channel_that_brings_nothing_should_get_less() -> None:
    """Its few leads would have had to be sixty customers to pay."""
    found = advices(3000, lambda spend: np.full(len(spend), 0.02))
    assert found == Counter(less=20)


def _usual(seed: int = 5) -> Weeks:
    rng = np.random.default_rng(seed)
    spend = spending(rng, 78, 1500)
    return company(rng, spend, 2 + spend / 1000 * 12)


def _reason(weeks: Weeks) -> tuple[str, str]:
    found = advise(weeks, WORTH)
    return found.advice, found.reason


def test_what_cannot_be_told_is_refused() -> None:
    """Each reason by itself, in a company that would otherwise be advised to spend more."""
    usual = _usual()
    assert _reason(usual) == ("more", "next_brings_more")
    first = slice(0, 20)
    short = Weeks(*(getattr(usual, name)[first] for name in Weeks.__slots__))
    assert _reason(short) == ("cannot_tell", "too_short")
    unknown = replace(usual, maturity=np.full(78, np.nan))
    assert _reason(unknown) == ("cannot_tell", "immature")
    young = replace(usual, maturity=np.linspace(0.01, 0.6, 78))
    assert _reason(young) == ("cannot_tell", "immature")
    even = replace(usual, spend=np.full(78, 1500.0))
    assert _reason(even) == ("cannot_tell", "never_varied")
    few = replace(usual, leads=usual.leads / 50)
    assert _reason(few) == ("cannot_tell", "too_few")
    shuffled = replace(usual, leads=np.roll(usual.leads, 30))
    assert _reason(shuffled) == ("cannot_tell", "no_response")


def test_what_is_still_to_come_is_added() -> None:
    """Half of the customers are expected by now: the return is twice what was seen."""
    usual = _usual()
    seen: Advice = advise(usual, WORTH)
    half = advise(replace(usual, maturity=np.full(78, 0.5)), WORTH)
    assert half.average is not None
    assert seen.average is not None
    assert half.average[0] == pytest.approx(2 * seen.average[0])


def test_every_member_gets_its_advice_whatever_the_order_of_its_weeks() -> None:
    """Rows come from SQL, which promises no order."""
    usual = _usual()
    table = pd.DataFrame(
        {
            "dimension": "campaign",
            "member_key": "a",
            "week": pd.date_range("2025-01-06", periods=78, freq="7D"),
            **{name: getattr(usual, name) for name in Weeks.__slots__},
            "usual_value": WORTH,
        }
    )
    (row,) = advice_table(table.sample(frac=1, random_state=1)).to_dict("records")
    assert (row["advice"], row["weeks"]) == ("more", 78)
    assert row["marginal_low"] < row["marginal"] < row["marginal_high"]
    assert (row["period_start"], row["last_week"]) == (table["week"].min(), table["week"].max())
    assert advice_table(table.iloc[:0]).empty
