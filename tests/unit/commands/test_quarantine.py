"""Refused records, for the person who corrects them."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from rich.console import Console

from orchestration.commands.quarantine import (
    NothingToShow,
    export_quarantine,
    refused_records,
    show_quarantine,
)
from orchestration.configuration.settings import Settings, load_settings
from orchestration.connectors.inbox import INBOX
from orchestration.extract.landing import Landing
from orchestration.inbox.reader import land_entry
from orchestration.loading.slices import load_pending
from orchestration.warehouse.build import prepare_build
from orchestration.warehouse.connection import connect

LEADS = (
    "lead_id,created_at,email,value\n"
    "1,2026-01-01,eva@kund.example,10\n"
    "2,igår,jan@kund.example,=1+1\n"
    "3,2026-01-01\n"
)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A company whose file of leads has two bad lines."""
    (tmp_path / "leads.csv").write_text(LEADS, encoding="utf-8")
    (tmp_path / "costs.csv").write_text("date_day,amount\n2026-01-01,x\n", encoding="utf-8")
    (tmp_path / "tributary.yaml").write_text(
        "inbox:\n  - {path: leads.csv, stream: leads}\n  - {path: costs.csv, stream: costs}\n"
    )
    found = load_settings(
        {
            "TRIBUTARY_HOME": str(tmp_path / "home"),
            "TRIBUTARY_CONFIG": str(tmp_path / "tributary.yaml"),
            "TRIBUTARY_NOW": "2026-07-01T06:00:00+00:00",
        }
    )
    found.prepare_home()
    return found


def loaded(settings: Settings) -> Settings:
    """The company after its files were loaded."""
    landing = Landing(settings.landing_dir)
    for entry in settings.config.inbox:
        land_entry(entry, landing, settings.config.company, settings.now())
    prepare_build(settings)
    with connect(settings.warehouse_path, settings=settings) as con:
        streams = [(INBOX.name, INBOX.stream(name)) for name in ("leads", "costs")]
        load_pending(con, landing, streams, identity_key=b"0" * 32)
    return settings


def test_lines_values_and_reasons_are_shown(settings: Settings) -> None:
    """Whoever corrects a file needs its lines, and no log needs its people."""
    console = Console(record=True, width=300)
    show_quarantine(loaded(settings), None, 50, console)
    said = console.export_text()
    assert "igår" in said
    assert "leads:leads.csv" in said
    assert "costs:costs.csv" in said
    assert "malformed_record" in said
    assert "kund.example" not in said
    assert "3 records" in said


def test_one_source_is_written_for_correction(settings: Settings, tmp_path: Path) -> None:
    """A cell that starts like a formula does not run in a spreadsheet."""
    target = tmp_path / "bad.csv"
    assert export_quarantine(loaded(settings), "leads.csv", str(target)) == 2
    with target.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["line"], row["reason"]) for row in rows] == [
        ("3", "bad_type"),
        ("4", "malformed_record"),
    ]
    assert (rows[0]["lead_id"], rows[0]["created_at"], rows[0]["value"]) == ("2", "igår", "'=1+1")
    assert rows[0]["email"] == "(hidden)"


def test_files_of_a_pattern_are_shown(settings: Settings, tmp_path: Path) -> None:
    """They were in no list of entries, so their lines were shown nowhere."""
    loaded(settings)
    (tmp_path / "tributary.yaml").write_text(
        "inbox:\n  - {path: lead*.csv, stream: leads}\n  - {path: costs.csv, stream: costs}\n"
    )
    found = load_settings(
        {
            "TRIBUTARY_HOME": str(tmp_path / "home"),
            "TRIBUTARY_CONFIG": str(tmp_path / "tributary.yaml"),
        }
    )
    for source in ("lead*.csv", "leads.csv", "leads:leads.csv"):
        assert len(list(refused_records(found, source))) == 2


def test_a_source_that_is_none_is_named(settings: Settings) -> None:
    """The remedy lists those that are."""
    with pytest.raises(NothingToShow, match="Nothing was loaded yet"):
        show_quarantine(settings, None, 5, Console())
    with pytest.raises(NothingToShow, match=r"deals\.csv is no source") as caught:
        show_quarantine(loaded(settings), "deals.csv", 5, Console())
    assert "leads.csv" in caught.value.remedy
    assert "inbox.costs" in caught.value.remedy
