"""The road of Meta Ads: asked over HTTP, landed, loaded, staged as the world has it.

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
from orchestration.connectors.meta_ads import META_ADS
from orchestration.connectors.stream import Kind
from orchestration.extract.landing import Landing
from orchestration.extract.window import Window
from orchestration.loading.slices import Loaded
from simulator.generator import generate
from simulator.http import Clock
from simulator.server import SimulatorServer
from tests.kit.vendor_road import VendorRoad, home_with, staged_warehouse

NOW = datetime(2026, 5, 1, 6, tzinfo=UTC)
SINCE = date(2026, 3, 1)
SPEND = ("account_days", "campaign_days", "ad_days")
Spend = dict[tuple[str, str, str], tuple[Decimal, Decimal, Decimal]]


class Road(VendorRoad):
    """A company's road of this vendor alone."""

    connector = META_ADS
    since = SINCE

    def run(self, now: datetime) -> list[Loaded]:
        """A daily run of every stream."""
        config = ConnectorConfig(
            base_url=self.server.base_url("meta_ads"),
            accounts=["90210077"],
            secrets={"access_token": Secret("ROAD_SECRET", "access_token")},
        )
        return self.extract(config, now)

    def land(self, stream: str, records: list[dict[str, Any]], at: datetime) -> None:
        """A slice that the double never writes."""
        declared = META_ADS.stream(stream)
        is_report = declared.kind is Kind.REPORT
        first = Window(date(2026, 4, 1), date(2026, 4, 2))
        with Landing(self.settings.landing_dir).begin(
            "meta_ads", declared, "90210077", extracted_at=at,
            window_start=first.start_at if is_report else None,
            window_end=first.end_at if is_report else None,
        ) as writer:  # fmt: skip
            for record in records:
                writer.append(record)
            writer.commit()

    def spend(self) -> Spend:
        """Staged spend, impressions and clicks by grain, day and finest id."""
        rows = self.query(
            "select grain, cast(date_day as varchar), coalesce(ad_id, campaign_id, ''),"
            " spend_native, impressions, clicks from staging.stg_meta_ads__ad_spend"
        )
        found = {row[:3]: row[3:] for row in rows}
        assert len(found) == len(rows)
        return found

    def expected(self, now: datetime, since: date) -> Spend:
        """The same from the world, as Meta would answer at a moment."""
        (account,) = self.world.social_accounts_of("meta_ads")
        sums: dict[tuple[str, str, str], list[Decimal]] = {}
        for row in account.figures(now):
            if row.day < since:
                continue
            day = row.day.isoformat()
            for key in (
                ("account", day, ""), ("campaign", day, row.campaign_id), ("ad", day, row.ad_id)
            ):  # fmt: skip
                total = sums.setdefault(key, [Decimal(0)] * 3)
                total[0] += row.spend
                total[1] += row.impressions
                total[2] += row.link_clicks
        return {key: (total[0], total[1], total[2]) for key, total in sums.items()}


@pytest.fixture(scope="module")
def staged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty warehouse with Meta's staging views; the views follow what is loaded."""
    return staged_warehouse(tmp_path_factory.mktemp("staged"), "meta_ads")


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


def an_ad_day(**figures: Any) -> dict[str, Any]:
    """One ad's first of April."""
    return {
        "date_start": "2026-04-01", "date_stop": "2026-04-01", "account_id": "90210077",
        "account_currency": "SEK", "campaign_id": "1", "campaign_name": "c", "adset_id": "2",
        "adset_name": "s", "ad_id": "23846765228310398", "ad_name": "a", "spend": "12.34",
        "impressions": "187", **figures,
    }  # fmt: skip


def test_every_stream_loads_and_days_are_restated(road: Road) -> None:
    """A day that is younger than four weeks is read again; an ad that is deleted stays."""
    loaded = road.run(NOW)
    assert sum(item.rows_quarantined for item in loaded) == 0
    assert {field for item in loaded for field in item.unknown_fields} == set()
    assert road.spend() == road.expected(NOW, SINCE)
    later = NOW + timedelta(days=3, hours=5)
    road.run(later)
    assert road.spend() == road.expected(later, SINCE)
    assert road.query(
        "select count(*), count(distinct ad_id), count_if(status = 'DELETED') "
        "from staging.stg_meta_ads__ads"
    ) == [(4, 4, 1)]
    assert road.query(
        "select campaign_id, max(campaign_type) from staging.stg_meta_ads__campaigns "
        "group by all order by all"
    ) == [("120330000000001", "OUTCOME_TRAFFIC"), ("120330000000002", "OUTCOME_TRAFFIC")]
    assert road.query("select distinct currency, timezone_name from raw.meta_ads__accounts") == [
        ("SEK", "Europe/Stockholm")
    ]


def test_an_action_with_several_names_counts_once(road: Road) -> None:
    """``lead`` is beside its parts, and windows overlap: a sum counts a lead five times."""
    actions = [
        {"action_type": "link_click", "value": "3", "1d_click": "2", "7d_click": "3"},
        {"action_type": "onsite_conversion.lead_grouped", "value": "1", "7d_click": "1"},
        {"action_type": "lead", "value": "2", "1d_click": "1", "7d_click": "2", "28d_click": "2"},
        {"action_type": "offsite_conversion.fb_pixel_lead", "value": "1", "7d_click": "1"},
        {"action_type": "purchase", "value": "1"},
        {"action_type": "omni_purchase", "value": "1.5", "7d_click": "1.5"},
        {"action_type": "post_engagement", "value": "40"},
    ]
    only_part = [{"action_type": "onsite_conversion.lead_grouped", "value": "4"}]
    hostile = [{"action_type": "lead", "value": "1e3"}, {"value": "7"}, {}]
    road.land(
        "ad_days",
        [
            an_ad_day(ad_id="1", actions=actions),
            an_ad_day(ad_id="2", actions=only_part),
            an_ad_day(ad_id="3", actions=hostile),
            an_ad_day(ad_id="4"),
        ],
        NOW,
    )
    assert sum(item.rows_quarantined for item in road.load()) == 0
    assert road.query(
        "select ad_id, platform_conversions from staging.stg_meta_ads__ad_spend order by ad_id"
    ) == [("1", Decimal("3.5")), ("2", Decimal(4)), ("3", Decimal(0)), ("4", Decimal(0))]


def test_long_ids_and_amounts_keep_every_digit(road: Road) -> None:
    """Ids exceed 2^53; clicks are those on links, and what is left out is zero."""
    road.land("ad_days", [an_ad_day(clicks="9", inline_link_clicks="4")], NOW)
    road.load()
    assert road.query(
        "select ad_id, spend_native, clicks, currency from staging.stg_meta_ads__ad_spend"
    ) == [("23846765228310398", Decimal("12.34"), Decimal(4), "SEK")]


def test_money_that_cannot_be_read_costs_its_row(road: Road) -> None:
    """A key that a later version adds does not."""
    road.land(
        "ad_days", [an_ad_day(spend="12,34"), an_ad_day(ad_id="5", a_key_of_v28={"x": 1})], NOW
    )
    loaded = {item.stream: item for item in road.load()}
    assert loaded["ad_days"].rows_quarantined == 1
    assert loaded["ad_days"].rows_loaded == 1


def test_a_campaign_that_never_began_has_no_start(road: Road) -> None:
    """Meta writes the last second of 1969, in California."""
    common = {"account_id": "90210077", "name": "c", "status": "ACTIVE", "effective_status": "X"}
    road.land(
        "campaigns",
        [
            {"id": "1", "start_time": "1969-12-31T15:59:59-0800", **common},
            {"id": "2", "start_time": "2026-11-01T10:15:00+0200", **common},
        ],
        NOW,
    )
    assert sum(item.rows_quarantined for item in road.load()) == 0
    assert road.query(
        "select campaign_id, cast(start_time as varchar) from raw.meta_ads__campaigns "
        "order by campaign_id"
    ) == [("1", None), ("2", "2026-11-01 08:15:00")]


CREATIVES = {
    "lead": (
        {"link_data": {"link": "http://fb.me/", "message": "m", "name": "n", "call_to_action":
         {"type": "SIGN_UP", "value": {"lead_gen_form_id": "9"}}, "image_hash": "h"}},
        None, ("image", "n", "m", "SIGN_UP", "h", None),
    ),
    "carousel": (
        {"link_data": {"link": "https://a.example/", "message": "m",
         "child_attachments": [{"name": "x"}]}},
        None, ("carousel", None, "m", None, None, "https://a.example/"),
    ),
    "video": (
        {"video_data": {"video_id": "77", "title": "t", "message": "m", "call_to_action":
         {"type": "LEARN_MORE", "value": {"link": "https://a.example/v"}}}},
        None, ("video", "t", "m", "LEARN_MORE", "77", "https://a.example/v"),
    ),
    "dynamic": (
        {"page_id": "1"},
        {"titles": [{"text": "b"}, {"text": "a"}], "bodies": [{"text": "c"}],
         "link_urls": [{"website_url": "https://a.example/d"}], "call_to_action_types": ["BUY"]},
        ("dynamic", "b | a", "c", "BUY", None, "https://a.example/d"),
    ),
    "nothing": (None, None, ("status", None, None, None, None, None)),
}  # fmt: skip


@pytest.mark.parametrize("kind", CREATIVES)
def test_texts_and_addresses_are_found_wherever_meta_keeps_them(road: Road, kind: str) -> None:
    """In the post, in a feed that Meta combines, or nowhere; a form's address leads nowhere."""
    story, feed, expected = CREATIVES[kind]
    creative = {
        "id": "3", "account_id": "90210077", "object_type": "STATUS",
        "object_story_spec": story, "asset_feed_spec": feed,
    }  # fmt: skip
    road.land(
        "creatives", [{key: value for key, value in creative.items() if value is not None}], NOW
    )
    road.land(
        "ads",
        [{"id": "4", "account_id": "90210077", "campaign_id": "1", "adset_id": "2", "name": "a",
          "status": "ACTIVE", "effective_status": "ARCHIVED", "creative": {"id": "3"}}],
        NOW,
    )  # fmt: skip
    targeting = {"flexible_spec": [{"interests": [{"id": "1", "name": "Ö"}]}, {"behaviors": []}]}
    road.land(
        "ad_sets",
        [{"id": "2", "account_id": "90210077", "campaign_id": "1", "name": "s", "status": "ACTIVE",
          "effective_status": "ACTIVE", "targeting": targeting}],
        NOW,
    )  # fmt: skip
    assert sum(item.rows_quarantined for item in road.load()) == 0
    assert road.query(
        "select ad_type, headlines, descriptions, call_to_action, media_id, landing_page "
        "from staging.stg_meta_ads__ads"
    ) == [expected]
    assert road.query("select audience, status from staging.stg_meta_ads__ads") == [
        ("Ö", "ARCHIVED")
    ]
