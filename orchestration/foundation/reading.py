"""Connections of DuckDB that only read, each with a spill folder of its own.

Belongs here: what all of them must not do. Does not belong here: what they read, and locking them
once it is attached (``lock``'s callers know when).
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

READER = "tributary-reader-"
"""Prefix of a reader's spill folder; its process id follows."""


@contextmanager
def reading_connection(
    memory_limit: str, threads: int, **more: str | bool
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to an empty database in memory, in UTC, that installs and loads nothing.

    Args:
        memory_limit: In DuckDB's notation.
        threads: How many it may use.
        more: Further settings of DuckDB.
    """
    # DuckDB lets a query read and write its spill folder, so each reader gets an empty one.
    spill = tempfile.mkdtemp(prefix=f"{READER}{os.getpid()}-")
    con = duckdb.connect(
        ":memory:",
        config={
            "memory_limit": memory_limit,
            "threads": threads,
            "temp_directory": spill,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "allow_community_extensions": False,
            "allow_persistent_secrets": False,
            "python_enable_replacements": False,
            **more,
        },
    )
    try:
        con.execute("set TimeZone = 'UTC'")
        yield con
    finally:
        con.close()
        shutil.rmtree(spill, ignore_errors=True)


def lock(con: duckdb.DuckDBPyConnection) -> None:
    """Keep a connection from every file that is not attached or allowed, for good."""
    con.execute("set enable_external_access = false")
    con.execute("set lock_configuration = true")
