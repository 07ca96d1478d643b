"""The worked example of docs/inbox.md does what the page says."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import duckdb
import pytest

from orchestration.configuration.settings import load_settings
from orchestration.connectors.inbox import INBOX
from orchestration.extract.landing import Landing
from orchestration.foundation.sql import quoted
from orchestration.inbox.reader import land_entry
from orchestration.loading.slices import load_pending
from orchestration.warehouse.schema import OPS_TABLES, SLICE_TABLES, raw_columns
from tests.kit.places import REPOSITORY

PAGE = REPOSITORY / "docs" / "inbox.md"


@pytest.fixture(scope="module")
def example() -> tuple[str, str, list[list[str]]]:
    """The file, the configuration and the cells of the result tables."""
    text = PAGE.read_text(encoding="utf-8").split("## Worked example")[1]
    blocks = re.findall(r"```(?:yaml)?\n(.*?)```", text, re.DOTALL)
    lines = [line.strip().strip("|") for line in text.splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.split("|")] for line in lines if "---" not in line]
    return blocks[0], blocks[1], cells


def test_the_page_shows_what_happens(
    tmp_path: Path, example: tuple[str, str, list[list[str]]]
) -> None:
    """A page that people copy from must be true."""
    content, configuration, cells = example
    (tmp_path / "exports").mkdir()
    (tmp_path / "exports" / "affärer.csv").write_text(content, encoding="cp1252")
    (tmp_path / "tributary.yaml").write_text(configuration, encoding="utf-8")
    settings = load_settings(
        {
            "TRIBUTARY_HOME": str(tmp_path / "home"),
            "TRIBUTARY_CONFIG": str(tmp_path / "tributary.yaml"),
        }
    )
    landing = Landing(settings.landing_dir)
    now = dt.datetime(2026, 7, 1, tzinfo=dt.UTC)
    land_entry(settings.config.inbox[0], landing, settings.config.company, now)
    leads = INBOX.stream("leads")
    with duckdb.connect() as con:
        con.execute("create schema raw; create schema ops")
        tables = {f"ops.{name}": OPS_TABLES[name] for name in (*SLICE_TABLES, "hashing")}
        for table, columns in {**tables, "raw.inbox__leads": raw_columns(leads)}.items():
            body = ", ".join(f"{quoted(name)} {kind}" for name, kind in columns)
            con.execute(f"create table {table} ({body})")
        load_pending(con, landing, [("inbox", leads)], identity_key=b"0" * 32)
        rows = con.execute(
            "select lead_id, strftime(created_at, '%Y-%m-%d %H:%M'), created_at_zone, lead_source,"
            " is_customer::varchar, value::varchar, currency from raw.inbox__leads order by all"
        ).fetchall()
        refused = con.execute("select reason_code, detail from ops.quarantine").fetchall()
    shown = [[value or "" for value in row] for row in rows]
    assert shown == cells[1:3]
    assert [list(row) for row in refused] == cells[4:]


def test_the_page_lists_every_column(example: tuple[str, str, list[list[str]]]) -> None:
    """A column that is not on the page does not exist for users."""
    text = PAGE.read_text(encoding="utf-8")
    for stream in INBOX.streams:
        line = next(x for x in text.splitlines() if x.startswith(f"| `{stream.name}`"))
        listed = set(re.findall(r"[a-z_]+", line.split("|")[2].replace("one of", "")))
        assert {field.name for field in stream.fields} <= listed
        for field in stream.fields:
            assert (f"{field.name}\\*" in line) == field.required
