"""Everything inside a transaction becomes durable together, and a failure says why."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest

from orchestration.foundation.sql import literal, quoted, transaction
from orchestration.privacy.hashes import email_hash, hmac_pads, hmac_sql


@pytest.fixture
def con(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A file with an empty table of distinct numbers."""
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
        connection.execute("create table numbers (number integer primary key)")
        yield connection


def numbers(con: duckdb.DuckDBPyConnection) -> list[tuple[int]]:
    """What the table holds, and that no transaction is left open: another can begin."""
    con.execute("begin")
    found = con.execute("from numbers order by number").fetchall()
    con.execute("rollback")
    return found


def test_what_is_inside_is_committed_together(con: duckdb.DuckDBPyConnection) -> None:
    """Two statements, one commit."""
    with transaction(con):
        con.execute("insert into numbers values (1)")
        con.execute("insert into numbers values (2)")
    assert numbers(con) == [(1,), (2,)]


def attempt(con: duckdb.DuckDBPyConnection, *steps: str | Callable[[], object]) -> None:
    """Take steps in one transaction: statements of this connection, or anything else."""
    with transaction(con):
        for step in steps:
            if isinstance(step, str):
                con.execute(step)
            else:
                step()


@pytest.mark.parametrize("error", [ValueError("ours"), KeyboardInterrupt("stop")])
def test_an_error_of_python_undoes_all(
    con: duckdb.DuckDBPyConnection, error: BaseException
) -> None:
    """An operator's Ctrl-C between two statements must not leave the first."""

    def fail() -> None:
        raise error

    with pytest.raises(type(error), match=str(error)):
        attempt(con, "insert into numbers values (1)", fail)
    assert numbers(con) == []


def test_a_failed_statement_is_what_is_reported(con: duckdb.DuckDBPyConnection) -> None:
    """Not that the aborted transaction refuses whatever comes after it."""
    with pytest.raises(duckdb.ConstraintException, match="uplicate key"):
        attempt(con, "insert into numbers values (1)", "insert into numbers values (2), (2)")
    assert numbers(con) == []


def test_a_failed_commit_is_what_is_reported(con: duckdb.DuckDBPyConnection) -> None:
    """It has rolled back already: rolling back again once hid a full disk behind its own error."""
    with con.cursor() as other:
        other.execute("begin")
        other.execute("insert into numbers values (1)")
        with pytest.raises(duckdb.Error, match="Failed to commit"):
            attempt(con, "insert into numbers values (1), (2)", lambda: other.execute("commit"))
    assert numbers(con) == [(1,)]


def test_quoting_survives_what_it_quotes(con: duckdb.DuckDBPyConnection) -> None:
    """Descriptions and names hold quotes of both kinds."""
    text, name = 'it\'s "so"', "a \"b\" 'c'"
    (row,) = con.execute(f"select {literal(text)} as {quoted(name)}").fetchall()
    assert row == (text,)
    assert con.description is not None
    assert con.description[0][0] == name


@pytest.mark.parametrize("key", [b"0" * 16, b"k" * 64, b"long" * 40])
def test_sql_hashes_as_python_does(con: duckdb.DuckDBPyConnection, key: bytes) -> None:
    """The loader hashes in SQL, `explain` in Python: the same person must be found by both."""
    inner, outer = hmac_pads(key)
    statement = f"select {hmac_sql(literal('åsa@example.se'))}"
    (row,) = con.execute(statement, {"inner_pad": inner, "outer_pad": outer}).fetchall()
    assert row == (email_hash(key, "Åsa@Example.se "),)
