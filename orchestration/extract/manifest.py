"""The manifest: an append-only list of slices whose lines are chained by hash.

Belongs here: reading, verifying and appending the lines of ``landing/manifest.jsonl``.
Does not belong here: the meaning of a line (``landing``).

Every line is compact JSON whose first key, ``previous``, is the SHA-256 of the line before it, so
an edited, inserted or removed line is found. A chain alone cannot show that its *last* lines are
gone; ``manifest.head`` (count and hash, replaced after every append) does. The head is not synced
to the disk (two syncs of five, 8 ms a slice): after a power loss it may be behind, or empty.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
from filelock import FileLock

from orchestration.foundation.durable import (
    make_directories,
    sync_directory,
    sync_file,
    write_at_once,
)
from orchestration.foundation.errors import TributaryError
from orchestration.foundation.fault_points import fault_point

GENESIS = "0" * 64
"""``previous`` of the first line."""

_REMEDY = (
    "The landing folder was edited or its disk lost data. Restore it from a backup; nothing is "
    "loaded from it until its manifest is intact."
)


class DamagedManifest(TributaryError):
    """A line of the manifest was edited, removed or lost."""


class Manifest:
    """The chained lines of one landing folder.

    Verified entries are kept in memory and read again only when the file changed, because a commit
    needs them once per slice and a year of slices takes 0.2 s to verify.
    """

    def __init__(self, root: Path) -> None:
        self.path = root / "manifest.jsonl"
        self._head = root / "manifest.head"
        self._lock_path = root / "manifest.lock"
        self._entries: list[dict[str, Any]] = []
        self._last = GENESIS
        self._end = 0
        self._stamp: tuple[int, int, int] | None = None

    def entries(self) -> list[dict[str, Any]]:
        """Every line in order, after the chain was verified.

        Raises:
            DamagedManifest: A line is edited, missing, or not JSON.
        """
        stamp = self._stat()
        if stamp is None or stamp != self._stamp:
            self._read()
            self._stamp = stamp
        return self._entries

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """Hold the lock for renaming slices and appending lines."""
        make_directories(self.path.parent)
        with FileLock(self._lock_path):
            yield

    def append(self, build: Callable[[int], dict[str, Any]]) -> dict[str, Any]:
        """Append the entry ``build`` returns for its position (1..); call within ``exclusive``.

        A torn last line (a crash while appending) is cut off first: its slice never existed.
        """
        entries = self.entries()
        entry = {"previous": self._last, **build(len(entries) + 1)}
        line = orjson.dumps(entry)
        created = not self.path.exists()
        with self.path.open("xb" if created else "r+b") as file:
            file.truncate(self._end)
            file.seek(self._end)
            file.write(line + b"\n")
        sync_file(self.path)
        if created:
            sync_directory(self.path.parent)
        entries.append(entry)
        self._last = hashlib.sha256(line).hexdigest()
        self._end += len(line) + 1
        fault_point("landing.head")
        self._write_head()
        self._stamp = self._stat()
        return entry

    def _stat(self) -> tuple[int, int, int] | None:
        try:
            status = self.path.stat()
        except FileNotFoundError:
            return None
        return status.st_ino, status.st_size, status.st_mtime_ns

    def _read(self) -> None:
        # The head first: a line appended between the two reads must not look like a lost one.
        counted, expected = self._read_head()
        content = self.path.read_bytes() if self.path.exists() else b""
        entries: list[dict[str, Any]] = []
        last, end, at_head = GENESIS, 0, GENESIS
        for line in content.split(b"\n")[:-1]:
            number = len(entries) + 1
            entry = self._parse(line, number)
            if entry.get("previous") != last:
                raise DamagedManifest(
                    f"Line {number} of the manifest does not continue line {number - 1}: "
                    f"expected previous {last}, found {entry.get('previous')}.",
                    f"{self.path}, line {number}",
                    _REMEDY,
                )
            last = hashlib.sha256(line).hexdigest()
            end += len(line) + 1
            entries.append(entry)
            if number == counted:
                at_head = last
        if len(entries) < counted or at_head != expected:
            raise DamagedManifest(
                f"The manifest has lost lines: {counted} were written, the last with hash "
                f"{expected}; found {len(entries)} and {at_head}.",
                str(self.path),
                _REMEDY,
            )
        self._entries, self._last, self._end = entries, last, end

    def _parse(self, line: bytes, number: int) -> dict[str, Any]:
        try:
            entry = orjson.loads(line)
        except orjson.JSONDecodeError as error:
            raise DamagedManifest(
                f"Line {number} of the manifest is not JSON: {error}.",
                f"{self.path}, line {number}",
                _REMEDY,
            ) from None
        if not isinstance(entry, dict):
            raise DamagedManifest(
                f"Line {number} of the manifest is not an entry.", str(self.path), _REMEDY
            )
        return entry

    def _read_head(self) -> tuple[int, str]:
        text = self._head.read_text("ascii") if self._head.exists() else ""
        if not text:
            return 0, GENESIS
        count, digest = text.split()
        return int(count), digest

    def _write_head(self) -> None:
        write_at_once(self._head, f"{len(self._entries)} {self._last}\n".encode("ascii"))
