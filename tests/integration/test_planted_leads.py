"""Which leads were real, where they were lost and what is advised, against what was planted."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import numpy
import pytest

from orchestration.attribution.budget import CONVERSIONS
from simulator.generation.staff import TOOLS
from simulator.rates import reporting_day
from tests.kit.demo import Demo


def test_every_lead_is_as_real_as_it_was_planted(demo: Demo) -> None:
    """Lead by lead and month by month: spam, duplicates, staff, tests and who was turned down."""
    assert dict(demo.rows("select lead_id, quality from core.fct_leads")) == {
        key: lead.quality for key, lead in demo.truth.leads.items()
    }
    planted: dict[tuple[Any, ...], list[int]] = defaultdict(lambda: [0] * 6)
    kinds = ("valid", "spam", "duplicate", "internal", "test", "disqualified")
    for lead in demo.truth.leads.values():
        month = reporting_day(lead.created_at).replace(day=1)
        key = (month, lead.lead_source, lead.lead_channel)
        planted[key][kinds.index(lead.quality)] += 1
    published = demo.rows(
        f"select month, lead_source, lead_channel, {', '.join(f'{kind}_leads' for kind in kinds)} "
        "from marts.lead_quality"
    )
    assert {row[:3]: list(row[3:]) for row in published} == dict(planted)
    assert all(sum(row[3 + place] for row in published) for place in range(6))


def test_visits_of_own_people_are_no_referrals(demo: Demo) -> None:
    """They come from tools of the company: below its own domain, and on a host of another."""
    tools = [urlsplit(tool).hostname for tool in TOOLS]
    planted = [touch for touch in demo.world.touches if touch.referrer in TOOLS]
    assert demo.rows(
        "select lead_sources.lead_source, lead_channels.lead_channel, count(*) "
        "from core.fct_touchpoints as touchpoints "
        "inner join core.dim_lead_sources as lead_sources using (lead_source_key) "
        "inner join core.dim_lead_channels as lead_channels using (lead_channel_key) "
        f"where touchpoints.referrer_host in ('{tools[0]}', '{tools[1]}') group by all"
    ) == [("direct", "website", len(planted))]
    people = {touch.person_id for touch in planted}
    leads = [lead for lead in demo.truth.leads.values() if lead.contact.person_id in people]
    assert {lead.quality for lead in leads} == {"internal", "test"}
    assert {lead.origin for lead in leads} == {None}


def test_own_people_are_no_prospects(demo: Demo) -> None:
    """Who comes from a tool, and who left an address of ours or a test's; their visits, too."""
    visits = {
        touch.touch_id
        for touch in demo.world.touches_via("matomo")
        if touch.at <= demo.settings.now() and touch.person_id in demo.truth.own_people
    }
    numbers = {
        str(touch.number) for touch in demo.world.touches_via("matomo") if touch.touch_id in visits
    }
    published = demo.rows(
        "select touchpoint_id from core.fct_touchpoints "
        "inner join core.dim_people using (person_key) "
        "where is_internal and source_system = 'matomo'"
    )
    assert {row[0] for row in published} == numbers
    assert len(numbers) > 50
    ((own, all_visits),) = demo.rows(
        "select count(distinct visit_key) filter (where is_internal), count(distinct visit_key) "
        "from core.fct_page_views inner join core.dim_people using (person_key)"
    )
    ((counted,),) = demo.rows(
        "select sum(visits) from marts.page_performance where page_role = 'landing'"
    )
    assert counted == all_visits - own


def test_leads_are_lost_where_it_was_planted(demo: Demo) -> None:
    """By month, source, channel and step, with the exact hours; a skipped step was gone through."""
    opened: dict[str, datetime] = {}
    for deal in demo.world.every_deal:
        if (
            deal.is_live(demo.settings.now())
            and deal.amount >= 0
            and deal.deal_id in demo.truth.owners
        ):
            owner = demo.truth.owners[deal.deal_id].contact.contact_id
            opened[owner] = min(deal.created_at, opened.get(owner, deal.created_at))
    steps = ("lead", "mql", "sql", "opportunity", "customer")
    cells: dict[tuple[Any, ...], list[Any]] = defaultdict(lambda: [0, 0, []])
    for key, lead in demo.truth.leads.items():
        moments = (lead.created_at, lead.mql_at, lead.sql_at, opened.get(key), lead.customer_at)
        last = max(place for place, moment in enumerate(moments) if moment)
        month = reporting_day(lead.created_at).replace(day=1)
        for place in range(last + 1):
            cell = cells[month, lead.lead_source, lead.lead_channel, steps[place]]
            cell[0] += 1
            cell[1] += place < last
            here, after = moments[place], (*moments, None)[place + 1]
            if here and after:
                cell[2].append((after - here).total_seconds() / 3600)
    published = {
        row[:4]: row[4:]
        for row in demo.rows(
            "select month, lead_source, lead_channel, step, entered, reached_next, median_hours, "
            "p90_hours from marts.funnel_steps where step not in ('visit', 'landing', 'form')"
        )
    }
    assert published.keys() == cells.keys()
    for key, (entered, reached, hours) in cells.items():
        expected = (entered, None if key[3] == "customer" else reached)
        assert published[key][:2] == expected, key
        for share, found in zip((0.5, 0.9), published[key][2:], strict=True):
            assert found == (pytest.approx(numpy.quantile(hours, share)) if hours else None), key
    assert sum(cell[0] for key, cell in cells.items() if key[3] == "customer") > 10


def test_visitors_are_lost_where_core_says(demo: Demo) -> None:
    """The same people counted in Python from the touches: visit, a page with a form, the form."""
    touches = demo.rows(
        "select person_key, touch_type, occurred_at, landing_page from core.fct_touchpoints "
        "where touch_type in ('visit', 'form') and person_key in "
        "(select person_key from core.dim_people where person_key <> 'unknown' and not is_internal)"
    )
    leads = dict(
        demo.rows("select person_key, min(created_until) from core.fct_leads group by person_key")
    )
    first: dict[str, datetime] = {}
    for person, _, at, _ in touches:
        first[person] = min(at, first.get(person, at))
    furthest = dict.fromkeys(first, 0)
    for person, kind, _, page in touches:
        lands = kind == "visit" and "/demo" in (page or "").split("?")[0]
        furthest[person] = max(furthest[person], 2 if kind == "form" else int(lands))
    furthest = {
        person: 3 if person in leads else step
        for person, step in furthest.items()
        if person not in leads or leads[person] >= first[person]
    }
    counted = [sum(last >= place for last in furthest.values()) for place in range(4)]
    assert demo.rows(
        "select step, sum(entered), sum(reached_next) from marts.funnel_steps "
        "where step_number <= 3 group by all order by min(step_number)"
    ) == [
        ("visit", counted[0], counted[1]),
        ("landing", counted[1], counted[2]),
        ("form", counted[2], counted[3]),
    ]
    assert counted[0] > counted[1] > counted[2] > 50


def test_advice_on_money_is_refused_where_few_bought(demo: Demo) -> None:
    """Fewer customers than the advice needs say nothing; the spend is shown all the same."""
    rows = demo.rows(
        "with customers as (select * from marts.attribution "
        "where conversion_type in ('customer', 'repeat_customer')), "
        "credited as (select lead_source_key as member_key, conversions from customers "
        "union all select lead_channel_key, conversions from customers "
        "union all select campaign_durable_key, conversions from customers "
        "inner join core.dim_campaigns using (campaign_key)) "
        "select dimension, member, advice, reason_code, reason, reason_sv, spend, "
        "coalesce(sum(conversions), 0) from marts.budget_advice "
        "left join credited using (member_key) group by all"
    )
    assert {row[0] for row in rows} == {"lead_source", "lead_channel", "campaign"}
    assert all(row[4] and row[5] and row[6] is not None for row in rows)
    few = [row for row in rows if row[7] < CONVERSIONS]
    assert len(few) > len(rows) / 3
    assert not [
        row for row in few if row[2] != "cannot_tell" and row[3] != "brings_next_to_nothing"
    ]
