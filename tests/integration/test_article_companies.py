"""The four companies of the article on lead source and lead channel, each right by hand."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from tests.kit.article_companies import AGENCY, COMPANIES, YEARS, write_company
from tests.kit.company_run import Ran, run_company
from tests.kit.csv_company import environment


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """The three companies of the detailed vocabulary, run once by the command as one."""
    folder = tmp_path_factory.mktemp("three")
    write_company(folder, COMPANIES)
    return run_company(environment(folder))


def of(company: str) -> str:
    """The rows of a mart that are a company's."""
    return f"year(month) = {YEARS[company]}"


def matrix(condition: str = "true") -> str:
    """Leads by source and channel."""
    return (
        "select lead_source, lead_channel, sum(leads) from marts.source_channel_matrix "
        f"where {condition} group by all having sum(leads) > 0 order by all"
    )


def test_a_startup_sees_what_nurtures_its_leads(three: Ran) -> None:
    """Where people first met it, what made them act, and what turned them into customers.

    ==============  =================  ========  =======
    source          newsletter         webinar   organic listing
    ==============  =================  ========  =======
    paid social     S1
    organic search                     S2        S3
    ==============  =================  ========  =======

    After their creation the newsletter reached S1 twice and S3 once; S1 bought after 20 days. S2
    bought after 10 days, and nothing had reached it.
    """
    own = of("startup")
    assert three.rows(matrix(own)) == [
        ("organic_search", "organic_listing", 1),
        ("organic_search", "webinar", 1),
        ("paid_social", "newsletter", 1),
    ]
    assert three.rows(
        "select lead_channel, leads_nurtured, touches, customers, days_to_customer_with, "
        "days_to_customer_without from marts.nurture_performance "
        f"where leads_nurtured > 0 and {own}"
    ) == [("newsletter", 2, 3, 1, 20.0, 10.0)]
    revenue = three.rows(f"select sum(revenue) from marts.attribution where {own}")
    assert revenue == [(Decimal(1500),)]


def test_a_consultancy_sees_source_by_channel_over_time(three: Ran) -> None:
    """An event is followed up by phone or newsletter, a referral by mail.

    ========  =================  ==========  ==============  ==========
    month     source             phone call  email campaign  newsletter
    ========  =================  ==========  ==============  ==========
    January   event              K1 (9,000)
    January   customer referral              K2 (7,000)
    February  event              K4                          K3
    ========  =================  ==========  ==============  ==========
    """
    assert three.rows(
        "select month(month), lead_source, lead_channel, leads, customers, revenue "
        f"from marts.source_channel_matrix where {of('consultancy')} order by all"
    ) == [
        (1, "customer_referral", "email_campaign", 1, 1, Decimal(7000)),
        (1, "event", "phone_call", 1, 1, Decimal(9000)),
        (2, "event", "newsletter", 1, 0, Decimal(0)),
        (2, "event", "phone_call", 1, 0, Decimal(0)),
    ]


def test_an_agency_has_website_visits_by_seo_ppc_social_and_newsletter(tmp_path: Path) -> None:
    """In the broad vocabulary a source is how one meets, and the web's tactics are channels.

    =================  ======  ===  ======  ==========  ==========
    source             seo     ppc  social  newsletter  phone call
    =================  ======  ===  ======  ==========  ==========
    website visits     A1, A6  A2   A3      A4
    customer referral                                   A5
    =================  ======  ===  ======  ==========  ==========

    A6's source and channel are words of the CRM, which the vocabulary has, too.
    """
    write_company(tmp_path, AGENCY)
    agency = run_company(environment(tmp_path))
    assert agency.rows(matrix()) == [
        ("customer_referral", "phone_call", 1),
        ("website_visits", "newsletter", 1),
        ("website_visits", "ppc", 1),
        ("website_visits", "seo", 2),
        ("website_visits", "social", 1),
    ]
    assert agency.rows(
        "select lead_channel, name_sv from core.dim_lead_channels "
        "where lead_channel in ('ppc', 'seo', 'social', 'search_ad', 'social_post') order by all"
    ) == [("ppc", "PPC"), ("seo", "SEO"), ("social", "Sociala medier")]


def test_at_a_party_invitation_and_means_of_travel_are_independent(three: Ran) -> None:
    """Who invited a guest says nothing of how the guest came: both are counted, and crossed.

    ===============  =======  ===
    source           bicycle  bus
    ===============  =======  ===
    a poster                  1
    invited by Anna  1        1
    invited by Bo    2        1
    ===============  =======  ===
    """
    own = of("party")
    assert three.rows(matrix(own)) == [
        ("a_poster", "bus", 1),
        ("invited_by_anna", "bicycle", 1),
        ("invited_by_anna", "bus", 1),
        ("invited_by_bo", "bicycle", 2),
        ("invited_by_bo", "bus", 1),
    ]
    for mart, member, total in (
        (
            "lead_source_performance",
            "lead_source",
            {"a_poster": 1, "invited_by_anna": 2, "invited_by_bo": 3},
        ),
        ("lead_channel_performance", "lead_channel", {"bicycle": 3, "bus": 3}),
    ):
        found = three.rows(f"select {member}, leads from marts.{mart} where {own}")
        assert dict(found) == total
