"""What a published file holds, as PostgreSQL has it.

Belongs here: names, types, keys, descriptions and the statements that create them. Does not belong
here: when they are carried out (``postgres.py``).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import duckdb

from orchestration.foundation.sql import literal, quoted
from orchestration.publication.contents import PUBLISHED_SCHEMAS
from orchestration.publication.reader import CATALOG
from orchestration.serving.connection import ServingFailed

LONGEST_NAME = 63
"""Bytes of an identifier; PostgreSQL cuts off the rest."""

INDEXED = ("conversion_key", "touchpoint_key", "lead_key", "person_key", "account_key")
"""What people look up a few rows of a fact by; sources, channels and months select too many."""

_TYPES = {
    "VARCHAR": "text",
    "BOOLEAN": "boolean",
    "TINYINT": "smallint",
    "SMALLINT": "smallint",
    "INTEGER": "integer",
    "BIGINT": "bigint",
    "FLOAT": "real",
    "DOUBLE": "double precision",
    "DATE": "date",
    "TIMESTAMP": "timestamp",
    "TIMESTAMP WITH TIME ZONE": "timestamptz",
}
_WIDE = {"HUGEINT": 38, "UBIGINT": 20}
"""Whole numbers that only a decimal of so many digits holds."""

_DECIMAL = re.compile(r"DECIMAL(\(\d+,\d+\))")
_NUL, _REPLACED = "chr(0)", "chr(65533)"
"""PostgreSQL has no text with U+0000; Unicode's sign for a replaced character shows where."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Attributes:
        name: As published.
        kind: Its type in DuckDB.
        comment: Its description.
    """

    name: str
    kind: str
    comment: str | None

    @property
    def type(self) -> str:
        """Its type in PostgreSQL, exact for every value.

        Raises:
            ServingFailed: There is none.
        """
        if self.kind in _WIDE:
            return f"numeric({_WIDE[self.kind]},0)"
        if found := _DECIMAL.fullmatch(self.kind):
            return f"numeric{found[1]}"
        element = self.kind.removesuffix("[]")
        if element not in _TYPES:
            raise ServingFailed(
                f"PostgreSQL has no type for the column {self.name} of type {self.kind}.",
                remedy="This is an error of Tributary; report it with this message.",
            )
        return _TYPES[element] + self.kind[len(element) :]

    @property
    def selected(self) -> str:
        """The expression that reads it for PostgreSQL."""
        name = quoted(self.name)
        if self.kind == "VARCHAR":
            return f"replace({name}, {_NUL}, {_REPLACED}) as {name}"
        if self.kind in _WIDE:
            return f"cast({name} as decimal({_WIDE[self.kind]}, 0)) as {name}"
        return name


@dataclass(frozen=True, slots=True)
class Relation:
    """One table or view.

    Attributes:
        schema: ``core``, ``marts`` or ``meta``.
        name: As published.
        comment: Its description.
        columns: In their order.
        keys: Columns whose values no two rows share, as the gate verified, and whether they always
            have one.
        view: The statement of a view; ``None`` for a table.
    """

    schema: str
    name: str
    comment: str | None
    columns: tuple[Column, ...]
    keys: tuple[tuple[tuple[str, ...], bool], ...]
    view: str | None = None

    @property
    def source(self) -> str:
        """The query that reads it from the published file."""
        selected = ", ".join(column.selected for column in self.columns)
        return f"select {selected} from {quoted(self.schema)}.{quoted(self.name)}"

    def create(self, schemas: dict[str, str]) -> str:
        """The statement that creates it.

        Args:
            schemas: The name that each published schema has there.
        """
        if self.view is not None:
            return _translated(self.view, schemas)
        columns = ", ".join(f"{quoted(column.name)} {column.type}" for column in self.columns)
        return f"create table {self._at(schemas)} ({columns})"

    def finish(self, schemas: dict[str, str]) -> Iterator[str]:
        """The statements for keys, indexes and descriptions, once its rows are there."""
        at = self._at(schemas)
        leading = set()
        primary = False
        for columns, always in self.keys:
            kind = "primary key" if always and not primary else "unique"
            primary |= always
            leading.add(columns[0])
            yield f"alter table {at} add {kind} ({', '.join(map(quoted, columns))})"
        if self.view is None and self.name.startswith(("fct_", "bridge_")):
            for column in self.columns:
                if column.name in INDEXED and column.name not in leading:
                    yield f"create index on {at} ({quoted(column.name)})"
        if self.comment:
            kind = "table" if self.view is None else "view"
            yield f"comment on {kind} {at} is {literal(self.comment)}"
        for column in self.columns:
            if column.comment:
                name = f"{at}.{quoted(column.name)}"
                yield f"comment on column {name} is {literal(column.comment)}"

    def _at(self, schemas: dict[str, str]) -> str:
        return f"{quoted(schemas[self.schema])}.{quoted(self.name)}"


def relations_of(con: duckdb.DuckDBPyConnection) -> list[Relation]:
    """The tables of a published file, and after them its views.

    Args:
        con: From ``open_published``.

    Raises:
        ServingFailed: A name is too long for PostgreSQL.
    """
    columns: dict[tuple[str, str], list[Column]] = defaultdict(list)
    for schema, table, name, kind, comment in con.execute(
        "select schema_name, table_name, column_name, data_type, comment from duckdb_columns() "
        f"where database_name = '{CATALOG}' order by schema_name, table_name, column_index"
    ).fetchall():
        _require_short(table)
        _require_short(name)
        columns[schema, table].append(Column(name, kind, comment))
    found = con.execute(
        "select schema_name, table_name, comment, null from duckdb_tables() "
        f"where database_name = '{CATALOG}' union all "
        "select schema_name, view_name, comment, sql from duckdb_views() "
        f"where database_name = '{CATALOG}'"
    ).fetchall()
    listed = [each for each in found if each[0] in PUBLISHED_SCHEMAS]
    proven = _proven_keys(con)
    return [
        Relation(
            schema,
            name,
            comment,
            tuple(columns[schema, name]),
            () if view else tuple(_keys(con, schema, name, columns[schema, name], proven)),
            view,
        )
        for schema, name, comment, view in sorted(listed, key=lambda each: (bool(each[3]), each))
    ]


def _proven_keys(con: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    """The names of the passed tests of uniqueness by relation."""
    found = defaultdict(list)
    for asset, name in con.execute(
        "select asset, name from meta.checks where kind = 'dbt' and severity = 'error' "
        "and status = 'pass' and name like 'unique%' order by name"
    ).fetchall():
        found[asset].append(name)
    return found


def _keys(
    con: duckdb.DuckDBPyConnection,
    schema: str,
    table: str,
    columns: list[Column],
    proven: dict[str, list[str]],
) -> Iterator[tuple[tuple[str, ...], bool]]:
    """The keys that tests named after them verified: ``unique_<table>_<column>`` and the like."""
    known = {column.name for column in columns}
    for test in proven.get(f"{schema}.{table}", ()):
        named = re.sub(rf"\Aunique(?:_combination)?_{re.escape(table)}_", "", test)
        key = tuple(named.split("__"))
        if known.issuperset(key):
            lacking = " or ".join(f"{quoted(name)} is null" for name in key)
            ((nulls,),) = con.execute(
                f"select count(*) from {quoted(schema)}.{quoted(table)} where {lacking}"
            ).fetchall()
            yield key, nulls == 0


def _translated(view: str, schemas: dict[str, str]) -> str:
    # Only here, because companies without a server import this module, too.
    import sqlglot
    from sqlglot import exp

    statement = sqlglot.parse_one(view, read="duckdb")
    for table in statement.find_all(exp.Table):
        if table.db in schemas:
            table.set("db", exp.to_identifier(schemas[table.db]))
            table.set("catalog", None)
    return statement.sql(dialect="postgres", identify=True)


def _require_short(name: str) -> None:
    if len(name.encode()) > LONGEST_NAME:
        raise ServingFailed(
            f"The name {name} is longer than PostgreSQL's {LONGEST_NAME} bytes.",
            remedy="This is an error of Tributary; report it with this message.",
        )
