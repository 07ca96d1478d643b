"""The road of Google Ads and Matomo: asked over HTTP, landed, loaded, staged as the world has it.

For each rule of the windows (look-back, restatement, vanishing rows, emptied days) there is a value
here that is wrong as soon as the rule is broken.
"""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.configuration.model import ConnectorConfig
from orchestration.configuration.secrets import Secret
from orchestration.configuration.settings import Settings, load_settings
from orchestration.connectors.google_ads import GOOGLE_ADS
from orchestration.connectors.matomo import MATOMO
from orchestration.connectors.stream import Connector
from orchestration.extract.failures import ExtractionFailed
from orchestration.extract.landing import Landing
from orchestration.extract.stream import Extraction, extract_stream
from orchestration.extract.window import Window
from orchestration.loading.slices import Loaded, load_pending
from orchestration.warehouse.connection import connect
from orchestration.warehouse.schema import ensure_schema
from simulator.ads import AdDay
from simulator.generator import generate
from simulator.http import Clock
from simulator.server import SimulatorServer
from simulator.vendors.matomo import REVOKED_TOKEN, SITE_ID
from simulator.world import World
from tests.kit.models.dbt import run_dbt

NOW = datetime(2026, 7, 1, 6, tzinfo=UTC)
SINCE = date(2026, 5, 1)
SPEND_STREAMS = ("account_days", "campaign_days", "ad_group_days", "ad_days")
IDENTITY_KEY = b"k" * 32

Figures = dict[tuple[str, ...], tuple[Decimal, Decimal, Decimal, Decimal]]


@pytest.fixture(scope="module")
def staged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty warehouse with dbt's staging views; the views follow what is loaded."""
    home = tmp_path_factory.mktemp("staged")
    settings = load_settings({"TRIBUTARY_HOME": str(home)})
    for vendor in ("google_ads", "matomo"):
        (settings.landing_dir / vendor).mkdir(parents=True)
    with connect(settings.warehouse_path, settings=settings) as con:
        ensure_schema(con)
    run = run_dbt(
        settings.warehouse_path, "run", "--select", "staging.google_ads", "staging.matomo"
    )
    assert run.returncode == 0, run.stdout
    return settings.warehouse_path


class Road:
    """One company's simulator, landing and warehouse."""

    def __init__(self, world: World, home: Path, staged: Path, server: SimulatorServer) -> None:
        self.world = world
        self.server = server
        self.settings: Settings = load_settings({"TRIBUTARY_HOME": str(home)})
        self.landing = Landing(self.settings.landing_dir)
        self.settings.build_dir.mkdir(parents=True)
        shutil.copy(staged, self.settings.warehouse_path)

    def config(self, connector: Connector) -> ConnectorConfig:
        """As a company would write it; only the base URL differs from the vendor's."""
        accounts = [account.account_id for account in self.world.ad_accounts]
        return ConnectorConfig(
            base_url=self.server.base_url(connector.name),
            accounts=accounts if connector is GOOGLE_ADS else [SITE_ID],
            secrets={name: Secret("ROAD_SECRET", name) for name in connector.secrets},
        )

    def extract(
        self,
        connector: Connector,
        stream: str,
        now: datetime,
        window: Window | None = None,
        history_start: date | None = None,
    ) -> Extraction:
        """Ask for one stream."""
        return extract_stream(
            connector,
            connector.stream(stream),
            self.config(connector),
            self.landing,
            window,
            now,
            history_start=history_start,
        )

    def load(self, connector: Connector) -> list[Loaded]:
        """Load what has landed."""
        streams = [(connector.name, stream) for stream in connector.streams]
        with connect(self.settings.warehouse_path, settings=self.settings) as con:
            return load_pending(con, self.landing, streams, identity_key=IDENTITY_KEY)

    def run_spend(self, now: datetime) -> list[Loaded]:
        """A daily run of the four grains of spend."""
        for stream in SPEND_STREAMS:
            self.extract(GOOGLE_ADS, stream, now, history_start=SINCE)
        return self.load(GOOGLE_ADS)

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of the warehouse."""
        with duckdb.connect(str(self.settings.warehouse_path), read_only=True) as con:
            return con.execute(sql).fetchall()

    def spend(self) -> Figures:
        """Staged figures by grain, day, account and ids."""
        rows = self.query(
            "select grain, cast(date_day as varchar), account_id, coalesce(campaign_id, ''),"
            " coalesce(ad_group_id, ''), coalesce(ad_id, ''), spend_native, impressions, clicks,"
            " platform_conversions from staging.stg_google_ads__ad_spend"
        )
        figures = {row[:6]: row[6:] for row in rows}
        assert len(figures) == len(rows)
        return figures

    def expected(self, before: Figures, now: datetime) -> Figures:
        """The world's figures for days that the newest slices cover, the former ones before."""
        newest = self.landing.slices(GOOGLE_ADS.name, "account_days")[-1]
        assert newest.window_start is not None
        since = newest.window_start.date()
        older = {key: row for key, row in before.items() if key[1] < since.isoformat()}
        return older | self.true_spend(now, since)

    def true_spend(self, now: datetime, since: date = SINCE) -> Figures:
        """The same from the world, as the platform would answer at a moment."""
        figures: dict[tuple[str, ...], list[Decimal]] = {}
        for account in self.world.ad_accounts:
            for figure in self.world.ad_figures(account.account_id, since, date.max, now):
                day = figure.day.isoformat()
                ids = (figure.account_id, figure.campaign_id, figure.ad_group_id, figure.ad_id)
                keys = [("account", day, *ids[:1], "", "", ""), ("campaign", day, *ids[:2], "", "")]
                if figure.ad_group_id:
                    keys.append(("ad_group", day, *ids[:3], ""))
                if figure.in_ad_reports:
                    keys.append(("ad", day, *ids))
                for key in keys:
                    total = figures.setdefault(key, [Decimal(0)] * 4)
                    total[0] += Decimal(figure.cost_micros) / 1_000_000
                    total[1] += figure.impressions
                    total[2] += figure.clicks
                    total[3] += figure.conversions
        return {key: (total[0], total[1], total[2], total[3]) for key, total in figures.items()}


@pytest.fixture(scope="module")
def template() -> World:
    """A small company."""
    return generate(seed=7, scale=0.02)


@pytest.fixture
def road(
    template: World, staged: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Road]:
    """The small company before its first run; what a test changes in its figures is its own."""
    monkeypatch.setenv("ROAD_SECRET", "secret-of-the-road")
    world = dataclasses.replace(
        template, ad_days=[dataclasses.replace(row) for row in template.ad_days]
    )
    with SimulatorServer(world, Clock(NOW)) as server:
        yield Road(world, tmp_path, staged, server)


def days_of(road: Road, day: date) -> list[AdDay]:
    """The world's figures of one day, to be changed."""
    rows = [row for row in road.world.ad_days if row.day == day]
    assert rows
    return rows


def erase(row: AdDay) -> None:
    """Make the platform forget its figures: it does not send a row of zeros."""
    row.impressions = row.clicks = row.cost_micros = 0
    row.credits = []


def move(road: Road, by: timedelta) -> datetime:
    """Let time pass."""
    road.server.clock.advance(by)
    return road.server.clock.now()


def test_staged_spend_is_the_worlds_at_every_grain(road: Road) -> None:
    """Micros, fractions, absent zeros and 64-bit ids arrive exactly; nothing is quarantined."""
    loaded = road.run_spend(NOW)
    assert sum(one.rows_quarantined for one in loaded) == 0
    assert {field for one in loaded for field in one.unknown_fields} == set()
    assert road.spend() == road.true_spend(NOW)
    total = {
        grain: sum(row[0] for key, row in road.spend().items() if key[0] == grain)
        for grain in ("account", "campaign", "ad_group", "ad")
    }
    assert total["account"] == total["campaign"] > total["ad_group"] >= total["ad"]


def test_the_look_back_restates_the_last_thirty_days(road: Road) -> None:
    """Conversions of a day grow for 30 days: reading only yesterday would freeze them."""
    road.run_spend(NOW)
    before = road.spend()
    later = move(road, timedelta(days=5))
    road.run_spend(later)
    after = road.spend()
    assert after == road.expected(before, later)
    grown = [key for key, row in before.items() if key[0] == "account" and after[key][3] > row[3]]
    days = sorted(key[1] for key in grown)
    assert days[0] < "2026-06-10" < "2026-06-20" < days[-1]


def test_rows_that_vanish_at_the_vendor_vanish_here(road: Road) -> None:
    """Merging rows by key would keep an ad that the platform no longer reports."""
    road.run_spend(NOW)
    before = road.spend()
    gone = days_of(road, date(2026, 6, 25))[0]
    erase(gone)
    later = move(road, timedelta(days=1))
    road.run_spend(later)
    kept = [
        key
        for key in road.spend()
        if key[1] == "2026-06-25"
        and key[5] == gone.ad_id
        and key[3] == gone.campaign_id
        and key[0] in ("ad", "campaign")[: 1 if gone.ad_id else 2]
    ]
    assert kept == []
    assert road.spend() == road.expected(before, later)


def test_a_day_that_empties_at_the_vendor_empties_here(road: Road) -> None:
    """The newest slice covers the day without a row of it: nothing is left to replace rows."""
    road.run_spend(NOW)
    assert any(key[1] == "2026-06-24" for key in road.spend())
    for row in days_of(road, date(2026, 6, 24)):
        erase(row)
    road.run_spend(move(road, timedelta(days=1)))
    assert not any(key[1] == "2026-06-24" for key in road.spend())
    assert any(key[1] == "2026-06-23" for key in road.spend())


def test_a_day_outside_the_window_keeps_its_figures(road: Road) -> None:
    """An answer about other days says nothing about this one."""
    road.run_spend(NOW)
    for row in days_of(road, date(2026, 5, 10)):
        erase(row)
    before = {key: row for key, row in road.spend().items() if key[1] == "2026-05-10"}
    road.run_spend(move(road, timedelta(days=1)))
    after = {key: row for key, row in road.spend().items() if key[1] == "2026-05-10"}
    assert before == after != {}


def test_the_same_answer_is_neither_landed_nor_counted_twice(road: Road) -> None:
    """A run that is repeated must be harmless."""
    road.run_spend(NOW)
    before = road.spend()
    assert road.run_spend(NOW) != []  # the look-back alone, now that history has been read
    slices = len(road.landing.slices())
    assert road.run_spend(NOW) == []
    assert road.load(GOOGLE_ADS) == []
    assert (road.spend(), len(road.landing.slices())) == (before, slices)


def test_the_account_that_google_refuses_does_not_stop_the_other(road: Road) -> None:
    """One revoked account must not cost the others their day."""
    config = road.config(GOOGLE_ADS)
    extraction = extract_stream(
        GOOGLE_ADS,
        GOOGLE_ADS.stream("account_days"),
        config.model_copy(update={"accounts": ["9999999999", *config.accounts]}),
        road.landing,
        Window(date(2026, 6, 1), date(2026, 7, 1)),
        NOW,
    )
    assert [failure.account_id for failure in extraction.failures] == ["9999999999"]
    assert {one.account_id for one in extraction.slices} == set(config.accounts)
    assert "secret-of-the-road" not in extraction.failures[0].message


@pytest.mark.parametrize(("connector", "stream"), [(GOOGLE_ADS, "campaigns"), (MATOMO, "visits")])
def test_a_revoked_token_is_no_empty_answer(
    connector: Connector, stream: str, road: Road, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Matomo refuses with status 200: taken for an answer, it would read "no visits"."""
    monkeypatch.setenv("ROAD_SECRET", REVOKED_TOKEN)
    with pytest.raises(ExtractionFailed):
        road.extract(connector, stream, NOW, Window(date(2026, 6, 30), date(2026, 7, 1)))
    assert road.landing.slices() == []


def test_every_other_stream_of_google_ads_brings_rows(road: Road) -> None:
    """A stream that the demo never fills would be broken without anyone noticing."""
    window = Window(date(2026, 6, 1), date(2026, 7, 1))
    for stream in GOOGLE_ADS.streams:
        asked = Window(date(2026, 6, 20), date(2026, 7, 1)) if stream.request.max_days else window
        extraction = road.extract(GOOGLE_ADS, stream.name, NOW, asked)
        assert extraction.rows, stream.name
    assert {one.stream for one in road.load(GOOGLE_ADS)} == {
        stream.name for stream in GOOGLE_ADS.streams
    }
    for view in ("keyword_days", "search_term_days", "landing_page_days"):
        (total,) = road.query(f"select sum(spend_native) from staging.stg_google_ads__{view}")
        assert total[0] > 0


def test_clicks_tell_campaign_ad_and_keyword_by_gclid(road: Road) -> None:
    """The gclid keeps its case, and a Performance Max click has a campaign and no ad."""
    window = Window(date(2026, 6, 20), date(2026, 7, 1))
    road.extract(GOOGLE_ADS, "clicks", NOW, window)
    # A second run reads some days again: a click must not come twice.
    road.extract(GOOGLE_ADS, "clicks", move(road, timedelta(hours=20)))
    road.load(GOOGLE_ADS)
    keywords = {keyword.criterion_id: keyword.text for keyword in road.world.keywords}
    truth = {
        (
            click.click_id,
            click.account_id,
            click.day,
            click.campaign_id,
            click.ad_group_id or None,
            click.ad_id or None,
            keywords.get(click.criterion_id),
        )
        for click in road.world.ad_clicks
        if window.start <= click.day and click.clicked_at <= NOW
    }
    rows = road.query(
        "select click_id, account_id, date_day, campaign_id, ad_group_id, ad_id, keyword"
        " from staging.stg_google_ads__ad_clicks"
    )
    assert len(rows) == len({row[0] for row in rows})
    assert truth == truth & set(rows) != set()


def test_a_renamed_campaign_is_seen_under_both_names(road: Road) -> None:
    """Google only reports today's name; the history comes from earlier extractions."""
    campaign = road.world.campaigns[0]
    old = campaign.name_at(NOW)
    names = [*campaign.names, (NOW + timedelta(hours=1), f"{old} | '); drop table x; --")]
    road.extract(GOOGLE_ADS, "campaigns", NOW)
    renamed = dataclasses.replace(campaign, names=names)
    road.world.campaigns[0] = renamed
    with SimulatorServer(road.world, Clock(NOW + timedelta(days=1))) as server:
        road.server = server
        road.extract(GOOGLE_ADS, "campaigns", NOW + timedelta(days=1))
    road.world.campaigns[0] = campaign
    road.load(GOOGLE_ADS)
    rows = road.query(
        "select campaign_name, campaign_type from staging.stg_google_ads__campaigns"
        f" where campaign_id = '{campaign.campaign_id}' order by sequence"
    )
    assert rows == [(old, campaign.campaign_type), (names[-1][1], campaign.campaign_type)]


def test_staged_visits_are_the_worlds(road: Road) -> None:
    """Each visit once, at its first action, with referrer, campaign and click id as it came."""
    window = Window(date(2026, 6, 1), date(2026, 7, 2))
    road.extract(MATOMO, "visits", NOW, window)
    # Overlapping days are read again.
    road.extract(MATOMO, "visits", NOW, Window(date(2026, 6, 20), date(2026, 7, 2)))
    (loaded, *_) = road.load(MATOMO)
    assert (loaded.rows_quarantined, loaded.unknown_fields) == (0, ())
    truth = {
        touch.touch_id: (
            touch.at.replace(tzinfo=None),
            touch.visitor_id,
            touch.user_id or None,
            touch.utm_source or None,
            touch.utm_medium or None,
            touch.utm_campaign or None,
            touch.utm_term or None,
            touch.utm_content or None,
            touch.utm_id or None,
            touch.referrer or None,
        )
        for touch in road.world.touches_via("matomo")
        if touch.at < NOW - timedelta(hours=6) and touch.at >= datetime(2026, 6, 1, tzinfo=UTC)
    }
    by_number = {str(touch.number): touch for touch in road.world.touches_via("matomo")}
    rows = road.query(
        "select touchpoint_id, occurred_at, visitor_id, user_id, utm_source, utm_medium,"
        " utm_campaign, utm_term, utm_content, campaign_id, referrer, landing_page, touch_type,"
        " campaign_platform from staging.stg_matomo__touchpoints"
    )
    staged = {by_number[row[0]].touch_id: row[1:11] for row in rows}
    assert len(staged) == len(rows)
    assert {touch_id: staged.get(touch_id) for touch_id in truth} == truth
    for row in rows:
        touch = by_number[row[0]]
        landing = touch.landing_page
        if touch.click_id:
            landing += f"?{touch.click_id_type}={touch.click_id}"
        assert row[11] == landing
        assert row[12] == "visit"
        assert (row[13] == "google_ads") == (touch.click_id_type in ("gclid", "gbraid", "wbraid"))


def test_a_visit_read_while_open_is_completed_by_the_next_run(road: Road) -> None:
    """The first version of a visit lacks who logged in on its last page."""
    touch = next(
        touch
        for touch in reversed(road.world.touches_via("matomo"))
        if touch.user_id and touch.pages > 2 and touch.seconds > 10
    )
    middle = touch.at + timedelta(seconds=touch.seconds // 2)
    road.server.clock.set(middle)
    day = middle.date()
    road.extract(MATOMO, "visits", middle, Window(day, day + timedelta(days=2)))
    road.load(MATOMO)
    sql = (
        "select user_id, occurred_at from staging.stg_matomo__touchpoints"
        f" where touchpoint_id = '{touch.number}'"
    )
    started = touch.at.replace(tzinfo=None)
    assert road.query(sql) == [(None, started)]
    later = move(road, timedelta(days=1))
    road.extract(MATOMO, "visits", later)
    road.load(MATOMO)
    assert road.query(sql) == [(touch.user_id, started)]
    edges = road.query(
        "select left_id, right_id from staging.stg_matomo__identity_edges"
        f" where right_id = '{touch.user_id}' and left_id = '{touch.visitor_id}'"
    )
    assert edges == [(touch.visitor_id, touch.user_id)]
