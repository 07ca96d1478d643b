"""An inbox with one file, and a warehouse in memory, for tests of reading files."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb

from orchestration.configuration.file_format import FileFormat
from orchestration.configuration.inbox import InboxEntry
from orchestration.configuration.model import Company
from orchestration.connectors.inbox import INBOX
from orchestration.extract.landing import Landing
from orchestration.foundation.sql import quoted
from orchestration.inbox.reader import land_entry
from orchestration.loading.slices import load_pending
from orchestration.warehouse.schema import OPS_TABLES, SLICE_TABLES, raw_columns

NOW = dt.datetime(2026, 7, 1, 6, tzinfo=dt.UTC)
STOCKHOLM = Company(reporting_currency="SEK", reporting_timezone="Europe/Stockholm")


class Inbox:
    """A company's inbox with one file, and a warehouse in memory."""

    company = STOCKHOLM

    def __init__(self, folder: Path, *, tables: bool = True) -> None:
        """Create landing and, unless only files are landed, the tables of the inbox."""
        self.folder = folder
        self.folder.mkdir(exist_ok=True)
        self.landing = Landing(folder / "landing")
        if tables:
            self._make_tables()

    def _make_tables(self) -> None:
        self.con = duckdb.connect()
        self.con.execute("set threads = 1; create schema raw; create schema ops")
        tables = {f"ops.{name}": OPS_TABLES[name] for name in (*SLICE_TABLES, "hashing")}
        for stream in INBOX.streams:
            tables[f"raw.inbox__{stream.name}"] = raw_columns(stream)
        for name, columns in tables.items():
            body = ", ".join(f"{quoted(column)} {kind}" for column, kind in columns)
            self.con.execute(f"create table {name} ({body})")

    def entry(
        self,
        content: str | bytes,
        stream: str = "costs",
        *,
        name: str = "file.csv",
        columns: Mapping[str, str] | None = None,
        values: Mapping[str, Mapping[str, str | None]] | None = None,
        constants: Mapping[str, str] | None = None,
        words: Mapping[str, Any] | None = None,
        **format_: Any,
    ) -> InboxEntry:
        """Write the file and configure it; ``words`` are further keys of the entry."""
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return InboxEntry.model_validate(
            {
                "path": path,
                "written_path": name,
                "stream": stream,
                "format": FileFormat(**format_),
                "columns": columns or {},
                "values": values or {},
                "constants": constants or {},
                **(words or {}),
            }
        )

    def load(
        self, content: str | bytes, stream: str = "costs", *, now: dt.datetime = NOW, **options: Any
    ) -> None:
        """Land the file and load it."""
        entry = self.entry(content, stream, **options)
        land_entry(entry, self.landing, self.company, now)
        streams = [(INBOX.name, INBOX.stream(stream))]
        load_pending(self.con, self.landing, streams, identity_key=b"0" * 32)

    def rows(self, columns: str, stream: str = "costs") -> list[tuple[Any, ...]]:
        """The rows of the newest slice."""
        return self.con.execute(
            f"select {columns} from raw.{quoted('inbox__' + stream)}"
            f" where _sequence = (select max(sequence) from ops.ledger) order by _row_number"
        ).fetchall()

    def totals(self, columns: str, stream: str = "costs") -> tuple[Any, ...]:
        """Sums or counts over the rows of the newest slice."""
        (row,) = self.con.execute(
            f"select {columns} from raw.{quoted('inbox__' + stream)}"
            " where _sequence = (select max(sequence) from ops.ledger)"
        ).fetchall()
        return tuple(row)

    def cleared(self) -> list[tuple[str, str]]:
        """Reason and first example of every column with cleared cells."""
        return self.con.execute(
            "select reason_code, example from ops.cells_cleared order by column_name, reason_code"
        ).fetchall()

    def quarantine(self) -> list[tuple[str, str]]:
        """Reason and detail of every quarantined row."""
        return self.con.execute(
            "select reason_code, detail from ops.quarantine order by row_number"
        ).fetchall()
