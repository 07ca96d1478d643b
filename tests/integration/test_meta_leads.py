"""The road of Meta Lead Ads: asked over HTTP, landed, loaded, staged as the world has it.

For each of the vendor's traps there is a value here that is wrong as soon as its rule is broken.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import duckdb
import pytest

from orchestration.configuration.model import ConnectorConfig
from orchestration.configuration.secrets import Secret
from orchestration.configuration.settings import Settings, load_settings
from orchestration.connectors.meta_leads import LEADS, META_LEADS
from orchestration.extract.failures import RequestFailed
from orchestration.extract.landing import Landing
from orchestration.extract.patience import Patience
from orchestration.extract.stream import extract_stream, ping
from orchestration.loading.slices import load_pending
from orchestration.warehouse.connection import connect
from orchestration.warehouse.schema import ensure_schema
from simulator.http import Clock
from simulator.lead_forms import FormLead
from simulator.server import SimulatorServer
from simulator.vendors.graph_api import REVOKED_TOKEN
from simulator.vendors.meta_leads import PAGE
from simulator.world import World
from tests.kit.lead_forms import company_with_forms
from tests.kit.models.dbt import run_dbt

NOW = datetime(2026, 7, 1, 6, tzinfo=UTC)
LATER = NOW + timedelta(days=60)
SINCE = date(2026, 1, 1)


@dataclass
class Road:
    """One company's simulator, landing and warehouse."""

    world: World
    server: SimulatorServer
    settings: Settings

    def config(self) -> ConnectorConfig:
        """As a company would write it."""
        return ConnectorConfig(
            base_url=self.server.base_url("meta_leads"),
            accounts=[PAGE],
            secrets={"access_token": Secret("ROAD_SECRET", "access_token")},
        )

    def run(self, now: datetime) -> None:
        """A daily run of both streams."""
        self.server.clock.set(now)
        landing = Landing(self.settings.landing_dir)
        for stream in META_LEADS.streams:
            extraction = extract_stream(
                META_LEADS, stream, self.config(), landing, None, now,
                history_start=SINCE, patience=Patience(sleep=lambda seconds: None),
            )  # fmt: skip
            assert extraction.failures == []
        streams = [("meta_leads", stream) for stream in META_LEADS.streams]
        with connect(self.settings.warehouse_path, settings=self.settings) as con:
            load_pending(con, landing, streams, identity_key=b"k" * 32)

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of the warehouse."""
        with duckdb.connect(str(self.settings.warehouse_path), read_only=True) as con:
            return con.execute(sql).fetchall()


@pytest.fixture(scope="module")
def road(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Road]:
    """A company with two forms, read twice: today and two months later."""
    settings = load_settings({"TRIBUTARY_HOME": str(tmp_path_factory.mktemp("leads"))})
    (settings.landing_dir / "meta_leads").mkdir(parents=True)
    with connect(settings.warehouse_path, settings=settings) as con:
        ensure_schema(con)
    run = run_dbt(settings.warehouse_path, "run", "--select", "staging.meta_leads")
    assert run.returncode == 0, run.stdout
    world = company_with_forms()
    with (
        pytest.MonkeyPatch.context() as patch,
        SimulatorServer(world, Clock(NOW)) as server,
    ):
        patch.setenv("ROAD_SECRET", "good")
        made = Road(world, server, settings)
        made.run(NOW)
        made.run(LATER)
        yield made
        assert server.errors == []


def _expected(lead: FormLead) -> tuple[Any, ...]:
    contact = lead.contact
    return (
        contact.contact_id,
        contact.created_at.replace(tzinfo=None),
        not lead.is_test,
        "test" if lead.is_test else None,
        None if lead.is_test else contact.country,
        None if lead.is_test else contact.segment or None,
    )


def test_every_lead_is_there_once_and_stays(road: Road) -> None:
    """Meta forgets a lead after 90 days; most of them are older at the second run."""
    assert any(not lead.is_shown(LATER) for lead in road.world.form_leads)
    assert any(lead.is_test for lead in road.world.form_leads)
    found = road.query(
        "select lead_id, created_at, email_hash is not null, email_kind, country, segment"
        " from staging.stg_meta_leads__leads order by created_at"
    )
    assert found == [_expected(lead) for lead in road.world.form_leads]


def test_a_lead_of_an_ad_is_paid_for_and_one_of_the_page_is_not(road: Road) -> None:
    """Organic leads have no ids of ads, nor have ads that we may not see; ids exceed 2^53."""
    found = road.query(
        "select touchpoint_id, stated_lead_source, campaign_platform, campaign_id, utm_content"
        " from staging.stg_meta_leads__touchpoints order by occurred_at"
    )
    assert any(lead.is_ad_hidden for lead in road.world.form_leads)
    assert {row[1] for row in found} == {"paid_social", "organic_social"}
    assert found == [
        (lead.contact.contact_id, "organic_social", None, None, None)
        if lead.ad is None
        else (
            lead.contact.contact_id, "paid_social", "meta_ads",
            None if lead.is_ad_hidden else lead.ad.campaign_id,
            None if lead.is_ad_hidden else lead.ad.ad_id,
        )
        for lead in road.world.form_leads
    ]  # fmt: skip


def test_nobody_can_be_read_in_the_warehouse(road: Road) -> None:
    """Names, addresses and numbers stay in landing, which only the owner may read."""
    rows = road.query("select columns(*)::varchar from raw.meta_leads__leads")
    written = "\n".join(str(row) for row in rows)
    for lead in road.world.form_leads:
        assert lead.contact.email not in written
        assert lead.contact.phone not in written
        assert f"{lead.contact.first_name} {lead.contact.last_name}" not in written


def test_a_box_that_nobody_ticked_is_a_refusal(road: Road) -> None:
    """Whoever did not agree to marketing can be left out of it (``privacy.refusals_of``)."""
    (refusal,) = LEADS.refusals
    landing = Landing(road.settings.landing_dir)
    records = {
        record["id"]: refusal.is_in(record)
        for item in landing.slices("meta_leads", "leads")
        for record in landing.records(item)
    }
    assert records == {lead.contact.contact_id: not lead.agreed for lead in road.world.form_leads}


def test_only_the_window_is_asked_for(road: Road) -> None:
    """Of each form, from a moment on; Meta has nothing older than 90 days."""
    asked = [
        json.loads(each.query["filtering"][0])[0]
        for each in road.server.log
        if each.path.endswith("/leads")
    ]
    assert len(asked) == 4, "two forms, two runs"
    assert {(each["field"], each["operator"]) for each in asked} == {
        ("time_created", "GREATER_THAN")
    }
    assert min(each["value"] for each in asked) >= (NOW - timedelta(days=92)).timestamp()


@pytest.mark.parametrize(
    ("token", "page", "kind"),
    [(REVOKED_TOKEN, PAGE, "unauthorized"), ("good", "1", "forbidden")],
)
def test_doctor_says_what_is_wrong(
    road: Road, monkeypatch: pytest.MonkeyPatch, token: str, page: str, kind: str
) -> None:
    """A page token ends with its user's password, and a page may not be ours."""
    monkeypatch.setenv("ROAD_SECRET", token)
    with pytest.raises(RequestFailed) as caught:
        ping(META_LEADS, road.config().model_copy(update={"accounts": [page]}))
    assert caught.value.kind == kind
