"""The refresh tokens that vendors issue to replace the configured ones.

Belongs here: keeping the newest one of each connector for later runs.
Does not belong here: requesting tokens (``grants``).

Some vendors answer every exchange of a refresh token with a new one, and refuse the old one from
then on. If the new one is lost, a person must log in again. So disk space for it is reserved before
the exchange, only one exchange happens at a time, and the new token is on the disk before the
access token is used. A power cut between the vendor's answer and that write still loses it.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import orjson
from filelock import FileLock

from orchestration.foundation.disk import naming_full_disk
from orchestration.foundation.durable import make_directories, replace_durably, sync_file
from orchestration.foundation.errors import TributaryError

_RESERVED = 65_536
"""Bytes reserved for a token before it is requested; the longest seen have some 2,000."""


class TokenFileDamaged(TributaryError):
    """A kept token cannot be read."""


class Exchange:
    """One exchange of a refresh token; its connector has no other at the same time."""

    def __init__(self, path: Path, temporary: Path, given: str) -> None:
        self._path = path
        self._temporary = temporary
        self._given = hashlib.sha256(given.encode()).hexdigest()
        self.current = self._kept() or given
        """The token to exchange: the kept one, if it descends from the configured one."""

    def keep(self, token: str) -> None:
        """Keep a new token for later runs; it is on the disk when this returns."""
        if token == self.current:
            return
        entry = orjson.dumps({"configured_sha256": self._given, "refresh_token": token})
        with self._temporary.open("r+b") as file:
            file.write(entry)
            file.truncate()
        sync_file(self._temporary)
        replace_durably(self._temporary, self._path)
        self.current = token

    def _kept(self) -> str:
        """The kept token; empty if a different one was configured since."""
        if not self._path.exists():
            return ""
        try:
            entry = orjson.loads(self._path.read_bytes())
            return str(entry["refresh_token"]) if entry["configured_sha256"] == self._given else ""
        except (ValueError, KeyError, TypeError):
            raise TokenFileDamaged(
                "The last refresh token that the vendor issued cannot be read.",
                str(self._path),
                "Remove the file, get a new refresh token from the vendor, and configure that.",
            ) from None


class TokenStore:
    """The kept refresh tokens in one folder that only its owner may read.

    Args:
        folder: Created on first use.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextmanager
    def exchange(self, connector: str, given: str) -> Iterator[Exchange]:
        """Hold the connector's token while it is exchanged.

        Args:
            connector: The connector's name.
            given: The configured refresh token.

        Raises:
            TokenFileDamaged: The kept token cannot be read.
            NoRoom: There is too little disk space to keep a new one.
        """
        path = self._folder / f"{connector}.json"
        temporary = self._folder / f".{connector}.tmp"
        with naming_full_disk(self._folder):
            make_directories(self._folder)
            self._folder.chmod(0o700)
            with FileLock(self._folder / f"{connector}.lock", mode=0o600):
                try:
                    _reserve(temporary)
                    yield Exchange(path, temporary, given)
                finally:
                    temporary.unlink(missing_ok=True)


def _reserve(path: Path) -> None:
    """A file with space for a token, readable only by its owner."""
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(b"\0" * _RESERVED)
    sync_file(path)
