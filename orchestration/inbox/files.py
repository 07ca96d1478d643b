"""Opens files dropped by people, and returns their lines as text.

Belongs here: compression, byte order marks, encodings, and recognising files that are not text.
Does not belong here: rows and columns (``rows``).
"""

from __future__ import annotations

import codecs
import gzip
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

from orchestration.foundation.disk import is_full
from orchestration.foundation.errors import TributaryError
from orchestration.foundation.regular import NotRegular, open_regular

MAX_BYTES = 20 * 2**30
"""The most that a compressed file may unpack to."""
MAX_RATIO = 200
"""The most that a compressed file may grow, beyond the first 100 MiB."""
_RATIO_FROM = 100 * 2**20

_OLD_WORKBOOK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_GZIP, _ZIP, _PARQUET = b"\x1f\x8b", b"PK\x03\x04", b"PAR1"
_OTHER_WORKBOOKS = ("xl/workbook.bin", "content.xml", ".iwa")
"""What binary workbooks of Excel (.xlsb) hold, and those of LibreOffice and Numbers."""
_MARKS = {
    codecs.BOM_UTF8: ("utf-8", ("utf-8", "utf-8-sig")),
    codecs.BOM_UTF16_LE: ("utf-16", ("utf-16", "utf-16-le")),
    codecs.BOM_UTF16_BE: ("utf-16", ("utf-16", "utf-16-be")),
}


class InboxError(TributaryError):
    """A file of the inbox cannot be used as it is; none of it was landed."""


@contextmanager
def opened(path: Path) -> Iterator[io.BufferedReader]:
    """The file's bytes as they are.

    Raises:
        InboxError: The file is missing, not a regular file, or was written to, removed or lost
            meanwhile.
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
        try:
            yield raw
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


@contextmanager
def open_lines(path: Path, encoding: str) -> Iterator[io.TextIOWrapper]:
    """The text of a file, or of the one that it packs, its line ends untouched.

    Bytes that are invalid in the encoding become lone surrogates (``surrogateescape``), which mark
    the rows that hold them as bad.

    Raises:
        InboxError: As ``opened``; or it is empty, no text, of another encoding, packed too tightly,
            or damaged.
    """
    with opened(path) as raw, _unpacked(path, raw) as source:
        _check_start(path, source.peek(64)[:64], encoding)
        yield io.TextIOWrapper(source, encoding=encoding, errors="surrogateescape", newline="")


def is_json(text: io.TextIOWrapper) -> bool:
    """Whether a text that was not read yet begins with an object of JSON."""
    source = cast(io.BufferedReader, text.buffer)
    start = source.peek(64)[:64].removeprefix(codecs.BOM_UTF8)
    return re.match(rb'\s*\{\s*["}]', start) is not None


def member(path: Path, archive: zipfile.ZipFile, name: str) -> IO[bytes]:
    """What a zip archive packs under a name.

    Raises:
        InboxError: It is packed in a way that unpacks regardless of how much is asked for.
        KeyError: There is nothing of that name.
    """
    if archive.getinfo(name).compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise InboxError(
            "The archive is packed in a way that has no limit.",
            where=str(path),
            remedy="Pack it as programs do by default (deflate), or unpack it.",
        )
    return archive.open(name)


def capped(path: Path, packed: IO[bytes], size: int) -> io.BufferedReader:
    """What is packed in a file, up to the limits.

    Args:
        path: The file.
        packed: Unpacks it.
        size: How long it is, packed.
    """
    return io.BufferedReader(_Capped(path, packed, size), 2**20)


@contextmanager
def _unpacked(path: Path, raw: io.BufferedReader) -> Iterator[io.BufferedReader]:
    start, size = raw.peek(4)[:4], path.stat().st_size
    if start.startswith(_GZIP):
        with gzip.GzipFile(fileobj=raw) as packed:
            yield capped(path, cast(IO[bytes], packed), size)
    elif start == _ZIP:
        with _only_member(path) as packed:
            yield capped(path, packed, size)
    else:
        yield raw


@contextmanager
def _only_member(path: Path) -> Iterator[IO[bytes]]:
    """The one file in a zip archive, besides what a Mac adds."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = [
                name
                for name in archive.namelist()
                if not name.endswith("/") and not name.startswith("__MACOSX/")
            ]
            if any(name.endswith(_OTHER_WORKBOOKS) for name in names):
                raise InboxError(
                    "The file is a spreadsheet that is no Excel workbook of XML (.xlsx).",
                    where=str(path),
                    remedy="Save it as an Excel workbook (.xlsx), and name that in the inbox.",
                )
            if len(names) != 1:
                raise InboxError(
                    f"The archive holds {len(names)} files, not one.",
                    where=str(path),
                    remedy="Unpack it, and name its files in the inbox.",
                )
            with member(path, archive, names[0]) as packed:
                yield packed
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise _damaged(path, error) from error


def _damaged(path: Path, error: Exception) -> InboxError:
    return InboxError(
        f"The compressed file is damaged, or locked by a password: {error}.",
        where=str(path),
        remedy="Compress or transfer it again, without a password.",
    )


class Cap:
    """How much a packed file may become.

    Args:
        path: The file.
        packed_size: How long it is, packed.
    """

    def __init__(self, path: Path, packed_size: int) -> None:
        self._path = path
        self._most = min(MAX_BYTES, max(_RATIO_FROM, MAX_RATIO * packed_size))
        self._read = 0

    def count(self, size: int) -> None:
        """Add bytes that were unpacked.

        Raises:
            InboxError: They are too many by now.
        """
        self._read += size
        if self._read > self._most:
            raise InboxError(
                f"The compressed file unpacks to more than {self._most / 2**20:,.0f} MiB.",
                where=str(self._path),
                remedy="Check what it holds; unpack it if that is right.",
            )


class _Capped(io.RawIOBase):
    """Unpacks until the limits are reached."""

    def __init__(self, path: Path, source: IO[bytes], packed_size: int) -> None:
        self._path = path
        self._source = source
        self._cap = Cap(path, packed_size)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        try:
            block = self._source.read(len(buffer))
        except (EOFError, zlib.error, OSError, zipfile.BadZipFile) as error:
            raise _damaged(self._path, error) from error
        self._cap.count(len(block))
        buffer[: len(block)] = block
        return len(block)


def _check_start(path: Path, start: bytes, encoding: str) -> None:
    if not start:
        raise InboxError(
            "The file is empty: not even a line with column names.",
            where=str(path),
            remedy="Export it again; a file with column names and no rows is fine.",
        )
    if start.startswith(_OLD_WORKBOOK):
        raise InboxError(
            "The file is an Excel workbook of before 2007 (.xls), or locked by a password.",
            where=str(path),
            remedy="In Excel choose Save As, Excel Workbook (.xlsx), without a password, and name "
            "the new file in the inbox.",
        )
    if start.startswith((_ZIP, _GZIP, _PARQUET)):
        raise InboxError(
            "The archive packs a workbook, a Parquet file or another archive.",
            where=str(path),
            remedy="Unpack it, and name what it holds in the inbox.",
        )
    if re.match(rb"\s*\[\s*\{", start):
        raise InboxError(
            "The file is one JSON list, not a table.",
            where=str(path),
            remedy="Write one object per line (JSON lines): jq -c '.[]' list.json > list.jsonl",
        )
    declared = codecs.lookup(encoding).name
    for mark, (found, fitting) in _MARKS.items():
        if start.startswith(mark) and declared not in fitting:
            raise InboxError(
                f"The file is in {found}, according to its first bytes, not in {encoding}.",
                where=str(path),
                remedy=f"Set format.encoding of this inbox entry to {found}.",
            )
