"""Companies whose data others have landed publish what a hand calculation gives, and the same."""

from __future__ import annotations

import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from orchestration.configuration.settings import Settings, load_settings
from orchestration.publication.reader import query
from tests.kit.csv_company import environment
from tests.kit.landed_companies import COMPANIES, write_landed_company

D = Decimal


@pytest.fixture(scope="module", params=COMPANIES)
def company(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """One of the companies, run once by the command and published."""
    folder = tmp_path_factory.mktemp(request.param)
    write_landed_company(folder, request.param)
    variables = environment(folder) | {"TRIBUTARY_NOW": "2026-05-20T06:00:00+00:00"}
    _run(variables)
    return load_settings(variables)


def _run(variables: dict[str, str]) -> str:
    done = subprocess.run(
        [Path(sys.executable).parent / "tributary", "run"],
        env=os.environ | variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def rows(company: Settings, sql: str) -> list[tuple[Any, ...]]:
    """The rows of a query of the published file."""
    return query(company, sql).rows


def test_spend_counts_once(company: Settings) -> None:
    """Three levels of Google state the same money; devices, hours and second syncs state it again.

    The account spent 60 + 40.50, campaign 12 without ads 10.50 of it; Meta spent 25.25 + 24.75.
    """
    found = rows(
        company,
        "select spent.platform, campaign_name, sum(spend) from core.fct_ad_spend as spent "
        "left join core.dim_campaigns using (campaign_key) group by all order by all",
    )
    assert found == [
        ("google_ads", "Brand", D("90.00")),
        ("google_ads", "Max", D("10.50")),
        ("meta_ads", "Spring", D("50.00")),
    ]


def test_leads_are_people_that_are_left(company: Settings) -> None:
    """A merged and a deleted contact are no leads; whoever clicked a mailing before came by it."""
    found = rows(company, "select lead_source, count(*) from marts.leads group by all order by 1")
    assert found == [("email", 1), ("paid_social", 1)]


def test_the_deal_is_won_by_the_lead_that_is_left(company: Settings) -> None:
    """It was the merged contact's; the deleted deal is no revenue."""
    found = rows(
        company,
        "select count(*), sum(value) from core.fct_conversions where conversion_type = 'customer'",
    )
    assert found == [(1, D("1000.50"))]


def test_the_mailing_was_clicked_by_one(company: Settings) -> None:
    """Of the click that is there twice in append mode, one counts."""
    found = rows(
        company, "select count(*) from core.fct_touchpoints where touch_type = 'email_click'"
    )
    assert found == [(1,)]


def test_nothing_was_refused(company: Settings) -> None:
    """Every row that counts is loaded: a refused one would be missing without a word here."""
    found = rows(company, "select stream, rows_quarantined from meta.sources order by 1")
    assert found == [
        (stream, 0) for stream in ("ad_spend", "leads", "mailings", "opportunities", "touchpoints")
    ]
