"""Opens files dropped by people, and returns their lines as text.

Belongs here: compression, byte order marks, encodings, and recognising files that are not text.
Does not belong here: rows and columns (``rows``).
"""

from __future__ import annotations

import codecs
import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from orchestration.foundation.disk import is_full
from orchestration.foundation.errors import TributaryError
from orchestration.foundation.regular import NotRegular, open_regular

MAX_BYTES = 20 * 2**30
"""The most that a compressed file may unpack to."""
MAX_RATIO = 200
"""The most that a compressed file may grow, beyond the first 100 MiB."""
_RATIO_FROM = 100 * 2**20

_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
_GZIP = b"\x1f\x8b"
_MARKS = {
    codecs.BOM_UTF8: ("utf-8", ("utf-8", "utf-8-sig")),
    codecs.BOM_UTF16_LE: ("utf-16", ("utf-16", "utf-16-le")),
    codecs.BOM_UTF16_BE: ("utf-16", ("utf-16", "utf-16-be")),
}


class InboxError(TributaryError):
    """A file of the inbox cannot be used as it is; none of it was landed."""


@contextmanager
def open_lines(path: Path, encoding: str) -> Iterator[io.TextIOWrapper]:
    """The file's text, its line ends untouched.

    Bytes that are invalid in the encoding become lone surrogates (``surrogateescape``), which mark
    the rows that hold them as bad.

    Raises:
        InboxError: The file is missing, not a regular file, empty, a workbook, of another encoding,
            packed too tightly, damaged, or was written to, removed or lost meanwhile.
    """
    try:
        raw, before = open_regular(path)
    except NotRegular as error:
        raise InboxError(
            f"The file cannot be read: {error.strerror}.",
            where=str(path),
            remedy="Write a plain file there; the inbox reads nothing else.",
        ) from error
    except OSError as error:
        raise InboxError(
            f"The file cannot be read: {error.strerror}.",
            where=str(path),
            remedy="Put the file there, or correct its path under inbox in the configuration.",
        ) from error
    with raw:
        source = _unpacked(path, raw, before.st_size)
        _check_start(path, source.peek(8)[:8], encoding)
        try:
            yield io.TextIOWrapper(source, encoding=encoding, errors="surrogateescape", newline="")
            after = path.stat()
        except OSError as error:
            # Writing the slice may fail too; such an error names another file.
            if error.filename not in (None, str(path)) or is_full(error):
                raise
            raise InboxError(
                f"The file was removed or lost while it was being read: {error.strerror}.",
                where=str(path),
                remedy="Put it there again, and leave it there until the run is over.",
            ) from error
        if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
            raise InboxError(
                "The file changed while it was being read.",
                where=str(path),
                remedy="Run again when it is complete; better: write elsewhere, then rename.",
            )


def _unpacked(path: Path, raw: io.BufferedReader, size: int) -> io.BufferedReader:
    if raw.peek(2)[:2] != _GZIP:
        return raw
    packed = cast(BinaryIO, gzip.GzipFile(fileobj=raw))
    return io.BufferedReader(_Capped(path, packed, size), 2**20)


class _Capped(io.RawIOBase):
    """Unpacks until the limits are reached."""

    def __init__(self, path: Path, source: BinaryIO, packed_size: int) -> None:
        self._path = path
        self._source = source
        self._most = min(MAX_BYTES, max(_RATIO_FROM, MAX_RATIO * packed_size))
        self._read = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        try:
            block = self._source.read(len(buffer))
        except (EOFError, zlib.error, OSError) as error:
            raise InboxError(
                f"The compressed file is damaged: {error}.",
                where=str(self._path),
                remedy="Compress or transfer it again.",
            ) from error
        self._read += len(block)
        if self._read > self._most:
            raise InboxError(
                f"The compressed file unpacks to more than {self._most / 2**20:,.0f} MiB.",
                where=str(self._path),
                remedy="Check what it holds; unpack it if that is right.",
            )
        buffer[: len(block)] = block
        return len(block)


def _check_start(path: Path, start: bytes, encoding: str) -> None:
    if not start:
        raise InboxError(
            "The file is empty: not even a line with column names.",
            where=str(path),
            remedy="Export it again; a file with column names and no rows is fine.",
        )
    if start.startswith(_WORKBOOKS):
        raise InboxError(
            "The file is an Excel workbook or another archive, whatever its name says.",
            where=str(path),
            remedy="In Excel choose Save As, CSV UTF-8, and name the new file in the inbox.",
        )
    declared = codecs.lookup(encoding).name
    for mark, (found, fitting) in _MARKS.items():
        if start.startswith(mark) and declared not in fitting:
            raise InboxError(
                f"The file is in {found}, according to its first bytes, not in {encoding}.",
                where=str(path),
                remedy=f"Set format.encoding of this inbox entry to {found}.",
            )
