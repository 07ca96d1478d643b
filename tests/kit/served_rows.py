"""Compares what PostgreSQL serves with the published file, row by row.

Belongs here: the comparison. Does not belong here: serving, or which file.
"""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
from adbc_driver_postgresql import dbapi

from orchestration.configuration.settings import Settings
from orchestration.foundation.sql import literal, quoted
from orchestration.publication.reader import CATALOG


def differences(settings: Settings, address: str) -> tuple[dict[str, int], int]:
    """How many rows the server lacks or has besides, by relation; no relation is left out.

    Args:
        settings: Locate the file.
        address: The server as one of its readers connects.

    Returns:
        Relations that differ, and the number of rows that were compared.
    """
    found, rows = {}, 0
    with dbapi.connect(address) as server, duckdb.connect() as con:
        con.execute(f"attach {literal(str(settings.published_path))} as {CATALOG} (read_only)")
        for schema, table, columns in _relations(con):
            relation = f"{quoted(schema)}.{quoted(table)}"
            with server.cursor() as cursor:
                cursor.execute(f"select * from {relation}")
                # Under the name by which DuckDB finds it.
                served = cursor.fetch_record_batch()
                con.register("served", served)
                con.execute("create or replace temp table theirs as select * from served")
                con.unregister("served")
            # Numeric arrives as text, in full.
            typed = ", ".join(f"cast({quoted(c)} as {kind}) as {quoted(c)}" for c, kind in columns)
            theirs, ours = f"(select {typed} from theirs)", f"{CATALOG}.{relation}"
            ((count, differing),) = con.execute(
                f"select (select count(*) from {ours}), "
                f"(select count(*) from (select * from {ours} except all select * from {theirs})) "
                f"+ (select count(*) from (select * from {theirs} except all select * from {ours}))"
            ).fetchall()
            rows += count
            if differing:
                found[f"{schema}.{table}"] = differing
    return found, rows


def _relations(
    con: duckdb.DuckDBPyConnection,
) -> Iterator[tuple[str, str, list[tuple[str, str]]]]:
    found = con.execute(
        "select schema_name, table_name, list(column_name order by column_index), "
        "list(data_type order by column_index) from duckdb_columns() "
        f"where database_name = '{CATALOG}' and not internal group by all order by 1, 2"
    ).fetchall()
    for schema, table, names, kinds in found:
        yield schema, table, list(zip(names, kinds, strict=True))
