"""The Google Ads renderer against a hand-made company: one ad, one Performance Max campaign."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from simulator.ads import (
    Ad,
    AdAccount,
    AdClick,
    AdDay,
    AdGroup,
    Campaign,
    CampaignType,
    Keyword,
)
from simulator.http import Clock, Request, Response, Route
from simulator.vendors import google_ads, google_tokens
from simulator.world import World

ACCOUNT = "1234567890"
NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
FIGURES = "metrics.cost_micros, metrics.clicks, metrics.conversions"


def make_world() -> World:
    """One search ad with two days of figures, the first credited later, and one PMax campaign."""
    begun = datetime(2026, 3, 1, tzinfo=UTC)
    renamed = datetime(2026, 3, 5, tzinfo=UTC)
    never = date(2037, 12, 30)
    credited = datetime(2026, 3, 9, tzinfo=UTC)
    return World(
        seed=0,
        scale=0,
        first_day=date(2026, 3, 1),
        last_day=date(2026, 3, 9),
        ad_accounts=[AdAccount(ACCOUNT, "SEK", "Europe/Stockholm")],
        campaigns=[
            Campaign(
                "11",
                ACCOUNT,
                CampaignType.SEARCH,
                [(begun, "Sök"), (renamed, "Sök | A > B")],
                begun.date(),
                never,
                "sok",
            ),
            Campaign(
                "12",
                ACCOUNT,
                CampaignType.PERFORMANCE_MAX,
                [(begun, "Max")],
                begun.date(),
                never,
                "m",
            ),
        ],
        ad_groups=[AdGroup("21", "11", ACCOUNT, "Grupp")],
        ads=[
            Ad(
                "31",
                "21",
                "11",
                ACCOUNT,
                "",
                "https://www.fjordbase.example/",
                ("En rubrik",),
                ("En text",),
                vanishes_at=datetime(2026, 3, 20, tzinfo=UTC),
            )
        ],
        keywords=[
            Keyword("41", "21", "11", ACCOUNT, "crm", "EXACT"),
            Keyword("42", "21", "11", ACCOUNT, "crm pris", "BROAD"),
        ],
        ad_clicks=[
            AdClick("Gclid-1", ACCOUNT, "11", "21", "31", "42", NOON, date(2026, 3, 10)),
            AdClick("Gclid-2", ACCOUNT, "12", "", "", "", NOON, date(2026, 3, 10)),
        ],
        ad_days=[
            AdDay(
                ACCOUNT,
                "11",
                "21",
                "31",
                date(2026, 3, 2),
                100,
                7,
                900_000,
                Decimal("6.623899"),
                [(credited, 2, 140_000)],
            ),
            AdDay(ACCOUNT, "12", "", "", date(2026, 3, 2), 50, 0, 500_000, Decimal(0)),
        ],
    )


class Site:
    """The renderer's routes, called without a socket, with a valid token."""

    def __init__(self, now: datetime = NOON) -> None:
        self.clock = Clock(now)
        self.routes: list[Route] = google_ads.routes(make_world(), self.clock)
        self.token = self.fetch_token()

    def post(self, path: str, body: bytes, headers: dict[str, str]) -> Response:
        """Sends a request to whichever route answers it."""
        for route in self.routes:
            params = route.match("POST", path)
            if params is not None:
                return route.handler(Request("POST", path, {}, headers, body, params))
        raise AssertionError(f"nothing answers {path}")

    def fetch_token(self, refresh_token: str = "r") -> str:
        """Exchanges a refresh token."""
        form = f"grant_type=refresh_token&client_id=i&client_secret=s&refresh_token={refresh_token}"
        answer = json.loads(self.post("/token", form.encode(), {}).body)
        return str(answer.get("access_token", answer.get("error")))

    def ask(self, query: str, account: str = ACCOUNT) -> tuple[int, Any]:
        """Status and JSON of a query."""
        response = self.post(
            f"/v26/customers/{account}/googleAds:searchStream",
            json.dumps({"query": query}).encode(),
            {"authorization": f"Bearer {self.token}"},
        )
        return response.status, json.loads(response.body)

    def rows(self, query: str) -> list[dict[str, Any]]:
        """The results of a query, of all chunks."""
        status, chunks = self.ask(query)
        assert status == 200, chunks
        return [row for chunk in chunks for row in chunk.get("results", [])]

    def day(self, resource: str, fields: str, day: str = "2026-03-02") -> list[dict[str, Any]]:
        """The results of a report on one day."""
        return self.rows(
            f"SELECT segments.date, {fields} FROM {resource} "
            f"WHERE segments.date BETWEEN '{day}' AND '{day}'"
        )


def test_integers_are_text_and_what_is_zero_is_left_out() -> None:
    """The two habits of proto3's JSON that readers of plain JSON fall over."""
    (row,) = [
        row
        for row in Site().day("campaign", f"campaign.id, {FIGURES}")
        if row["campaign"]["id"] == "12"
    ]
    assert row["metrics"] == {"costMicros": "500000"}


def test_only_the_account_and_campaign_hold_performance_max() -> None:
    """Performance Max has no ads: spend by ad is less than the account's."""
    site = Site()
    cost = {
        resource: sum(int(row["metrics"]["costMicros"]) for row in site.day(resource, FIGURES))
        for resource in ("customer", "campaign", "ad_group", "ad_group_ad")
    }
    assert cost == {
        "customer": 1_260_000,
        "campaign": 1_260_000,
        "ad_group": 760_000,
        "ad_group_ad": 760_000,
    }


def test_the_same_day_asked_later_is_restated() -> None:
    """A credit lowers cost and clicks, conversions grow, and a vanished ad takes its rows along."""
    site = Site(datetime(2026, 3, 3, 12, tzinfo=UTC))
    (before,) = site.day("ad_group_ad", FIGURES)
    site.clock.set(datetime(2026, 3, 12, tzinfo=UTC))
    site.token = site.fetch_token()
    (after,) = site.day("ad_group_ad", FIGURES)
    assert (before["metrics"]["costMicros"], before["metrics"]["clicks"]) == ("900000", "7")
    assert (after["metrics"]["costMicros"], after["metrics"]["clicks"]) == ("760000", "5")
    assert 0 < before["metrics"]["conversions"] < after["metrics"]["conversions"] < 6.623899
    site.clock.set(datetime(2026, 4, 20, tzinfo=UTC))
    site.token = site.fetch_token()
    assert site.day("ad_group_ad", FIGURES) == []
    (group,) = site.day("ad_group", FIGURES)
    assert group["metrics"]["conversions"] == 6.623899


def test_keywords_total_their_ad_group_and_search_terms_do_not() -> None:
    """Google withholds rare search terms, so their report is not a total."""
    site = Site()
    by_keyword = site.day("keyword_view", f"ad_group_criterion.criterion_id, {FIGURES}")
    assert sum(int(row["metrics"]["costMicros"]) for row in by_keyword) == 760_000
    terms = site.day("search_term_view", f"search_term_view.search_term, {FIGURES}")
    assert 0 < sum(int(row["metrics"]["costMicros"]) for row in terms) < 760_000
    pages = site.day("landing_page_view", f"landing_page_view.unexpanded_final_url, {FIGURES}")
    assert [row["landingPageView"]["unexpandedFinalUrl"] for row in pages] == [
        "https://www.fjordbase.example/"
    ]


def test_a_renamed_campaign_has_its_newest_name_on_every_day() -> None:
    """Google knows one name at a time; history exists only in what was extracted."""
    site = Site(datetime(2026, 3, 4, tzinfo=UTC))
    names = [row["campaign"]["name"] for row in site.rows("SELECT campaign.name FROM campaign")]
    assert names == ["Sök", "Max"]
    site.clock.set(NOON)
    site.token = site.fetch_token()
    assert "Sök | A > B" in {
        row["campaign"]["name"] for row in site.day("campaign", f"campaign.name, {FIGURES}")
    }


def test_clicks_tell_the_ad_only_where_there_is_one() -> None:
    """A Performance Max click has a gclid and a campaign, and nothing finer."""
    rows = Site().rows(
        "SELECT segments.date, click_view.gclid, campaign.id, ad_group.id, "
        "click_view.ad_group_ad, click_view.keyword_info.text FROM click_view "
        "WHERE segments.date = '2026-03-10'"
    )
    by_click = {row["clickView"]["gclid"]: row for row in rows}
    search = by_click["Gclid-1"]
    assert search["clickView"]["adGroupAd"] == f"customers/{ACCOUNT}/adGroupAds/21~31"
    assert search["clickView"]["keywordInfo"] == {"text": "crm pris"}
    assert "adGroup" not in by_click["Gclid-2"]
    assert "adGroupAd" not in by_click["Gclid-2"]["clickView"]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("SELECT campaign.nmae FROM campaign", "UNRECOGNIZED_FIELD"),
        ("SELECT campaign.name FROM campaigns", "BAD_RESOURCE_TYPE_IN_FROM_CLAUSE"),
        ("SELECT metrics.clicks FROM campaign", "EXPECTED_FILTERS_ON_DATE_RANGE"),
        ("campaign.name", "QUERY_ERROR"),
        (
            "SELECT click_view.gclid FROM click_view "
            "WHERE segments.date BETWEEN '2026-03-09' AND '2026-03-10'",
            "DATE_RANGE_TOO_WIDE",
        ),
        (
            "SELECT click_view.gclid FROM click_view WHERE segments.date = '2025-12-01'",
            "INVALID_VALUE_WITH_BETWEEN_OPERATOR",
        ),
    ],
)
def test_a_query_that_google_refuses_is_refused(query: str, code: str) -> None:
    """A lenient double would let a wrong connector through."""
    status, answer = Site().ask(query)
    assert status == 400
    (detail,) = answer[0]["error"]["details"]
    assert detail["errors"][0]["errorCode"] == {"queryError": code}


def test_an_unknown_account_and_an_old_token_are_refused() -> None:
    """403 for one account, 401 after an hour: the connector's engine must distinguish them."""
    site = Site()
    query = "SELECT campaign.id FROM campaign"
    assert site.ask(query, "9999999999")[0] == 403
    site.clock.advance(timedelta(hours=1))
    assert site.ask(query)[0] == 401
    assert site.fetch_token(google_tokens.REVOKED_TOKEN) == "invalid_grant"


def test_nothing_found_is_a_chunk_without_results() -> None:
    """The shape that a reader of ``results`` must not take for a broken answer."""
    status, chunks = Site().ask(
        "SELECT metrics.clicks FROM campaign "
        "WHERE segments.date BETWEEN '2026-03-08' AND '2026-03-08'"
    )
    assert status == 200
    assert [set(chunk) for chunk in chunks] == [{"fieldMask", "requestId"}]
