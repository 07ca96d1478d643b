"""Dates without a time, from files and from a vendor, as days of the reporting calendar."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.connectors.hubspot import HUBSPOT
from orchestration.connectors.hubspot.crm import CONTACTS, DEALS
from orchestration.connectors.inbox import INBOX
from orchestration.connectors.stream import Connector, Stream
from orchestration.extract.landing import Landing
from orchestration.loading.slices import load_pending
from orchestration.warehouse.schema import ensure_schema
from tests.kit.loader import KEY, NOW
from tests.kit.models.dbt import run_dbt

ZONES = ("Pacific/Auckland", "Asia/Tokyo", "UTC", "America/Los_Angeles")
DAYS = ("2026-03-01", "2026-03-29", "2026-10-25")
"""The second and third have 23 and 25 hours in Stockholm."""
HISTORY = {
    "id": "2026-03-29",
    "propertiesWithHistory": {
        "lifecyclestage": [
            {"value": "marketingqualifiedlead", "timestamp": "2026-03-29T09:00:00Z"},
            {"value": "salesqualifiedlead", "timestamp": "2026-04-02T09:00:00Z"},
        ]
    },
}


def bounds(day: str) -> tuple[datetime, datetime]:
    """The first and the last moment of a day in Stockholm, in UTC."""
    first, last = {
        "2026-03-01": ("2026-02-28 23:00", "2026-03-01 23:00"),
        "2026-03-29": ("2026-03-28 23:00", "2026-03-29 22:00"),
        "2026-10-25": ("2026-10-24 22:00", "2026-10-25 23:00"),
    }[day]
    return (
        datetime.fromisoformat(first),
        datetime.fromisoformat(last) - timedelta(microseconds=1),
    )


def record(stream: Stream, day: str, **properties: str) -> dict[str, Any]:
    """What HubSpot shows of a record: every declared property, most without a value."""
    names = [field.keys[1] for field in stream.fields if field.keys[0] == "properties"]
    return {
        "id": day,
        "updatedAt": "2026-06-01T10:00:00Z",
        "properties": dict.fromkeys(names) | properties,
    }


def deal(day: str) -> dict[str, Any]:
    """A won deal whose days are dates."""
    won = {"dealstage": "closedwon", "hs_is_closed": "true", "hs_is_closed_won": "true"}
    return record(DEALS, day, createdate=day, closedate=day, **won)


def contact(day: str) -> dict[str, Any]:
    """A contact whose days are dates."""
    stages = ("marketingqualifiedlead", "salesqualifiedlead", "customer")
    dates = {f"hs_lifecyclestage_{stage}_date": day for stage in stages}
    return record(CONTACTS, day, createdate=day, **dates)


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Staging of one company in Stockholm that has files of four zones, and HubSpot in one more."""
    folder = tmp_path_factory.mktemp("calendar")
    landing, pending = Landing(folder / "landing"), {}

    def land(
        connector: Connector, name: str, account: str, zone: str, records: list[dict[str, Any]]
    ) -> None:
        (stream,) = [stream for stream in connector.streams if stream.name == name]
        pending[connector.name, name] = (connector.name, stream)
        with landing.begin(
            connector.name,
            stream,
            account,
            extracted_at=NOW + timedelta(days=365),
            source_zone=zone,
        ) as writer:
            for record in records:
                writer.append(record)
            writer.commit()

    files = {
        "touchpoints": ("touchpoint_id", "lead_id", "occurred_at"),
        "leads": ("lead_id", "created_at", "mql_at", "sql_at", "customer_at"),
        "opportunities": ("opportunity_id", "lead_id", "created_at", "closed_at"),
        "conversions": ("conversion_id", "lead_id", "occurred_at"),
    }
    for zone in ZONES:
        for name, columns in files.items():
            records = [
                {column: day if column.endswith("_at") else f"{zone} {day}" for column in columns}
                | {"conversion_type": "demo", "_line": line}
                for line, day in enumerate(DAYS, start=2)
            ]
            land(INBOX, name, f"{name} {zone}", zone, records)
    land(HUBSPOT, "deals", "1", "Asia/Tokyo", [deal(day) for day in DAYS])
    land(HUBSPOT, "contacts", "1", "Asia/Tokyo", [contact(day) for day in DAYS])
    land(HUBSPOT, "contact_lifecycle_history", "1", "Asia/Tokyo", [HISTORY])
    path = folder / "warehouse.duckdb"
    with duckdb.connect(str(path)) as con:
        ensure_schema(con)
        load_pending(con, landing, pending.values(), identity_key=KEY)
        con.execute(
            "insert into ops.company (reporting_currency, reporting_timezone) "
            "values ('EUR', 'Europe/Stockholm')"
        )
        con.execute(
            "insert into ops.inbox_entries by name "
            "select account_id as entry_id, stream, false as keeps_first from ops.ledger "
            "where connector = 'inbox'"
        )
        assert con.execute("select reason_code, detail from ops.quarantine").fetchall() == []
    outcome = run_dbt(
        path, "build", "--exclude-resource-types", "test", "unit_test",
        "--select", "+path:models/staging/inbox", "+path:models/staging/hubspot/bases",
    )  # fmt: skip
    assert outcome.returncode == 0, outcome.stdout[-4000:]
    return path


@pytest.mark.parametrize(
    ("model", "key", "names"),
    [
        ("stg_inbox__touchpoints", "touchpoint_id", ("occurred",)),
        ("stg_inbox__conversions", "conversion_id", ("occurred",)),
        ("stg_inbox__leads", "lead_id", ("created", "mql", "sql", "customer")),
        ("stg_inbox__opportunities", "opportunity_id", ("created", "closed")),
        ("stg_hubspot__deals", "deal_id", ("created", "closed")),
        ("stg_hubspot__contacts", "contact_id", ("created", "customer")),
    ],
)
def test_a_date_is_that_day_of_the_reporting_calendar(
    warehouse: Path, model: str, key: str, names: tuple[str, ...]
) -> None:
    """The date of a file from Tokyo was published as the day before, and fell into its month."""
    with duckdb.connect(str(warehouse), read_only=True) as con:
        for name in names:
            rows = con.execute(
                f"select right({key}, 10), {name}_at, {name}_until from staging.{model}"
            ).fetchall()
            assert len(rows) == len(DAYS) * (len(ZONES) if "inbox" in model else 1)
            assert [row for row in rows if row[1:] != bounds(row[0])] == []


def test_a_date_gives_way_to_the_moment_within_it(warehouse: Path) -> None:
    """HubSpot's history knows when on that day; a date before the history's entry is believed."""
    with duckdb.connect(str(warehouse), read_only=True) as con:
        rows = con.execute(
            "select mql_at, mql_until, sql_at, sql_until from staging.stg_hubspot__contacts "
            "where contact_id = '2026-03-29'"
        ).fetchall()
    moment = datetime(2026, 3, 29, 9)  # noqa: DTZ001 - models hold UTC without a zone
    assert rows == [(moment, moment, *bounds("2026-03-29"))]
