"""The road of LinkedIn Ads: asked over HTTP, landed, loaded, staged as the world has it.

For each of the vendor's traps there is a value here that is wrong as soon as its rule is broken.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from orchestration.configuration.model import ConnectorConfig
from orchestration.configuration.secrets import Secret
from orchestration.connectors.linkedin_ads import LINKEDIN_ADS
from orchestration.connectors.stream import Kind
from orchestration.extract.landing import Landing
from orchestration.extract.window import Window
from orchestration.loading.slices import Loaded
from simulator.generator import generate
from simulator.http import Clock
from simulator.server import SimulatorServer
from tests.kit.vendor_road import VendorRoad, home_with, staged_warehouse

NOW = datetime(2026, 5, 1, 6, tzinfo=UTC)
SINCE = date(2026, 4, 1)
ACCOUNT = "512001"
CAMPAIGN, CREATIVE = "urn:li:sponsoredCampaign:7", "urn:li:sponsoredCreative:9"
Spend = dict[tuple[str, str, str], tuple[Decimal, Decimal, Decimal, Decimal]]


class Road(VendorRoad):
    """A company's road of this vendor alone."""

    connector = LINKEDIN_ADS
    since = SINCE

    def run(self, now: datetime) -> list[Loaded]:
        """A daily run of every stream."""
        config = ConnectorConfig(
            base_url=self.server.base_url("linkedin_ads"),
            accounts=[ACCOUNT],
            secrets={name: Secret("ROAD_SECRET", name) for name in LINKEDIN_ADS.secrets},
        )
        return self.extract(config, now)

    def land(self, stream: str, *records: dict[str, Any], at: datetime = NOW) -> None:
        """A slice that the double never writes."""
        declared = LINKEDIN_ADS.stream(stream)
        is_report = declared.kind is Kind.REPORT
        first = Window(date(2026, 4, 1), date(2026, 4, 2))
        with Landing(self.settings.landing_dir).begin(
            "linkedin_ads", declared, ACCOUNT, extracted_at=at,
            window_start=first.start_at if is_report else None,
            window_end=first.end_at if is_report else None,
        ) as writer:  # fmt: skip
            for record in records:
                writer.append({"account_id": ACCOUNT, **record})
            writer.commit()

    def spend(self) -> Spend:
        """Staged spend, impressions, clicks and conversions by grain, day and finest id."""
        rows = self.query(
            "select grain, cast(date_day as varchar), coalesce(ad_id, campaign_id, ''), "
            "spend_native, impressions, clicks, platform_conversions "
            "from staging.stg_linkedin_ads__ad_spend"
        )
        found = {row[:3]: row[3:] for row in rows}
        assert len(found) == len(rows)
        return found

    def expected(self, now: datetime) -> Spend:
        """The same from the world, as LinkedIn would answer at a moment."""
        (account,) = self.world.social_accounts_of("linkedin_ads")
        sums: dict[tuple[str, str, str], list[Decimal]] = {}
        for row in account.figures(now):
            if row.day < SINCE:
                continue
            day = row.day.isoformat()
            for key in (
                ("account", day, ""), ("campaign", day, row.campaign_id), ("ad", day, row.ad_id)
            ):  # fmt: skip
                total = sums.setdefault(key, [Decimal(0)] * 4)
                total[0] += row.spend
                total[1] += row.impressions
                total[2] += row.link_clicks
                total[3] += row.leads
        return {key: (total[0], total[1], total[2], total[3]) for key, total in sums.items()}


@pytest.fixture(scope="module")
def staged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty warehouse with LinkedIn's staging views; the views follow what is loaded."""
    return staged_warehouse(tmp_path_factory.mktemp("staged"), "linkedin_ads")


@pytest.fixture(scope="module")
def server() -> Iterator[SimulatorServer]:
    """The double of a fiftieth of the demo company."""
    with SimulatorServer(generate(seed=7, scale=0.02), Clock(NOW)) as running:
        yield running
        assert running.errors == []


@pytest.fixture
def road(
    server: SimulatorServer, staged: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Road:
    """A company that has read nothing yet."""
    monkeypatch.setenv("ROAD_SECRET", "token")
    return Road(server.world, server, home_with(staged, tmp_path))


def a_day(**figures: Any) -> dict[str, Any]:
    """A creative's first of April."""
    return {
        "date_day": "2026-04-01", "currency": "EUR", "campaign_urn": CAMPAIGN,
        "creative_urn": CREATIVE, "costInLocalCurrency": "1.5", **figures,
    }  # fmt: skip


def test_every_stream_loads_and_days_are_restated(road: Road) -> None:
    """A day is read again for a month, until its conversions have all come."""
    loaded = road.run(NOW)
    assert sum(item.rows_quarantined for item in loaded) == 0
    assert {field for item in loaded for field in item.unknown_fields} == set()
    assert road.spend() == road.expected(NOW)
    later = NOW + timedelta(days=3, hours=5)
    road.run(later)
    assert road.spend() == road.expected(later)
    assert road.query(
        "select campaign_id, max(campaign_name), max(campaign_type) "
        "from staging.stg_linkedin_ads__campaigns group by all order by all"
    ) == [
        ("636100001", "thought-leadership", "ENGAGEMENT"),
        ("636100002", "demo-request", "WEBSITE_VISIT"),
    ]
    assert road.query("select distinct currency from raw.linkedin_ads__accounts") == [("EUR",)]
    assert road.query(
        "select campaign_group_name, total_budget from raw.linkedin_ads__campaign_groups "
        "order by campaign_group_id limit 1"
    ) == [("Räckvidd", Decimal(250000))]
    assert road.query(
        "select distinct campaign_name, ad_name from staging.stg_linkedin_ads__ad_spend "
        "where ad_id = '287520002'"
    ) == [("demo-request", "Boka demo | film 45 s")]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("24.9200000000006", "24.92"),
        ("-0.000000000000000002", "0"),
        ("-2E-18", "0"),
        ("12.345678901", "12.345679"),
        (None, "0"),
    ],
)
def test_money_is_read_to_a_millionth(road: Road, written: str | None, expected: str) -> None:
    """More decimals than any currency has, and a negative nothing beside one impression."""
    road.land("creative_days", a_day(costInLocalCurrency=written, impressions=1))
    assert sum(item.rows_quarantined for item in road.load()) == 0
    assert road.query(
        "select spend_native, impressions, clicks from staging.stg_linkedin_ads__ad_spend"
    ) == [(Decimal(expected), Decimal(1), Decimal(0))]


def test_money_that_cannot_be_read_costs_its_row(road: Road) -> None:
    """A key that a later version adds does not."""
    road.land(
        "creative_days",
        a_day(costInLocalCurrency="1,5"),
        a_day(creative_urn="urn:li:sponsoredCreative:10", aKeyOf202612={"x": 1}),
    )
    loaded = {item.stream: item for item in road.load()}
    assert loaded["creative_days"].rows_quarantined == 1
    assert loaded["creative_days"].rows_loaded == 1


def test_urns_are_told_apart_by_what_they_are_about(road: Road) -> None:
    """Their order in a row is LinkedIn's."""
    road.land("creative_days", a_day(campaign_urn=CREATIVE, creative_urn=CAMPAIGN))
    road.load()
    assert road.query("select campaign_id, ad_id from staging.stg_linkedin_ads__ad_spend") == [
        ("7", "9")
    ]


def test_conversions_are_those_on_the_site_and_in_forms(road: Road) -> None:
    """Those after a click and after a view are parts of the former."""
    road.land(
        "creative_days",
        a_day(
            externalWebsiteConversions=3, externalWebsitePostClickConversions=2,
            externalWebsitePostViewConversions=1, oneClickLeads=4, qualifiedLeads=2,
        ),
    )  # fmt: skip
    road.load()
    assert road.query("select platform_conversions from staging.stg_linkedin_ads__ad_spend") == [
        (Decimal(7),)
    ]


POST = "urn:li:share:1"
SHOWN: dict[str, tuple[dict[str, Any], dict[str, Any] | None, tuple[str | None, ...]]] = {
    "article": (
        {"reference": POST},
        {"commentary": "b", "content": {"article": {
            "source": "https://a.example/", "title": "h", "thumbnail": "urn:li:image:i"}}},
        ("image", "h", "b", "SIGN_UP", "urn:li:image:i", "https://a.example/"),
    ),
    "video": (
        {"reference": POST},
        {"commentary": "b", "contentCallToActionLabel": "APPLY",
         "contentLandingPage": "https://a.example/v",
         "content": {"media": {"id": "urn:li:video:v", "title": "h"}}},
        ("video", "h", "b", "APPLY", "urn:li:video:v", "https://a.example/v"),
    ),
    "carousel": (
        {"reference": POST},
        {"commentary": "b", "content": {"carousel": {"cards": [
            {"landingPage": "https://a.example/1", "media": {"id": "urn:li:image:1"}}]}}},
        ("carousel", None, "b", "SIGN_UP", None, "https://a.example/1"),
    ),
    "text": (
        {"reference": POST}, {"commentary": "b"},
        ("text", None, "b", "SIGN_UP", None, None),
    ),
    "text ad": (
        {"textAd": {"headline": "h", "description": "d", "landingPage": "https://a.example/t"}},
        None, ("text", "h", "d", "SIGN_UP", None, "https://a.example/t"),
    ),
    "post not to be seen": (
        {"reference": POST}, None, ("standard_update", None, None, "SIGN_UP", None, None),
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", SHOWN)
def test_texts_and_addresses_are_found_wherever_linkedin_keeps_them(road: Road, kind: str) -> None:
    """In the post, in the creative itself, or nowhere."""
    content, post, expected = SHOWN[kind]
    road.land(
        "creatives",
        {"id": CREATIVE, "campaign": CAMPAIGN, "name": "a", "intendedStatus": "ARCHIVED",
         "content": content,
         "leadgenCallToAction": {"destination": "urn:li:adForm:1", "label": "SIGN_UP"}},
    )  # fmt: skip
    road.land(
        "campaigns",
        {"id": 7, "name": "c", "campaignGroup": "urn:li:sponsoredCampaignGroup:1",
         "status": "ACTIVE", "format": "STANDARD_UPDATE"},
    )  # fmt: skip
    if post:
        road.land("posts", {"id": POST, **post})
    assert sum(item.rows_quarantined for item in road.load()) == 0
    assert road.query(
        "select ad_type, headlines, descriptions, call_to_action, media_id, landing_page "
        "from staging.stg_linkedin_ads__ads"
    ) == [expected]
    assert road.query("select campaign_id, ad_id, status from staging.stg_linkedin_ads__ads") == [
        ("7", "9", "ARCHIVED")
    ]


def test_a_post_reads_as_people_read_it_and_names_nobody(road: Road) -> None:
    """Mentions, hashtags and escapes have signs of their own; who is mentioned is left out."""
    commentary = (
        r"@[Anna \(CEO\) Ek](urn:li:person:x1) och @[Acme AB](urn:li:organization:2) visar "
        r"{hashtag|\#|data} \(2 min\) för \@alla"
    )
    road.land(
        "creatives",
        {"id": CREATIVE, "campaign": CAMPAIGN, "intendedStatus": "ACTIVE",
         "content": {"reference": POST}},
    )  # fmt: skip
    road.land("posts", {"id": POST, "commentary": commentary})
    road.load()
    assert road.query("select descriptions from staging.stg_linkedin_ads__ads") == [
        ("@ och Acme AB visar #data (2 min) för @alla",)
    ]
