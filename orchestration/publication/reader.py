"""Reading the published file: read-only, without access to any other file, settings locked.

Belongs here: opening the published generation and querying it. Does not belong here: writing it
(``publish.py``).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from orchestration.configuration.settings import Settings
from orchestration.foundation.errors import TributaryError
from orchestration.foundation.reading import lock, reading_connection
from orchestration.foundation.sql import literal
from orchestration.publication.questions import NotAQuestion, reading_statement

CATALOG = "tributary"
"""The published database's name, the same one a BI tool derives from the file name."""

RELATIONS = f"""(
    select schema_name, table_name as name, comment from duckdb_tables()
    where database_name = '{CATALOG}'
    union all
    select schema_name, view_name, comment from duckdb_views() where database_name = '{CATALOG}'
)"""
"""What readers see, as a table: schema, name and description of every table and view."""

MAX_CHARACTERS = 64_000_000
"""The most characters one answer brings into memory, however many rows it has."""

MAX_SPILL = "2GB"
"""The most that one reader writes into its spill folder."""

_BATCH = 100
_BATCH_CHARACTERS = 1_000_000


class NotPublished(TributaryError):
    """There is no published file yet."""


class QueryRefused(TributaryError):
    """A query could not be answered; the message says why."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The rows of one query.

    Attributes:
        columns: The names of the columns.
        rows: At most as many as requested.
        truncated: Whether there were more.
    """

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    truncated: bool


@contextmanager
def open_published(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the present generation, which stays unchanged until the connection closes.

    The file is attached to a database in memory: direct connections to one path share an instance
    within a process, and so would share an older generation that another thread holds open.

    Raises:
        NotPublished: Nothing was published yet. QueryRefused: The file cannot be read.
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
    with reading_connection(memory_limit, threads, max_temp_directory_size=MAX_SPILL) as con:
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
        lock(con)
        yield con


def query(settings: Settings, sql: str, *, max_rows: int = 1000) -> Answer:
    """Answer one query of the published file.

    Args:
        settings: Locates the file.
        sql: One statement that reads.
        max_rows: The most rows to return.

    Raises:
        NotPublished: Nothing was published yet.
        QueryRefused: The statement is not one that reads, DuckDB refused it, or its answer is
            larger than ``MAX_CHARACTERS``.
    """
    with open_published(settings) as con:
        columns, batches = ask(con, sql)
        rows: list[tuple[Any, ...]] = []
        characters = 0
        for batch in batches:
            rows += batch
            characters += sum(map(_weight, batch))
            if characters > MAX_CHARACTERS:
                raise QueryRefused(
                    f"The answer holds more than {MAX_CHARACTERS:,} characters.",
                    where=sql.strip()[:200],
                    remedy="Select fewer rows or shorter texts, for example left(text, 100).",
                )
            if len(rows) > max_rows:
                break
    return Answer(columns=columns, rows=rows[:max_rows], truncated=len(rows) > max_rows)


def ask(
    con: duckdb.DuckDBPyConnection, sql: str
) -> tuple[tuple[str, ...], Iterator[list[tuple[Any, ...]]]]:
    """The columns of an answer, and its rows in batches while the connection is open.

    Args:
        con: From ``open_published``.
        sql: One statement that reads.

    Raises:
        QueryRefused: The statement is not one that reads, or DuckDB refused it.
    """
    with _refusals(sql):
        con.execute(reading_statement(con, sql))
        columns = tuple(column[0] for column in con.description or ())

    def batches() -> Iterator[list[tuple[Any, ...]]]:
        size = 1
        while True:
            with _refusals(sql):
                batch = con.fetchmany(size)
            if not batch:
                return
            # Few rows at once where they are long: what is fetched is in memory twice.
            size = min(size * 2, _BATCH, 1 + _BATCH_CHARACTERS // (1 + max(map(_weight, batch))))
            yield batch

    return columns, batches()


def _weight(value: Any) -> int:
    """About how many characters a value has."""
    if isinstance(value, str | bytes):
        return len(value)
    if isinstance(value, list | tuple):
        return sum(map(_weight, value))
    if isinstance(value, dict):
        return sum(_weight(key) + _weight(each) for key, each in value.items())
    return 1


@contextmanager
def _refusals(sql: str) -> Iterator[None]:
    where = sql.strip()[:200]
    try:
        yield
    except NotAQuestion as refusal:
        raise QueryRefused(
            str(refusal),
            where=where,
            remedy="Use a SELECT; the published file is read-only.",
        ) from None
    except duckdb.Error as error:
        raise QueryRefused(
            f"The query was refused: {error}",
            where=where,
            remedy="See docs/marts.md for the tables and their columns, or run: show all tables",
        ) from error
    except RuntimeError as error:
        # What DuckDB makes of Ctrl-C, unless Python's own handler comes first.
        if "interrupted" not in str(error):
            raise
        raise KeyboardInterrupt from None


def generation_of(path: Path) -> int | None:
    """The generation number in a published file; ``None`` when there is no readable file."""
    found = publication_of(path)
    return None if found is None else found[0]


def publication_of(path: Path) -> tuple[int, str] | None:
    """Generation and run of a published file; ``None`` when there is no readable file."""
    try:
        with open_generation(path) as con:
            rows = con.execute("select generation, run_id from meta.publication").fetchall()
    except (NotPublished, QueryRefused, duckdb.Error):
        return None
    return (int(rows[0][0]), str(rows[0][1])) if rows else None
