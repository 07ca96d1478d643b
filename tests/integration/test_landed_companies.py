"""Companies whose data others have landed publish what a hand calculation gives, and the same."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.kit.company_run import Ran, run_company
from tests.kit.csv_company import environment
from tests.kit.landed_companies import COMPANIES, write_landed_company

D = Decimal


@pytest.fixture(scope="module", params=COMPANIES)
def company(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """One of the companies, run once by the command and published."""
    folder = tmp_path_factory.mktemp(request.param)
    write_landed_company(folder, request.param)
    return run_company(environment(folder) | {"TRIBUTARY_NOW": "2026-05-20T06:00:00+00:00"})


def test_spend_counts_once(company: Ran) -> None:
    """Three levels of Google state the same money; devices, hours and second syncs state it again.

    The account spent 60 + 40.50, campaign 12 without ads 10.50 of it; Meta spent 25.25 + 24.75.
    """
    found = company.rows(
        "select spent.platform, campaign_name, sum(spend) from core.fct_ad_spend as spent "
        "left join core.dim_campaigns using (campaign_key) group by all order by all",
    )
    assert found == [
        ("google_ads", "Brand", D("90.00")),
        ("google_ads", "Max", D("10.50")),
        ("meta_ads", "Spring", D("50.00")),
    ]


def test_leads_are_people_that_are_left(company: Ran) -> None:
    """A merged and a deleted contact are no leads; whoever clicked a mailing before came by it."""
    found = company.rows("select lead_source, count(*) from marts.leads group by all order by 1")
    assert found == [("email", 1), ("paid_social", 1)]


def test_the_deal_is_won_by_the_lead_that_is_left(company: Ran) -> None:
    """It was the merged contact's; the deleted deal is no revenue."""
    found = company.rows(
        "select count(*), sum(value) from core.fct_conversions where conversion_type = 'customer'",
    )
    assert found == [(1, D("1000.50"))]


def test_the_mailing_was_clicked_by_one(company: Ran) -> None:
    """Of the click that is there twice in append mode, one counts."""
    found = company.rows(
        "select count(*) from core.fct_touchpoints where touch_type = 'email_click'"
    )
    assert found == [(1,)]


def test_nothing_was_refused(company: Ran) -> None:
    """Every row that counts is loaded: a refused one would be missing without a word here."""
    found = company.rows("select stream, rows_quarantined from meta.sources order by 1")
    assert found == [
        (stream, 0) for stream in ("ad_spend", "leads", "mailings", "opportunities", "touchpoints")
    ]
