"""The road of Salesforce: asked over HTTP, landed, loaded, staged as the bought company has it.

For each of the vendor's traps there is a value here that is wrong as soon as its rule is broken.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.configuration.model import ConnectorConfig
from orchestration.configuration.secrets import Secret
from orchestration.configuration.settings import Settings, load_settings
from orchestration.connectors.salesforce import SALESFORCE
from orchestration.connectors.stream import Kind
from orchestration.extract.landing import Landing
from orchestration.extract.patience import Patience
from orchestration.extract.stream import extract_stream
from orchestration.extract.window import Window
from orchestration.loading.slices import Loaded, load_pending
from orchestration.transform.dbt import run_dbt
from orchestration.warehouse.connection import connect
from orchestration.warehouse.schema import ensure_schema
from simulator.crm import Contact
from simulator.generation.calendar import DEMO_NOW
from simulator.generator import generate
from simulator.http import Clock
from simulator.salesforce import STAGES, long_id, midnight
from simulator.server import SimulatorServer
from simulator.truth import code_of
from simulator.world import World

NOW = DEMO_NOW.astimezone(UTC)
EARLIER = datetime(2026, 2, 1, 6, tzinfo=UTC)
SINCE = date(2025, 1, 1)
ALL = Window(SINCE, date(2026, 8, 1))


@dataclass
class Road:
    """The company's double, landing and warehouse."""

    world: World
    server: SimulatorServer
    settings: Settings

    def run(self, now: datetime, *, by_jobs: bool = False) -> list[Loaded]:
        """A daily run of every stream."""
        self.server.clock.set(now)
        config = ConnectorConfig(
            base_url=self.server.base_url("salesforce"),
            secrets={name: Secret("ROAD_SECRET", name) for name in ("client_id", "client_secret")},
            options={"domain": "acme", "currency": "EUR"},
        )
        for stream in SALESFORCE.streams:
            request = stream.request
            if by_jobs and request.larger:
                request = replace(request, larger=replace(request.larger, above=0))
            extraction = extract_stream(
                SALESFORCE,
                replace(stream, request=request),
                config,
                Landing(self.settings.landing_dir),
                None,
                now,
                history_start=SINCE,
                patience=Patience(sleep=lambda seconds: None),
            )
            assert extraction.failures == []
        return self.load()

    def land(self, stream: str, records: list[dict[str, Any]], at: datetime = NOW) -> None:
        """A slice that the double never writes."""
        declared = SALESFORCE.stream(stream)
        changes = declared.kind is Kind.ENTITY_CHANGES
        with Landing(self.settings.landing_dir).begin(
            "salesforce",
            declared,
            "all",
            extracted_at=at,
            window_start=ALL.start_at if changes else None,
            window_end=ALL.end_at if changes else None,
        ) as writer:
            for record in records:
                writer.append(record)
            writer.commit()

    def load(self) -> list[Loaded]:
        """Load what has landed."""
        streams = [("salesforce", stream) for stream in SALESFORCE.streams]
        with connect(self.settings.warehouse_path, settings=self.settings) as con:
            return load_pending(
                con, Landing(self.settings.landing_dir), streams, identity_key=b"k" * 32
            )

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of the warehouse."""
        with duckdb.connect(str(self.settings.warehouse_path), read_only=True) as con:
            return con.execute(sql).fetchall()

    def living(self, now: datetime) -> list[Contact]:
        """The people who are leads at a moment."""
        return [each for each in self.world.acquired.contacts if each.is_live(now)]


@pytest.fixture(scope="module")
def staged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty warehouse with Salesforce's staging views; the views follow what is loaded."""
    settings = load_settings({"TRIBUTARY_HOME": str(tmp_path_factory.mktemp("staged"))})
    (settings.landing_dir / "salesforce").mkdir(parents=True)
    with connect(settings.warehouse_path, settings=settings) as con:
        ensure_schema(con)
        con.execute(
            "insert into ops.company (name, reporting_currency, reporting_timezone)"
            " values ('Acme', 'EUR', 'Europe/Stockholm')"
        )
    seeds = ["salesforce_campaign_types", "salesforce_lead_sources", "event_type_words",
             "attendance_words"]  # fmt: skip
    run = run_dbt(
        settings,
        ["build", "--no-populate-cache", "--exclude-resource-type", "test", "--select",
         "staging.salesforce", "stg_ops__company", *seeds],
    )  # fmt: skip
    assert run.returncode == 0, run.stdout
    return settings.warehouse_path


@pytest.fixture(scope="module")
def world() -> World:
    """A fiftieth of the demo company, with the company that it bought."""
    return generate(seed=7, scale=0.02)


@pytest.fixture
def road(
    staged: Path, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Road]:
    """A road of its own for each test."""
    monkeypatch.setenv("ROAD_SECRET", "good")
    settings = load_settings({"TRIBUTARY_HOME": str(tmp_path)})
    settings.warehouse_path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(staged, settings.warehouse_path)
    with SimulatorServer(world, Clock(NOW)) as server:
        yield Road(world, server, settings)
        assert server.errors == []


@pytest.mark.parametrize("by_jobs", [False, True], ids=["queries", "jobs"])
def test_everything_is_staged_as_it_happened(road: Road, by_jobs: bool) -> None:
    """Leads, deals, stages, responses and costs, whichever way they were read."""
    loaded = road.run(NOW, by_jobs=by_jobs)
    assert sum(each.rows_quarantined for each in loaded) == 0
    crm, world = road.world.acquired, road.world
    leads = road.query(
        "select lead_id, created_at, crm_lead_source, sql_at, utm_campaign, account_id"
        " from staging.stg_salesforce__leads"
    )
    assert sorted((*row[:2], code_of(row[2] or "") or None, *row[3:]) for row in leads) == sorted(
        (
            each.contact_id,
            world.contact_created_at(each, NOW).replace(tzinfo=None),
            code_of(each.lead_source) or None,
            moment(each.stage_at("salesqualifiedlead", NOW)),
            each.utm_campaign or None,
            each.company_id or None,
        )
        for each in road.living(NOW)
    )
    labels = {code: label for code, _, label, _, _ in STAGES}
    assert sorted(
        road.query(
            "select opportunity_id, lead_id, account_id, created_at, stage, amount, currency,"
            " is_won, closed_at from staging.stg_salesforce__opportunities"
        )
    ) == sorted(
        (
            deal.deal_id,
            deal.contact_ids[0],
            deal.company_id,
            moment(deal.created_at),
            labels[deal.stage(NOW).stage],
            deal.amount,
            deal.currency,
            deal.is_won(NOW),
            moment(deal.closed_at(NOW)),
        )
        for deal in crm.deals
    )
    assert sorted(
        road.query(
            "select opportunity_id, stage, entered_at from staging.stg_salesforce__stage_history"
        )
    ) == sorted(
        (deal.deal_id, labels[change.stage], moment(change.at))
        for deal in crm.deals
        for change in deal.stages
    )
    people = {each.person_id: each.contact_id for each in road.living(NOW)}
    assert sorted(
        road.query(
            "select lead_id, occurred_at, touch_type, stated_lead_source, stated_lead_channel,"
            " campaign_id from staging.stg_salesforce__touchpoints"
        )
    ) == sorted(
        (
            people[touch.person_id],
            moment(touch.at),
            touch.kind,
            touch.lead_source,
            touch.lead_channel,
            touch.campaign_id,
        )
        for touch in world.touches_via("salesforce")
        if touch.campaign_platform == "salesforce"
    )
    # No ad platform reports here what the campaign of advertising cost.
    assert sorted(road.query("select amount, currency from staging.stg_salesforce__costs")) == (
        sorted((each.cost, each.currency) for each in crm.campaigns if each.cost)
    )


def moment(at: datetime | None) -> datetime | None:
    """As the warehouse keeps it."""
    return None if at is None else at.astimezone(UTC).replace(tzinfo=None)


def test_a_lead_keeps_its_id_through_conversion_and_merges(road: Road) -> None:
    """Its deals and responses follow it; what it was merged with is nobody else."""
    road.run(EARLIER)
    before = set(road.query("select lead_id from staging.stg_salesforce__leads"))
    road.run(NOW)
    after = set(road.query("select lead_id from staging.stg_salesforce__leads"))
    assert after == {(each.contact_id,) for each in road.living(NOW)}
    converted = {
        key
        for key, each in road.world.acquired.conversions.items()
        if EARLIER < each.at <= NOW and key.startswith("00Q") and (key,) in before
    }
    assert converted
    assert {(key,) for key in converted} <= after
    merges = dict(
        road.query(
            "select merged_lead_id, surviving_lead_id from staging.stg_salesforce__lead_merges"
        )
    )
    for key, each in road.world.acquired.conversions.items():
        pair = {key, each.contact_id}
        assert any(merges.get(one) in pair for one in pair) or key not in {k for (k,) in after}


def test_who_is_deleted_is_nobody(road: Road) -> None:
    """In the recycle bin, later gone from it, or erased at once: the list of ids tells."""
    road.run(EARLIER)
    gone = {
        each.contact_id
        for each in road.world.acquired.contacts
        if (each.is_live(EARLIER) or each.created_at > EARLIER)
        and (each.is_archived(NOW) or each.is_erased(NOW))
    }
    assert gone
    road.run(NOW)
    for table, column in (
        ("leads", "lead_id"),
        ("identity_edges", "left_id"),
        ("lead_merges", "surviving_lead_id"),
        ("touchpoints", "lead_id"),
    ):
        found = road.query(f"select {column} from staging.stg_salesforce__{table}")
        assert not gone & {key for (key,) in found}, table


def test_an_empty_or_damaged_list_of_ids_deletes_nobody(road: Road) -> None:
    """A list that was cut off would end every lead at once."""
    road.run(NOW)
    expected = road.query("select count(*) from staging.stg_salesforce__leads")
    road.land("lead_ids", [], at=NOW + timedelta(hours=1))
    road.land("lead_ids", [{"Id": None}], at=NOW + timedelta(hours=2))
    road.load()
    assert road.query("select count(*) from staging.stg_salesforce__leads") == expected


def test_money_as_salesforce_writes_it(road: Road) -> None:
    """Doubles with and without an exponent, calculated cents, a currency of the organisation."""
    deal = {
        "AccountId": None, "StageName": "Voitettu", "IsClosed": "true", "IsWon": "true",
        "CloseDate": "2026-05-31", "CreatedDate": "2026-05-01T09:00:00.000Z",
        "SystemModstamp": "2026-05-31T09:00:00.000Z", "IsDeleted": "false",
        "corporate_currency": "EUR",
    }  # fmt: skip
    amounts = ["1.6147805E7", "12345678.90", "1.234567890123E10", "99.99000000000001", None]
    road.land(
        "opportunities",
        [
            deal | {"Id": long_id(f"0065g00000000X{number}"), "Amount": amount}
            for number, amount in enumerate(amounts)
        ]
        + [deal | {"Id": long_id("0065g00000000Y1"), "Amount": 5.0, "CurrencyIsoCode": "SEK"}],
    )
    (loaded,) = road.load()
    assert (loaded.rows_loaded, loaded.rows_quarantined) == (6, 0)
    rows = road.query(
        "select amount, currency, closed_at, closed_until"
        " from staging.stg_salesforce__opportunities order by opportunity_id"
    )
    assert [row[:2] for row in rows] == [
        (Decimal("16147805"), "EUR"),
        (Decimal("12345678.9"), "EUR"),
        (Decimal("12345678901.23"), "EUR"),
        (Decimal("99.99"), "EUR"),
        (None, "EUR"),
        (Decimal("5"), "SEK"),
    ]
    day = moment(midnight(date(2026, 5, 31)))
    assert {row[2] for row in rows} == {day}
    assert {row[3] for row in rows} == {
        day + timedelta(days=1) - timedelta(microseconds=1) if day else None
    }


def test_ids_that_differ_in_case_alone_are_two(road: Road) -> None:
    """Fifteen characters with case, or eighteen without: whoever ignores case loses a lead."""
    lead = {
        "Email": None, "Phone": None, "LeadSource": "Web", "Status": "Open", "IsConverted": False,
        "ConvertedDate": None, "ConvertedContactId": None, "ConvertedAccountId": None,
        "ConvertedOpportunityId": None, "MasterRecordId": None, "IsDeleted": False,
        "CreatedDate": "2026-05-01T09:00:00.000+0000",
        "SystemModstamp": "2026-05-01T09:00:00.000+0000",
    }  # fmt: skip
    ids = ["00Q5g0000000abC", "00Q5g0000000ABc"]
    road.land("leads", [lead | {"Id": long_id(each)} for each in ids])
    road.load()
    assert road.query("select lead_id from staging.stg_salesforce__leads order by all") == [
        ("00Q5g0000000ABc",), ("00Q5g0000000abC",),
    ]  # fmt: skip
