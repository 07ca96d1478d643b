"""A small company on the way to an erasure: what it landed, logged and published of a person.

Belongs here: the company, and the stages of an erasure as a run does them. Does not belong here:
killing them (``test_erasure``).
"""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from orchestration.configuration.inbox import InboxEntry
from orchestration.configuration.model import Config
from orchestration.configuration.settings import Settings
from orchestration.connectors.inbox import INBOX
from orchestration.erasing import carrying_out
from orchestration.erasing.finding import resolve
from orchestration.extract.landing import Landing
from orchestration.inbox.reader import land_entry
from orchestration.loading.slices import load_pending
from orchestration.privacy.erasures import erasures, held_back
from orchestration.privacy.hashes import email_hash, identity_key
from orchestration.warehouse.build import prepare_build
from orchestration.warehouse.connection import connect, writer_lease

PERSON = "anna.andersson@kund.example"
NEEDLES = (
    PERSON,
    PERSON.upper(),
    PERSON.title(),
    "anna.andersson%40kund.example",
    "anna.andersson%2540kund.example",
    "C-88123-anna",
    "vis-777-aaaa",
    "123 45 67",
)

_LEADS = f"""\
lead_id,created_at,email,phone,landing_page,value,currency
C-88123-anna,2026-01-10,{PERSON},+46 70 123 45 67,https://x.example/?lead=C-88123-anna,10,EUR
L2,2026-01-11,bo@kund.example,+46 70 999 88 77,https://x.example/?from=anna.andersson%40kund.example,20,EUR
L3,2026-02-30,{PERSON.upper()},,,,
"""
_TOUCHES = f"""\
occurred_at,lead_id,visitor_id,email,utm_source,utm_medium,landing_page
2026-01-05,,vis-777-aaaa,{PERSON.upper()},google,cpc,https://x.example/a?utm_source=google&name=Anna
2026-01-06,,vis-777-aaaa,,google,cpc,
2026-01-07,L2,vis-555,,news,email,
"""
_DEALS = """\
opportunity_id,lead_id,created_at,amount,currency,is_won
O1,C-88123-anna,2026-02-01,1000,EUR,true
O2,L2,2026-02-02,500,EUR,true
"""
_FILES = {"leads": _LEADS, "touchpoints": _TOUCHES, "opportunities": _DEALS}


def company(home: Path) -> Settings:
    """The company's settings; its files are beside the home."""
    inbox = [
        InboxEntry(path=home.parent / f"{name}.csv", written_path=f"{name}.csv", stream=name)
        for name in _FILES
    ]
    now = datetime(2026, 3, 1, 6, tzinfo=UTC)
    return Settings(home, None, Config(inbox=inbox), "500MB", 1, fixed_now=now)


def live(home: str) -> None:
    """Read the files, load them, and write of the person wherever a library might have."""
    settings = company(Path(home))
    for name, text in _FILES.items():
        (settings.home.parent / f"{name}.csv").write_text(text, "utf-8")
    read(home)
    load(home)
    with connect(settings.warehouse_path, settings=settings) as con:
        con.execute(
            "create schema intermediate; create table intermediate.people as "
            "select * from raw.inbox__leads"
        )
    shown = f"could not read {PERSON.title()} (anna.andersson%2540kund.example)\n"
    logs = settings.home / "logs"
    logs.mkdir()
    (logs / "run.log").write_text(f"started\n{shown}ended\n", "utf-8")
    (settings.home / "notes").mkdir()
    (settings.home / "notes" / "of-a-later-version.txt").write_text(shown, "utf-8")
    settings.dagster_home.mkdir()
    with closing(sqlite3.connect(settings.dagster_home / "index.db")) as db:
        db.execute("create table event_logs (id integer primary key, event text)")
        db.executemany("insert into event_logs (event) values (?)", [(shown,), ("fine",)])
        db.commit()
    shutil.copytree(settings.build_dir, settings.build_dir / "damaged" / "then")
    for number in (1, 2):
        publish(home, number)


def publish(home: str, number: int) -> None:
    """A generation of what is loaded."""
    settings = company(Path(home))
    kept = settings.published_dir / "generations"
    kept.mkdir(parents=True, exist_ok=True)
    path = kept / f"{number}.duckdb"
    path.unlink(missing_ok=True)
    with duckdb.connect(str(path)) as con:
        con.execute(f"attach '{settings.warehouse_path}' as build (read_only)")
        con.execute("create table leads as select * from build.raw.inbox__leads")
    shutil.copy2(path, settings.published_path)


def read(home: str) -> None:
    """Read the files as a run does."""
    settings = company(Path(home))
    landing = Landing(settings.landing_dir, held_back(settings))
    landing.clean()
    for entry in settings.config.inbox:
        land_entry(entry, landing, settings.config.company, settings.now())


def load(home: str) -> None:
    """Load what was landed."""
    settings = company(Path(home))
    prepare_build(settings)
    with connect(settings.warehouse_path, settings=settings) as con:
        streams = [(INBOX.name, INBOX.stream(name)) for name in _FILES]
        load_pending(
            con, Landing(settings.landing_dir), streams, identity_key=identity_key(settings)
        )


def ask(home: str) -> None:
    """Ask for the person to be erased, unless that was written down."""
    settings = company(Path(home))
    if not erasures(settings):
        start = resolve(Landing(settings.landing_dir), PERSON)
        carrying_out.request(settings, start, "asked by letter")


def begin(home: str) -> None:
    """What a run does first."""
    settings = company(Path(home))
    Landing(settings.landing_dir).clean()
    with writer_lease(settings, "erase", wait_seconds=20):
        carrying_out.begin(settings)


def end(home: str) -> None:
    """What a run does after it: load, publish, and complete."""
    load(home)
    publish(home, 3)
    carrying_out.complete(company(Path(home)), 3)


def needles(settings: Settings) -> list[str]:
    """Every spelling of the person that a home may hold."""
    return [*NEEDLES, email_hash(identity_key(settings), PERSON)]
