"""The demo company's spend follows planted curves, and the weeks tell them apart."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

import numpy as np

from orchestration.attribution.budget import Weeks, advise
from simulator.answers import Truth
from simulator.generation.budgets import BRINGS_NOTHING, CURVES, leads_by_week, monday_of
from simulator.generation.calendar import DEMO_NOW
from simulator.generator import generate
from simulator.rates import Rates, reporting_day
from simulator.truth import compute_truth
from simulator.world import World


def test_the_advice_is_right_about_the_four_planted_campaigns() -> None:
    """Two saturated campaigns, one with room, one that brings nothing, in the demo of full size.

    Credit is linear here and counted from what happened, without a warehouse.
    """
    world = generate()
    truth = compute_truth(world, DEMO_NOW)
    usual = float(sum(value for _, value in truth.won.values())) / sum(
        count for count, _ in truth.won.values()
    )
    found = {
        campaign: advise(_weeks(world, truth, campaign), usual)
        for campaign in (*CURVES, BRINGS_NOTHING)
    }
    assert {campaign: (each.advice, each.reason) for campaign, each in found.items()} == {
        "20110000002": ("less", "next_brings_less"),
        "20110000009": ("less", "next_brings_less"),
        "636100002": ("more", "next_brings_more"),
        BRINGS_NOTHING: ("less", "brings_next_to_nothing"),
    }
    for saturated in ("20110000002", "20110000009"):
        average = found[saturated].average
        assert average is not None
        assert average[0] > 1


def _weeks(world: World, truth: Truth, campaign: str) -> Weeks:
    """A campaign's weeks; the last five say too little yet."""
    rates = Rates(world)
    spend: dict[date, float] = defaultdict(float)
    for account in world.ad_accounts:
        for figure in world.ad_figures(account.account_id, date.min, date.max, DEMO_NOW):
            if figure.campaign_id == campaign:
                money = rates.convert(figure.cost_micros, account.currency, figure.day)
                spend[monday_of(figure.day)] += float(money) / 1e6
    for row in world.inbox_spend:
        if row.campaign_id == campaign:
            spend[monday_of(row.day)] += float(rates.convert(row.spend, row.currency, row.day))
    for social in world.social_accounts:
        for seen in social.figures(DEMO_NOW):
            if seen.campaign_id == campaign:
                money = rates.convert(seen.spend, social.currency, seen.day)
                spend[monday_of(seen.day)] += float(money)
    leads = leads_by_week(world)
    value: dict[date, float] = defaultdict(float)
    won: dict[date, list[float]] = defaultdict(list)
    for touch in world.touches:
        if touch.campaign_id == campaign and (revenue := truth.touch_revenue[touch.touch_id]):
            value[monday_of(reporting_day(touch.at))] += float(revenue)
            won[monday_of(reporting_day(touch.at))].append(float(revenue))
    first = monday_of(world.first_day)
    weeks = [first + timedelta(weeks=number) for number in range(78)]
    average = sum(value.values()) / max(sum(map(len, won.values())), 1)
    return Weeks(
        spend=np.array([spend[week] for week in weeks]),
        leads=np.array([leads.get((campaign, week), 0.0) for week in weeks]),
        conversions=np.array([value[week] / average if average else 0.0 for week in weeks]),
        value=np.array([value[week] for week in weeks]),
        squares=np.array([sum(each**2 for each in won[week]) for week in weeks]),
        maturity=np.array([1.0] * 73 + [0.1] * 5),
    )
