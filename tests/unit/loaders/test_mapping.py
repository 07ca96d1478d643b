"""The files that say what loaders land: complete, and documented."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.connectors.inbox import INBOX
from orchestration.loaders.mapping import mapping, vendors

REPOSITORY = Path(__file__).parents[3]
ALL = [(loader, vendor) for loader, names in vendors().items() for vendor in names]


@pytest.mark.parametrize(("loader", "vendor"), ALL)
def test_streams_are_canonical_and_their_tables_declared(loader: str, vendor: str) -> None:
    """A key or an alternative that names nothing would be without effect."""
    found = mapping(loader, vendor)
    known = {stream.name for stream in INBOX.streams}
    for name, stream in found.streams.items():
        assert name in known
        tables = {table.name: table for table in stream.tables}
        assert set(stream.one_of) <= tables.keys()
        for table in tables.values():
            columns = {names[0] for names in (*table.columns, *table.optional)}
            assert set(table.labels) <= set(table.key) <= columns
            assert not table.history or (table.history in columns and table.key)
            assert table.name in stream.sql


def _row(loader: str, vendor: str) -> str:
    """A vendor in the documentation: its streams and tables; in brackets what may be missing."""
    streams = mapping(loader, vendor).streams
    tables: dict[str, bool] = {}
    for stream in streams.values():
        for table in stream.tables:
            spared = table.is_optional or table.name in stream.one_of
            for place, found in enumerate(table.daily or (table.found,)):
                name = f"{found}_YYYYMMDD" if table.daily else found
                tables[name] = tables.get(name, True) and (spared or place > 0)
    named = ", ".join(f"(`{name}`)" if spared else f"`{name}`" for name, spared in tables.items())
    listed = ", ".join(f"`{name}`" for name in streams)
    return f"| `{loader}` | `{vendor}` | {listed} | {named} |"


def test_every_vendor_is_documented() -> None:
    """A vendor that the documentation does not list is found by nobody."""
    text = (REPOSITORY / "docs/landed.md").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line.startswith("| `") and line.count("|") == 5]
    assert lines == [_row(loader, vendor) for loader, vendor in ALL]
