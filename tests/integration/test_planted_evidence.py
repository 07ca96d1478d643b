"""Events, pages, content, outreach and referrals of the demo company, against what was planted."""

from __future__ import annotations

from dataclasses import astuple
from fractions import Fraction

from tests.kit.demo import Demo

ROUNDING = Fraction(1, 10**6)
"""Credited values have six decimals, rounded at most once per touch."""


def test_every_event_brought_what_was_planted(demo: Demo) -> None:
    """By event: who was on its lists, what it cost, and what became of those who came."""
    published = {
        row[0]: row[1:]
        for row in demo.rows(
            "select event_id, spend, invited, registered, attended, new_leads, touched_leads, "
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
        assert difference <= len(demo.world.touches) * ROUNDING
    assert sum(event.attended for event in planted.values()) > 10


def test_every_page_brought_what_was_planted(demo: Demo) -> None:
    """By month, page and role: visits, and the leads that landed there, saw it, or saw it last."""
    published = {
        row[:3]: row[3:]
        for row in demo.rows(
            "select month, url, page_role, views, visits, visits_captured, leads, customers, "
            "revenue from marts.page_performance where views > 0"
        )
    }
    planted = demo.truth.pages
    assert published == {key: astuple(page) for key, page in planted.items()}
    for role in ("landing", "last_before_lead"):
        leads = sum(page.leads for key, page in planted.items() if key[2] == role)
        assert 50 < leads < len(demo.truth.leads)


def test_every_landing_page_was_paid_for_as_planted(demo: Demo) -> None:
    """By month and page: what ads led there cost, and the rest of the accounts once, as unknown."""
    published = {
        row[:2]: row[2:]
        for row in demo.rows(
            "select month, url, ad_impressions, ad_clicks, ad_spend from marts.page_performance "
            "where page_role = 'landing' and ad_spend is not null"
        )
    }
    planted = demo.truth.paid_pages
    assert published == {key: astuple(page) for key, page in planted.items()}
    assert {page for _, page in planted} > {"unknown", "fjordbase.example/pricing"}
    assert demo.rows(
        "select count(*) from marts.page_performance "
        "where page_role <> 'landing' and ad_spend is not null"
    ) == [(0,)]


def test_content_brought_what_was_planted(demo: Demo) -> None:
    """By piece, and by topic and format: leads, deals and credit."""
    measures = "leads, customers, opportunities, pipeline_influenced, revenue_credited"
    for planted, sql in (
        (
            demo.truth.content,
            f"select month, content_id, {measures} from marts.content_performance",
        ),
        (
            {(month, *key): piece for (month, key), piece in demo.truth.topics.items()},
            f"select month, topic, format, {measures} from marts.content_topic_performance",
        ),
    ):
        published = {row[:-5]: row[-5:] for row in demo.rows(sql)}
        assert {key: row[:-1] for key, row in published.items()} == {
            key: astuple(piece)[:-1] for key, piece in planted.items()
        }
        for key, piece in planted.items():
            # A credited value is rounded to 6 decimals, at most once per touch.
            difference = abs(Fraction(published[key][-1]) - piece.revenue_credited)
            assert difference <= len(demo.world.touches) * ROUNDING
        assert sum(piece.leads for piece in planted.values()) > 50


def test_every_wave_of_outreach_brought_what_was_planted(demo: Demo) -> None:
    """Letters with a group that was left out, and calls: answers, customers, cost and credit."""
    published = {
        row[:2]: row[2:]
        for row in demo.rows(
            "select campaign_name, wave, contacted, delivered, responses, leads, customers, spend, "
            "held_out, held_out_customers, revenue_credited from marts.outreach_performance"
        )
    }
    planted = demo.truth.outreach
    assert {key: row[:-1] for key, row in published.items()} == {
        key: astuple(wave)[:-1] for key, wave in planted.items()
    }
    for key, wave in planted.items():
        difference = abs(Fraction(published[key][-1]) - wave.revenue_credited)
        assert difference <= len(demo.world.touches) * ROUNDING
    assert sum(wave.responses for wave in planted.values()) > 5
    assert sum(wave.held_out for wave in planted.values()) > 10


def test_every_advocate_brought_what_was_planted(demo: Demo) -> None:
    """Customer by customer, over at least two generations."""
    people = {lead.contact.contact_id: lead.contact.person_id for lead in demo.truth.leads.values()}
    published = {
        people[row[0]]: row[1:]
        for row in demo.rows(
            "select leads.lead_id, advocates.referrals, advocates.people, advocates.leads, "
            "advocates.customers, advocates.revenue, advocates.generations, "
            "advocates.people_of_all_generations, advocates.customers_of_all_generations, "
            "advocates.revenue_of_all_generations "
            "from marts.advocate_performance as advocates "
            "inner join core.fct_leads as leads on advocates.advocate_lead_key = leads.lead_key"
        )
    }
    planted = demo.truth.advocates
    assert published == {
        key: astuple(advocate) for key, advocate in planted.items() if isinstance(key, int)
    }
    assert max(advocate.generations for advocate in planted.values()) >= 2
