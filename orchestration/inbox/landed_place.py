"""Opens the places where landed tables are: DuckDB files, folders of files, PostgreSQL.

Belongs here: a connection that can read that place and nothing else, why it cannot be had, and what
DuckDB's extensions read otherwise than it was written. Does not belong here: which tables are read
(``landed_tables.py``).
"""

from __future__ import annotations

import importlib.util
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from glob import escape
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from orchestration.configuration.landed import Query
from orchestration.configuration.secrets import Secret
from orchestration.foundation.reading import lock, reading_connection
from orchestration.foundation.sql import literal, quoted
from orchestration.foundation.time_limit import interruptible
from orchestration.inbox.files import InboxError
from orchestration.privacy.messages import without_values

CATALOG = "landed"
"""The name under which a database is attached."""
_POSTGRES = "landed_postgres"
"""The name of a PostgreSQL database itself; ``CATALOG`` has views of its tables."""
_SCHEMAS = (
    "select distinct schema_name from duckdb_schemas() where database_name = '{}' "
    "and schema_name not in ('information_schema', 'pg_catalog') order by all"
)
_PART = re.compile(r'"(?:[^"]|"")*"|[^".]+')
"""A part of a qualified name."""
_EXTENSION = "duckdb_extension_postgres_scanner"
JSON_LINE = "json"
"""The one column of a table of JSON lines; what has no value is not in them."""
_LINES = (".json.gz", ".jsonl.gz", ".ndjson.gz", ".json", ".jsonl", ".ndjson")
_MEMORY = "1GB"
LOADS = "_dlt_loads"
"""Where dlt says which of its loads were completed."""
_READ = {
    "Parquet": "read_parquet([{}], union_by_name = true)",
    "JSON lines": "read_ndjson_objects([{}])",
    # In a folder dlt writes its own tables as lines, whatever it writes the others as.
    LOADS: "read_json([{}], format = 'newline_delimited',"
    " columns = {{load_id: 'varchar', status: 'bigint'}})",
}
_NO_SECRETS: dict[str, str | bool] = {
    "allow_persistent_secrets": True,
    "secret_directory": os.devnull,
}
"""Attaching asks for secrets; those that DuckDB keeps for a person are none of ours."""


@contextmanager
def open_place(query: Query, where: str) -> Iterator[DuckDBPyConnection]:
    """A connection that reads the place of a query and cannot write or read anything else.

    Its time zone is UTC. Moments without a zone are as the tables have them.

    Args:
        query: Names the place.
        where: The entry, for errors.

    Raises:
        InboxError: The place cannot be opened.
    """
    # One thread gives the rows of an unchanged table in one order.
    with reading_connection(_MEMORY, 1, **_NO_SECRETS) as con:
        _attach(con, query, where)
        lock(con)
        with interruptible(con):
            yield con


def _attach(con: DuckDBPyConnection, query: Query, where: str) -> None:
    place = query.place
    if isinstance(place, Secret):
        _attach_postgres(con, place, query.schema, where)
    elif place.is_dir():
        below = place / query.schema
        folder = (below if below.is_dir() else place).resolve()
        # A name is allowed as it is written: files by themselves, patterns with signs escaped.
        names = ", ".join(literal(name) for name in {str(folder), escape(str(folder))})
        con.execute(f"set allowed_directories = [{names}]")
        _show_files(con, folder, where)
    else:
        _attach_duckdb(con, place, query.schema, where)


def _attach_duckdb(con: DuckDBPyConnection, path: Path, schema: str, where: str) -> None:
    if not path.is_file():
        raise InboxError(
            f"There is no DuckDB file and no folder at {path}.",
            where=where,
            remedy="Correct the path of this entry, or let the loader write there first.",
        )
    try:
        con.execute(f"attach {literal(str(path))} as {CATALOG} (type duckdb, read_only)")
    except duckdb.Error as error:
        if "could not set lock" in str(error).lower():
            raise InboxError(
                f"Another program has {path} open for writing.",
                where=where,
                remedy="Run when the loader has finished; or let it write Parquet files, or copy "
                "the file when it is done, and name those.",
            ) from error
        raise InboxError(
            f"{path} cannot be read as a DuckDB file: {_first_line(error)}",
            where=where,
            remedy="Name a DuckDB file of this DuckDB version or an older one "
            f"({duckdb.__version__}), or a folder of Parquet files.",
        ) from error
    _use(con, schema, where)


def _attach_postgres(con: DuckDBPyConnection, address: Secret, schema: str, where: str) -> None:
    found = importlib.util.find_spec(_EXTENSION)
    if found is None or found.origin is None:
        raise InboxError(
            "Reading PostgreSQL needs a part that is not installed.",
            where=where,
            remedy="pip install 'tributary-warehouse[postgres]'",
        )
    folder = Path(found.origin).parent / "extensions" / f"v{duckdb.__version__}"
    try:
        con.execute(f"load {literal(str(folder / 'postgres_scanner.duckdb_extension'))}")
        con.execute(f"attach {literal(address.reveal())} as {_POSTGRES} (type postgres, read_only)")
    except duckdb.Error as error:
        # The message begins with the address, which holds the password.
        said = str(error).replace(address.reveal(), "")
        reason = said.rpartition('": ')[2].splitlines()[0]
        raise InboxError(
            f"The database cannot be opened: {without_values(reason)}",
            where=where,
            remedy=f"Check the address in {address.variable}, for example "
            "postgresql://reader@host/database, and that its user may connect and select.",
        ) from None
    con.execute(f"attach ':memory:' as {CATALOG}")
    schema = schema or "public"
    names = {name for (name,) in con.execute(_SCHEMAS.format(_POSTGRES)).fetchall()}
    for name in names - {"main"}:
        con.execute(f"create schema {CATALOG}.{quoted(name)}")
    _use(con, schema, where, _POSTGRES)


def show_tables(con: DuckDBPyConnection, query: Query) -> None:
    """Show the tables that a query names, with the numbers that PostgreSQL has.

    Its extension reads NaN and Infinity in a ``numeric`` as 0, which money must not become. The
    server writes such columns as texts instead, which are numbers again here: a NaN in a column
    with a precision, which DuckDB's decimals do not have, stops a query that reads it.

    Args:
        con: A connection that ``open_place`` gave. Of other places all tables are shown already.
        query: The query.

    Raises:
        duckdb.Error: The database refuses.
    """
    if not isinstance(query.place, Secret):
        return
    ((schema,),) = con.execute("select current_schema()").fetchall()
    if query.stream is None:
        named = con.get_table_names(query.sql, qualified=True)
    else:
        named = {quoted(table.found) for table in query.stream.tables} | {quoted(LOADS)}
        series = {name for table in query.stream.tables for name in table.daily}
        named |= {quoted(name) for name in _of_series(con, schema, series)}
    for name in sorted(named):
        parts = _PART.findall(name)
        whole = [schema, *(part.strip('"').replace('""', '"') for part in parts)][-2:]
        at = ".".join(map(quoted, whole))
        try:
            columns = con.execute(f"describe select * from {_POSTGRES}.{at}").fetchall()
        except duckdb.CatalogException:
            continue  # the query says so itself, with what there is
        kinds = {str(column): str(kind) for column, kind, *_ in columns}
        con.execute(f"create view {CATALOG}.{at} as {_numbers(at, kinds)}")


def _of_series(con: DuckDBPyConnection, schema: str, series: set[str]) -> set[str]:
    """The tables of a schema that are one of a series, such as those of each day."""
    listed = con.execute(
        "select table_name from information_schema.tables "
        f"where table_catalog = {literal(_POSTGRES)} and table_schema = {literal(schema)}"
    ).fetchall()
    return {name for (name,) in listed if any(name.startswith(f"{each}_") for each in series)}


def _numbers(table: str, kinds: dict[str, str]) -> str:
    """A select of a table of PostgreSQL, with its numbers as they were written."""
    texts = [name for name, kind in kinds.items() if kind.startswith(("DECIMAL", "DOUBLE"))]
    texts = [name for name in texts if not kinds[name].endswith("]")]
    if not texts:
        return f"select * from {_POSTGRES}.{table}"
    asked = ", ".join(
        f"cast({quoted(name)} as text) as {quoted(name)}" if name in texts else quoted(name)
        for name in kinds
    )
    read = ", ".join(f"{_number(name, kinds[name])} as {quoted(name)}" for name in texts)
    query = literal(f"select {asked} from {table}")
    return f"select * replace ({read}) from postgres_query('{_POSTGRES}', {query})"


def _number(name: str, kind: str) -> str:
    said = quoted(name)
    if kind == "DOUBLE":
        return f"cast({said} as double)"
    no_amount = literal(f"the column {name} has NaN, which is no amount")
    return f"case when {said} = 'NaN' then error({no_amount}) else cast({said} as {kind}) end"


def _use(con: DuckDBPyConnection, schema: str, where: str, database: str = CATALOG) -> None:
    """Let names without a schema be those of the configured one, which the database has."""
    try:
        con.execute(f"use {CATALOG}" + (f".{quoted(schema)}" if schema else ""))
    except duckdb.Error as error:
        names = con.execute(_SCHEMAS.format(database)).fetchall()
        raise InboxError(
            f"There is no schema {schema!r}.",
            where=where,
            remedy=f"Correct schema: there are {', '.join(name for (name,) in names)}.",
        ) from error


def _show_files(con: DuckDBPyConnection, folder: Path, where: str) -> None:
    """A view for each file of Parquet or JSON lines, and for each folder of them, by its name."""
    for path in sorted(folder.iterdir()):
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        parquet = [str(file) for file in files if file.suffix == ".parquet"]
        lines = [str(file) for file in files if file.name.endswith(_LINES) and file.is_file()]
        if not parquet and not lines:
            continue
        suffix = next((each for each in (".parquet", *_LINES) if path.name.endswith(each)), "")
        name = path.name if path.is_dir() else path.name.removesuffix(suffix)
        listed = ", ".join(literal(escape(file)) for file in parquet or lines)
        kind = "Parquet" if parquet else LOADS if name == LOADS else "JSON lines"
        read = _READ[kind].format(listed)
        try:
            con.execute(f"create view {quoted(name)} as select * from {read}")
        except duckdb.Error as error:
            raise InboxError(
                f"{folder / name} cannot be read as {'Parquet' if parquet else 'JSON lines'}: "
                f"{_first_line(error)}",
                where=where,
                remedy="Write or transfer it again, or take it out of the folder.",
            ) from error


def _first_line(error: duckdb.Error) -> str:
    return without_values(error).splitlines()[0]
