"""Reads the rows of a query of tables that a loader, or anybody, has landed.

Belongs here: the loaders' rules for the rows that count, and running the query. Does not belong
here: opening the place (``landed_place.py``), or what the rows mean (``reader.py``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import duckdb
from duckdb import DuckDBPyConnection

from orchestration.configuration.file_format import FileFormat
from orchestration.configuration.inbox import InboxEntry
from orchestration.configuration.landed import Query
from orchestration.connectors.inbox import INBOX
from orchestration.foundation.sql import literal, quoted
from orchestration.inbox.files import InboxError
from orchestration.inbox.landed_place import JSON_LINE, LOADS, open_place, show_tables
from orchestration.inbox.rows import BATCH, Rows
from orchestration.inbox.tables import TableRows, batch_rows
from orchestration.inbox.typed import cell_writer
from orchestration.loaders.mapping import LandedStream, LandedTable
from orchestration.privacy.messages import without_values


@dataclass(frozen=True, slots=True)
class _Loader:
    """How a loader marks its rows.

    Attributes:
        written: Columns that date a row's writing; the first that a table has counts.
        deleted: Columns that are true, or dated, in rows that were deleted at the vendor.
        active: The column that is false in rows that a newer one replaced.
        loads: Whether a row counts only when ``_dlt_loads`` says that its load was completed.
    """

    written: tuple[str, ...]
    deleted: tuple[str, ...]
    active: str = ""
    loads: bool = False


_LOADERS = {
    "fivetran": _Loader(("_fivetran_synced",), ("_fivetran_deleted",), active="_fivetran_active"),
    "airbyte": _Loader(("_airbyte_extracted_at", "_airbyte_emitted_at"), ("_ab_cdc_deleted_at",)),
    "dlt": _Loader(("_dlt_load_id",), (), loads=True),
    "bigquery": _Loader((), ()),
}
_META = "_airbyte_meta"
"""Says of a row of Airbyte which of its values could not be written."""
_ABSENT = "cast(null as varchar)"
"""What an optional column is that a table lacks."""
_NOT = {
    "_fivetran_deleted": "not coalesce(cast(_fivetran_deleted as boolean), false)",
    "_ab_cdc_deleted_at": "_ab_cdc_deleted_at is null",
}
"""What a mark of deletion is in a row that counts."""


@contextmanager
def query_rows(entry: InboxEntry, query: Query, most: int | None) -> Iterator[Rows]:
    """The rows that a query gives, numbered from 1.

    Args:
        entry: Whose query it is.
        query: The query.
        most: How many rows to read; ``None`` for all.

    Raises:
        InboxError: The place, a table or a column is missing, or the query cannot be run.
    """
    where = entry.written_path
    with open_place(query, where) as con:
        try:
            show_tables(con, query)
            if query.stream is not None:
                _show(con, query, query.stream, where)
            answer = con.execute(_reading(con, query, where))
            reader = answer.to_arrow_reader(BATCH)
            names = reader.schema.names
        except duckdb.Error as error:
            raise _unreadable(error, query, where) from error
        write = _writer(entry.format, query)

        def rows() -> Iterator[tuple[int, list[str]]]:
            try:
                yield from _of_stated_currency(batch_rows(reader, write), entry, names, where)
            except duckdb.Error as error:
                raise _unreadable(error, query, where) from error

        yield TableRows(rows(), entry.format, most, names)


def _reading(con: DuckDBPyConnection, query: Query, where: str) -> str:
    """The statement, if all it can do is read."""
    statements = con.extract_statements(query.sql)
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        raise InboxError(
            "The entry's sql is not one statement that reads.",
            where=where,
            remedy="Write one select.",
        )
    return query.sql


def _of_stated_currency(
    rows: Iterator[tuple[int, list[str]]], entry: InboxEntry, names: list[str], where: str
) -> Iterator[tuple[int, list[str]]]:
    """The rows; a loader's money of which neither table nor entry states a currency is refused.

    A file's money without one is the company's own. A loader's is the account's, whose table was
    not synced. Where other rows state one, loading sets aside those that do not.

    Raises:
        InboxError: There was money, and nowhere a currency.
    """
    query, stated = entry.query, {*entry.constants, *entry.values}
    is_loaders = query is not None and bool(query.loader)
    money = INBOX.stream(entry.stream).money if is_loaders else ""
    if query is None or money not in names or "currency" in stated:
        yield from rows
        return
    at, currency = names.index(money), names.index("currency") if "currency" in names else None
    found, is_stated = 0, False
    for number, row in rows:
        found += row[at].strip("-+.0") != ""
        is_stated = is_stated or (currency is not None and row[currency] != "")
        yield number, row
    if found and not is_stated:
        raise InboxError(
            f"Nothing states the currency of the {found:,} amounts of {entry.stream}.",
            where=f"{where}, in {query.shown}",
            remedy="Say it in this entry: constants: {currency: EUR}; or let the loader sync the "
            "table of accounts, which is named in docs/landed.md.",
        )


def _writer(format_: FileFormat, query: Query) -> Callable[[Any], str]:
    write = cell_writer(format_)
    if not query.loader:
        return write

    def with_zone(value: Any) -> str:
        # Loaders write moments in UTC, some into columns without a zone. Midnight is one, too.
        if isinstance(value, datetime) and value.tzinfo is None:
            value = value.replace(tzinfo=UTC)
        return write(value)

    return with_zone


def _unreadable(error: duckdb.Error, query: Query, where: str) -> InboxError:
    remedy = (
        "Check that the loader's last run completed, and that it writes the tables of "
        "docs/landed.md; or read them by a query of your own, sql."
        if query.loader
        else "Correct sql of this entry; it is DuckDB's SQL, whatever the database."
    )
    # PostgreSQL's own message follows the statement that DuckDB made for it.
    said, _, own = str(error).partition("ERROR:  ")
    return InboxError(
        f"The query cannot be answered: {without_values(own or said).splitlines()[0]}",
        where=f"{where}, in {query.shown}",
        remedy=remedy,
    )


def _show(con: DuckDBPyConnection, query: Query, stream: LandedStream, where: str) -> None:
    """Make views of the tables, with the rows that count, under their names.

    Raises:
        InboxError: A table or column is missing.
    """
    base = ".".join(map(quoted, _current(con)))
    for table in (table for table in stream.tables if table.daily):
        con.execute(
            f"create temp view {quoted(table.name)} as {_days_of(con, table, base, query, where)}"
        )
    found = {table.name: _columns(con, f"{base}.{quoted(table.found)}") for table in stream.tables}
    if stream.one_of and not any(found[name] for name in stream.one_of):
        raise _missing(f"None of the tables {', '.join(stream.one_of)} is there", query, where)
    loader = _LOADERS[query.loader]
    loads = loader.loads and bool(_columns(con, f"{base}.{quoted(LOADS)}"))
    for table in (table for table in stream.tables if not table.daily):
        present = found[table.name]
        if not present and not (table.is_optional or table.name in stream.one_of):
            raise _missing(f"The table {table.found} is not there", query, where)
        taken = _taken(table, present, query, where)
        if _META in present:
            taken[_META] = present[_META]
        if present and loader.loads and _written(loader, present) and not loads:
            raise _missing(f"The table {LOADS} is not there", query, where)
        if present and table.key and not table.history:
            _refuse_undecided(con, table, loader, taken, present, base, query, where)
        con.execute(
            f"create temp view {quoted(table.name)} as "
            + _counting(table, loader, taken, present, base)
        )
        if _META in present:
            _refuse_nulled(con, table, query, where)


def _days_of(
    con: DuckDBPyConnection, table: LandedTable, base: str, query: Query, where: str
) -> str:
    """The tables of a series that count, one for each day, as a select.

    Raises:
        InboxError: There is none, or one lacks a column.
    """
    listed = con.execute(
        "select table_name from information_schema.tables "
        "where table_catalog = current_database() and table_schema = current_schema()"
    ).fetchall()
    days: dict[str, str] = {}
    for series in table.daily:
        of_series = re.compile(rf"{re.escape(series)}_([0-9]{{8}})")
        named = {found[1]: name for (name,) in listed if (found := of_series.fullmatch(name))}
        days = named | days
    if not days:
        raise _missing(f"There is no table {table.daily[0]}_YYYYMMDD", query, where)
    selects = []
    for day, name in sorted(days.items()):
        source = f"{base}.{quoted(name)}"
        of_day = replace(table, found=name)
        taken = _taken(of_day, _texts(con, source), query, where)
        columns = ", ".join(f"{said} as {quoted(column)}" for column, said in taken.items())
        selects.append(
            f"select {columns}, strptime({literal(day)}, '%Y%m%d')::date as table_day from {source}"
        )
    return " union all ".join(selects)


def _texts(con: DuckDBPyConnection, table: str) -> dict[str, str]:
    """What each column of a table is as text, nested ones as JSON, by name in small letters.

    Lines of JSON leave out what has no value, so each of them may have any column.
    """
    rows = con.execute(f"describe select * from {table}").fetchall()
    if [row[0] for row in rows] == [JSON_LINE]:
        return _Any()
    return {
        str(name).lower(): f"cast(to_json({quoted(name)}) as varchar)"
        if str(kind).endswith("]") or str(kind).startswith(("STRUCT", "MAP"))
        else f"cast({quoted(name)} as varchar)"
        for name, kind, *_ in rows
    }


class _Any(dict[str, str]):
    """The columns of lines of JSON."""

    def __contains__(self, name: object) -> bool:
        return True

    def __missing__(self, name: str) -> str:
        return f"{quoted(JSON_LINE)} ->> {literal(f'$.{name}')}"


def _refuse_undecided(
    con: DuckDBPyConnection,
    table: LandedTable,
    loader: _Loader,
    taken: dict[str, str],
    present: dict[str, str],
    base: str,
    query: Query,
    where: str,
) -> None:
    """Stop where several rows have one key and nothing says which of them count.

    They may be readings of one thing, of which one counts, or things of their own, of which each
    does: to choose would lose money or count it twice.
    """
    written = _written(loader, present)
    if table.labels:
        _refuse_unlabelled(con, table, taken, present, base, query, where)
    lost = [name for name in table.key if taken[name] == _ABSENT]
    known = [taken[name] for name in table.key if name not in lost]
    rest = [said for name, said in taken.items() if name not in table.key and name != _META]
    if lost or not written:
        repeated = "count(*) > 1"
        why = f"lacks {', '.join(lost) or ' or '.join(loader.written)}"
        remedy = "Let the table have all of its columns"
    elif len(table.key) > 1 and rest:
        # One record may be read twice in one load; a report's row is not, unless it is split.
        known.append(written)
        repeated = f"min(hash({', '.join(rest)})) <> max(hash({', '.join(rest)}))"
        why = f"has different rows of one {', '.join(table.key)} that were written at once"
        remedy = "Let the loader sync the report without further breakdowns"
    else:
        return
    grouped = f"group by {', '.join(known)}" if known else ""
    found = con.execute(
        f"select count(*) from (select 1 from {_source(table, loader, present, base)} "
        f"{grouped} having {repeated})"
    ).fetchone()
    if found and found[0]:
        raise InboxError(
            f"The table {table.found} {why}, so that it cannot be told which rows count: "
            f"{found[0]:,} of its keys have several.",
            where=f"{where}, in {query.shown}",
            remedy=f"{remedy}; or read the table by a query of your own, sql.",
        )


def _refuse_unlabelled(
    con: DuckDBPyConnection,
    table: LandedTable,
    taken: dict[str, str],
    present: dict[str, str],
    base: str,
    query: Query,
    where: str,
) -> None:
    """Stop where one key has several labels and nothing says which sync wrote which."""
    labels = ", ".join(taken[name] for name in table.labels)
    sync = _sync(present)
    found = con.execute(
        f"select count(*) from (select 1 from {base}.{quoted(table.found)}"
        f" group by {', '.join(_unlabelled(table, taken))}"
        f" having min(hash({labels})) <> max(hash({labels})) and count({sync}) < count(*))"
    ).fetchone()
    if found and found[0]:
        raise InboxError(
            f"The table {table.found} has several {' or '.join(table.labels)} of one day of "
            f"{found[0]:,} of its keys, and no sync_id in {_META}: they may be parts of the day, "
            "or readings before and after a change.",
            where=f"{where}, in {query.shown}",
            remedy="Let Airbyte refresh the stream; or read the table by a query of your own, sql.",
        )


def _refuse_nulled(con: DuckDBPyConnection, table: LandedTable, query: Query, where: str) -> None:
    """Stop where Airbyte emptied needed values that did not fit: they are not absent."""
    fields = ", ".join(literal(name) for names in table.columns for name in names)
    nulled = "unnest(json_extract_string(cast(_airbyte_meta as json), '$.changes[*].field'))"
    found = con.execute(
        f"select field, count(*) from (select {nulled} as field from {quoted(table.name)}) "
        f"where field in ({fields}) group by field order by field"
    ).fetchall()
    if found:
        named = ", ".join(f"{field} ({count:,})" for field, count in found)
        raise InboxError(
            f"Airbyte could not write values of the table {table.found} and left them empty: "
            f"{named}.",
            where=f"{where}, in {query.shown}",
            remedy="Correct them at the vendor, or the column's type in the destination, and sync "
            "again. Which rows they are, _airbyte_meta says.",
        )


def _current(con: DuckDBPyConnection) -> tuple[str, str]:
    ((database, schema),) = con.execute("select current_database(), current_schema()").fetchall()
    return str(database), str(schema)


def _columns(con: DuckDBPyConnection, table: str) -> dict[str, str]:
    """What each column of a table is in SQL, by name in small letters; none without a table."""
    try:
        rows = con.execute(f"describe select * from {table}").fetchall()
    except duckdb.CatalogException:
        return {}
    return {str(row[0]).lower(): _said(str(row[0]), str(row[1])) for row in rows}


def _said(name: str, kind: str) -> str:
    """A column; an id that a program took for a measure is written as the whole number it was."""
    said = quoted(name)
    if kind not in ("DOUBLE", "FLOAT") or not name.lower().endswith("id"):
        return said
    lost = literal(f"ids in the column {name} are {kind}, and some have lost their last digits")
    exact = 2**53 if kind == "DOUBLE" else 2**24
    whole = f"cast(cast({said} as bigint) as varchar)"
    return f"case when abs({said}) >= {exact} then error({lost}) else {whole} end"


def _taken(table: LandedTable, present: dict[str, str], query: Query, where: str) -> dict[str, str]:
    """What each of the query's columns is in the table."""
    taken: dict[str, str] = {}
    for names in (*table.columns, *table.optional):
        at = next((present[name.lower()] for name in names if name.lower() in present), None)
        if at is not None:
            taken[names[0]] = at
        elif present and names in table.columns:
            raise _missing(
                f"The table {table.found} has no column {' or '.join(names)}", query, where
            )
        else:
            taken[names[0]] = _ABSENT
    return taken


def _counting(
    table: LandedTable,
    loader: _Loader,
    taken: dict[str, str],
    present: dict[str, str],
    base: str,
) -> str:
    """The rows of a table that count, as a select."""
    selected = [f"{said} as {quoted(name)}" for name, said in taken.items()]
    if not present:
        # Types do not matter where there is no row.
        return f"select {', '.join(selected + _validity(table, {}))} where false"
    source = _source(table, loader, present, base)
    written = _written(loader, present)
    body = f"select {', '.join(selected + _validity(table, taken))} from {source} as landed_rows"
    live = list(_live(table, loader, present))
    if table.key and written and not table.history:
        key = ", ".join(taken[name] for name in table.key)
        # A newer version that says that the row was deleted ends the older ones.
        live.insert(0, f"row_number() over (partition by {key} order by {written} desc) = 1")
        if table.labels and _META in present:
            known = ", ".join(_unlabelled(table, taken))
            live.append(f"rank() over (partition by {known} order by {_sync(present)} desc) = 1")
        return f"{body} qualify {' and '.join(live)}"
    return f"{body} where {' and '.join(live)}" if live else body


def _unlabelled(table: LandedTable, taken: dict[str, str]) -> list[str]:
    """The columns of a key that say the same at every sync."""
    return [taken[name] for name in table.key if name not in table.labels]


def _sync(present: dict[str, str]) -> str:
    """Which sync of Airbyte's wrote a row; null where it does not say."""
    if _META not in present:
        return "cast(null as bigint)"
    said = f"json_extract_string(cast({present[_META]} as json), '$.sync_id')"
    return f"try_cast({said} as bigint)"


def _written(loader: _Loader, present: dict[str, str]) -> str:
    """The column that dates a row's writing; empty where there is none."""
    return next((name for name in loader.written if name in present), "")


def _source(table: LandedTable, loader: _Loader, present: dict[str, str], base: str) -> str:
    """A table, without the rows of loads that were not completed."""
    source = f"{base}.{quoted(table.found)}"
    written = _written(loader, present)
    if loader.loads and written:
        return (
            f"(select * from {source} where {written} in "
            f"(select load_id from {base}.{quoted(LOADS)} where status = 0))"
        )
    return source


def _live(table: LandedTable, loader: _Loader, present: dict[str, str]) -> Iterator[str]:
    """What is true of a row that was neither deleted at the vendor nor replaced."""
    for name in () if table.keeps_deleted else loader.deleted:
        if name in present:
            yield _NOT[name]
    if loader.active in present and not table.history:
        yield f"coalesce(cast({loader.active} as boolean), true)"


def _validity(table: LandedTable, taken: dict[str, str]) -> list[str]:
    """The time in which a row of a history was valid: the first one of a key from the beginning."""
    if not table.history:
        return []
    if not taken:
        return [f"cast(null as timestamp) as valid_{end}" for end in ("from", "until")]
    at = f"cast({taken[table.history]} as timestamp)"
    key = ", ".join(taken[name] for name in table.key)
    window = f"over (partition by {key} order by {at})"
    return [
        f"case when row_number() {window} > 1 then {at} else timestamp '0001-01-01' end "
        "as valid_from",
        f"coalesce(lead({at}) {window}, timestamp '9999-01-01') as valid_until",
    ]


def _missing(what: str, query: Query, where: str) -> InboxError:
    return InboxError(
        f"{what}.",
        where=f"{where}, in {query.shown}" + (f", schema {query.schema}" if query.schema else ""),
        remedy="Correct path or schema, let the loader sync it, or leave out the stream that needs "
        "it: streams: [...]. What is needed is in docs/landed.md.",
    )
