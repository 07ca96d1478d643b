"""Events, outreach, referrals, pages and content of a small company, worked out by hand."""

from __future__ import annotations

import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from tests.kit.models.dbt import run_dbt
from tests.kit.models.spend_company import at

D = Decimal
MARCH = date(2026, 3, 1)


def rows(con: duckdb.DuckDBPyConnection, sql: str) -> list[tuple[Any, ...]]:
    """The rows of a query, in the order of their texts."""
    return sorted(con.execute(sql).fetchall(), key=repr)


def test_who_came_is_counted_over_all_lists_of_an_event(
    evidence: duckdb.DuckDBPyConnection,
) -> None:
    """Who reached a later stage counts in the earlier ones, too.

    Of the fair one list has who registered, another who came: six people, and three of them have
    no name. A word in Swedish means what it says. One of our own, who was there too, is no guest.
    """
    assert rows(
        evidence, "select event_id, invited, registered, attended from marts.event_performance"
    ) == [
        ("fair", 6, 5, 3),
        ("mystery", 1, 1, 1),
        ("next", 1, 1, 1),
        ("talk", 1, 1, 0),
        ("web", 1, 1, 1),
    ]


def test_attending_is_a_touch_of_the_event(evidence: duckdb.DuckDBPyConnection) -> None:
    """At the moment that a list says, else the day of the event; never ahead of the list (`next`).

    The kind of event makes the channel; the campaign is the event's.
    """
    assert rows(
        evidence,
        """
        select
            events.event_id, sources.lead_source, channels.lead_channel, touches.occurred_at,
            touches.occurred_at_precision, campaigns.campaign_name
        from core.fct_event_attendance
        inner join core.dim_events as events using (event_key)
        inner join core.fct_touchpoints as touches using (touchpoint_key)
        inner join core.dim_lead_sources as sources using (lead_source_key)
        inner join core.dim_lead_channels as channels using (lead_channel_key)
        inner join core.dim_campaigns as campaigns on touches.campaign_key = campaigns.campaign_key
        """,
    ) == [
        ("fair", "event", "trade_show", at(3, 2, 23), "day", "Fair 2026"),
        ("fair", "event", "trade_show", at(3, 3, 10), "moment", "Fair 2026"),
        ("fair", "event", "trade_show", at(3, 3, 10), "moment", "Fair 2026"),
        ("mystery", "event", "conference", at(3, 15), "moment", "unknown"),
        ("web", "webinar", "webinar", at(3, 10, 12), "moment", "Tour"),
    ]


def test_an_event_is_paid_for_by_its_own_costs(evidence: duckdb.DuckDBPyConnection) -> None:
    """1,000 SEK and what is booked on its campaign alone: the tour's 10 EUR are of two events.

    One that is announced half a year ahead is valued at the latest rate: its day has none yet.
    """
    assert rows(evidence, "select event_id, spend, roi from marts.event_performance") == [
        ("fair", D(125), 0.6),
        ("mystery", D(0), None),
        ("next", D(20), -1.0),
        ("talk", D(50), -1.0),
        ("web", D(0), None),
    ]
    assert rows(
        evidence,
        "select cost_type, lead_source, lead_channel, amount from core.fct_costs"
        " inner join core.dim_lead_sources using (lead_source_key)"
        " inner join core.dim_lead_channels using (lead_channel_key)"
        " where cost_type in ('booked', 'event')",
    ) == [
        ("booked", "unknown", "unknown", D(10)),
        ("booked", "unknown", "unknown", D(25)),
        ("booked", "unknown", "unknown", D(40)),
        ("event", "event", "conference", D(50)),
        ("event", "event", "meetup", D(20)),
        ("event", "event", "trade_show", D(100)),
    ]


def test_what_became_of_those_who_came(evidence: duckdb.DuckDBPyConnection) -> None:
    """An event has the leads and deals of its guests.

    Three leads began at the fair, of which one is our own and was no guest. The deal of 500, less
    100, is credited to fair and webinar, half each; it was open before the webinar, and so is no
    pipeline of that. A deal of the day of the fair is. A refund (of l2, after `mystery`) is no
    deal.
    """
    assert rows(
        evidence,
        "select event_id, new_leads, touched_leads, pipeline, customers, revenue_originated,"
        " revenue_credited from marts.event_performance",
    ) == [
        ("fair", 3, 2, D(580), 1, D(400), D(200)),
        ("mystery", 0, 1, D(0), 0, D(0), D(0)),
        ("next", 0, 0, D(0), 0, D(0), D(0)),
        ("talk", 0, 0, D(0), 0, D(0), D(0)),
        ("web", 0, 1, D(0), 1, D(0), D(200)),
    ]


def test_a_deal_and_its_refund_are_one_deal(evidence: duckdb.DuckDBPyConnection) -> None:
    """One deal says nothing of how far chance could have moved the return."""
    assert rows(
        evidence,
        "select roi_low, roi_high from marts.event_performance where revenue_credited > 0",
    ) == [(None, None), (None, None)]


def test_what_no_model_computed_is_not_nothing(
    evidence: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    """Without the model `linear`, every event seemed to have lost all its money."""
    ((built,),) = evidence.execute(
        "select path from duckdb_databases() where path is not null"
    ).fetchall()
    warehouse = tmp_path / "warehouse.duckdb"
    shutil.copy(built, warehouse)
    with duckdb.connect(str(warehouse)) as con:
        con.execute("delete from ops.enabled_models where attribution_model = 'linear'")
    outcome = run_dbt(warehouse, "run", "--select", "event_performance", "outreach_performance")
    assert outcome.returncode == 0, outcome.stdout[-4000:]
    with duckdb.connect(str(warehouse), read_only=True) as con:
        for mart in ("event_performance", "outreach_performance"):
            assert rows(
                con, f"select distinct revenue_credited, roi, roi_low from marts.{mart}"
            ) == [(None, None, None)]


def test_an_event_that_only_a_list_of_people_names_is_kept(
    evidence: duckdb.DuckDBPyConnection,
) -> None:
    """As an event that nobody declared, under its id."""
    assert rows(
        evidence, "select event_id, event_name from core.dim_events where not is_declared"
    ) == [("mystery", "mystery")]


def test_who_was_contacted_is_counted_by_wave(evidence: duckdb.DuckDBPyConnection) -> None:
    """A letter that came back was sent all the same.

    Two equal lines are two letters, a third in another file is one of them; the newer file says
    when somebody answered. One of our own got a letter, answered it and was left out of the next:
    that counts nowhere.
    """
    assert rows(
        evidence,
        "select campaign_name, wave, contacted, delivered, responses, response_rate, leads,"
        " customers, held_out, held_out_customers, spend, cost_per_response"
        " from marts.outreach_performance",
    ) == [
        ("Calls", "1", 2, 2, 2, 1.0, 1, 1, 0, 0, D(40), D(20)),
        ("Spring letter", "a", 4, 3, 1, 0.3333333333, 3, 1, 2, 0, D(8), D(8)),
        ("Spring letter", "b", 2, 2, 0, 0.0, 0, 0, 0, 0, D(8), None),
    ]


def test_an_answer_is_a_touch_and_a_letter_is_none(evidence: duckdb.DuckDBPyConnection) -> None:
    """A telephone number that one lead has is that lead.

    A way of contact that no list of words knows is outreach of sales.
    """
    assert rows(
        evidence,
        """
        select
            campaigns.campaign_name, touches.occurred_at, touches.touch_type, sources.lead_source,
            channels.lead_channel, leads.lead_id
        from core.fct_outreach
        inner join core.fct_touchpoints as touches using (touchpoint_key)
        inner join core.dim_lead_sources as sources using (lead_source_key)
        inner join core.dim_lead_channels as channels using (lead_channel_key)
        inner join core.dim_campaigns as campaigns on touches.campaign_key = campaigns.campaign_key
        inner join core.fct_leads as leads on touches.person_key = leads.person_key
        """,
    ) == [
        ("Calls", at(3, 2), "call", "phone", "phone_call", "l4"),
        ("Calls", at(3, 2), "outreach", "outbound_sales", "sales_outreach", "l1"),
        ("Spring letter", at(2, 15), "direct_mail", "direct_mail", "direct_mail_piece", "l2"),
        ("Spring letter", at(2, 15), "direct_mail", "direct_mail", "direct_mail_piece", "l6"),
    ]


def test_a_hold_out_says_what_contacting_added(evidence: duckdb.DuckDBPyConnection) -> None:
    """One of four against none of two: 0.25, and an interval that has 0 in it."""
    ((lift, low, high),) = rows(
        evidence,
        "select lift, lift_low, lift_high from marts.outreach_performance where held_out > 0",
    )
    assert lift == 0.25
    assert low < 0 < lift < high


def test_an_advocate_brings_generations(evidence: duckdb.DuckDBPyConnection) -> None:
    """An advocate brings whom the referred refer in turn, each once.

    l4 referred l2, who referred l1, who referred l3. That l3 referred l1, too, came later and
    brings nobody; whoever is no lead is an advocate all the same.
    """
    assert rows(
        evidence,
        "select coalesce(lead_id, 'nobody'), referrals, people, leads, customers, bought.revenue,"
        " spend, generations, people_of_all_generations, revenue_of_all_generations"
        " from marts.advocate_performance as bought"
        " left join core.fct_leads as leads on advocate_lead_key = lead_key",
    ) == [
        ("l1", 1, 1, 1, 0, D(0), D(0), 1, 1, D(0)),
        ("l2", 2, 2, 1, 1, D(400), D(0), 2, 3, D(400)),
        ("l3", 1, 0, 0, 0, D(0), D(0), 0, 0, D(0)),
        ("l4", 1, 1, 1, 0, D(0), D(30), 3, 4, D(400)),
        ("nobody", 1, 1, 0, 0, D(0), D(0), 1, 1, D(0)),
    ]


def test_being_referred_is_a_touch(evidence: duckdb.DuckDBPyConnection) -> None:
    """Of a list, and not of what the lead itself says, which is evidence already."""
    assert rows(
        evidence,
        """
        select lead_source, lead_channel, touches.occurred_at, touches.person_key = 'unknown'
        from core.fct_referrals
        inner join core.fct_touchpoints as touches using (touchpoint_key)
        inner join core.dim_lead_sources using (lead_source_key)
        inner join core.dim_lead_channels using (lead_channel_key)
        """,
    ) == [
        ("customer_referral", "referral_link", at(2, 15), False),
        ("customer_referral", "referral_link", at(3, 2), False),
        ("customer_referral", "referral_link", at(3, 2), False),
        ("customer_referral", "referral_link", at(3, 3), False),
        ("customer_referral", "referral_link", at(3, 3), True),
    ]


def test_a_page_is_its_address_without_what_was_added(
    evidence: duckdb.DuckDBPyConnection,
) -> None:
    """Scheme, `www.`, capitals of the host, parameters and final slashes make no other page.

    A fragment is a path where an application draws its pages behind it. A file may give paths
    alone.

    A title that one visitor alone saw is not kept: it may be that visitor's name.
    """
    assert rows(evidence, "select url, host, title from core.dim_pages") == [
        ("/", None, "Start"),
        ("acme.test/Terms", "acme.test", None),
        ("acme.test/app/login", "acme.test", None),
        ("acme.test/contact", "acme.test", None),
        ("acme.test/docs", "acme.test", None),
        ("acme.test/pricing", "acme.test", None),
        ("unknown", None, None),
    ]


def test_a_pause_ends_a_visit_where_a_file_names_none(evidence: duckdb.DuckDBPyConnection) -> None:
    """A visit is of one device; a pause ends it where the file names none.

    GA4 counts each user's visits from 1. Matomo says itself what a visit is, and what was done on
    a page is no page; a lead's person is known behind each.
    """
    assert rows(
        evidence,
        """
        select
            coalesce(lead_id, 'nobody') as lead,
            list(url order by visit_position) as urls, sum(actions) as actions
        from core.fct_page_views
        left join core.fct_leads using (person_key)
        group by lead, visit_key
        """,
    ) == [
        ("l1", ["acme.test/contact", "acme.test/Terms"], None),
        ("l1", ["acme.test/docs"], None),
        ("l2", ["acme.test/contact"], None),
        ("l3", ["acme.test/pricing"], None),
        ("l3", ["acme.test/pricing"], None),
        ("l5", ["acme.test/app/login"], None),
        ("l5", ["acme.test/pricing", "acme.test/contact"], D(2)),
        ("nobody", ["/", "/"], None),
        ("nobody", ["/"], None),
    ]


def test_the_last_visit_before_a_lead_captured_it(evidence: duckdb.DuckDBPyConnection) -> None:
    """What a lead read afterwards, or too long before, did not make it a lead.

    l1 landed on the contact page and saw the terms last. l2 saw the site 100 days before, which is
    too long ago. l3's second visit counts, and l5's at Matomo. Whom nobody knows is somebody, once
    a visit; an address that somebody made up hides no visitor.
    """
    assert rows(
        evidence,
        """
        select page_role, month, url, views, visits, people, visits_captured, leads, customers,
            performance.revenue
        from marts.page_performance as performance
        where month = date '2026-03-01'
        """,
    ) == [
        ("landing", MARCH, "/", 2, 2, 2, 0, 0, 0, D(0)),
        ("landing", MARCH, "acme.test/app/login", 1, 1, 1, 0, 0, 0, D(0)),
        ("landing", MARCH, "acme.test/contact", 1, 1, 1, 1, 1, 1, D(400)),
        ("landing", MARCH, "acme.test/docs", 1, 1, 1, 0, 0, 0, D(0)),
        ("landing", MARCH, "acme.test/pricing", 3, 3, 2, 2, 2, 1, D(60)),
        ("last_before_lead", MARCH, "acme.test/Terms", 1, 1, 1, 1, 1, 1, D(400)),
        ("last_before_lead", MARCH, "acme.test/contact", 1, 1, 1, 1, 1, 1, D(60)),
        ("last_before_lead", MARCH, "acme.test/pricing", 1, 1, 1, 1, 1, 0, D(0)),
        ("seen", MARCH, "/", 3, 2, 2, 0, 0, 0, D(0)),
        ("seen", MARCH, "acme.test/Terms", 1, 1, 1, 1, 1, 1, D(400)),
        ("seen", MARCH, "acme.test/app/login", 1, 1, 1, 0, 1, 1, D(60)),
        ("seen", MARCH, "acme.test/contact", 2, 2, 2, 2, 2, 2, D(460)),
        ("seen", MARCH, "acme.test/docs", 1, 1, 1, 0, 0, 0, D(0)),
        ("seen", MARCH, "acme.test/pricing", 3, 3, 2, 2, 2, 1, D(60)),
    ]


def test_content_is_listed_or_a_page_that_the_configuration_names(
    evidence: duckdb.DuckDBPyConnection,
) -> None:
    """What a list leaves out, the pattern of its page says; a listed page is no second piece."""
    assert rows(
        evidence, "select content_id, title, topic, format, url, is_declared from core.dim_content"
    ) == [
        (
            "acme.test/contact",
            "acme.test/contact",
            "contact",
            "unknown",
            "acme.test/contact",
            False,
        ),
        ("c1", "What it costs", "pricing", "guide", "acme.test/pricing", True),
        ("c2", "E-book", "pricing", "e_book", None, True),
        ("c3", "c3", "how_to", "blog_post", "acme.test/docs*", True),
        ("c4", "c4", "pricing", "guide", "/app/*", True),
        ("c5", "Nobody reads this", "unknown", "unknown", None, True),
    ]


def test_content_brings_who_met_it_before(evidence: duckdb.DuckDBPyConnection) -> None:
    """A download is of the piece it names, whatever its page.

    l5's credit is halved between that and the visit that landed on the prices. l1 read the docs as
    a lead already, and its deal came after; l2 saw the contact page 100 days before. A refund is
    no deal, l3's second deal is one though nobody says how large, and a webinar is not the guide
    whose title it has. l6, one of our own, downloaded the piece, too, and is nobody who met it.
    """
    assert rows(
        evidence,
        """
        select content_id, month, people, leads, customers, opportunities, pipeline_influenced,
            revenue_credited
        from marts.content_performance
        """,
    ) == [
        ("acme.test/contact", date(2025, 11, 1), 1, 0, 0, 0, D(0), D(0)),
        ("acme.test/contact", MARCH, 2, 2, 2, 2, D(560), D(0)),
        ("c1", MARCH, 2, 2, 1, 2, D(60), D(30)),
        ("c2", MARCH, 1, 1, 1, 1, D(60), D(30)),
        ("c3", MARCH, 1, 0, 0, 1, D(500), D(0)),
        ("c4", MARCH, 1, 1, 1, 1, D(60), D(0)),
    ]


def test_who_met_two_pieces_of_a_topic_is_one(evidence: duckdb.DuckDBPyConnection) -> None:
    """l5 met both guides about prices, l3 one of them: two people, not three."""
    assert rows(
        evidence,
        "select topic, format, people, leads, customers, opportunities, pipeline_influenced,"
        " revenue_credited from marts.content_topic_performance where month > date '2026-01-01'",
    ) == [
        ("contact", "unknown", 2, 2, 2, 2, D(560), D(0)),
        ("how_to", "blog_post", 1, 0, 0, 1, D(500), D(0)),
        ("pricing", "e_book", 1, 1, 1, 1, D(60), D(30)),
        ("pricing", "guide", 2, 2, 1, 2, D(60), D(30)),
    ]
