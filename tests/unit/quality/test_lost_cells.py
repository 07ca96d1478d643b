"""Cells that could not be read are reported for as long as the record that lost them counts."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from duckdb import DuckDBPyConnection

from orchestration.configuration.inbox import InboxEntry
from orchestration.configuration.model import Config
from orchestration.connectors.field import Field, Type
from orchestration.connectors.inbox import INBOX
from orchestration.connectors.stream import Kind, Request, Stream
from orchestration.quality.lost_cells import keep_lost_cells
from orchestration.warehouse.schema import OPS_TABLES
from tests.kit.inbox import Inbox
from tests.kit.loader import Loader

ID = Field("id", required=True)
PHONE = Field("phone", type=Type.PHONE, omitted_when_empty=True)
DAY = Field("day", type=Type.DATE, required=True)


def kept(
    con: DuckDBPyConnection, connector: str, stream: Stream, config: Config
) -> list[tuple[str, int]]:
    """A stream's lost cells by column, as they are kept."""
    columns = ", ".join(f"{name} {kind}" for name, kind in OPS_TABLES["lost_cells"])
    con.execute(f"create table if not exists ops.lost_cells ({columns})")
    keep_lost_cells(con, [(connector, stream)], config)
    return con.execute(
        "select column_name, cells from ops.lost_cells order by column_name"
    ).fetchall()


def lost(loader: Loader) -> list[tuple[str, int]]:
    """Those of a vendor's stream."""
    return kept(loader.con, loader.connector, loader.stream, Config())


def test_a_record_that_the_vendor_corrected_has_lost_nothing(tmp_path: Path) -> None:
    """A number put right in the CRM was reported at the end of every later run."""
    changes = Stream(
        "contacts", "Contacts.", Kind.ENTITY_CHANGES, Request(path=""), (ID, PHONE), ("id",)
    )
    loader = Loader(tmp_path, changes)
    loader.land([{"id": "1", "phone": "ask"}, {"id": "2", "phone": "none"}])
    loader.load()
    assert lost(loader) == [("phone", 2)]
    loader.land([{"id": "1", "phone": "+46701112233"}])
    loader.load()
    assert lost(loader) == [("phone", 1)]
    loader.land([{"id": "2", "phone": "still none"}])
    loader.load()
    assert lost(loader) == [("phone", 1)]


def test_a_day_that_was_restated_has_lost_what_its_newest_report_lost(tmp_path: Path) -> None:
    """A report is read for thirty days again and again, and its cells counted each time."""
    report = Stream(
        "days", "Days.", Kind.REPORT, Request(path=""), (DAY, PHONE), ("day",), day_field="day"
    )
    loader = Loader(tmp_path, report)
    first = {"window_start": dt.datetime(2026, 6, 1, tzinfo=dt.UTC)}
    loader.land(
        [{"day": f"2026-06-0{day}", "phone": "x"} for day in (1, 2)],
        **first, window_end=dt.datetime(2026, 6, 3, tzinfo=dt.UTC),
    )  # fmt: skip
    loader.load()
    assert lost(loader) == [("phone", 2)]
    loader.land(
        [{"day": "2026-06-02", "phone": "x"}],
        window_start=dt.datetime(2026, 6, 2, tzinfo=dt.UTC),
        window_end=dt.datetime(2026, 6, 4, tzinfo=dt.UTC),
    )
    loader.load()
    assert lost(loader) == [("phone", 2)]


def test_a_files_newest_reading_counts_while_the_file_is_configured(tmp_path: Path) -> None:
    """A file that was corrected, or left the configuration, has no cells to mend."""
    inbox, leads = Inbox(tmp_path), INBOX.stream("leads")
    text = "lead_id,created_at,phone\n1,2026-01-01,{}\n2,2026-01-01,ask\n"
    inbox.load(text.format("none"), "leads")
    entry = InboxEntry(path=inbox.folder / "file.csv", written_path="file.csv", stream="leads")
    assert kept(inbox.con, INBOX.name, leads, Config(inbox=[entry])) == [("phone", 2)]
    inbox.load(text.format("+46701112233"), "leads")
    assert kept(inbox.con, INBOX.name, leads, Config(inbox=[entry])) == [("phone", 1)]
    assert kept(inbox.con, INBOX.name, leads, Config()) == []
