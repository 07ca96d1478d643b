"""The demo company is the same everywhere, as large as promised, and holds every trap."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import UTC, timedelta
from decimal import Decimal
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from simulator.generation.calendar import DEMO_NOW
from simulator.generation.staff import TOOLS
from simulator.generator import generate
from simulator.truth import compute_truth
from simulator.visits import LOOKBACK_DAYS
from simulator.world import CampaignType, World
from tests.kit.places import REPOSITORY
from tests.kit.worlds import digest

STOCKHOLM = ZoneInfo("Europe/Stockholm")


def test_the_same_seed_gives_the_same_world_in_every_process(small_world: World) -> None:
    """A second ``make demo`` must publish identical marts, whatever Python's hash seed."""
    code = (
        "from simulator.generator import generate\n"
        "from tests.kit.worlds import digest\n"
        "print(digest(generate(scale=0.05)))"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=REPOSITORY,
            env=os.environ | {"PYTHONHASHSEED": seed, "TZ": zone},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed, zone in (("0", "UTC"), ("4242", "America/New_York"))
    }
    assert digests == {digest(small_world)}


def test_another_seed_gives_another_world(small_world: World) -> None:
    """The seed must matter, or the tests of sameness prove nothing."""
    assert digest(generate(seed=8, scale=0.05)) != digest(small_world)


@pytest.fixture(scope="module")
def world() -> World:
    """The whole demo."""
    return generate()


def test_the_demo_is_as_large_as_promised(world: World) -> None:
    """Issue: about 18 months, 8,000 leads, 150,000 touches, 900 customers."""
    totals = compute_truth(world, DEMO_NOW).total()
    bought = sum(contact.is_live(DEMO_NOW) for contact in world.acquired.contacts)
    assert 250 <= bought <= 300
    assert len(world.form_leads) == 120
    assert totals.leads == 8_000 + bought + len(world.form_leads)
    assert 145_000 <= len(world.touches) <= 155_000
    assert 850 <= totals.customers <= 950
    assert (world.last_day - world.first_day).days + 1 == 546
    assert totals.revenue > totals.spend > 0


def test_every_touch_has_one_way_to_be_seen(small_world: World) -> None:
    """A touch that no vendor shows, or only without an identifier, could never be counted."""
    seen = Counter(touch.via for touch in small_world.touches)
    assert set(seen) == {
        "matomo", "mailchimp", "hubspot_form", "hubspot_contact", "salesforce", "meta_leads",
        "inbox:events", "inbox:guests", "inbox:webinars", "inbox:calls", "inbox:direct_mail",
        "inbox:referrals", "inbox:outreach", "inbox:recommended",
    }  # fmt: skip
    assert all(touch.visitor_id or touch.email for touch in small_world.touches)
    assert all(touch.visitor_id for touch in small_world.touches_via("matomo"))
    shown = Counter(item.touch_id for item in small_world.email_activity if item.touch_id)
    assert shown == Counter(touch.touch_id for touch in small_world.touches_via("mailchimp"))
    numbers = [touch.number for touch in small_world.touches]
    assert numbers == list(range(1, len(numbers) + 1))


def test_every_identifier_leads_to_its_person(world: World) -> None:
    """The vendors' edges must reach the true person: no more and no less.

    Of the whole demo: a twentieth of it has two own people, neither of whom has other visits.
    """
    owners: dict[str, set[int]] = defaultdict(set)
    for person in world.people:
        for key in (*person.visitor_ids, *(mail.lower() for mail in person.emails)):
            owners[key].add(person.person_id)
        if person.user_id:
            owners[person.user_id].add(person.person_id)
    assert all(len(people) == 1 for people in owners.values())
    edges: dict[str, set[str]] = defaultdict(set)

    def tie(*keys: str) -> None:
        known = [key.lower() for key in keys if key]
        for left in known:
            edges[left] |= set(known)

    now = DEMO_NOW
    touched: dict[int, set[str]] = defaultdict(set)
    for touch in world.touches:
        key = (touch.visitor_id or touch.email).lower()
        assert {touch.person_id} == owners[key]
        touched[touch.person_id].add(key)
        tie(touch.visitor_id, touch.user_id, touch.email)
    live = [contact for contact in world.contacts if contact.is_live(now)]
    for contact in live:
        merged = [other.email for other in world.merged_contacts(contact.contact_id, now)]
        tie(contact.email, contact.matomo_visitor_id, contact.user_id, *merged)
    for contact in live:
        reached, todo = set(), [contact.email.lower()]
        while todo:
            key = todo.pop()
            if key not in reached:
                reached.add(key)
                todo += edges[key]
        assert touched[contact.person_id] <= reached
        assert all(owners[key] == {contact.person_id} for key in reached)


def test_the_order_of_touches_never_depends_on_how_ids_sort(small_world: World) -> None:
    """Whatever an account did within one second has one source, channel and page.

    Scanners opened two links in one second: which of them was credited was up to their ids.
    """
    together: dict[tuple[str, object], set[tuple[str, str, str]]] = defaultdict(set)
    for touch in small_world.touches:
        person = small_world.people[touch.person_id]
        together[person.company_id or str(person.person_id), touch.at].add(
            (touch.lead_source, touch.lead_channel, touch.landing_page)
        )
    assert [key for key, shown in together.items() if len(shown) > 1] == []


def test_own_people_come_from_their_own_tools(small_world: World) -> None:
    """Some of them are leads, too, in the browser in which they filled in a form."""
    visits = [touch for touch in small_world.touches if touch.referrer in TOOLS]
    assert {touch.referrer for touch in visits} == set(TOOLS)
    own = ("internal", "test")
    staff = {contact.person_id for contact in small_world.contacts if contact.quality in own}
    assert staff & {touch.person_id for touch in visits}
    assert {touch.lead_source for touch in visits} == {"direct"}


def test_no_touch_lies_exactly_on_a_look_back(small_world: World) -> None:
    """Whether the boundary itself counts is nowhere settled, so nothing may depend on it."""
    created = {
        contact.person_id: small_world.contact_created_at(contact, DEMO_NOW)
        for contact in small_world.contacts
    }
    for touch in small_world.touches:
        if touch.person_id in created:
            age = created[touch.person_id] - touch.at
            assert age != timedelta(days=LOOKBACK_DAYS[touch.kind])


def test_contacts_hold_the_traps_of_a_real_crm(small_world: World) -> None:
    """Merges both ways, deletions of both kinds, stated and untouched leads."""
    contacts, now = small_world.contacts, DEMO_NOW
    gone = [contact for contact in contacts if contact.merged_into]
    survivors = [small_world.contact(contact.merged_into) for contact in gone]
    won = {key for deal in small_world.deals if deal.is_won(now) for key in deal.contact_ids}
    assert any(contact.contact_id in won for contact in gone), "a lead merged after it converted"
    assert any(s.contact_id < g.contact_id for s, g in zip(survivors, gone, strict=True))
    assert any(s.contact_id > g.contact_id for s, g in zip(survivors, gone, strict=True))
    assert all(
        len(small_world.merged_contacts(contact.contact_id, now)) <= 1 for contact in contacts
    )
    assert any(contact.is_archived(now) for contact in contacts)
    erased = {contact.person_id for contact in contacts if contact.is_erased(now)}
    assert erased
    assert not [t for t in small_world.touches_via("hubspot_form") if t.person_id in erased]
    assert any(contact.referred_by for contact in contacts)
    assert any(contact.lead_source == "Olark Chat" for contact in contacts)
    touched = {touch.person_id for touch in small_world.touches}
    untouched = [contact for contact in contacts if contact.person_id not in touched]
    assert any(contact.lead_source for contact in untouched)
    assert any(contact.self_reported_source and not contact.lead_source for contact in untouched)


def test_people_have_several_devices_and_many_have_no_name(small_world: World) -> None:
    """Journeys that never convert count in the channel models."""
    assert any(len(person.visitor_ids) > 1 for person in small_world.people)
    anonymous = [person for person in small_world.people if not person.emails]
    assert len(anonymous) > len(small_world.contacts)


def test_deals_hold_refunds_companies_without_leads_and_early_wins(small_world: World) -> None:
    """Each of these moved revenue in real exports."""
    now, deals = DEMO_NOW, small_world.deals
    assert any(deal.amount < 0 and deal.is_won(now) for deal in deals)
    accounts = {contact.company_id for contact in small_world.contacts}
    loose = [deal for deal in deals if not deal.contact_ids]
    assert any(deal.company_id in accounts for deal in loose)
    assert any(deal.company_id not in accounts for deal in loose)
    assert any(deal.archived_at for deal in deals)
    early = [
        deal
        for deal in deals
        if deal.contact_ids
        and (closed := deal.closed_at(now))
        and closed < small_world.contact(deal.contact_ids[0]).created_at
    ]
    assert early, "a deal won before its first contact was written down"
    assert any(len(deal.contact_ids) > 1 for deal in deals)
    for deal in deals:
        assert deal.amount == deal.amount.quantize(Decimal("0.01"))
        assert all(left.at <= right.at for left, right in pairwise(deal.stages))


def test_campaigns_have_names_that_break_naive_code(small_world: World) -> None:
    """Path separators, emoji, spreadsheet formulas, renames."""
    names = [name for campaign in small_world.campaigns for _, name in campaign.names]
    assert any(" > " in name for name in names)
    assert any("🚀" in name for name in names)
    assert any(name.startswith("=HYPERLINK(") for name in names)
    assert any(
        len(campaign.names) > 1 and campaign.names[1][0].day != 1
        for campaign in small_world.campaigns
    ), "renamed mid-month"
    ids = [campaign.campaign_id for campaign in small_world.campaigns]
    assert len(set(ids)) == len(ids)


def test_click_ids_differ_by_case_alone_now_and_then(small_world: World) -> None:
    """Lower-casing click ids would join the wrong campaign."""
    clicks = [click.click_id for click in small_world.ad_clicks]
    assert len(set(clicks)) == len(clicks)
    assert len({click.lower() for click in clicks}) < len(clicks)


def test_performance_max_has_spend_and_neither_ads_nor_groups(small_world: World) -> None:
    """Its spend exists at campaign level only."""
    kinds = {c.campaign_id: c.campaign_type for c in small_world.campaigns}
    rows = [r for r in small_world.ad_days if kinds[r.campaign_id] == CampaignType.PERFORMANCE_MAX]
    assert sum(row.cost_micros for row in rows) > 0
    assert {(row.ad_group_id, row.ad_id) for row in rows} == {("", "")}


def test_the_platform_counts_at_least_the_clicks_it_named(small_world: World) -> None:
    """A click that is listed individually is in the day's sum."""
    named = Counter((c.campaign_id, c.ad_id, c.day) for c in small_world.ad_clicks)
    counted = {(r.campaign_id, r.ad_id, r.day): r.clicks for r in small_world.ad_days}
    assert all(counted[key] >= clicks for key, clicks in named.items())


def test_zones_decide_days_and_months_of_some_leads(small_world: World) -> None:
    """Leads at month edges, and clicks whose day differs between the accounts' zones."""
    edges = [
        contact
        for contact in small_world.contacts
        if contact.created_at.month != contact.created_at.astimezone(STOCKHOLM).month
    ]
    assert edges
    new_york = next(a for a in small_world.ad_accounts if a.timezone == "America/New_York")
    assert any(
        click.day != click.clicked_at.astimezone(UTC).date()
        for click in small_world.ad_clicks
        if click.account_id == new_york.account_id
    )
    assert {account.currency for account in small_world.ad_accounts} == {"SEK", "USD"}


def test_everything_happens_inside_history(small_world: World) -> None:
    """Half-open windows at the demo's clock must reach everything."""
    first, last = small_world.first_day, small_world.last_day
    for touch in small_world.touches:
        assert first <= touch.at.astimezone(STOCKHOLM).date() <= last
        assert touch.at.microsecond == 0
    for activity in small_world.email_activity:
        assert activity.at <= DEMO_NOW
    for contact in small_world.contacts:
        assert all(change.at <= DEMO_NOW for change in contact.stages)


def test_weekends_have_no_exchange_rate_and_no_gap_is_too_long(small_world: World) -> None:
    """Rates are carried forward, seven days at most."""
    for currency in ("SEK", "USD"):
        days = [rate.day for rate in small_world.fx_rates if rate.currency == currency]
        assert all(day.weekday() < 5 for day in days)
        gaps = [(b - a).days for a, b in pairwise(days)]
        assert 4 <= max(gaps) <= 7
        assert days[0] < small_world.first_day


@pytest.mark.parametrize("source", ["ai_assistant", "customer_referral", "webinar", "event",
                                    "direct_mail", "phone", "email", "partner"])  # fmt: skip
def test_the_sources_of_a_b2b_company_occur(small_world: World, source: str) -> None:
    """A source without visitors would never be checked."""
    assert any(touch.lead_source == source for touch in small_world.touches)


def test_a_campaign_parameter_names_one_campaign(small_world: World) -> None:
    """If two campaigns shared a ``utm_campaign``, no warehouse could separate them."""
    named: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for touch in small_world.touches:
        if touch.utm_campaign:
            named[touch.utm_campaign].add((touch.campaign_platform, touch.campaign_id))
    assert {name: found for name, found in named.items() if len(found) > 1} == {}


def test_no_day_at_the_end_gathers_what_sales_had_not_decided(small_world: World) -> None:
    """Wins that lay ahead were all put on the last day: half of the last month's (75 of 146)."""
    last = small_world.last_day
    wins = Counter(deal.stages[-1].at.date() for deal in small_world.deals if deal.is_won(DEMO_NOW))
    of_month = {day: count for day, count in wins.items() if day > last - timedelta(days=30)}
    assert max(of_month.values()) <= max(3, sum(of_month.values()) // 4)
    assert all(change.at.date() <= last for deal in small_world.deals for change in deal.stages)
    waiting = [deal for deal in small_world.deals if deal.closed_at(DEMO_NOW) is None]
    assert sum(deal.created_at.date() > last - timedelta(days=60) for deal in waiting) >= 3
