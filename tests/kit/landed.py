"""Tables as a loader leaves them, and the entries of a configuration that reads them."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest

from orchestration.configuration.document import Document
from orchestration.configuration.inbox import InboxEntry
from orchestration.configuration.reader import ConfigReader
from orchestration.connectors.inbox import INBOX
from orchestration.inbox.reader import land_entry
from orchestration.loading.slices import load_pending
from tests.kit.inbox import NOW, Inbox

_BIN = (Path("/usr/lib/postgresql/15/bin"), Path("/usr/local/bin"), Path("/usr/bin"))


def write_duckdb(path: Path, schema: str, tables: Mapping[str, str]) -> None:
    """Write tables into a DuckDB file, each by the query that gives its rows."""
    with duckdb.connect(str(path)) as con:
        con.execute(f"set TimeZone = 'UTC'; create schema if not exists {schema}")
        for name, query in tables.items():
            con.execute(f"create or replace table {schema}.{name} as {query}")


def table(columns: str, *rows: str) -> str:
    """A query that gives some rows, for ``write_duckdb``."""
    return f"select * from (values {', '.join(rows)}) as t({columns})"


def entries(folder: Path, landed: str) -> list[InboxEntry]:
    """The inbox entries that a ``landed`` section becomes.

    Args:
        folder: Where the configuration is.
        landed: The section's YAML, indented by two.
    """
    path = folder / "tributary.yaml"
    path.write_text(f"landed:\n{landed}", encoding="utf-8")
    return ConfigReader(Document(path), {}).config().inbox


def load(inbox: Inbox, entry: InboxEntry) -> None:
    """Land what an entry reads, and load it."""
    land_entry(entry, inbox.landing, inbox.company, NOW)
    streams = [(INBOX.name, INBOX.stream(entry.stream))]
    load_pending(inbox.con, inbox.landing, streams, identity_key=b"0" * 32)


@contextmanager
def postgres() -> Iterator[str]:
    """The address of a PostgreSQL server of our own on a socket in a folder of its own.

    Skips where none is installed.
    """
    programs = next((folder for folder in _BIN if (folder / "initdb").exists()), None)
    if programs is None:
        pytest.skip("PostgreSQL is not installed")
    with tempfile.TemporaryDirectory(prefix="pg-") as name:
        folder = Path(name)
        folder.chmod(0o777)
        data = folder / "data"
        user = _unprivileged()
        subprocess.run(
            [programs / "initdb", "-D", data, "-A", "trust", "-U", "reader", "--no-sync"],
            check=True,
            capture_output=True,
            user=user,
        )
        server = subprocess.Popen(
            [programs / "postgres", "-D", data, "-k", folder, "-c", "listen_addresses="],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            user=user,
        )
        try:
            _await(folder / ".s.PGSQL.5432", server)
            yield f"host={folder} user=reader dbname=postgres"
        finally:
            server.terminate()
            server.wait()


def _unprivileged() -> str | None:
    """The user under whom the server runs: it refuses to run as root."""
    return "postgres" if os.geteuid() == 0 else None


def _await(socket: Path, server: subprocess.Popen[bytes]) -> None:
    while not socket.exists():
        assert server.poll() is None, "the server did not start"
        time.sleep(0.05)
