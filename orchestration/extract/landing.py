"""The landing folder: immutable slices and the manifest that makes them visible.

Belongs here: finding, verifying and reading slices, and making finished ones visible. Does not
belong here: where records come from (``stream``, ``inbox``) or go to (``loading``).

A slice is ``<connector>/<stream>/<account>/<slice_id>.ndjson.zst``: one compact JSON record per
line. Zstandard is the fastest on both sides (500,000 records of 10 fields: written in 0.23 CPU s
against gzip's 0.63, scanned by DuckDB in 0.28 against 0.45, and smaller).
"""

from __future__ import annotations

import hashlib
import os
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import orjson
import psutil

from orchestration.connectors.stream import Stream
from orchestration.extract.changes import Run, is_kept, runs, whole
from orchestration.extract.manifest import Manifest
from orchestration.extract.slices import REWRITTEN, DamagedSlice, Slice
from orchestration.extract.writer import FLUSH_BYTES, SUFFIX, TEMPORARY, SliceWriter
from orchestration.foundation.disk import naming_full_disk
from orchestration.foundation.durable import replace_durably, sync_directory
from orchestration.foundation.fault_points import fault_point
from orchestration.privacy.holding import Guard

FLUSH_LINES = 5_000
LEAST_ROWS = 10_000
"""A file with fewer rows lands whole each time."""
MOST_CHANGES = 60
"""After so many slices of changes a file lands whole once more."""
_CLOCKS = 60
"""Seconds by which the times of a process and of a file may disagree."""

__all__ = ["DamagedSlice", "Landing", "Slice", "SliceWriter"]


class Landing:
    """The slices below one folder.

    Args:
        root: The landing folder; created when the first slice is written.
        guard: Keeps people out of new slices who must not be in them.
        changes: Whether a large file that changed lands as what changed in it.
    """

    def __init__(self, root: Path, guard: Guard | None = None, *, changes: bool = True) -> None:
        self.root = root
        self._guard = guard
        self._with_changes = changes
        self._manifest = Manifest(root)
        self._slices: dict[str, Slice] = {}
        self._read = 0
        self._source: list[dict[str, Any]] | None = None

    def slices(self, connector: str | None = None, stream: str | None = None) -> list[Slice]:
        """The landed slices in manifest order.

        Raises:
            DamagedManifest: The manifest's chain is broken.
        """
        entries = self._manifest.entries()
        if entries is not self._source:
            self._source, self._slices, self._read = entries, {}, 0
        for entry in entries[self._read :]:
            if REWRITTEN in entry:
                item = self._slices[entry[REWRITTEN]]
                self._slices[item.slice_id] = item.rewritten(entry)
            else:
                item = Slice.from_entry(entry)
                self._slices[item.slice_id] = item
        self._read = len(entries)
        return [
            item
            for item in self._slices.values()
            if connector in (None, item.connector) and stream in (None, item.stream)
        ]

    def tombstones(self) -> list[dict[str, Any]]:
        """The lines of the manifest that say what was changed afterwards, and why."""
        return [entry for entry in self._manifest.entries() if REWRITTEN in entry]

    def newest(self, connector: str, stream: str, account_id: str) -> Slice | None:
        """The slice with the highest sequence of that account's stream."""
        for item in reversed(self.slices(connector, stream)):
            if item.account_id == account_id:
                return item
        return None

    def begin(
        self,
        connector: str,
        stream: Stream,
        account_id: str,
        *,
        extracted_at: datetime,
        window_start: datetime | None = None,
        window_end: datetime | None = None,
        api_version: str = "",
        source_zone: str = "UTC",
        after: int = 0,
        changes: bool = False,
    ) -> SliceWriter:
        """Start a slice; it does not exist until its writer's ``commit``.

        With ``changes``, what the account's newest slice says already is not landed once more.
        With ``after``, the sequence of another slice, it becomes newer than that one even where it
        says what the account's newest slice says.
        """
        newest = self.newest(connector, stream.name, account_id)
        base = newest if changes and newest and self._can_build_on(newest) else None
        return SliceWriter(
            self.root,
            stream,
            {
                "connector": connector,
                "stream": stream.name,
                "account_id": account_id,
                "window_start": _text(window_start),
                "window_end": _text(window_end),
                "extracted_at": extracted_at.astimezone(UTC).isoformat(),
                "api_version": api_version,
                "source_zone": source_zone,
            },
            partial(self._publish, after),
            predecessor=newest.slice_id if newest else "",
            change=self._guard.change(connector, stream) if self._guard else None,
            base=base,
            earlier=self.lines(base) if base else (),
        )

    def _can_build_on(self, item: Slice) -> bool:
        """Whether a slice of changes may follow: the slice is large, and intact with all below."""
        if not self._with_changes or item.row_count < LEAST_ROWS or item.depth >= MOST_CHANGES:
            return False
        try:
            self.verify(item)
        except DamagedSlice:
            return False
        return True

    def file(self, item: Slice) -> Path:
        """The file of a slice's records."""
        return self.root / item.path

    def records(self, item: Slice) -> Iterator[dict[str, Any]]:
        """A slice's records in order; call ``verify`` first when they must be proven intact."""
        return map(orjson.loads, self.lines(item))

    def lines(self, item: Slice) -> Iterator[bytes]:
        """A slice's records in order, as written."""
        return whole(self.runs(item), self._own) if item.base else self.stored(item)

    def runs(self, item: Slice) -> list[Run]:
        """Whose records a slice consists of."""
        if not item.base:
            return [Run(item.slice_id, 0, item.row_count)]
        return runs(self.stored(item), item.slice_id, self.runs(self._slice(item.base)))

    def earlier(self, item: Slice) -> set[str]:
        """The slices whose records a slice may keep."""
        found: set[str] = set()
        while item.base:
            found.add(item.base)
            item = self._slice(item.base)
        return found

    def stored(self, item: Slice) -> Iterator[bytes]:
        """The lines of a slice's file: its own records, and what it keeps of earlier slices."""
        import pyarrow as pa

        with self.file(item).open("rb") as raw, pa.CompressedInputStream(raw, "zstd") as stream:
            rest = b""
            while block := stream.read(FLUSH_BYTES):
                *lines, rest = (rest + block).split(b"\n")
                yield from (line + b"\n" for line in lines)

    def own(self, item: Slice) -> Iterator[dict[str, Any]]:
        """A slice's own records: those that no earlier slice holds."""
        return map(orjson.loads, self._own(item.slice_id))

    def _slice(self, slice_id: str) -> Slice:
        self.slices()
        return self._slices[slice_id]

    def _own(self, slice_id: str) -> Iterator[bytes]:
        return (line for line in self.stored(self._slice(slice_id)) if not is_kept(line))

    @contextmanager
    def written(self, lines: Iterator[bytes]) -> Iterator[Path]:
        """Lines as a file that is gone afterwards; ``clean`` removes what a crash leaves."""
        import pyarrow as pa

        path = self.root / f"{TEMPORARY}{os.getpid()}-{uuid.uuid4().hex}{SUFFIX}"
        try:
            with (
                naming_full_disk(self.root),
                path.open("xb") as file,
                pa.CompressedOutputStream(file, "zstd") as stream,
            ):
                while block := b"".join(islice(lines, FLUSH_LINES)):
                    stream.write(block)
            yield path
        finally:
            path.unlink(missing_ok=True)

    def verify(self, item: Slice) -> None:
        """Check that the files of a slice, and of those it builds on, are as they were landed.

        Raises:
            DamagedSlice: It is missing or differs.
        """
        path = self.file(item)
        remedy = "Restore the file from a backup of the landing folder, or extract it again."
        if not path.is_file():
            raise DamagedSlice(
                f"A landed slice is missing: expected sha256 {item.sha256}, found no file.",
                f"{path} ({item.where})",
                remedy,
            )
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
        if found != item.sha256:
            raise DamagedSlice(
                f"A landed slice was changed: expected sha256 {item.sha256}, found {found}.",
                f"{path} ({item.where})",
                remedy,
            )
        if item.base:
            self.verify(self._slice(item.base))

    def replace(self, item: Slice, temporary: Path, facts: Mapping[str, Any]) -> Slice:
        """Let a synced file take the place of a slice's own; a tombstone in the manifest says so.

        The file gets a name of its own: killed at any point, either the old file or the new one is
        the slice, and ``clean`` removes the other.

        Args:
            item: The slice.
            temporary: The file.
            facts: The tombstone: new hashes, size and path, and why, when and at whose request.
        """
        with self._manifest.exclusive():
            fault_point("erase.rename")
            replace_durably(temporary, self.root / facts["path"])
            fault_point("erase.tombstone")
            line = {REWRITTEN: item.slice_id, "old_sha256": item.sha256, **facts}
            self._manifest.append(lambda n: {"sequence": n, **line})
            fault_point("erase.unlink")
            self.file(item).unlink(missing_ok=True)
            sync_directory(self.file(item).parent)
        return item.rewritten(facts)

    def clean(self) -> list[Path]:
        """Remove what crashes left: files without a manifest line and dead writers' temporaries.

        Returns:
            What was removed.

        Raises:
            DamagedManifest: The manifest is damaged; then nothing is removed.
        """
        removed = []
        with self._manifest.exclusive():
            visible = {self.file(item) for item in self.slices()}
            for path in self.root.rglob(f"*{SUFFIX}"):
                if path not in visible and not path.name.startswith(TEMPORARY):
                    removed.append(path)
            for path in self.root.rglob(f"{TEMPORARY}*"):
                if not _is_being_written(path):
                    removed.append(path)
            for path in removed:
                path.unlink()
        return removed

    def _publish(self, after: int, temporary: Path, facts: dict[str, Any]) -> Slice:
        """Make a finished file visible, unless the newest slice has the same contents."""
        if self._guard is not None:
            self._guard.before_landing()
        with self._manifest.exclusive():
            newest = self.newest(facts["connector"], facts["stream"], facts["account_id"])
            is_newer = newest is not None and newest.sequence > after
            if newest is not None and is_newer and self._says_the_same(newest, facts):
                return newest
            path = self.root / facts["path"]
            fault_point("landing.rename")
            replace_durably(temporary, path)
            fault_point("landing.line")
            return Slice.from_entry(self._manifest.append(lambda n: {"sequence": n, **facts}))

    def _says_the_same(self, newest: Slice, facts: Mapping[str, Any]) -> bool:
        same = all(
            getattr(newest, name) == facts[name]
            for name in ("content_sha256", "rows_left_out", "api_version", "source_zone")
        )
        same = same and newest.money_left_out == facts.get("money_left_out", "0")
        window = (_text(newest.window_start), _text(newest.window_end))
        if not same or window != (facts["window_start"], facts["window_end"]):
            return False
        if newest.base and (not self._with_changes or self._is_rewritten_below(newest)):
            return False
        return all(
            self.file(item).is_file() and self.file(item).stat().st_size == item.size
            for item in (newest, *map(self._slice, self.earlier(newest)))
        )

    def _is_rewritten_below(self, item: Slice) -> bool:
        """Whether records that a slice keeps were changed since, so that its hash is of others."""
        earlier = self.earlier(item)
        return any(
            entry[REWRITTEN] in earlier and entry["sequence"] > item.sequence
            for entry in self.tombstones()
        )


def _is_being_written(path: Path) -> bool:
    """Whether the process that an unfinished file names runs, and not another of its number."""
    try:
        process = psutil.Process(int(path.name.removeprefix(TEMPORARY).split("-")[0]))
        return process.create_time() <= path.stat().st_mtime + _CLOCKS
    except psutil.NoSuchProcess:
        return False
    except FileNotFoundError:
        # It was finished meanwhile.
        return True


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
