"""The few pieces of SQL that Python writes by hand: quoting, and transactions.

Belongs here: what every statement of the warehouse may need. Does not belong here: statements.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

import duckdb
from duckdb import DuckDBPyConnection


def literal(text: str) -> str:
    """A text as SQL, quoted; for statements that take no parameters (ATTACH, COMMENT ON)."""
    return "'" + text.replace("'", "''") + "'"


def quoted(identifier: str) -> str:
    """An identifier as SQL text. Identifiers come from declarations, never from data."""
    return '"' + identifier.replace('"', '""') + '"'


@contextmanager
def transaction(con: DuckDBPyConnection) -> Iterator[None]:
    """Everything inside becomes durable together, or nothing of it.

    Raises:
        duckdb.Error: What a statement or the commit said. A commit that fails (a full disk, for
            instance) has already rolled back; rolling back again would hide why.
    """
    con.execute("begin")
    try:
        yield
        con.execute("commit")
    except BaseException:
        with suppress(duckdb.Error):
            con.execute("rollback")
        raise
