"""What the demo company showed the market, against what its generator planted."""

from __future__ import annotations

from dataclasses import astuple
from datetime import date
from decimal import Decimal
from fractions import Fraction
from urllib.parse import urlsplit

import pytest

from simulator.journeys import Touch
from simulator.market import POSTS
from simulator.rates import reporting_day
from simulator.search import shown
from tests.kit.demo import Demo

ROUNDING = Fraction(1, 10**6)
"""Credited values have six decimals, rounded at most once per touch."""


def agrees(demo: Demo, published: Decimal, planted: Fraction) -> bool:
    """Whether a credited value is the planted one, up to rounding."""
    return abs(Fraction(published) - planted) <= len(demo.world.touches) * ROUNDING


def is_brand(term: str) -> bool:
    """Whether a term holds the company's name, as its configuration has it."""
    return "fjordbase" in term or "fjord base" in term


def test_every_mailing_brought_what_was_planted(demo: Demo) -> None:
    """By mailing: who got, opened and clicked it, scanners aside, and what became of them."""
    published = {
        row[0]: row[1:]
        for row in demo.rows(
            "select mailing_id, sent, bounced, opened, clicked, scanned, unsubscribed, new_leads, "
            "touched_leads, customers, revenue_credited from marts.email_performance where sent > 0"
        )
    }
    planted = demo.truth.mailings
    assert {key: row[:-1] for key, row in published.items()} == {
        key: (
            mailing.sent, mailing.bounced, mailing.opened, mailing.clicked, mailing.scanned,
            mailing.unsubscribed, mailing.new_leads, mailing.touched_leads, mailing.customers,
        )
        for key, mailing in planted.items()
    }  # fmt: skip
    for key, mailing in planted.items():
        assert agrees(demo, published[key][-1], mailing.revenue_credited)
    assert sum(mailing.scanned for mailing in planted.values()) > 0
    assert sum(mailing.revenue_credited for mailing in planted.values()) > 0


def test_every_mailing_has_its_subject_and_list(demo: Demo) -> None:
    """They were landed and thrown away."""
    assert {
        row[0]: row[1:]
        for row in demo.rows("select mailing_id, subject_line, list_name from core.dim_mailings")
    } == {
        mail.campaign_id: (mail.subject_line, "Fjordbase readers")
        for mail in demo.world.email_campaigns
    }


def test_every_link_was_clicked_as_planted(demo: Demo) -> None:
    """By mailing and link: a scanner opens several within ten seconds, and is no reader."""
    published = {
        (row[0], row[1]): row[2:]
        for row in demo.rows(
            "select mailing_id, url, clicks, clicked, scanned, links.revenue_credited "
            "from marts.email_link_performance as links "
            "inner join core.dim_mailings using (mailing_key)"
        )
    }
    planted = demo.truth.links
    assert {key: row[:-1] for key, row in published.items()} == {
        key: (link.clicks, len(link.clicked), len(link.scanned)) for key, link in planted.items()
    }
    for key, link in planted.items():
        assert agrees(demo, published[key][-1], link.revenue)


def test_every_ad_cost_and_brought_what_was_planted(demo: Demo) -> None:
    """By (month, campaign, ad): what no ad explains is the campaign's row without one."""
    nothing = (0, 0, Decimal(0), 0, 0, Decimal(0))
    published = {
        row[:3]: row[3:]
        for row in demo.rows(
            "select month, campaign_id, coalesce(ad_id, ''), clicks, impressions, spend, leads, "
            "customers, ads.revenue from marts.ad_performance as ads "
            "inner join core.dim_campaigns using (campaign_key) "
            "where ads.platform in ('google_ads', 'linkedin_ads', 'meta_ads')"
        )
    }
    planted = {
        key: (ad.clicks, ad.impressions, ad.spend, ad.leads, ad.customers, ad.revenue)
        for key, ad in demo.truth.ads.items()
    }
    assert {
        key: (planted.get(key), published.get(key))
        for key in planted.keys() | published.keys()
        if planted.get(key, nothing) != published.get(key, nothing)
    } == {}
    for campaigns in ("2011", "1203", "6361"):
        assert any(
            ad.leads
            for (_, campaign_id, ad_id), ad in demo.truth.ads.items()
            if ad_id and campaign_id.startswith(campaigns)
        )


def test_every_ad_has_its_texts(demo: Demo) -> None:
    """They were landed and thrown away."""
    published = {
        row[0]: row[1:]
        for row in demo.rows(
            "select ad_id, ad_name, headlines, landing_page from core.dim_ads "
            "where headlines is not null"
        )
    }
    planted = {ad.ad_id: (ad.name, " | ".join(ad.headlines), ad.final_url) for ad in demo.world.ads}
    social = [
        ad
        for account in demo.world.social_accounts
        for ad in account.ads
        if ad.titles and ad.is_known(demo.settings.now())
    ]
    planted |= {ad.ad_id: (ad.name, " | ".join(ad.titles), ad.final_url) for ad in social}
    assert published.items() <= planted.items()
    assert {ad.ad_id for ad in social} <= published.keys()


def test_every_ad_at_meta_has_its_format_picture_and_audience(demo: Demo) -> None:
    """Which picture and whom: without these nobody can say what works."""
    published = {
        row[0]: row[1:]
        for row in demo.rows(
            "select ad_id, ad_type, descriptions, call_to_action, media_id, audience, status "
            "from core.dim_ads where platform = 'meta_ads'"
        )
    }
    (account,) = demo.world.social_accounts_of("meta_ads")
    reached = {
        ad_set.adset_id: " | ".join(sorted(name for _, name in ad_set.audiences + ad_set.interests))
        for ad_set in account.ad_sets
    }
    assert published == {
        ad.ad_id: (
            ad.kind, " | ".join(ad.bodies), ad.call_to_action, ad.media_id or None,
            reached[ad.adset_id] or None, "DELETED" if ad.deleted_at else "ACTIVE",
        )
        for ad in account.ads
    }  # fmt: skip


def test_every_ad_at_linkedin_has_its_format_and_what_it_shows(demo: Demo) -> None:
    """Of a post the texts, the picture, film or document, and where it leads."""
    published = {
        row[0]: row[1:]
        for row in demo.rows(
            "select ad_id, campaign_id, ad_name, ad_type, headlines, descriptions, "
            "call_to_action, media_id, landing_page "
            "from core.dim_ads inner join core.dim_campaigns using (campaign_key) "
            "where dim_ads.platform = 'linkedin_ads'"
        )
    }
    (account,) = demo.world.social_accounts_of("linkedin_ads")
    assert published == {
        ad.ad_id: (
            ad.campaign_id, ad.name, ad.kind, " | ".join(ad.titles) or None, ad.bodies[0],
            ad.call_to_action, ad.media_id or None, ad.final_url,
        )
        for ad in account.ads
        if ad.is_known(demo.settings.now())
    }  # fmt: skip


def test_every_keyword_cost_and_brought_what_was_planted(demo: Demo) -> None:
    """By (month, campaign, keyword, match type): what no keyword explains is the campaign's row."""
    published = {
        row[:4]: row[4:]
        for row in demo.rows(
            "select month, campaign_id, coalesce(keyword, ''), match_type, is_brand, clicks, "
            "impressions, spend, leads, customers, keywords.revenue "
            "from marts.keyword_performance as keywords "
            "inner join core.dim_campaigns using (campaign_key)"
        )
    }
    planted = demo.truth.keywords
    assert published == {
        key: (is_brand(key[2]), *astuple(keyword)) for key, keyword in planted.items()
    }
    assert {kind for _, _, _, kind in planted} == {"exact", "phrase", "broad", "unknown"}
    assert sum(keyword.leads for key, keyword in planted.items() if key[2]) > 5


def test_every_search_term_was_paid_for_as_planted(demo: Demo) -> None:
    """By (month, term): two terms of each keyword, rare ones withheld, and what they brought."""
    published = {
        (row[0], row[1]): row[2:]
        for row in demo.rows(
            "select month, search_term, is_brand, clicks, impressions, spend, "
            "coalesce(leads_estimated, 0), estimated_by "
            "from marts.search_term_performance where is_paid"
        )
    }
    assert {key: row[:-1] for key, row in published.items()} == {
        (month, term): (
            is_brand(term),
            cell.clicks,
            cell.impressions,
            cell.spend,
            pytest.approx(float(cell.leads)),
        )
        for (month, term), cell in demo.truth.terms.items()
    }
    estimated = {row[-1] for row in published.values() if row[-2] > 0}
    assert estimated == {"campaign"}


def test_every_unpaid_search_term_brought_what_was_planted(demo: Demo) -> None:
    """By (month, term): clicks, position, and its share of the leads of its pages."""
    published = {
        (row[0], row[1]): row[2:]
        for row in demo.rows(
            "select month, search_term, is_brand, clicks, impressions, average_position, "
            "leads_estimated, estimated_by from marts.search_term_performance where not is_paid"
        )
    }
    assert published == {
        (month, term): (
            is_brand(term),
            cell.clicks,
            cell.impressions,
            pytest.approx(float(cell.positions / cell.impressions)),
            pytest.approx(float(cell.leads)),
            "page",
        )
        for (month, term), cell in demo.truth.searches.items()
    }
    assert sum(cell.leads for cell in demo.truth.searches.values()) > 10


def test_what_the_search_engine_withheld_is_named(demo: Demo) -> None:
    """By country: searches for rare terms, which with the others total the site."""
    planted: dict[str, list[int]] = {}
    for line in shown(demo.world.searches, demo.settings.now()):
        if not line.is_second:
            cell = planted.setdefault(line.country, [0, 0, 0])
            cell[0] += line.clicks
            cell[1] += line.clicks if line.is_rare else 0
            cell[2] += line.impressions if line.is_rare else 0
    published = demo.rows(
        "select country, sum(clicks), sum(clicks) filter (search_term is null), "
        "sum(impressions) filter (search_term is null) "
        "from core.fct_organic_search where page is null group by country"
    )
    assert {row[0]: list(row[1:]) for row in published} == planted
    assert sum(withheld for _, withheld, _ in planted.values()) > 10


def test_every_post_brought_what_was_planted(demo: Demo) -> None:
    """Post by post: figures by day or in total, who came by its links, and what became of them."""
    published = {
        row[0]: row[1:]
        for row in demo.rows(
            "select post_id, impressions, engagements, clicks, visits, new_leads, touched_leads, "
            "customers, revenue_credited from marts.post_performance"
        )
    }
    planted = demo.truth.posts
    assert {key: row[:-1] for key, row in published.items()} == {
        key: astuple(post)[:-1] for key, post in planted.items()
    }
    for key, post in planted.items():
        assert agrees(demo, published[key][-1], post.revenue_credited)
    assert sum(post.new_leads for post in planted.values()) > 0
    assert sum(post.revenue_credited for post in planted.values()) > 0


def test_every_post_is_described_as_it_was_posted(demo: Demo) -> None:
    """Network, format, topic, and whether money spread it."""
    assert {
        row[0]: row[1:]
        for row in demo.rows(
            "select post_id, network, format, topic, title, url, is_paid, posted_at "
            "from marts.post_performance"
        )
    } == {
        post.post_id: (
            post.network.lower(), post.format, post.topic, post.title, post.url, post.is_paid,
            post.posted_at.replace(tzinfo=None),
        )
        for post in POSTS
    }  # fmt: skip


NETWORKS = {
    "linkedin.com": "linkedin",
    "lnkd.in": "linkedin",
    "t.co": "x",
    "m.facebook.com": "facebook",
    "youtube.com": "youtube",
}


def _network(touch: Touch | None, is_paid: bool) -> str:
    """Where an evident touch came from, as its evidence was written."""
    if touch is None:
        return "unknown"
    if is_paid:
        names = {"linkedin": "linkedin", "facebook": "meta", "fb": "meta", "ig": "meta"}
        return names[touch.utm_source]
    host = (urlsplit(touch.referrer).hostname or "").removeprefix("www.")
    tagged = {
        "linkedin": "linkedin", "youtube": "youtube", "fb": "facebook", "ig": "instagram",
    }  # fmt: skip
    return NETWORKS.get(host) or tagged.get(touch.utm_source, "unknown")


def test_every_network_brought_the_leads_that_were_planted(demo: Demo) -> None:
    """By (month, network, paid or not); a misspelt tag names no network."""
    planted: dict[tuple[date, str, bool], tuple[int, int, Decimal]] = {}
    for lead in demo.truth.leads.values():
        if lead.lead_source not in ("organic_social", "paid_social", "organic_video"):
            continue
        is_paid = lead.lead_source == "paid_social"
        month = reporting_day(lead.created_at).replace(day=1)
        key = (month, _network(lead.origin, is_paid), is_paid)
        leads, customers, revenue = planted.get(key, (0, 0, Decimal(0)))
        won = lead.customer_at is not None
        planted[key] = (leads + 1, customers + won, revenue + lead.revenue)
    assert {
        row[:3]: row[3:]
        for row in demo.rows(
            "select month, network, is_paid, leads, customers, revenue "
            "from marts.social_performance where leads > 0"
        )
    } == planted
    shown: dict[tuple[date, str], list[int]] = {}
    for post in POSTS:
        if not post.is_paid:
            month = reporting_day(post.posted_at).replace(day=1)
            shown.setdefault((month, post.network.lower()), [0, 0, 0, 0])[0] += 1
    of_post = {post.post_id: post for post in POSTS}
    for line in demo.world.post_days:
        post = of_post[line.post_id]
        if not post.is_paid:
            month = (line.day or reporting_day(post.posted_at)).replace(day=1)
            cell = shown.setdefault((month, post.network.lower()), [0, 0, 0, 0])
            for place, figure in enumerate((line.impressions, line.engagements, line.clicks)):
                cell[place + 1] += figure
    assert {
        row[:2]: list(row[2:])
        for row in demo.rows(
            "select month, network, posts, impressions, engagements, clicks "
            "from marts.social_performance where not is_paid and impressions > 0"
        )
    } == shown
    ((spend,),) = demo.rows("select sum(spend) from marts.social_performance where is_paid")
    assert spend == demo.truth.by_lead_source()["paid_social"].ad_spend
