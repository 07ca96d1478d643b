"""Writes that survive a power loss: contents reach the disk before names, names before use."""

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
        finished: A file on the same file system whose contents were synced.
        target: Its name from now on; a file of that name is replaced.
    """
    finished.replace(target)
    sync_directory(target.parent)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
