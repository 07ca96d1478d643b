"""Opens regular files alone: no pipe that waits for ever, no device that never ends.

Belongs here: opening and bounding. Does not belong here: what a file holds.
"""

from __future__ import annotations

import errno
import io
import os
import stat
from pathlib import Path

_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a named pipe",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFSOCK: "a socket",
}


class NotRegular(OSError):
    """The path names something else than a regular file; ``strerror`` says what."""


class _Bounded(io.RawIOBase):
    """A file as long as it was when it was opened, whatever is appended meanwhile."""

    def __init__(self, descriptor: int, size: int) -> None:
        self._descriptor = descriptor
        self._left = size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        block = os.read(self._descriptor, min(len(buffer), self._left))
        self._left -= len(block)
        buffer[: len(block)] = block
        return len(block)

    def fileno(self) -> int:
        return self._descriptor

    def close(self) -> None:
        if not self.closed:
            os.close(self._descriptor)
        super().close()


def open_regular(path: Path) -> tuple[io.BufferedReader, os.stat_result]:
    """A regular file, opened for reading up to its present size, and its status.

    Raises:
        NotRegular: The path names a folder, a pipe, a device or a socket.
        OSError: It cannot be opened.
    """
    # Waiting for the writer of a pipe would be waiting for ever.
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            kind = _KINDS.get(stat.S_IFMT(status.st_mode), "no regular file")
            raise NotRegular(errno.EINVAL, f"it is {kind}", str(path))
    except BaseException:
        os.close(descriptor)
        raise
    return io.BufferedReader(_Bounded(descriptor, status.st_size), 2**16), status


def identity_of(path: Path) -> tuple[int, int] | str:
    """What two spellings of one file have in common: its inode; its full path before it exists."""
    try:
        status = path.stat()
    except OSError:
        return os.path.normpath(path.absolute())
    return status.st_dev, status.st_ino
