"""Searches for texts in everything in a home, including packed files and databases."""

from __future__ import annotations

import base64
import gzip
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import duckdb
import pyarrow


def forms(secret: str) -> set[str]:
    """A secret as it is, in a URL, and in Base64."""
    return {secret, quote(secret, safe=""), base64.b64encode(secret.encode()).decode().rstrip("=")}


def found(
    root: Path, needles: Iterable[str], *, without: Iterable[str] = ()
) -> dict[str, list[str]]:
    """Which files below a folder hold which of the texts.

    Args:
        root: The folder.
        needles: What to look for.
        without: Folders and files below it, as relative paths, that are left out.

    Returns:
        Relative path: the texts that it holds, or whose name holds them.
    """
    left_out = [root / name for name in without]
    wanted = [(needle, needle.encode()) for needle in needles]
    result = {}
    for path in sorted(root.rglob("*")):
        if any(path == each or each in path.parents for each in left_out):
            continue
        content = b"\n".join([path.name.encode(), *(_contents(path) if path.is_file() else ())])
        if held := [needle for needle, as_bytes in wanted if as_bytes in content]:
            result[path.relative_to(root).as_posix()] = held
    return result


def _contents(path: Path) -> Iterator[bytes]:
    """A file's bytes, and their unpacked contents if they are packed or a database."""
    content = path.read_bytes()
    yield content
    if content[:2] == b"\x1f\x8b":
        yield gzip.decompress(content)
    elif content[:4] == b"\x28\xb5\x2f\xfd":
        with pyarrow.CompressedInputStream(pyarrow.BufferReader(content), "zstd") as stream:
            yield stream.read()
    elif content[:15] == b"SQLite format 3":
        yield from _rows_of_sqlite(path)
    elif content[8:12] == b"DUCK":
        yield from _texts_of_duckdb(path)


def _rows_of_sqlite(path: Path) -> Iterator[bytes]:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as con:
        names = con.execute("select name from sqlite_master where type = 'table'").fetchall()
        for (name,) in names:
            for row in con.execute(f'select * from "{name}"'):
                yield "\n".join(str(value) for value in row if value is not None).encode()


def _texts_of_duckdb(path: Path) -> Iterator[bytes]:
    """Every distinct text of every table: DuckDB packs its blocks."""
    with duckdb.connect(str(path), read_only=True) as con:
        columns = con.execute(
            "select schema_name, table_name, column_name from duckdb_columns() "
            "where data_type = 'VARCHAR' and database_name = current_database() and not internal "
            "and table_name in (select table_name from duckdb_tables())"
        ).fetchall()
        for schema, table, column in columns:
            values = con.execute(
                f'select distinct "{column}" from "{schema}"."{table}" where "{column}" is not null'
            ).fetchall()
            yield "\n".join(value for (value,) in values).encode()
