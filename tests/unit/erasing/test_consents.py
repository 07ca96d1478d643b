"""Touches of people who refused marketing keep day, source and channel, and lose their person."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.configuration.document import SettingsError
from orchestration.configuration.inbox import InboxEntry
from orchestration.configuration.model import Config
from orchestration.configuration.settings import Settings
from orchestration.erasing.consents import apply_consents
from orchestration.erasing.finding import WhoIsMeant
from orchestration.extract.keeping import keeping
from orchestration.extract.landing import Landing
from orchestration.inbox.reader import land_entry
from orchestration.publication.people import fill_people
from tests.kit.faults.report import Result

pytestmark = pytest.mark.exhaustive
ROW = Result(
    "23 consent",
    "touches of people who refused marketing, already landed and still to come; refusals that were "
    "withdrawn; rows that say nobody or nothing",
    "cases",
    "day, source and channel stay, the person goes; meta.consent counts them",
    ".venv/bin/pytest tests/unit/erasing/test_consents.py -m exhaustive",
)
LEADS = "lead_id,created_at,email\nL1,2026-01-01,anna@x.example\nL2,2026-01-01,bo@x.example\n"
TOUCHES = """\
occurred_at,lead_id,email,utm_source,landing_page
2026-01-05,L1,,google,https://x.example/?utm_source=google
2026-01-06,,Anna@x.example,news,
2026-01-07,L2,,google,
"""
NAMES = ("leads", "touchpoints", "consents")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A company that has landed its leads and touches."""
    inbox = [
        InboxEntry(path=tmp_path / f"{name}.csv", written_path=f"{name}.csv", stream=name)
        for name in NAMES
    ]
    now = datetime(2026, 3, 1, tzinfo=UTC)
    found = Settings(tmp_path / "home", None, Config(inbox=inbox), fixed_now=now)
    inbox[0].path.write_text(LEADS)
    inbox[1].path.write_text(TOUCHES)
    read(found)
    found.build_dir.mkdir()
    return found


def read(settings: Settings) -> None:
    """Read leads and touches as a run does."""
    landing = Landing(settings.landing_dir, keeping(settings))
    for entry in settings.config.inbox[:2]:
        land_entry(entry, landing, settings.config.company, settings.now())


def stated(settings: Settings, *rows: str) -> int:
    """What a run does with these statements; whether the warehouse was discarded is proven."""
    settings.config.inbox[2].path.write_text("\n".join(["email,is_granted,stated_at", *rows]))
    settings.warehouse_path.write_bytes(b"built before")
    changed = apply_consents(settings)
    assert settings.warehouse_path.exists() == (not changed)
    return changed


def landed(settings: Settings, stream: str) -> list[dict[str, Any]]:
    """The records of the newest slice of a stream."""
    landing = Landing(settings.landing_dir)
    item = landing.slices("inbox", stream)[-1]
    landing.verify(item)
    return list(landing.records(item))


def counted(settings: Settings) -> list[tuple[Any, ...]]:
    """What ``meta.consent`` says."""
    with duckdb.connect() as con:
        con.execute("create schema meta")
        fill_people(con, settings)
        return con.execute("from meta.consent").fetchall()


def test_a_refusal_reaches_touches_by_lead_and_by_address(settings: Settings) -> None:
    """The list has addresses; most touches have the lead's id alone."""
    assert stated(settings, "ANNA@x.example,no,", "bo@x.example,yes,") == 2
    first, second, other = landed(settings, "touchpoints")
    assert {first["lead_id"], first.get("email"), second["email"]} == {None}
    assert first["visitor_id"] != second["visitor_id"]
    assert (first["occurred_at"], first["utm_source"]) == ("2026-01-05", "google")
    assert other["lead_id"] == "L2"
    assert landed(settings, "leads")[0]["email"] == "anna@x.example"
    assert counted(settings) == [("inbox", "touchpoints", 2)]


def test_the_next_export_has_them_still(settings: Settings) -> None:
    """An unchanged file is not landed again; a longer one lands without them."""
    stated(settings, "anna@x.example,no,")
    read(settings)
    assert len(Landing(settings.landing_dir).slices()) == 2
    assert stated(settings, "anna@x.example,no,") == 0
    touches = settings.config.inbox[1].path
    touches.write_text(TOUCHES + "2026-02-01,L1,,google,\n")
    read(settings)
    assert [row["lead_id"] for row in landed(settings, "touchpoints")] == [None, None, "L2", None]
    assert counted(settings) == [("inbox", "touchpoints", 3)]


def test_somebody_changes_their_mind(settings: Settings) -> None:
    """The latest statement counts, wherever it is in the list."""
    stated(settings, "anna@x.example,no,2026-01-01")
    stated(settings, "anna@x.example,yes,2026-02-01", "anna@x.example,no,2026-01-01")
    read(settings)
    assert [row["lead_id"] for row in landed(settings, "touchpoints")] == ["L1", None, "L2"]
    assert counted(settings) == []


@pytest.mark.parametrize("row", [",no,", "anna@x.example,,", "anna@x.example,perhaps,"])
def test_a_row_that_says_nothing_ends_the_run(settings: Settings, row: str) -> None:
    """A refusal that was not understood would be broken by every mailing that is reported."""
    with pytest.raises(WhoIsMeant, match="agreed or refused") as error:
        stated(settings, row)
    assert error.value.where.endswith("consents.csv, line 2")


def test_refusals_kept_under_a_lost_key_stop_a_run(settings: Settings) -> None:
    """A new key would recognise nobody, and touches of people who refused would name them again."""
    assert stated(settings, "anna@x.example,no,2026-02-01")
    key = settings.home / "identity.key"
    former = key.read_bytes()
    key.unlink()
    with pytest.raises(SettingsError, match=r"identity\.key in the home"):
        stated(settings, "bo@x.example,no,2026-02-02")
    assert not key.exists(), "a refused run makes no new key in its place"
    key.write_bytes(former)
    assert stated(settings, "bo@x.example,no,2026-02-02")
