"""Free disk space: checked before work begins, and reported clearly when it runs out midway.

Belongs here: the one rule for free space, and what a full disk looks like in every library's error.
Does not belong here: how much a run needs where (``warehouse/space.py``).
"""

from __future__ import annotations

import errno
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from orchestration.foundation.errors import TributaryError

SPARE = 64 * 2**20
"""Bytes to keep free in each place: logs, locks and Dagster's events need some too."""

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_SAID = (
    "No space left on device",
    "Disk quota exceeded",
    "File too large",
    "max_temp_directory_size",
)


class NoRoom(TributaryError):
    """A disk is full, or too full to begin."""


def free_bytes(folder: Path) -> int:
    """Free bytes on the disk of a folder that need not exist yet."""
    return shutil.disk_usage(_existing(folder)).free


def require_bytes(
    needs: Mapping[Path, int], purpose: str, free: Callable[[Path], int] = free_bytes
) -> None:
    """Refuse to start work that could not finish for lack of disk space.

    Args:
        needs: Bytes needed per folder; folders on one disk are added up.
        purpose: The work that needs them; completes "Too little disk space to ...".
        free: Returns the free bytes of a folder's disk.

    Raises:
        NoRoom: There is too little space. It names the folders, what they need and what is free.
    """
    disks: dict[int, list[Path]] = {}
    for folder in needs:
        disks.setdefault(_existing(folder).stat().st_dev, []).append(folder)
    for folders in disks.values():
        needed, found = sum(needs[folder] for folder in folders), free(folders[0])
        if found < needed:
            raise NoRoom(
                f"Too little disk space to {purpose}: about {needed / 1e6:,.0f} MB are needed, "
                f"{found / 1e6:,.0f} MB are free.",
                where=", ".join(map(str, folders)),
                remedy="Nothing was changed. Make room there, then run again.",
            )


def is_full(error: BaseException) -> bool:
    """Whether an error of Python, Arrow or DuckDB means that a disk is full."""
    if isinstance(error, OSError) and error.errno in _FULL:
        return True
    return not isinstance(error, TributaryError) and any(said in str(error) for said in _SAID)


def no_room(error: BaseException, place: Path) -> NoRoom:
    """The error to show for an error that ``is_full``; libraries already name the file."""
    return NoRoom(
        f"The disk is full: {error}",
        where=str(place),
        remedy="Half-written files are ignored, and readers keep the last generation. Make room "
        "there, then run again: it continues where it stopped.",
    )


@contextmanager
def naming_full_disk(place: Path) -> Iterator[None]:
    """Turn any full-disk error raised inside into ``NoRoom``, which names the place.

    Raises:
        NoRoom: The disk is full.
    """
    try:
        yield
    except Exception as error:
        if not is_full(error):
            raise
        raise no_room(error, place) from error


def _existing(folder: Path) -> Path:
    """The folder, or the nearest above it that exists."""
    while not folder.exists():
        folder = folder.parent
    return folder
