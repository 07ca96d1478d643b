"""People are taken out of landing when their days are over; days, sources and sums stay."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from orchestration.configuration.inbox import InboxEntry
from orchestration.configuration.model import Config
from orchestration.configuration.privacy import Privacy
from orchestration.configuration.settings import Settings
from orchestration.connectors.hubspot import HUBSPOT
from orchestration.connectors.inbox import INBOX
from orchestration.connectors.stream import Connector
from orchestration.erasing.retention import apply_keep_days
from orchestration.extract.keeping import cutoff, keeping
from orchestration.extract.landing import Landing
from orchestration.inbox.reader import land_entry
from tests.kit.faults.report import Result

pytestmark = pytest.mark.exhaustive
ROW = Result(
    "22 retention",
    "people in what was landed whose days (privacy.keep_days, by kind and by vendor) are over",
    "cases",
    "their records are gone or without them, provably; days, sources and sums stay",
    ".venv/bin/pytest tests/unit/erasing/test_retention.py -m exhaustive",
)
NOW = datetime(2026, 7, 20, 6, tzinfo=UTC)
OLD = datetime(2026, 1, 5, 6, tzinfo=UTC)
TOUCHES = """\
occurred_at,email,utm_source
2025-01-05,anna@x.example,google
2026-07-01,bo@x.example,google
"""


def company(folder: Path, **days: Any) -> Settings:
    """A company that keeps people for so many days."""
    (folder / "t.csv").write_text(TOUCHES)
    entry = InboxEntry(path=folder / "t.csv", written_path="t.csv", stream="touchpoints")
    privacy = Privacy.model_validate({"keep_days": days})
    config = Config(inbox=[entry], privacy=privacy)
    return Settings(folder / "home", None, config, fixed_now=NOW)


def land(settings: Settings, connector: Connector, stream: str, *records: Any) -> None:
    """Land records that were read in January."""
    landing = Landing(settings.landing_dir)
    declared = connector.stream(stream)
    with landing.begin(connector.name, declared, "account", extracted_at=OLD) as writer:
        for record in records:
            writer.append(record)
        writer.commit()


def read(settings: Settings) -> int:
    """Read the file as a run does; returns the number of slices."""
    landing = Landing(settings.landing_dir, keeping(settings))
    land_entry(settings.config.inbox[0], landing, settings.config.company, NOW)
    return len(landing.slices())


def landed(settings: Settings) -> list[list[dict[str, Any]]]:
    """The records of each slice, after proving it."""
    landing = Landing(settings.landing_dir)
    for item in landing.slices():
        landing.verify(item)
    return [list(landing.records(item)) for item in landing.slices()]


def test_what_happened_long_ago_was_done_by_nobody(tmp_path: Path) -> None:
    """A promise of two years holds for what is there and for the export that is read tomorrow."""
    settings = company(tmp_path, events=365)
    read(replace(settings, config=Config(inbox=settings.config.inbox)))
    settings.build_dir.mkdir()
    settings.warehouse_path.write_bytes(b"built before")
    assert apply_keep_days(settings) == 1
    assert not settings.warehouse_path.exists()
    ((old, new),) = landed(settings)
    assert (old["email"], new["email"]) == (None, "bo@x.example")
    assert (old["occurred_at"], old["utm_source"]) == ("2025-01-05", "google")
    assert read(settings) == 1
    settings.warehouse_path.write_bytes(b"built again")
    assert apply_keep_days(settings) == 0
    assert settings.warehouse_path.exists()


def test_a_killed_rewrite_still_discards_the_warehouse(tmp_path: Path) -> None:
    """Landing is done, the warehouse still has the person, and nothing is left to rewrite."""
    settings = company(tmp_path, events=365)
    read(settings)
    settings.erasures_dir.mkdir()
    (settings.erasures_dir / ".keep_days").write_text('{"done": false}')
    settings.build_dir.mkdir()
    settings.warehouse_path.write_bytes(b"built before")
    assert apply_keep_days(settings) == 0
    assert not settings.warehouse_path.exists()


def test_a_list_that_was_replaced(tmp_path: Path) -> None:
    """Whoever is gone from the newest export would otherwise stay in last year's for ever."""
    settings = company(tmp_path, landing=90)
    lead = {"lead_id": "L1", "created_at": "2026-01-01", "email": "anna@x.example", "value": "5"}
    land(settings, INBOX, "leads", lead, lead | {"lead_id": "L2"})
    land(settings, INBOX, "leads", lead)
    assert apply_keep_days(settings) == 2
    (first, second), (newest,) = landed(settings)
    assert {first["email"], second["email"]} == {None}
    assert first["lead_id"] != second["lead_id"]
    assert newest == lead


def test_everything_of_one_vendor(tmp_path: Path) -> None:
    """A vendor's terms limit its members' data; other sources keep theirs."""
    settings = company(tmp_path, vendors={"hubspot": 90})
    contact = {"id": "7", "properties": {"email": "anna@x.example", "country": "SE"}}
    lead = {"lead_id": "L1", "created_at": "2026-01-01", "email": "anna@x.example"}
    land(settings, HUBSPOT, "contacts", contact)
    land(settings, INBOX, "leads", lead)
    assert apply_keep_days(settings) == 1
    ((changed,), (other,)) = landed(settings)
    assert changed["properties"] == {"email": None, "country": "SE"}
    assert changed["id"].startswith("erased-")
    assert other == lead


def test_rows_that_could_not_be_read(tmp_path: Path) -> None:
    """They are kept so that somebody corrects them, which nobody does after two months."""
    settings = company(tmp_path, quarantine=60)
    reject = {"reason_code": "malformed_record", "detail": "3 cells"}
    land(settings, INBOX, "leads", {"_reject": reject, "_line": 2, "_cells": ["Anna", "x"]})
    assert apply_keep_days(settings) == 1
    assert landed(settings)[0][0]["_cells"] == ["(erased)"]
    assert apply_keep_days(company(tmp_path, quarantine=61)) == 0


@pytest.mark.parametrize("day", [1, 15, 31])
def test_the_limit_holds_to_the_end_of_the_month(day: int) -> None:
    """Landing is looked through once a month; on its last day nobody may be older."""
    now = datetime(2026, 7, day, 23, tzinfo=UTC)
    assert cutoff(90, now) == datetime(2026, 5, 3)  # noqa: DTZ001 - 90 days before 1 August
    assert (datetime(2026, 7, 31) - cutoff(90, now)).days < 90  # noqa: DTZ001


def test_a_company_that_limits_nothing(tmp_path: Path) -> None:
    """It pays nothing, and no file is written."""
    settings = company(tmp_path)
    assert read(settings) == 1
    assert apply_keep_days(settings) == 0
    assert keeping(settings) is None
    assert not settings.erasures_dir.exists()


@pytest.mark.parametrize("days", [{"events": 7}, {"vendors": {"nobody": 90}}, {"visits": 90}])
def test_what_cannot_be_promised_is_refused(days: dict[str, Any]) -> None:
    """A misspelled key would keep everybody for ever, silently."""
    with pytest.raises(ValueError, match="keep_days"):
        Privacy.model_validate({"keep_days": days})
