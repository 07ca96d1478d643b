"""A landing folder and an in-memory warehouse: takes input and traces every record."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from orchestration.configuration.file_format import FileFormat
from orchestration.configuration.inbox import InboxEntry
from orchestration.configuration.model import Company
from orchestration.connectors.field import Field
from orchestration.connectors.inbox import INBOX
from orchestration.connectors.stream import Stream
from orchestration.extract.landing import Landing, Slice
from orchestration.foundation.sql import quoted
from orchestration.inbox.reader import land_entry
from orchestration.loading.slices import load_pending
from orchestration.warehouse.schema import OPS_TABLES, SLICE_TABLES, raw_columns

NOW = datetime(2026, 7, 1, 6, tzinfo=UTC)
KEY = b"0123456789abcdef0123456789abcdef"
STOCKHOLM = Company(reporting_timezone="Europe/Stockholm")
REASONS = frozenset({
    "missing_key", "bad_type", "not_finite", "out_of_range", "scale_exceeded", "negative_amount",
    "not_positive", "future_timestamp", "placeholder_timestamp", "unknown_currency",
    "malformed_record", "undecodable", "unparsable", "too_large", "totals_row",
    "missing_currency",
})  # fmt: skip
"""Every reason for which a record may be refused."""


@dataclass(frozen=True)
class Fate:
    """What became of one record.

    Attributes:
        loaded: Its columns as texts; ``None`` when it is in quarantine.
        reason: Why it is there; empty when it was loaded.
        detail: What the quarantine says.
        record: What the quarantine keeps of it.
        cleared: The columns of its slice in which cells were cleared, with the reasons.
    """

    loaded: Mapping[str, str | None] | None
    reason: str = ""
    detail: str = ""
    record: str = ""
    cleared: frozenset[tuple[str, str]] = frozenset()


@dataclass
class Intake:
    """Takes in files and slices, and reports each record's fate."""

    folder: Path
    con: duckdb.DuckDBPyConnection = field(default_factory=duckdb.connect)

    def __post_init__(self) -> None:
        """Create what loading needs."""
        self.landing = Landing(self.folder / "landing")
        self.con.execute("set threads = 1; create schema raw; create schema ops")
        for name in (*SLICE_TABLES, "hashing"):
            self._create("ops", name, OPS_TABLES[name])

    def _create(self, schema: str, name: str, columns: Sequence[tuple[str, str]]) -> None:
        body = ", ".join(f"{quoted(column)} {kind}" for column, kind in columns)
        self.con.execute(f"create table if not exists {schema}.{quoted(name)} ({body})")

    def drop(
        self, stream: str, content: bytes, name: str = "file.csv", **format_: Any
    ) -> list[Fate]:
        """Read a file of the inbox as a company would have it configured."""
        path = self.folder / name
        path.write_bytes(content)
        entry = InboxEntry.model_validate(
            {
                "path": path,
                "written_path": name,
                "stream": stream,
                "format": FileFormat(**format_),
                "columns": {},
                "values": {},
                "constants": {},
            }
        )
        item = land_entry(entry, self.landing, STOCKHOLM, NOW)
        return self.load(INBOX.name, INBOX.stream(stream), item)

    def load(self, connector: str, stream: Stream, item: Slice) -> list[Fate]:
        """Load a slice; the fate of each of its records, in their order.

        Every record must be in exactly one place, and the ledger must agree.
        """
        self._create("raw", f"{connector}__{stream.name}", raw_columns(stream))
        load_pending(
            self.con,
            self.landing,
            [(connector, stream)],
            identity_key=KEY,
        )
        fates: dict[int, Fate] = {}
        cleared = frozenset(
            self.con.execute(
                "select column_name, reason_code from ops.cells_cleared where slice_id = ?",
                [item.slice_id],
            ).fetchall()
        )
        texts = ", ".join(f"cast({quoted(_column(f))} as varchar)" for f in stream.fields)
        rows = self.con.execute(
            f"select _row_number, {texts} from raw.{quoted(f'{connector}__{stream.name}')}"
            " where _slice_id = ?",
            [item.slice_id],
        ).fetchall()
        names = [f.name for f in stream.fields]
        for number, *values in rows:
            assert number not in fates, f"record {number} was loaded twice"
            fates[number] = Fate(dict(zip(names, values, strict=True)), cleared=cleared)
        refused = self.con.execute(
            "select row_number, reason_code, detail, record from ops.quarantine where slice_id = ?",
            [item.slice_id],
        ).fetchall()
        for number, reason, detail, record in refused:
            assert number not in fates, f"record {number} is at two places"
            fates[number] = Fate(None, reason, detail, record)
        assert {fate.reason for fate in fates.values()} <= REASONS | {""}
        assert sorted(fates) == list(range(1, item.row_count + 1)), "a record is nowhere"
        ledger = self.con.execute(
            "select rows_in, rows_loaded, rows_quarantined from ops.ledger where slice_id = ?",
            [item.slice_id],
        ).fetchall()
        assert ledger == [(item.row_count, len(rows), len(refused))]
        return [fates[number] for number in sorted(fates)]


def _column(declared: Field) -> str:
    return declared.column


def csv_bytes(header: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    """A CSV file in which every cell is quoted."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerows([header, *rows])
    return text.getvalue().encode("utf-8", "surrogatepass")


def first_lines(rows: Sequence[Sequence[str]]) -> list[int]:
    """The line on which each row of ``csv_bytes`` starts."""
    lines, line = [], 2
    for row in rows:
        lines.append(line)
        text = "".join(row).replace("\r\n", "\n").replace("\r", "\n")
        line += 1 + text.count("\n")
    return lines


def cells_of(fate: Fate) -> dict[str, Any]:
    """The record that the quarantine keeps."""
    kept = json.loads(fate.record)
    assert isinstance(kept, dict)
    return kept
