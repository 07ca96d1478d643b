"""A warehouse in memory and a landing folder, for tests of loading."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from orchestration.connectors.field import Field
from orchestration.connectors.stream import Kind, Request, Stream
from orchestration.extract.landing import Landing, Slice
from orchestration.foundation.sql import quoted
from orchestration.loading.slices import Loaded, load_pending
from orchestration.warehouse.schema import OPS_TABLES, SLICE_TABLES, raw_columns

NOW = datetime(2026, 7, 1, 6, tzinfo=UTC)
KEY = b"0123456789abcdef0123456789abcdef"


def stream(
    *fields: Field,
    name: str = "things",
    kind: Kind = Kind.ENTITY_SNAPSHOT,
    one_of: tuple[str, ...] = (),
) -> Stream:
    """A stream of the fields."""
    return Stream(name, "One row per thing.", kind, Request(path=""), fields, (), one_of=one_of)


@dataclass
class Loader:
    """Lands records and loads them into its own DuckDB."""

    folder: Path
    stream: Stream
    connector: str = "vendor"
    con: duckdb.DuckDBPyConnection = field(default_factory=duckdb.connect)

    def __post_init__(self) -> None:
        """Create the tables that loading needs."""
        self.landing = Landing(self.folder / "landing")
        self.con.execute("set threads = 1; create schema raw; create schema ops")
        self._create("raw", f"{self.connector}__{self.stream.name}", raw_columns(self.stream))
        for name in (*SLICE_TABLES, "hashing"):
            self._create("ops", name, OPS_TABLES[name])

    def _create(self, schema: str, name: str, columns: tuple[tuple[str, str], ...]) -> None:
        body = ", ".join(f"{quoted(column)} {kind}" for column, kind in columns)
        self.con.execute(f"create table {schema}.{quoted(name)} ({body})")

    def land(self, records: Iterable[Mapping[str, Any]], **facts: Any) -> Slice:
        """Land a slice."""
        account = facts.pop("account_id", "account")
        given = {"extracted_at": NOW} | facts
        with self.landing.begin(self.connector, self.stream, account, **given) as writer:
            for record in records:
                writer.append(record)
            return writer.commit()

    def load(self) -> list[Loaded]:
        """Load what is pending."""
        return load_pending(
            self.con,
            self.landing,
            [(self.connector, self.stream)],
            identity_key=KEY,
        )

    def rows(self, columns: str = "*") -> list[tuple[Any, ...]]:
        """The loaded rows, in their order."""
        table = quoted(f"{self.connector}__{self.stream.name}")
        return self.con.execute(
            f"select {columns} from raw.{table} order by _sequence, _row_number"
        ).fetchall()

    def quarantine(self, columns: str = "reason_code") -> list[tuple[Any, ...]]:
        """The quarantined records, in their order."""
        return self.con.execute(
            f"select {columns} from ops.quarantine order by slice_id, row_number"
        ).fetchall()

    def cleared(self, columns: str = "column_name, reason_code, cells") -> list[tuple[Any, ...]]:
        """The cleared cells, by column and reason."""
        return self.con.execute(
            f"select {columns} from ops.cells_cleared order by slice_id, column_name, reason_code"
        ).fetchall()

    def ledger(self, columns: str = "rows_in, rows_loaded, rows_quarantined") -> list[Any]:
        """The ledger, in the order of the manifest."""
        return self.con.execute(f"select {columns} from ops.ledger order by sequence").fetchall()
