"""The demo's CSV files, read with the demo's own configuration, show what happened."""

from __future__ import annotations

import os
from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from orchestration.configuration.settings import Settings, load_settings
from orchestration.extract.landing import Landing
from orchestration.inbox.reader import land_entry
from simulator.company import CONFIGURATION
from simulator.generation.calendar import DEMO_NOW
from simulator.inbox_files import write_inbox_files
from simulator.world import World


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory, small_world: World) -> Settings:
    """The demo's configuration over freshly written files."""
    folder = tmp_path_factory.mktemp("demo")
    write_inbox_files(small_world, folder / "inbox", DEMO_NOW)
    loaded = load_settings(
        os.environ
        | {
            "TRIBUTARY_CONFIG": str(CONFIGURATION),
            "TRIBUTARY_HOME": str(folder / "home"),
            "TRIBUTARY_DEMO_URL": "http://127.0.0.1:1",
            "TRIBUTARY_DEMO_INBOX": str(folder / "inbox"),
        }
    )
    loaded.require_config()
    return loaded


@pytest.fixture(scope="module")
def read(settings: Settings) -> dict[str, list[dict[str, Any]]]:
    """The records of every file, by its name."""
    landing = Landing(settings.landing_dir)
    records = {}
    for entry in settings.config.inbox:
        landed = land_entry(entry, landing, settings.config.company, DEMO_NOW)
        records[entry.path.name] = list(landing.records(landed))
    return records


def moment(record: dict[str, Any]) -> datetime:
    """When a record happened."""
    value = datetime.fromisoformat(record["occurred_at"])
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def test_no_row_of_the_demo_is_refused(read: dict[str, list[dict[str, Any]]]) -> None:
    """The demo's totals must equal the truth: nothing may be quarantined on the way."""
    assert len(read) == 15
    assert [record for records in read.values() for record in records if "_reject" in record] == []


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("events", "massor_och_traffar.csv"),
        ("webinars", "webinars.csv"),
        ("calls", "samtal.csv"),
        ("direct_mail", "brevsvar.csv"),
        ("referrals", "customer_referrals.csv"),
    ],
)
def test_touches_arrive_at_their_moment_and_person(
    small_world: World, read: dict[str, list[dict[str, Any]]], file: str, name: str
) -> None:
    """Swedish local times, offsets and UTC all come back as the same moment."""
    expected = Counter(
        (touch.at, touch.email.lower(), touch.kind)
        for touch in small_world.touches_via(f"inbox:{file}")
    )
    assert expected
    assert expected == Counter(
        (moment(record), (record.get("email") or "").lower(), record["touch_type"])
        for record in read[name]
    )


def test_kinds_of_events_become_channels(
    small_world: World, read: dict[str, list[dict[str, Any]]]
) -> None:
    """Through the value map, out of cp1252."""
    said = Counter(record["lead_channel"] for record in read["massor_och_traffar.csv"])
    assert said == Counter(touch.lead_channel for touch in small_world.touches_via("inbox:events"))


def test_calls_name_a_visitor_where_they_name_nobody(
    read: dict[str, list[dict[str, Any]]],
) -> None:
    """One identifier each: an address, or the visitor who was shown the number."""
    calls = read["samtal.csv"]
    assert all(bool(call.get("email")) != bool(call.get("visitor_id")) for call in calls)
    assert any(call.get("visitor_id") for call in calls)


def test_money_keeps_its_cents(small_world: World, read: dict[str, list[dict[str, Any]]]) -> None:
    """Decimal commas, credits below zero, and costs that belong to no source."""
    costs = read["ovriga_kostnader.csv"]
    assert sum(Decimal(cost["amount"]) for cost in costs) == sum(
        cost.amount for cost in small_world.costs
    )
    assert any(Decimal(cost["amount"]) < 0 for cost in costs)
    assert any(cost.get("lead_source") is None for cost in costs)
    spend = read["annonskostnader.csv"]
    assert sum(Decimal(row["spend"]) for row in spend) == sum(
        row.spend for row in small_world.inbox_spend
    )
    assert {row["platform"] for row in spend} == {"microsoft_ads"}


def test_a_file_holds_only_what_had_happened(small_world: World, tmp_path: Path) -> None:
    """Written at an earlier clock, the files are shorter; written twice, the same bytes."""
    now = write_inbox_files(small_world, tmp_path / "now", DEMO_NOW)
    again = write_inbox_files(small_world, tmp_path / "again", DEMO_NOW)
    before = write_inbox_files(small_world, tmp_path / "before", DEMO_NOW - timedelta(days=300))
    lengths = []
    for one, other, shorter in zip(now, again, before, strict=True):
        assert one.read_bytes() == other.read_bytes()
        lengths.append((shorter.stat().st_size, one.stat().st_size))
    assert all(0 < shorter <= length for shorter, length in lengths)
    # The small world has one recommendation of an unknown customer, and that is an early one.
    assert sum(shorter < length for shorter, length in lengths) >= len(lengths) - 1
