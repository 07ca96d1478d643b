"""Who may read what below the home: its owner everything, others the published file alone.

Belongs here: the modes of folders and files, whatever the umask, and a home that cannot be used.
Does not belong here: which folders there are (``configuration/settings.py``).
"""

from __future__ import annotations

import errno
import os
import stat
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from orchestration.foundation.durable import make_directories
from orchestration.foundation.errors import TributaryError

OTHERS = 0o077
"""The bits of everybody but the owner."""
_PASSING = 0o011
"""An operator may let others pass through the home, on their way to the published file."""
_SHARED_FOLDER, SHARED_FILE = 0o755, 0o444

_given = 0o022


class HomeUnusable(TributaryError):
    """``TRIBUTARY_HOME`` cannot be written, or is no folder."""


@dataclass(frozen=True, slots=True)
class TooOpen:
    """A folder or file whose mode is not the one that it should have.

    Attributes:
        path: The folder or file.
        mode: Its mode.
        right: The mode that it should have.
    """

    path: Path
    mode: int
    right: int


def keep_private() -> None:
    """From now on this process and its children create files and folders for their owner alone."""
    global _given
    before = os.umask(OTHERS)
    if before != OTHERS:
        _given = before


def given_mode() -> int:
    """The mode of a file that a person asked for, by the umask that the person set."""
    return 0o666 & ~_given


def prepare_home(home: Path, private: Iterable[Path], published: Path) -> None:
    """Create the home if it is missing, prove that it can be written, and set its modes.

    Args:
        home: ``TRIBUTARY_HOME``.
        private: The folders and files below it that are its owner's alone.
        published: The folder that others may read.

    Raises:
        HomeUnusable: It cannot be written, or holds files of another account.
    """
    try:
        make_directories(home)
        with tempfile.TemporaryFile(dir=home, prefix=".writable-"):
            pass
        for found in too_open(home, private, published):
            found.path.chmod(found.right)
    except OSError as error:
        raise unusable(home, error) from error


def share_folder(folder: Path) -> None:
    """Create a folder that others may read, and set its mode whatever the umask."""
    make_directories(folder)
    if _mode(folder) != _SHARED_FOLDER:
        folder.chmod(_SHARED_FOLDER)


def too_open(home: Path, private: Iterable[Path], published: Path) -> Iterator[TooOpen]:
    """What others may read or write and should not, and what they should read and may not.

    Args:
        home: As for ``prepare_home``.
        private: As there.
        published: As there.
    """
    mode = _mode(home)
    if mode is not None and mode & OTHERS & ~_PASSING:
        yield TooOpen(home, mode, 0o700)
    for top in private:
        for path in _below(top):
            mode = _mode(path)
            if mode is not None and mode & OTHERS:
                yield TooOpen(path, mode, mode & ~OTHERS)
    for path in _below(published):
        mode = _mode(path)
        if mode is None:
            continue
        if path.name.startswith("."):
            right = mode & ~OTHERS
        else:
            right = _SHARED_FOLDER if path.is_dir() else SHARED_FILE
        if mode != right:
            yield TooOpen(path, mode, right)


def unusable(home: Path, error: OSError) -> HomeUnusable:
    """The error to show for one that the home's folder or disk gave.

    Args:
        home: ``TRIBUTARY_HOME``.
        error: What the system said.
    """
    remedy = {
        errno.EROFS: "The disk is read-only: mount it for writing, or choose another home.",
        errno.ENAMETOOLONG: "Choose a shorter path.",
        errno.ENOTDIR: "A part of the path is a file: choose a folder.",
        errno.EEXIST: "The path is a file: choose a folder.",
    }.get(
        error.errno or 0,
        "Give this account the folder and everything in it, for example: chown -R, or choose "
        "another home.",
    )
    return HomeUnusable(
        f"TRIBUTARY_HOME cannot be used: {error.strerror}.",
        where=str(error.filename or home)[:500],
        remedy=remedy,
    )


def _below(top: Path) -> Iterator[Path]:
    if not top.is_dir() or top.is_symlink():
        yield from [top] if top.is_file() else []
        return
    for folder, _, files in os.walk(top):
        yield Path(folder)
        yield from (Path(folder) / name for name in files)


def _mode(path: Path) -> int | None:
    """The permission bits of a folder or file; none for a link, and for what is gone meanwhile."""
    try:
        status = path.lstat()
    except FileNotFoundError:
        return None
    return None if stat.S_ISLNK(status.st_mode) else stat.S_IMODE(status.st_mode)
