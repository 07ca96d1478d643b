"""Tables as a loader leaves them, and the entries of a configuration that reads them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import duckdb

from orchestration.configuration.document import Document
from orchestration.configuration.inbox import InboxEntry
from orchestration.configuration.reader import ConfigReader
from orchestration.connectors.inbox import INBOX
from orchestration.inbox.reader import land_entry
from orchestration.loading.slices import load_pending
from tests.kit.inbox import NOW, Inbox


def write_duckdb(path: Path, schema: str, tables: Mapping[str, str]) -> None:
    """Write tables into a DuckDB file, each by the query that gives its rows."""
    with duckdb.connect(str(path)) as con:
        con.execute(f"set TimeZone = 'UTC'; create schema if not exists {schema}")
        for name, query in tables.items():
            con.execute(f"create or replace table {schema}.{name} as {query}")


def table(columns: str, *rows: str) -> str:
    """A query that gives some rows, for ``write_duckdb``."""
    return f"select * from (values {', '.join(rows)}) as t({columns})"


def entries(folder: Path, landed: str) -> list[InboxEntry]:
    """The inbox entries that a ``landed`` section becomes.

    Args:
        folder: Where the configuration is.
        landed: The section's YAML, indented by two.
    """
    path = folder / "tributary.yaml"
    path.write_text(f"landed:\n{landed}", encoding="utf-8")
    return ConfigReader(Document(path), {}).config().inbox


def load(inbox: Inbox, entry: InboxEntry) -> None:
    """Land what an entry reads, and load it."""
    land_entry(entry, inbox.landing, inbox.company, NOW)
    streams = [(INBOX.name, INBOX.stream(entry.stream))]
    load_pending(inbox.con, inbox.landing, streams, identity_key=b"0" * 32)
