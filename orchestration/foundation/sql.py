"""The few pieces of SQL that Python writes by hand: quoting, and transactions.

Belongs here: helpers that any warehouse statement may need. Does not belong here: statements.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import date

import duckdb
from duckdb import DuckDBPyConnection


def literal(text: str) -> str:
    """A quoted SQL literal, for statements that take no parameters (ATTACH, COMMENT ON)."""
    return "'" + text.replace("'", "''") + "'"


def date_literal(day: date) -> str:
    """A day as SQL text: the first query with parameters makes DuckDB import pandas (1 s)."""
    return f"date '{day.isoformat()}'"


def quoted(identifier: str) -> str:
    """An identifier as SQL text. Identifiers come from declarations, never from data."""
    return '"' + identifier.replace('"', '""') + '"'


@contextmanager
def transaction(con: DuckDBPyConnection) -> Iterator[None]:
    """Run everything inside in one transaction: all of it becomes durable, or none of it.

    Raises:
        duckdb.Error: A statement or the commit failed. A commit that fails (a full disk, for
            instance) has already rolled back; rolling back again would hide the reason.
    """
    con.execute("begin")
    try:
        yield
        con.execute("commit")
    except BaseException:
        with suppress(duckdb.Error):
            con.execute("rollback")
        raise


def json_path(keys: Iterable[str]) -> str:
    """Keys as a JSON path, as an SQL literal."""
    return literal("$" + "".join(f'."{key}"' for key in keys))
