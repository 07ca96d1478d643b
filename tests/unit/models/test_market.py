"""What a small company shows the market, worked out by hand: mailings, ads, searches, posts."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from tests.kit.models.dbt import run_dbt
from tests.kit.models.market_company import OFFER, TERMS, write_market_company
from tests.kit.models.spend_company import at

D = Decimal


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """All models and their data tests, once."""
    warehouse = tmp_path_factory.mktemp("market") / "warehouse.duckdb"
    with duckdb.connect(str(warehouse)) as con:
        write_market_company(con)
    outcome = run_dbt(warehouse, "build", "--exclude-resource-type", "unit_test")
    assert outcome.returncode == 0, outcome.stdout[-6000:]
    with duckdb.connect(str(warehouse), read_only=True) as con:
        yield con


def rows(con: duckdb.DuckDBPyConnection, sql: str) -> list[tuple[Any, ...]]:
    """The rows of a query, in the order of their texts."""
    return sorted(con.execute(sql).fetchall(), key=repr)


def test_a_mailing_is_counted_by_its_system_or_by_who_reacted(
    company: duckdb.DuckDBPyConnection,
) -> None:
    """What nobody counted is not nothing, and openings are no people.

    The newer file's figures of n1 count. Of n2, whose system counts no clicks, one person read and
    another's scanner opened both links at once. Where a system counts 25 openings of 10 mails,
    they are no people. More delivered than sent (n3) is a contradiction, and no bounces below
    zero.
    """
    assert rows(
        company,
        "select mailing_id, sent, delivered, bounced, opened, open_rate, clicked, scanned,"
        " click_rate, unsubscribed from marts.email_performance",
    ) == [
        ("n1", 100, 98, 2, 49, 0.5, 7, None, 0.0714285714, 1),
        ("n2", 50, 40, 10, None, None, 1, 1, 0.025, None),
        ("n3", 10, 12, None, None, None, None, None, None, None),
        ("w1", None, None, None, None, None, None, None, None, None),
        ("w2", 10, 10, None, 25, None, None, None, None, None),
    ]


def test_a_mailing_is_credited_for_touches_of_its_own_campaign(
    company: duckdb.DuckDBPyConnection,
) -> None:
    """A touch names the mailing's campaign, or else the mailing's own name.

    An ad of the same campaign (m3's origin) is no mail, a scanner (m2's) is nobody, and of two
    mailings with one campaign no touch says which it was.
    """
    assert rows(
        company,
        "select mailing_id, new_leads, touched_leads, customers, revenue_credited"
        " from marts.email_performance",
    ) == [
        ("n1", 0, 1, 0, D(0)),
        ("n2", 1, 1, 1, D(300)),
        ("n3", 0, 0, 0, D(0)),
        ("w1", None, None, None, None),
        ("w2", None, None, None, None),
    ]


def test_a_link_is_credited_where_it_was_clicked_first(
    company: duckdb.DuckDBPyConnection,
) -> None:
    """The second link that a reader clicks in the same visit counts as a click and earns nothing.

    Without recorded clicks, visits show them.
    """
    assert rows(
        company,
        "select mailing_name, url, clicks, clicked, scanned, touched_leads, leads_after,"
        " revenue_credited from marts.email_link_performance",
    ) == [
        ("An offer", OFFER, 1, 1, 1, 1, 1, D(300)),
        ("An offer", TERMS, 1, 1, 1, 1, 1, D(0)),
        ("March news", OFFER, 1, 1, 0, 1, 0, D(0)),
    ]


def test_marts_of_mailings_total_their_facts(
    company: duckdb.DuckDBPyConnection,
) -> None:
    """Nothing that a mailing or its links earned is lost on the way to the marts."""
    assert company.execute(
        "select count(*), sum(abs(difference)) from meta.reconciliation"
        " where \"check\" = 'mailings_facts_vs_marts'"
    ).fetchall() == [(4, D(0))]


def test_ads_of_a_campaign_total_the_campaign(company: duckdb.DuckDBPyConnection) -> None:
    """What the campaign's row has more than its ads (40 of 100) is its row without an ad.

    An ad that a file names by its name alone is one, and a credit has no ratio.
    """
    assert rows(
        company,
        "select month, ad_name, ad_id, is_residual, clicks, spend from marts.ad_performance",
    ) == [
        (at(3, 1).date(), "Film A", "71", False, D(6), D(60)),
        (at(3, 1).date(), "unknown", None, True, D(3), D(40)),
        (at(4, 1).date(), "Film A", "71", False, D(3), D(30)),
        (at(4, 1).date(), "Picture B", None, False, D(0), D(-5)),
        (at(4, 1).date(), "unknown", None, True, D(0), D(0)),
    ]
    assert rows(
        company,
        "select cost_per_lead, roas from marts.ad_performance where spend <= 0",
    ) == [(None, None), (None, None)]


def test_a_lead_is_the_ads_that_its_tags_name(company: duckdb.DuckDBPyConnection) -> None:
    """`utm_content` names m4's ad; m5's says something that is none of the campaign's."""
    assert rows(
        company,
        "select ad_name, leads, cost_per_lead from marts.ad_performance where leads > 0",
    ) == [("Film A", 1, D(30)), ("unknown", 1, None)]


def test_a_search_term_is_counted_once_of_two_views_on_it(
    company: duckdb.DuckDBPyConnection,
) -> None:
    """A report by term counts, and its parts by page, country and device do not add to it.

    On the 3rd there is one; of a day in two files the newer counts. The position is weighted by
    impressions, and `Acme` is configured.
    """
    assert rows(
        company,
        "select month, search_term, is_paid, is_brand, impressions, clicks, average_position,"
        " spend, cost_per_click from marts.search_term_performance"
        " where search_term in ('acme crm', 'lead source')",
    ) == [
        (at(4, 1).date(), "acme crm", False, True, D(60), D(7), 2.0, D(0), None),
        (at(4, 1).date(), "lead source", False, False, D(150), D(7), 6.6666666667, D(0), None),
    ]


def test_a_search_without_a_country_is_no_report_of_its_own(
    company: duckdb.DuckDBPyConnection,
) -> None:
    """All lines of a report count, whether their country is blank or not.

    Of the 5th there is one report by country, with two blank cells. Only the blank ones did count,
    which lost 10 of 13 clicks. Of the 6th there are a report by country and one by device, which
    have the same clicks.
    """
    assert rows(
        company,
        "select search_term, clicks, impressions from marts.search_term_performance"
        " where search_term like 'lead %' and search_term <> 'lead source'",
    ) == [
        ("lead ads", D(5), D(50)),
        ("lead channel", D(10), D(100)),
        ("lead scoring", D(2), D(20)),
    ]
    assert company.execute(
        "select count(*), sum(abs(difference)) from meta.reconciliation"
        " where \"check\" = 'search_terms_facts_vs_mart'"
    ).fetchall() == [(1, D(0))]


def test_leads_of_a_page_are_shared_among_its_terms(company: duckdb.DuckDBPyConnection) -> None:
    """A lead who came by search is shared in proportion to the page's clicks.

    One came to the page, whatever its address is written like: 7 of the 12 clicks there were
    searches for the name. Another came to the same path of another site.
    """
    assert rows(
        company,
        "select search_term, leads_estimated, estimated_by from marts.search_term_performance"
        " where leads_estimated is not null",
    ) == [("acme crm", 0.5833333333, "page"), ("lead source", 0.4166666667, "page")]


def test_a_post_has_its_figures_once(company: duckdb.DuckDBPyConnection) -> None:
    """A post's days count and not its total, which the network states of another moment.

    p1 has both. What nobody counted is not nothing: p2's days have reactions alone. p4 is named by
    its days alone.
    """
    assert rows(
        company,
        "select post_id, network, is_paid, impressions, engagements, engagement_rate, clicks"
        " from marts.post_performance",
    ) == [
        ("p1", "linkedin", False, D(160), D(8), 0.05, D(3)),
        ("p2", "linkedin", False, D(200), D(12), 0.06, None),
        ("p3", "facebook", True, D(1000), None, None, None),
        ("p4", "x", False, D(10), D(1), 0.1, D(0)),
    ]


def test_a_post_brings_the_leads_whose_links_name_it(company: duckdb.DuckDBPyConnection) -> None:
    """A link names a post by a campaign of its own or by its id in `utm_content`.

    By the campaign (p1), unless an ad of the campaign brought them; by the id (p2), in any case.
    """
    assert rows(
        company,
        "select post_id, visits, new_leads, touched_leads, customers from marts.post_performance"
        " where visits > 0",
    ) == [("p1", 1, 1, 1, 0), ("p2", 1, 1, 1, 0)]


def test_networks_are_told_apart_paid_and_unpaid(company: duckdb.DuckDBPyConnection) -> None:
    """What days do not report of a post counts in its month, else in theirs.

    A boosted post is the ad platform's, where Facebook and Instagram are bought together.
    """
    assert rows(
        company,
        "select month, network, is_paid, posts, impressions, engagements, clicks, spend, leads,"
        " cost_per_lead"
        " from marts.social_performance",
    ) == [
        (at(3, 1).date(), "meta", True, 0, D(0), D(0), D(9), D(100), 0, None),
        (at(4, 1).date(), "linkedin", False, 2, D(300), D(5), D(2), D(0), 2, None),
        (at(4, 1).date(), "meta", True, 0, D(0), D(0), D(3), D(25), 2, D("12.5")),
        (at(5, 1).date(), "linkedin", False, 0, D(60), D(15), D(1), D(0), 0, None),
        (at(5, 1).date(), "x", False, 1, D(10), D(1), D(0), D(0), 0, None),
    ]
