"""Every published total against what the demo company's generator planted, keyed and exact."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from simulator.truth import Measures
from tests.kit.demo import Demo

ROUNDING = Decimal("0.000001")
"""Credited values have six decimals; a conversion's last touch takes what rounding left over."""


def measures(row: tuple[Any, ...]) -> Measures:
    """A mart's row as the truth counts."""
    return Measures(*row)


@pytest.mark.parametrize(
    ("mart", "member"),
    [
        ("lead_source_performance", "lead_source"),
        ("lead_channel_performance", "lead_channel"),
    ],
)
def test_every_month_of_every_member_is_what_was_planted(
    demo: Demo, mart: str, member: str
) -> None:
    """Leads, stages, revenue and cost by (month, member): no total can hide a swapped pair."""
    truth = demo.truth.sources if member == "lead_source" else demo.truth.channels
    planted: dict[tuple[date, str], Measures] = {
        key: value for key, value in truth.items() if value != Measures()
    }
    published = {
        (row[0], row[1]): measures(row[2:])
        for row in demo.rows(
            f"select month, {member}, leads, mqls, sqls, customers, revenue, ad_spend, "
            f"other_costs from marts.{mart}"
        )
    }
    published = {key: value for key, value in published.items() if value != Measures()}
    differing = {
        key: (planted.get(key), published.get(key))
        for key in planted.keys() | published.keys()
        if planted.get(key) != published.get(key)
    }
    assert differing == {}
    assert sum(value.leads for value in published.values()) == len(demo.truth.leads) > 100


def test_every_lead_stands_where_it_came_from(demo: Demo) -> None:
    """Lead by lead, so that two errors cannot cancel out in a total."""
    published = {
        row[0]: row[1:]
        for row in demo.rows(
            """
            select leads.lead_id, sources.lead_source, channels.lead_channel, leads.revenue
            from core.fct_leads as leads
            inner join core.dim_lead_sources as sources using (lead_source_key)
            inner join core.dim_lead_channels as channels using (lead_channel_key)
            """
        )
    }
    planted = {
        key: (lead.lead_source, lead.lead_channel, lead.revenue)
        for key, lead in demo.truth.leads.items()
    }
    assert {
        key: (planted.get(key), published.get(key))
        for key in planted.keys() | published.keys()
        if planted.get(key) != published.get(key)
    } == {}


def test_every_campaign_costs_and_earns_what_was_planted(demo: Demo) -> None:
    """By (platform, campaign id): Performance Max, vanished ads and renamed campaigns included."""
    nothing = (0, 0, 0, 0, Decimal(0), Decimal(0))
    planted = {
        key: (m.leads, m.leads_originated, m.leads_triggered, m.customers, m.revenue, m.ad_spend)
        for key, m in demo.truth.campaigns.items()
    }
    published = {
        (row[0], row[1]): row[2:]
        for row in demo.rows(
            "select platform, campaign_id, sum(leads), sum(leads_originated), "
            "sum(leads_triggered), sum(customers), sum(revenue), sum(ad_spend) "
            "from marts.campaign_performance group by all"
        )
    }
    assert {
        key: (planted.get(key), published.get(key))
        for key in planted.keys() | published.keys()
        if planted.get(key, nothing) != published.get(key, nothing)
    } == {}
    assert len([value for value in planted.values() if value[5]]) > 10


@pytest.mark.parametrize("model", ["first_touch", "last_touch", "linear"])
@pytest.mark.parametrize("conversion_type", ["lead", "customer", "repeat_customer"])
def test_credit_is_what_was_planted(demo: Demo, model: str, conversion_type: str) -> None:
    """Conversions and value by source, from the true journeys of the true people."""
    published = {
        row[0]: (row[1], row[2])
        for row in demo.rows(
            f"""
            select
                sources.lead_source, coalesce(sum(credit) filter (where not is_correction), 0),
                coalesce(sum(credited_value), 0), count(*)
            from core.fct_attribution_credits
            inner join core.dim_lead_sources as sources using (lead_source_key)
            where attribution_model = '{model}' and conversion_type = '{conversion_type}'
            group by all
            """
        )
    }
    planted = {
        source: value
        for (its_model, kind, source), value in demo.truth.credits.items()
        if (its_model, kind) == (model, conversion_type)
    }
    assert published.keys() == planted.keys()
    touches = len(demo.world.touches)
    for source, (conversions, value) in planted.items():
        # A credit is rounded to 12 decimals, a value to 6, each at most once per touch.
        assert abs(Fraction(published[source][0]) - conversions) <= Fraction(touches, 10**12)
        assert abs(Fraction(published[source][1]) - value) <= touches * Fraction(ROUNDING)


def test_every_month_wins_what_was_planted(demo: Demo) -> None:
    """A lead's deals once had one conversion at the first win: April had May's renewals."""
    published = {
        (row[0], row[1]): row[2:]
        for row in demo.rows(
            """
            select
                cast(date_trunc('month', timezone('Europe/Stockholm', timezone('UTC', occurred_at)))
                    as date),
                conversion_type, count(*) filter (where not is_correction), coalesce(sum(value), 0)
            from core.fct_conversions
            where conversion_type in ('customer', 'repeat_customer')
            group by all
            """
        )
    }
    assert published == demo.truth.won
    repeated = [count for (_, kind), (count, _) in published.items() if kind == "repeat_customer"]
    assert sum(repeated) > 5


def test_totals_conserve(demo: Demo) -> None:
    """The totals of all marts equal what happened in total."""
    total = demo.truth.total()
    ((leads, revenue, spend),) = demo.rows(
        "select sum(leads), sum(revenue), sum(spend) from marts.source_channel_matrix"
    )
    assert (leads, revenue, spend) == (total.leads, total.revenue, total.spend)
    credited = demo.rows(
        "select attribution_model, sum(value) from marts.attribution_performance "
        "where conversion_type in ('customer', 'repeat_customer') "
        "and basis = 'conversion_date' group by all"
    )
    by_channel = demo.rows(
        "select attribution_model, sum(value) from core.fct_channel_attribution "
        "where conversion_type in ('customer', 'repeat_customer') "
        "and dimension = 'lead_channel' group by all"
    )
    assert len(credited) == 16
    assert len(by_channel) == 3
    assert {value for _, value in (*credited, *by_channel)} == {total.revenue}


def test_every_event_brought_what_was_planted(demo: Demo) -> None:
    """By event: who was on its lists, what it cost, and what became of those who came."""
    published = {
        row[0]: row[1:]
        for row in demo.rows(
            "select event_id, cost, invited, registered, attended, new_leads, touched_leads, "
            "pipeline, customers, revenue_originated, revenue_credited "
            "from marts.event_performance"
        )
    }
    planted = demo.truth.events
    assert {key: row[:-1] for key, row in published.items()} == {
        key: (
            event.cost, event.invited, event.registered, event.attended, event.new_leads,
            event.touched_leads, event.pipeline, event.customers, event.revenue_originated,
        )
        for key, event in planted.items()
    }  # fmt: skip
    for key, event in planted.items():
        # A credited value is rounded to 6 decimals, at most once per touch.
        difference = abs(Fraction(published[key][-1]) - event.revenue_credited)
        assert difference <= len(demo.world.touches) * Fraction(ROUNDING)
    assert sum(event.attended for event in planted.values()) > 10
