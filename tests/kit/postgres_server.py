"""A real PostgreSQL server of a test's own.

Belongs here: finding, starting, asking and ending one. Does not belong here: what is served.

It listens on a socket in its own folder alone, so it has no port, and ends with the block.
"""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from adbc_driver_postgresql import dbapi

from tests.kit.faults.ordinary_user import NOBODY
from tests.kit.shared import NO_POSTGRES

OWNER = "tributary_writer"
ADMINISTRATOR = "administrator"
_SECONDS = 60


@dataclass
class Server:
    """A running server.

    Attributes:
        folder: Its data and its socket.
        binaries: Where PostgreSQL's programs are.
        process: The server.
    """

    folder: Path
    binaries: Path
    process: subprocess.Popen[bytes]

    def address(self, user: str = OWNER, database: str = "bi") -> str:
        """The URI of a database for a user; the server trusts whoever reaches its socket."""
        return f"postgresql://{user}@/{database}?host={self.folder}"

    def rows(self, query: str, user: str = ADMINISTRATOR) -> list[tuple[Any, ...]]:
        """The rows of a query, in a connection of its own."""
        with dbapi.connect(self.address(user)) as connection, connection.cursor() as cursor:
            cursor.execute(query)
            found: list[tuple[Any, ...]] = cursor.fetchall()
            return found

    def run(self, statement: str, user: str = ADMINISTRATOR, options: str = "") -> None:
        """Carry out a statement and commit it; options are more of the address."""
        with dbapi.connect(f"{self.address(user)}&{options}") as connection:
            with connection.cursor() as cursor:
                cursor.execute(statement)
            connection.commit()

    def stop(self) -> None:
        """End it at once, as a crash would."""
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait(timeout=_SECONDS)

    def start(self, *, largest_file: int | None = None) -> None:
        """Start it again, or once more with a limit on the size of its files."""
        self.process = _started(self.folder, self.binaries, largest_file)


@contextmanager
def postgres_server() -> Iterator[Server]:
    """A server with an empty database ``bi``; skips the test where PostgreSQL is not installed.

    ``OWNER`` may create schemas and roles there and is no superuser.
    """
    binaries = _binaries()
    if binaries is None:
        pytest.skip(NO_POSTGRES)
    # Not pytest's folder: the path of a socket has at most 107 bytes, and only root enters that.
    folder = Path(tempfile.mkdtemp(prefix="tributary-postgres-"))
    try:
        if os.geteuid() == 0:
            os.chown(folder, NOBODY, NOBODY)
        subprocess.run(
            [
                *(binaries / "initdb", "--pgdata", folder / "data", "--username", ADMINISTRATOR),
                *("--auth", "trust", "--encoding", "UTF8", "--locale", "C", "--no-sync"),
                *("--wal-segsize", "1"),
            ],
            check=True,
            stdout=subprocess.DEVNULL,
            **_account(),
        )
        server = Server(folder, binaries, _started(folder, binaries, None))
        try:
            address = server.address(ADMINISTRATOR, "postgres")
            with dbapi.connect(address, autocommit=True) as con, con.cursor() as cursor:
                cursor.execute(f"create role {OWNER} login createrole")
                cursor.execute("create database bi")
            server.run(f"grant create on database bi to {OWNER}")
            yield server
        finally:
            if server.process.poll() is None:
                server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _binaries() -> Path | None:
    """The folder of the newest installed PostgreSQL."""
    debian = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4])
    )
    if debian:
        return debian[-1].parent
    found = shutil.which("initdb")
    return None if found is None else Path(found).resolve().parent


def _account() -> dict[str, Any]:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    return {"user": NOBODY, "group": NOBODY, "extra_groups": [], "cwd": "/"}


def _started(folder: Path, binaries: Path, largest_file: int | None) -> subprocess.Popen[bytes]:
    def limit() -> None:
        if largest_file is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, largest_file))

    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(
            [
                *(binaries / "postgres", "-D", folder / "data", "-k", folder, "-h", ""),
                *("-c", "fsync=off", "-c", "shared_buffers=32MB", "-c", "max_wal_size=64MB"),
            ],
            stdout=log,
            stderr=log,
            preexec_fn=limit,  # of the server, not of its clients
            **_account(),
        )
    end = time.monotonic() + _SECONDS
    address = f"postgresql://{ADMINISTRATOR}@/postgres?host={folder}"
    while time.monotonic() < end and process.poll() is None:
        with suppress(dbapi.Error):
            dbapi.connect(address).close()
            return process
        time.sleep(0.05)
    process.kill()
    process.wait()
    raise AssertionError((folder / "log").read_text("utf-8", "replace")[-4000:])
