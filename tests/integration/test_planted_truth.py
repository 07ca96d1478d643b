"""Every published total against what the demo company's generator planted, keyed and exact."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from simulator.rates import Rates, reporting_day
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


def test_every_lead_is_described_in_words_and_on_its_day(demo: Demo) -> None:
    """What people group by needs no join: source, channel, segment, country and reporting day."""
    published = {
        row[0]: row[1:]
        for row in demo.rows(
            "select lead_id, lead_source, lead_channel, segment, country, created_on, revenue, "
            "is_customer from marts.leads"
        )
    }
    planted = {
        key: (
            lead.lead_source,
            lead.lead_channel,
            lead.contact.segment or "unknown",
            lead.contact.country or "unknown",
            reporting_day(lead.created_at),
            lead.revenue,
            lead.customer_at is not None,
        )
        for key, lead in demo.truth.leads.items()
    }
    assert published == planted


def test_every_day_and_segment_sums_to_what_was_planted(demo: Demo) -> None:
    """Leads, customers and revenue by (day, source, channel, segment): additive for any period."""
    planted: dict[tuple[Any, ...], tuple[int, int, Decimal]] = {}
    for lead in demo.truth.leads.values():
        key = (
            reporting_day(lead.created_at),
            lead.lead_source,
            lead.lead_channel,
            lead.contact.segment or "unknown",
        )
        leads, customers, revenue = planted.get(key, (0, 0, Decimal(0)))
        won = lead.customer_at is not None
        planted[key] = (leads + 1, customers + won, revenue + lead.revenue)
    by_day = demo.rows(
        "select date_day, lead_source, lead_channel, segment, sum(leads), sum(customers), "
        "sum(revenue) from marts.performance_daily group by all having sum(leads) > 0"
    )
    assert {row[:4]: row[4:] for row in by_day} == planted


@pytest.mark.parametrize("mart", ["segment_performance", "source_channel_matrix"])
def test_every_cell_of_a_month_is_what_was_planted(demo: Demo, mart: str) -> None:
    """Leads, customers and revenue by (month, source, channel), and by segment and country."""
    names = ["month", "lead_source", "lead_channel"]
    names += ["segment", "country"] if mart == "segment_performance" else []
    planted: dict[tuple[Any, ...], tuple[int, int, Decimal]] = {}
    for lead in demo.truth.leads.values():
        key = (
            reporting_day(lead.created_at).replace(day=1),
            lead.lead_source,
            lead.lead_channel,
            lead.contact.segment or "unknown",
            lead.contact.country or "unknown",
        )[: len(names)]
        leads, customers, revenue = planted.get(key, (0, 0, Decimal(0)))
        won = lead.customer_at is not None
        planted[key] = (leads + 1, customers + won, revenue + lead.revenue)
    published = demo.rows(
        f"select {', '.join(names)}, leads, customers, revenue from marts.{mart} where leads > 0"
    )
    assert len(published) == len(planted)
    assert {row[: len(names)]: row[len(names) :] for row in published} == planted


def test_deals_and_pipeline_are_what_was_planted(demo: Demo) -> None:
    """By (month, source, channel) of the lead: won, lost and open; refunds are no deals."""
    now, rates = demo.settings.now(), Rates(demo.world)
    planted: dict[tuple[Any, ...], list[Any]] = defaultdict(lambda: [0, 0, 0, *[Decimal(0)] * 3])
    for deal in demo.world.every_deal:
        if not deal.is_live(now) or deal.amount < 0:
            continue
        lead = demo.truth.owners.get(deal.deal_id)
        created = reporting_day(deal.created_at)
        member = (lead.lead_source, lead.lead_channel) if lead else ("unattributed",) * 2
        month = (reporting_day(lead.created_at) if lead else created).replace(day=1)
        closed = deal.closed_at(now)
        worth = rates.convert(deal.amount, deal.currency, created)
        cell = planted[(month, *member)]
        cell[0] += 1
        cell[3] += worth
        if closed is None:
            cell[4] += worth
        elif deal.is_won(now):
            cell[1] += 1
            cell[5] += rates.convert(deal.amount, deal.currency, reporting_day(closed))
        else:
            cell[2] += 1
    names = "deals, deals_won, deals_lost, pipeline_created, pipeline_open, won_value"
    published = demo.rows(
        f"select month, lead_source, lead_channel, {names} from marts.source_channel_matrix "
        "where deals > 0"
    )
    assert {row[:3]: list(row[3:]) for row in published} == planted
    sums = ", ".join(f"sum({name})" for name in names.split(", "))
    totals = [tuple(map(sum, zip(*planted.values(), strict=True)))]
    for mart in ("lead_source_performance", "lead_channel_performance", "performance_daily"):
        assert demo.rows(f"select {sums} from marts.{mart}") == totals


def test_the_default_view_of_attribution_adds_up_without_a_filter(demo: Demo) -> None:
    """Unfiltered, the long table totals 77 times the revenue; this one totals it once."""
    assert demo.rows("select sum(revenue) from marts.attribution") == [
        (demo.truth.total().revenue,)
    ]


def test_every_channel_nurtured_what_was_planted(demo: Demo) -> None:
    """By month of the lead, channel and campaign: whom it reached, and credit after creation."""
    published = {
        (row[0], row[1], (row[2], row[3])): row[4:]
        for row in demo.rows(
            "select month, lead_channel, campaigns.platform, campaigns.campaign_id, "
            "leads_nurtured, touches, customers, credit, credited_value "
            "from marts.nurture_performance as nurture inner join core.dim_campaigns as campaigns "
            "on nurture.campaign_durable_key = campaigns.campaign_durable_key "
            "and campaigns.is_current"
        )
    }
    planted = demo.truth.nurture
    assert {key: row[:3] for key, row in published.items()} == {
        key: (cell.leads, cell.touches, cell.customers) for key, cell in planted.items()
    }
    for key, cell in planted.items():
        credit, value = published[key][3:]
        assert abs(Fraction(credit) - cell.credit) <= Fraction(len(demo.world.touches), 10**12), key
        assert abs(Fraction(value) - cell.value) <= Fraction(1, 100), key
    assert sum(cell.value for cell in planted.values()) > 10_000


def test_a_nurtured_lead_counts_once_for_a_channel(demo: Demo) -> None:
    """Rows overlap, so each must be the distinct count that core gives."""
    counted = demo.rows(
        """
        select
            cast(date_trunc('month', leads.created_on) as date), channels.lead_channel,
            campaigns.campaign_durable_key, count(distinct leads.lead_key), count(*)
        from core.fct_leads as leads
        inner join core.fct_touchpoints as touches using (person_key)
        inner join core.dim_campaigns as campaigns on touches.campaign_key = campaigns.campaign_key
        inner join core.dim_lead_channels as channels
            on touches.lead_channel_key = channels.lead_channel_key
        where
            touches.is_eligible and touches.occurred_at > leads.created_until
            and touches.occurred_at <= coalesce(leads.customer_until, timestamp '9999-12-31')
            and person_key <> 'unknown'
        group by all
        order by all
        """
    )
    assert len(counted) > 100
    assert counted == demo.rows(
        "select month, lead_channel, campaign_durable_key, leads_nurtured, touches "
        "from marts.nurture_performance where leads_nurtured > 0 order by all"
    )


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


def test_money_that_two_systems_state_counts_once_and_is_named(demo: Demo) -> None:
    """The CRM's cost of a campaign of advertising was left out, and no table said so."""
    planted = {
        (f"salesforce:{campaign.campaign_id}", campaign.currency, campaign.cost)
        for campaign in demo.world.acquired.campaigns
        if campaign.kind == "Advertisement" and campaign.created_at <= demo.settings.now()
    }
    assert planted
    assert planted == set(
        demo.rows(
            """
            select subject, unit, "left" from meta.reconciliation
            where "check" = 'costs_of_advertising_vs_counted'
            """
        )
    )
