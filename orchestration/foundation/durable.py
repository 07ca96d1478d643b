"""All-or-nothing writes: contents reach the disk before names, and names before use.

Belongs here: every call that forces bytes to the disk or gives a finished file its name. Does not
belong here: the contents (``extract``, ``privacy``, ``publication``).
"""

from __future__ import annotations

import os
from pathlib import Path


def sync_file(path: Path) -> None:
    """Force a file's contents to the disk."""
    _sync(path)


def sync_directory(folder: Path) -> None:
    """Make renames and new names inside ``folder`` survive a power loss."""
    _sync(folder)


def make_directories(folder: Path) -> None:
    """Create ``folder`` and its parents, each one synced into its parent."""
    missing = []
    while not folder.is_dir():
        missing.append(folder)
        folder = folder.parent
    for path in reversed(missing):
        path.mkdir(exist_ok=True)
        sync_directory(path.parent)


def replace_durably(finished: Path, target: Path) -> None:
    """Give a synced file its final name in one step, and make the name survive a power loss.

    Args:
        finished: A file on the same file system whose contents were synced, or a folder of such.
        target: Its name from now on; a file of that name is replaced, a folder that holds
            anything is not.

    Raises:
        OSError: Among others, a folder of that name holds something.
    """
    finished.replace(target)
    sync_directory(target.parent)


def write_durably(target: Path, content: bytes) -> None:
    """Replace a small file by one that is on the disk before it has the name.

    Only one process at a time may write the same target.
    """
    unfinished = target.with_name(f".{target.name}.unfinished")
    unfinished.write_bytes(content)
    sync_file(unfinished)
    replace_durably(unfinished, target)


def write_at_once(target: Path, content: bytes) -> None:
    """Replace a small file so that readers find the old content or the new, never a partial one.

    It is not synced, so use it only for files that are rewritten when lost. Only one process at a
    time may write the same target.
    """
    unfinished = target.with_name(f".{target.name}.unfinished")
    unfinished.write_bytes(content)
    unfinished.replace(target)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
