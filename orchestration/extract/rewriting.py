"""Rewrites a landed slice without people who are erased.

Belongs here: reading, changing and writing one slice's records. Does not belong here: what is left
of a record (``privacy``), or how the new file takes the old one's place (``Landing.replace``).
"""

from __future__ import annotations

import hashlib
import os
import uuid
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import orjson

from orchestration.extract.changes import is_kept
from orchestration.extract.landing import Landing
from orchestration.extract.slices import Slice
from orchestration.extract.writer import SUFFIX, TEMPORARY
from orchestration.foundation.disk import naming_full_disk
from orchestration.foundation.durable import sync_file
from orchestration.foundation.fault_points import fault_point
from orchestration.privacy.holding import Change


def rewrite(landing: Landing, item: Slice, change: Change, why: Mapping[str, Any]) -> int:
    """Change a slice's records; a slice in which none changes stays as it is.

    Args:
        landing: Where the slice is.
        item: The slice.
        change: What may be kept of a record; records are changed, never left out.
        why: Reason, time and request, for the tombstone.

    Returns:
        How many records changed.

    Raises:
        DamagedSlice: The slice's file is not the one that was landed.
    """
    landing.verify(item)
    changed = sum(change(record) is not record for record in landing.own(item))
    if not changed:
        return 0
    folder = landing.file(item).parent
    temporary = folder / f"{TEMPORARY}{os.getpid()}-{uuid.uuid4().hex}{SUFFIX}"
    try:
        with naming_full_disk(folder):
            lines = (
                line if is_kept(line) else _changed(change, line) for line in landing.stored(item)
            )
            content_sha256 = _write(temporary, lines)
        fault_point("erase.slice")
        with temporary.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            size = os.fstat(file.fileno()).st_size
        path = Path(item.path).with_name(f"{item.slice_id}-{digest[:8]}{SUFFIX}")
        facts = {
            "sha256": digest,
            "content_sha256": content_sha256,
            "size": size,
            "path": path.as_posix(),
            "records": changed,
        }
        landing.replace(item, temporary, facts | dict(why))
    finally:
        temporary.unlink(missing_ok=True)
    return changed


def _changed(change: Change, line: bytes) -> bytes:
    return orjson.dumps(change(orjson.loads(line)), option=orjson.OPT_APPEND_NEWLINE)


def _write(path: Path, lines: Iterable[bytes]) -> str:
    """Write lines as the writer of slices does; returns their hash."""
    import pyarrow as pa

    content = hashlib.sha256()
    with path.open("xb") as file, pa.CompressedOutputStream(file, "zstd") as stream:
        for line in lines:
            content.update(line)
            stream.write(line)
    sync_file(path)
    return content.hexdigest()
