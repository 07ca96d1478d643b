"""Writes one slice so that it is either complete or invisible.

Belongs here: encoding, compressing, hashing and syncing one slice's file.
Does not belong here: the manifest (``landing``).
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from orchestration.connectors.landed import CELLS, REJECT
from orchestration.connectors.stream import Stream
from orchestration.extract.changes import Changes
from orchestration.extract.shape import Shape
from orchestration.extract.slices import Slice
from orchestration.foundation.disk import is_full, naming_full_disk, no_room
from orchestration.foundation.durable import make_directories, sync_file
from orchestration.privacy.holding import Change

if TYPE_CHECKING:
    from types import TracebackType

SUFFIX = ".ndjson.zst"
TEMPORARY = ".unfinished-"
"""Prefix of an unfinished file; its writer's process id follows."""
FLUSH_BYTES = 1 << 20


class SliceWriter:
    """Writes one slice; discarded unless committed. Use as a context manager.

    Not safe to share between threads.
    """

    def __init__(
        self,
        root: Path,
        stream: Stream,
        facts: dict[str, Any],
        publish: Callable[[Path, dict[str, Any]], Slice],
        *,
        predecessor: str,
        change: Change | None = None,
        base: Slice | None = None,
        earlier: Iterable[bytes] = (),
    ) -> None:
        import pyarrow as pa

        self._publish = publish
        self._facts = facts
        self._predecessor = predecessor
        self._change = change
        self._base = base
        self._changes = Changes(iter(earlier)) if base else None
        self._shape = Shape(stream.fields, stream.ignored)
        self._folder = Path(facts["connector"], facts["stream"], _safe(facts["account_id"]))
        name = f"{TEMPORARY}{os.getpid()}-{uuid.uuid4().hex}{SUFFIX}"
        self._temporary = root / self._folder / name
        with naming_full_disk(root):
            make_directories(root / self._folder)
            self._file = self._temporary.open("xb")
        self._stream = pa.CompressedOutputStream(self._file, "zstd")
        self._content = hashlib.sha256()
        self._buffer: list[bytes] = []
        self._buffered = 0
        self.row_count = 0
        self.rows_left_out = 0
        self.of_file: dict[str, Any] = {}
        """What only a file's slice says of itself; see ``Slice``."""
        self._lost_money = False
        """Whether a record holds less than was given: its money is no longer that of the file."""

    def append(self, record: dict[str, Any]) -> None:
        """Add one record of JSON values, without people who were erased.

        A record that cannot be encoded as UTF-8 JSON (half a surrogate pair) is kept in escaped
        form and marked for quarantine.
        """
        self._shape.observe(record)
        if self._change is not None:
            given, record = record, self._change(record)
            self._lost_money |= record is not given and REJECT in record
        try:
            line = orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE)
        except TypeError as error:
            self._lost_money = True
            line = orjson.dumps(_unwritable(record, error), option=orjson.OPT_APPEND_NEWLINE)
        self._buffer.append(line)
        self._buffered += len(line)
        self.row_count += 1
        if self._buffered >= FLUSH_BYTES:
            self._flush()

    def append_lines(self, data: memoryview, ends: Sequence[int], keys: Iterable[str]) -> None:
        """Add records that are written already, as ``append`` writes them.

        Args:
            data: The records' lines.
            ends: Where each begins in ``data``, and where the last one ends.
            keys: The keys that all of them have.
        """
        self._shape.observe(dict.fromkeys(keys))
        if self._change is None:
            self._buffer.append(bytes(data[ends[0] : ends[-1]]))
        else:
            self._buffer += map(self._changed, (data[a:b] for a, b in pairwise(ends)))
        self._buffered += ends[-1] - ends[0]
        self.row_count += len(ends) - 1
        if self._buffered >= FLUSH_BYTES:
            self._flush()

    def _changed(self, line: memoryview) -> bytes:
        record = orjson.loads(line)
        kept = self._change(record) if self._change else record
        return (
            bytes(line) if kept is record else orjson.dumps(kept, option=orjson.OPT_APPEND_NEWLINE)
        )

    def commit(self) -> Slice:
        """Make the slice durable, then visible.

        Returns:
            The new slice, or the newest one of this account's stream if it has the same records,
            rows and money left out, window, API version and zone: an unchanged answer is not
            landed twice.
        """
        self._flush()
        if self._changes is not None:
            self._stream.write(self._changes.end())
        self._stream.close()
        sync_file(self._temporary)
        with self._temporary.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            size = os.fstat(file.fileno()).st_size
        if self._lost_money:
            self.of_file.pop("money", None)
        facts = self._facts | {"content_sha256": self._content.hexdigest()}
        # The id includes the predecessor, so that with a stopped clock the answers A, B, A give a
        # third slice and not the first one again.
        identity = orjson.dumps([*facts.values(), self._predecessor])
        slice_id = hashlib.sha256(identity).hexdigest()[:32]
        facts |= {
            "slice_id": slice_id,
            "row_count": self.row_count,
            "rows_left_out": self.rows_left_out,
            "sha256": digest,
            "size": size,
            "unknown_fields": self._shape.unknown_fields,
            "missing_fields": self._shape.missing_fields,
            **self.of_file,
            **({"base": self._base.slice_id, "depth": self._base.depth + 1} if self._base else {}),
            "path": (self._folder / f"{slice_id}{SUFFIX}").as_posix(),
        }
        try:
            return self._publish(self._temporary, facts)
        finally:
            self.discard()

    def discard(self) -> None:
        """Discard what was written; harmless after ``commit``."""
        # On a full disk each close tries once more to write what is left.
        with contextlib.suppress(OSError):
            self._stream.close()
        with contextlib.suppress(OSError):
            self._file.close()
        self._temporary.unlink(missing_ok=True)

    def __enter__(self) -> SliceWriter:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.discard()
        if error is not None and is_full(error):
            raise no_room(error, self._temporary.parent) from error

    def _flush(self) -> None:
        block = b"".join(self._buffer)
        self._content.update(block)
        if self._changes is not None:
            block = self._changes.write(block.splitlines(keepends=True))
        self._stream.write(block)
        self._buffer.clear()
        self._buffered = 0


def _safe(account_id: str) -> str:
    """A folder name for an account; only the manifest identifies accounts."""
    name = re.sub(r"[^A-Za-z0-9_-]+", "_", account_id)[:60]
    if name == account_id and name:
        return name
    return f"{name}-{hashlib.sha256(account_id.encode()).hexdigest()[:8]}"


def _unwritable(record: Mapping[str, Any], error: TypeError) -> dict[str, Any]:
    # The record is kept apart from the detail, which people and logs see.
    reject = {"reason_code": "malformed_record", "detail": str(error)}
    return {REJECT: reject, CELLS: [f"{record!a}"]}
