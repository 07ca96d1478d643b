"""``tributary export``: published tables as an Excel workbook or as CSV files.

Belongs here: which tables, and reading them. Does not belong here: the workbook (``workbook.py``),
or CSV (``export.py``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from orchestration.commands.export import ExportFailed, whole_file, write_csv
from orchestration.commands.tables import counts_pieces, least_share
from orchestration.commands.workbook import MOST_ROWS, Column, Sheet, write_workbook
from orchestration.configuration.settings import Settings
from orchestration.foundation.sql import quoted
from orchestration.publication.reader import RELATIONS, ask, open_published

_TABLES = f"""
select schema_name || '.' || name, coalesce(comment, '')
from {RELATIONS}
where schema_name in ('core', 'marts', 'meta')
order by schema_name <> 'marts', schema_name, name
"""
_COLUMNS = """
select schema_name || '.' || table_name, column_name, data_type, coalesce(comment, '')
from duckdb_columns()
where database_name = 'tributary' and schema_name in ('core', 'marts', 'meta')
order by column_index
"""
_KINDS = {
    "BOOLEAN": "flag",
    "DATE": "day",
    "TIMESTAMP": "moment",
    "DOUBLE": "number",
    "DECIMAL(18,6)": "money",
    "BIGINT": "count",
    "INTEGER": "whole",
    "HUGEINT": "count",
}
_FRACTIONS = "platform_conversions"
"""Decimals that are no money: vendors report fractions of them."""


@dataclass(frozen=True, slots=True)
class _Table:
    name: str
    note: str
    columns: list[Column]

    @property
    def sql(self) -> str:
        """Its rows, in an order that is the same every time."""
        schema, _, name = self.name.partition(".")
        names = ", ".join(quoted(column.name) for column in self.columns)
        return f"select {names} from {quoted(schema)}.{quoted(name)} order by all"


def export_workbook(settings: Settings, target: Path, chosen: Sequence[str]) -> tuple[int, int]:
    """Write published tables as a workbook.

    Args:
        settings: Locates the published file.
        target: The file; it appears whole or not at all.
        chosen: Names of tables, with their schema or of marts; all marts where it is empty.

    Returns:
        How many tables and rows were written.

    Raises:
        ExportFailed: There is no such table, one is too long for a sheet, or the file cannot be
            written.
    """
    with open_published(settings) as con:
        tables = _tables(con, chosen)
        about = _about(con, settings)
        with whole_file(settings, target) as unfinished:
            rows = write_workbook(unfinished, about, (_sheet(con, table) for table in tables))
    return len(tables), rows


def export_folder(settings: Settings, target: Path, chosen: Sequence[str]) -> tuple[int, int]:
    """Write published tables as CSV files of a folder, which may exist.

    Args:
        settings: Locates the published file.
        target: The folder; each file in it appears whole or not at all.
        chosen: As for ``export_workbook``.

    Returns:
        How many tables and rows were written.

    Raises:
        ExportFailed: There is no such table, or a file cannot be written.
    """
    count = 0
    with open_published(settings) as con:
        tables = _tables(con, chosen)
        try:
            target.mkdir(exist_ok=True)
        except OSError as error:
            raise ExportFailed(
                f"The folder cannot be made: {error.strerror}.",
                where=str(target),
                remedy="Choose a folder inside of one that exists.",
            ) from error
        for table in tables:
            columns, batches = ask(con, table.sql)
            rows = (row for batch in batches for row in batch)
            count += write_csv(settings, str(target / f"{table.name}.csv"), columns, rows)
    return len(tables), count


def _tables(con: duckdb.DuckDBPyConnection, chosen: Sequence[str]) -> list[_Table]:
    columns: dict[str, list[Column]] = {}
    for table, name, data_type, note in con.execute(_COLUMNS).fetchall():
        columns.setdefault(table, []).append(Column(name, _kind(name, data_type), note))
    known = {
        name: _Table(name, note, columns[name]) for name, note in con.execute(_TABLES).fetchall()
    }
    if not chosen:
        return [table for name, table in known.items() if name.startswith("marts.")]
    names = [name if "." in name else f"marts.{name}" for name in chosen]
    for name in names:
        if name not in known:
            raise ExportFailed(
                f"There is no table {name}.",
                remedy=f"There are: {', '.join(known)}",
            )
    return [known[name] for name in dict.fromkeys(names)]


def _kind(name: str, data_type: str) -> str:
    if name == _FRACTIONS:
        return "number"
    if counts_pieces(name):
        return "count"
    if data_type.startswith("DECIMAL"):
        return _KINDS.get(data_type, "number")
    return _KINDS.get(data_type, "text")


def _sheet(con: duckdb.DuckDBPyConnection, table: _Table) -> Sheet:
    schema, _, name = table.name.partition(".")
    relation = f"{quoted(schema)}.{quoted(name)}"
    columns = [
        Column(column.name, "share", column.note) if _is_share(con, relation, column) else column
        for column in table.columns
    ]
    ((length,),) = con.execute(f"select count(*) from {relation}").fetchall()
    if length > MOST_ROWS:
        raise ExportFailed(
            f"{table.name} has {length:,} rows; a sheet holds {MOST_ROWS:,}.",
            remedy="Write it as CSV: tributary export csv FOLDER --table " + table.name + "\n"
            "Or choose others with --table.",
        )
    return Sheet(table.name, table.note, columns, _rows(con, table))


def _rows(con: duckdb.DuckDBPyConnection, table: _Table) -> Iterator[tuple[Any, ...]]:
    for batch in ask(con, table.sql)[1]:
        yield from batch


def _is_share(con: duckdb.DuckDBPyConnection, relation: str, column: Column) -> bool:
    least = least_share(column.name)
    if column.kind != "number" or least is None:
        return False
    name = quoted(column.name)
    ((low, high),) = con.execute(f"select min({name}), max({name}) from {relation}").fetchall()
    return low is not None and low >= least and high <= 1


def _about(con: duckdb.DuckDBPyConnection, settings: Settings) -> list[tuple[str, str]]:
    ((generation, published_at, through, currency, zone),) = con.execute(
        "select generation, published_at, data_through, reporting_currency, reporting_timezone "
        "from meta.publication"
    ).fetchall()
    return [
        ("Company", settings.config.company.name),
        ("Amounts in", currency),
        ("Days and months of", zone),
        ("Moments in", "UTC"),
        ("Generation", f"{generation}, published {published_at:%Y-%m-%d %H:%M} UTC"),
        ("Data through", f"{through:%Y-%m-%d %H:%M} UTC" if through else "no data"),
        ("Columns", "The note at each header says what it means and whether it can be added up."),
    ]
