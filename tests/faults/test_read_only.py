"""Promise 14: on a disk that is mounted read-only, every command says so, or only reads."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from orchestration.configuration.settings import Settings, load_settings
from orchestration.connectors.inbox import INBOX
from orchestration.extract.landing import Landing
from orchestration.inbox.reader import land_entry
from orchestration.loading.slices import load_pending
from orchestration.privacy.hashes import identity_key
from orchestration.warehouse.build import prepare_build
from orchestration.warehouse.connection import connect
from tests.kit.faults.report import Result

pytestmark = pytest.mark.exhaustive
ROW = Result(
    "14 modes",
    "commands on a home whose disk is mounted read-only",
    "commands",
    "an error that names the disk and what to do, or the answer of a command that only reads; "
    "never a traceback",
    ".venv/bin/pytest tests/faults/test_read_only.py -m exhaustive",
)
MOUNT = 'mount --bind "$1" "$1" && mount -o remount,ro,bind "$1" && shift && exec "$@"'
WRITING = (
    ("run",),
    ("run", "--rebuild"),
    ("erase", "anna@x.example"),
    ("slices", "--set-aside", "ID", "--reason", "wrong"),
    ("ui", "--port", "3999"),
)
READING = (
    ("erase", "--check", "bo@x.example"),
    ("slices",),
    ("quarantine",),
    ("doctor",),
)


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A company that has landed and loaded a file, and a store that a killed run left open."""
    folder = tmp_path_factory.mktemp("company")
    (folder / "tributary.yaml").write_text("inbox: [{path: leads.csv, stream: leads}]\n")
    (folder / "leads.csv").write_text("lead_id,created_at,email\nL1,2026-01-01,anna@x.example\n")
    settings = load_settings(
        {
            "TRIBUTARY_HOME": str(folder / "home"),
            "TRIBUTARY_CONFIG": str(folder / "tributary.yaml"),
        }
    )
    settings.prepare_home()
    landing = Landing(settings.landing_dir)
    land_entry(settings.config.inbox[0], landing, settings.config.company, settings.now())
    prepare_build(settings)
    with connect(settings.warehouse_path, settings=settings) as con:
        streams = [(INBOX.name, INBOX.stream("leads"))]
        load_pending(con, landing, streams, identity_key=identity_key(settings))
    settings.dagster_home.mkdir(exist_ok=True)
    with closing(sqlite3.connect(folder / "open.db")) as con:
        con.execute("pragma journal_mode = wal")
        con.execute("create table event_logs (event text)")
        con.execute("insert into event_logs values ('fine')")
        con.commit()
        for name in ("open.db", "open.db-wal"):
            shutil.copy2(folder / name, settings.dagster_home / name)
    return settings


def said(settings: Settings, arguments: tuple[str, ...]) -> tuple[int, str]:
    """What a command says and returns where the home's disk is read-only."""
    (item,) = Landing(settings.landing_dir).slices()
    named = [item.slice_id if each == "ID" else each for each in arguments]
    tributary = str(Path(sys.executable).with_name("tributary"))
    done = subprocess.run(
        ["unshare", "--mount", "sh", "-c", MOUNT, "sh", str(settings.home), tributary, *named],
        capture_output=True,
        text=True,
        timeout=60,
        env=os.environ
        | {
            "TRIBUTARY_HOME": str(settings.home),
            "TRIBUTARY_CONFIG": str(settings.config_path),
            "COLUMNS": "200",
        },
    )
    if "unshare" in done.stderr or "mount:" in done.stderr:
        pytest.skip(f"this account may not mount: {done.stderr.splitlines()[0]}")
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("arguments", WRITING)
def test_what_writes_names_the_disk(settings: Settings, arguments: tuple[str, ...]) -> None:
    """``erase`` showed an error of the system, with a line of our code for a place."""
    status, text = said(settings, arguments)
    assert status != 0
    assert "Read-only file system" in text
    assert "mount it for writing" in text
    assert "Traceback" not in text


@pytest.mark.parametrize("arguments", READING)
def test_what_reads_works(settings: Settings, arguments: tuple[str, ...]) -> None:
    """A store of Dagster whose last run was killed cannot be opened on such a disk as usual."""
    status, text = said(settings, arguments)
    assert status == (1 if arguments == ("doctor",) else 0), text
    assert "Traceback" not in text
    assert "report it" not in text
