"""Promise 11: what vendors and files call things never becomes SQL or a path."""

from __future__ import annotations

import csv
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from orchestration.configuration.inbox import InboxEntry
from orchestration.configuration.model import Company, Config
from orchestration.configuration.settings import Settings
from orchestration.connectors.field import Field
from orchestration.connectors.inbox import INBOX
from orchestration.connectors.registry import CONNECTORS
from orchestration.connectors.stream import Kind, Request, Stream
from orchestration.extract.landing import Landing
from orchestration.inbox.reader import land_entry
from orchestration.loading.slices import load_pending
from orchestration.warehouse.connection import connect
from orchestration.warehouse.schema import ensure_schema
from tests.kit.faults.report import Result

pytestmark = pytest.mark.exhaustive
ROW = Result(
    "11 reading",
    "names of vendors' accounts and streams, of files, headers and cells, made to be SQL or paths",
    "cases",
    "each is data, or refused by name",
    ".venv/bin/pytest tests/faults/test_hostile_names.py -m 'slow or exhaustive'",
)

NOW = datetime(2026, 7, 1, 6, tzinfo=UTC)

HOSTILE_NAMES = [
    "../../../escaped",
    "/etc/passwd",
    "..",
    ".",
    "a/b",
    "a\\b",
    "x'; drop table ops.ledger; --",
    'x"; drop table ops.ledger; --',
    "$(touch escaped)",
    "{{ env_var('HOME') }}",
    "a\nb",
    "*",
    "å" * 300,
]


def test_account_ids_are_no_paths_and_no_sql(tmp_path: Path) -> None:
    """An account's id comes from a vendor or a file's name; each stays itself, inside landing."""
    stream = Stream(
        "things", "Things.", Kind.ENTITY_SNAPSHOT, Request("/"), (Field("id"),), ("id",)
    )
    landing = Landing(tmp_path / "landing")
    for name in HOSTILE_NAMES:
        with landing.begin("acme", stream, name, extracted_at=NOW) as writer:
            writer.append({"id": name})
            writer.commit()
    assert [item.account_id for item in landing.slices()] == HOSTILE_NAMES
    folder = (tmp_path / "landing" / "acme" / "things").resolve()
    for item in landing.slices():
        assert landing.file(item).resolve().parent.parent == folder
    assert [path.name for path in tmp_path.iterdir()] == ["landing"]


def test_headers_and_cells_of_files_are_no_sql(tmp_path: Path) -> None:
    """Column names with quotes and names that end a statement are loaded as the text they are."""
    header = "na\"me'; drop table ops.ledger; --"
    path = tmp_path / "leads.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["lead_id", "created_at", header, "../../x"])
        for number, name in enumerate(HOSTILE_NAMES):
            writer.writerow([f"L{number} {name}", "2026-01-01", name, "y"])
    entry = InboxEntry(
        path=path,
        written_path="../../'; drop table ops.ledger; --/leads.csv",
        stream="leads",
        columns={"campaign": header},
    )
    settings = Settings(home=tmp_path / "home", config_path=None, config=Config(), fixed_now=NOW)
    landing = Landing(settings.landing_dir)
    land_entry(entry, landing, Company(), NOW)
    with connect(settings.warehouse_path, settings=settings) as con:
        ensure_schema(con)
        load_pending(con, landing, [("inbox", INBOX.stream("leads"))], identity_key=b"k" * 32)
        rows = con.execute("select campaign from raw.inbox__leads order by _row_number").fetchall()
        assert con.execute("select count(*) from ops.ledger").fetchall() == [(1,)]
    shown = [name.strip().replace("\n", " ") for name in HOSTILE_NAMES]
    assert [name for (name,) in rows] == shown
    assert sorted(path.name for path in tmp_path.iterdir()) == ["home", "leads.csv"]


def test_every_name_that_becomes_sql_is_declared() -> None:
    """Tables and columns of raw are named by declarations; none of them needs quoting."""
    plain = re.compile(r"[a-z][a-z0-9_]*")
    for connector in [*CONNECTORS.values(), INBOX]:
        assert plain.fullmatch(connector.name)
        for stream in connector.streams:
            assert plain.fullmatch(stream.name)
            assert [f.name for f in stream.fields if not plain.fullmatch(f.name)] == []
