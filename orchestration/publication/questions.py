"""Separates statements that only read from all others, before DuckDB runs them.

Belongs here: which statements and functions ``tributary sql`` answers. Does not belong here: the
locked connection they run on (``reader.py``), which is the other half of the protection.

DuckDB keeps a locked connection from other files, but not from everything. COPY may write to the
published file's ``.wal`` name and to the spill folder, EXPLAIN ANALYZE runs what it explains, and
enabling a log in a forbidden folder kills the whole process when the log is flushed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import duckdb

_EXPLAIN = re.compile(r"\s*explain(?:\s+analyze)?(?:\s*\([^()]*\))?\s+(.*)", re.IGNORECASE | re.S)

REFUSED_FUNCTIONS = frozenset(
    {
        "checkpoint",
        "disable_logging",
        "disable_profiling",
        "enable_logging",
        "enable_profiling",
        "force_checkpoint",
        "truncate_duckdb_logs",
        "write_log",
        # These run text as SQL, which would hide calls of the functions above.
        "json_execute_serialized_sql",
        "query",
        "query_table",
    }
)
"""Functions that a SELECT can call but that do more than read."""


class NotAQuestion(ValueError):
    """The text is not a single statement that only reads; the message says why."""


def reading_statement(con: duckdb.DuckDBPyConnection, sql: str) -> duckdb.Statement:
    """The single statement of a text, if all it can do is read.

    Args:
        con: The connection that will run it.
        sql: The text that a person typed.

    Raises:
        NotAQuestion: There is not exactly one statement, or it can do more than read.
        duckdb.Error: It is not SQL.
    """
    statements = con.extract_statements(sql)
    if len(statements) != 1:
        raise NotAQuestion("Only one statement at a time is answered here.")
    statement = statements[0]
    if statement.type == duckdb.StatementType.EXPLAIN:
        explained = _EXPLAIN.fullmatch(sql)
        if explained is None:
            raise NotAQuestion("Only EXPLAIN of a SELECT is answered here.")
        reading_statement(con, explained[1])
    elif statement.type == duckdb.StatementType.SELECT:
        # DESCRIBE, SHOW, SUMMARIZE, VALUES and FROM are SELECTs to DuckDB.
        refused = sorted(REFUSED_FUNCTIONS.intersection(_functions(con, sql)))
        if refused:
            raise NotAQuestion(f"The function {refused[0]} does more than read.")
    else:
        raise NotAQuestion("Only one statement that reads is answered here.")
    return statement


def _functions(con: duckdb.DuckDBPyConnection, sql: str) -> Iterator[str]:
    """The names of the functions that a SELECT calls, from DuckDB's own parser."""
    ((text,),) = con.execute("select json_serialize_sql($1)", [sql]).fetchall()
    try:
        tree = json.loads(text)
    except RecursionError:
        raise NotAQuestion("The statement is nested too deeply.") from None
    if tree["error"]:
        raise NotAQuestion(f"The statement cannot be judged: {tree['error_message']}")
    waiting: list[Any] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            if "function_name" in node:
                yield str(node["function_name"]).lower()
            waiting += node.values()
        elif isinstance(node, list):
            waiting += node
