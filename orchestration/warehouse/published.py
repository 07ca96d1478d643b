"""Reading the published file: read-only, without access to any other file, settings locked.

Belongs here: opening the published generation and asking it questions. Does not belong here:
making it (``publish.py``).
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from orchestration.errors import TributaryError
from orchestration.settings import Settings
from orchestration.warehouse.sql import literal

CATALOG = "tributary"
"""The published database's name; the same as a BI tool derives from the file's name."""

READING = frozenset({duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN})
"""Statements that ``query`` accepts; DESCRIBE, SHOW and SUMMARIZE are SELECTs to DuckDB."""


class NotPublished(TributaryError):
    """There is no published file yet."""


class QueryRefused(TributaryError):
    """A query could not be answered; says why."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The rows of one query.

    Attributes:
        columns: The names of the columns.
        rows: At most as many as were asked for.
        truncated: Whether there were more.
    """

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    truncated: bool


@contextmanager
def open_published(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the present generation; it stays whole and the same until the connection closes.

    The file is attached to a database in memory: a direct connection would share one instance
    per path within a process, and with it an older generation that another thread holds open.

    Raises:
        NotPublished: Nothing was published yet.
        QueryRefused: The file cannot be read.
    """
    path = settings.published_path
    with open_generation(path, settings.memory_limit, settings.threads) as con:
        yield con


@contextmanager
def open_generation(
    path: Path, memory_limit: str = "1GB", threads: int = 1
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open one published file as ``open_published`` does.

    Raises:
        NotPublished: The file does not exist.
        QueryRefused: The file cannot be read.
    """
    if not path.exists():
        raise NotPublished(
            "Nothing has been published yet.",
            where=str(path),
            remedy="Run: tributary run   (or see the demo company first: tributary demo)",
        )
    # DuckDB lets a query read and write its spill folder, so each reader gets an empty one.
    spill = tempfile.mkdtemp(prefix="tributary-reader-")
    con = duckdb.connect(
        ":memory:",
        config={
            "memory_limit": memory_limit,
            "threads": threads,
            "temp_directory": spill,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "allow_community_extensions": False,
        },
    )
    try:
        try:
            con.execute(f"attach {literal(str(path))} as {CATALOG} (read_only)")
        except duckdb.Error as error:
            raise QueryRefused(
                f"The published file cannot be read: {error}",
                where=str(path),
                remedy="Close the program that has it open for writing, or publish again: "
                "tributary run",
            ) from error
        con.execute(f"use {CATALOG}")
        con.execute("set TimeZone = 'UTC'")
        con.execute("set enable_external_access = false")
        con.execute("set lock_configuration = true")
        yield con
    finally:
        con.close()
        shutil.rmtree(spill, ignore_errors=True)


def query(settings: Settings, sql: str, *, max_rows: int = 1000) -> Answer:
    """Answer one question to the published file.

    Args:
        settings: Where the file stands.
        sql: One statement that reads.
        max_rows: The most rows to return.

    Raises:
        NotPublished: Nothing was published yet.
        QueryRefused: The statement is not one that reads, or DuckDB refused it.
    """
    with open_published(settings) as con:
        try:
            statements = con.extract_statements(sql)
            if len(statements) != 1 or statements[0].type not in READING:
                raise QueryRefused(
                    "Only one statement that reads is answered here.",
                    where=sql.strip()[:200],
                    remedy="Ask with a SELECT; the published file is read-only.",
                )
            con.execute(statements[0])
            columns = tuple(column[0] for column in con.description or ())
            rows = con.fetchmany(max_rows + 1)
        except duckdb.Error as error:
            raise QueryRefused(
                f"The query was refused: {error}",
                where=sql.strip()[:200],
                remedy="See docs/marts.md for the tables and their columns, "
                "or ask: show all tables",
            ) from error
    return Answer(columns=columns, rows=rows[:max_rows], truncated=len(rows) > max_rows)


def generation_of(path: Path) -> int | None:
    """The generation that a published file states; ``None`` when there is no readable file."""
    try:
        with open_generation(path) as con:
            rows = con.execute("select generation from meta.publication").fetchall()
    except (NotPublished, QueryRefused, duckdb.Error):
        return None
    return int(rows[0][0]) if rows else None
