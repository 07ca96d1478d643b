"""Limits on an answer's size, and unpacking of packed answers.

Belongs here: the caps, gzip and zip.
Does not belong here: the contents of a file (``csv_rows``, ``answers``).
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator

MAX_BYTES = 2 * 2**30
"""The most bytes one answer may unpack to; it is held in memory as a whole."""
MAX_RATIO = 200
"""The largest ratio of unpacked size to size on the wire, beyond the first 100 MiB. JSON shrinks to
a tenth or a thirtieth; a thousandth is a zip bomb.
"""
_RATIO_FROM = 100 * 2**20
_GZIP = b"\x1f\x8b"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_BLOCK = 2**20


class TooLarge(Exception):
    """An answer exceeds the limits."""


class NotWhole(Exception):
    """A file is cut off or damaged."""


def check_size(size: int, packed_size: int) -> None:
    """Check an answer against the limits.

    Args:
        size: Bytes unpacked so far.
        packed_size: Bytes they were unpacked from.

    Raises:
        TooLarge: It unpacks to more than the caps allow.
    """
    most = min(MAX_BYTES, max(_RATIO_FROM, MAX_RATIO * packed_size))
    if size > most:
        raise TooLarge(f"The answer unpacks to more than {most / 2**20:,.0f} MiB.")


def unpacked(content: bytes) -> bytes:
    """A file's contents: the only file of a zip archive, unpacked gzip, or the file itself.

    One layer is unpacked and no more.

    Raises:
        TooLarge: It unpacks to more than the limits allow; detected before memory fills up.
        NotWhole: It is cut off or damaged, or an archive that does not hold exactly one file.
    """
    if content.startswith(_GZIP):
        return _joined(_gunzipped(content), len(content))
    if content.startswith(_ZIP):
        return _joined(_unzipped(content), len(content))
    return content


def _joined(blocks: Iterable[bytes], packed_size: int) -> bytes:
    pieces: list[bytes] = []
    size = 0
    for block in blocks:
        size += len(block)
        check_size(size, packed_size)
        pieces.append(block)
    return b"".join(pieces)


def _gunzipped(content: bytes) -> Iterator[bytes]:
    rest = content
    try:
        while rest:
            member = zlib.decompressobj(wbits=31)
            while not member.eof:
                block = member.decompress(rest, _BLOCK)
                rest = member.unconsumed_tail
                yield block
                if not block and not rest and not member.eof:
                    raise NotWhole("the gzip file ends too early")
            rest = member.unused_data.lstrip(b"\0")  # some writers pad the last block
    except zlib.error as error:
        raise NotWhole(f"the gzip file is damaged ({error})") from None


def _unzipped(content: bytes) -> Iterator[bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            files = [entry for entry in archive.infolist() if not entry.is_dir()]
            if len(files) != 1:
                raise NotWhole(f"the zip archive holds {len(files)} files instead of one")
            # Other methods unpack regardless of how much was requested, and so bypass the limits.
            if files[0].compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise NotWhole("the zip archive is packed in a way that is not supported")
            with archive.open(files[0]) as file:
                while block := file.read(_BLOCK):
                    yield block
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError) as error:
        raise NotWhole(f"the zip archive is damaged ({error})") from None
