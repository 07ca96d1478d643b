"""Turns the cells of one column of a file into canonical texts.

Belongs here: value maps, dates, times and booleans as a file's format declares them. Does not
belong here: numbers (``numbers``), texts and ids (``texts``), finding rows and columns
(``reader``), or what a canonical text must hold to be loaded (the loader checks types, ranges and
required values of every source alike).

Nothing is guessed: a cell that the declared format cannot read is refused, never read another way.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from orchestration.configuration.file_format import FileFormat
from orchestration.connectors.field import Field, Type
from orchestration.inbox.cells import Converter, Refused, Value
from orchestration.inbox.numbers import MINUS, number_reader
from orchestration.inbox.texts import cleaner, has_entities, id_reader, is_id
from orchestration.inbox.zones import split_zone

_CACHED_CELLS = 65_536
_COMPACT_TIME = re.compile(r"\d{8}T\d{4}")
_A_TIME = re.compile("%[HIMSfcXs]")
_EXTENDED_TIME = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}")
_FINER_THAN_MICROSECONDS = re.compile(r"[.,]\d{6}\d*[1-9]")
_TRUTHS = {"true": "true", "yes": "true", "1": "true", "false": "false", "no": "false"}
_TRUTHS["0"] = "false"
_UNMAPPED = Refused("", "", "")
"""Stands for a map without ``*``."""

_VISIBLE = bytes(range(33, 127)).translate(None, b'"\\')
_CAPITALS = bytes(range(65, 91))

EVERYTHING_ELSE = "*"
"""In a value map: every cell that it does not name."""


def converter(field: Field, format_: FileFormat, zone: ZoneInfo, form: str = "") -> Converter:
    """The function that reads a trimmed cell of a field; empty cells are ``None`` before that.

    Args:
        field: The canonical column.
        format_: How the file writes dates and numbers.
        zone: The zone of times without one.
        form: How the file writes the ids of the column.
    """
    match field.type:
        case Type.TIMESTAMP:
            return _moments(format_, zone)
        case Type.DATE:
            return _dates(format_)
        case Type.BOOLEAN:
            return _truth
        case Type.DECIMAL:
            return number_reader(format_) or _with_ascii_minus
        case _ if field.currency:
            return _code
        case _ if is_id(field):
            return id_reader(form)
        case _:
            return _same


def column_reader(
    field: Field,
    format_: FileFormat,
    zone: ZoneInfo,
    mapping: Mapping[str, str | None],
    form: str = "",
) -> Callable[[Sequence[str]], list[Value]]:
    """The function that reads the raw cells of a column.

    A mapped cell becomes our canonical value; every other cell is read according to the format.
    Cells are trimmed; empty ones become ``None`` unless the empty text is mapped.
    """
    convert = converter(field, format_, zone, form)
    clean = cleaner(field)
    ours = {clean(theirs): value for theirs, value in _mapped(field, mapping, zone).items()}
    folded = {theirs.casefold(): value for theirs, value in reversed(ours.items())}
    rest = ours.get(EVERYTHING_ELSE, _UNMAPPED)

    def read(cell: str) -> Value:
        text = clean(cell)
        if text in ours:
            return ours[text]
        if folded and text.casefold() in folded:
            return folded[text.casefold()]
        if not text:
            return None
        return convert(text) if rest is _UNMAPPED else rest

    if not ours and convert is _same:
        return lambda cells: [clean(cell) or None for cell in cells]
    # Times rarely repeat; everything else does, and strptime costs more than a cache.
    repeats = field.type is not Type.TIMESTAMP or format_.datetime_format or format_.date_format
    cached = lru_cache(_CACHED_CELLS)(read) if repeats else read
    return lambda cells: [cached(cell) for cell in cells]


def itself(
    field: Field, format_: FileFormat, mapping: Mapping[str, str | None], form: str
) -> bytes:
    """The ASCII signs of which a cell may consist to be read as itself; none where it is not.

    What consists of them alone needs no reading at all, and JSON writes it as it is. An empty cell
    is nothing.
    """
    if mapping or field.type in (Type.TIMESTAMP, Type.DATE, Type.BOOLEAN):
        return b""
    if field.type is Type.DECIMAL:
        return _VISIBLE if format_.reads_plain_numbers else b""
    if field.currency:
        return _CAPITALS
    if is_id(field):
        return b"" if form == "salesforce" else _VISIBLE.translate(None, b"&+.,")
    return _VISIBLE.translate(None, b"&") if has_entities(field) else _VISIBLE


def is_iso_moment(field: Field, format_: FileFormat, mapping: Mapping[str, str | None]) -> bool:
    """Whether a column holds moments as ISO 8601 writes them."""
    patterns = format_.datetime_format or format_.date_format
    return field.type is Type.TIMESTAMP and not mapping and not patterns


def canonical(field: Field, value: str, zone: ZoneInfo) -> str | None:
    """A value from the configuration (a constant, or the right side of a map).

    Raises:
        ValueError: It is not written canonically.
    """
    value = value.strip()
    read = converter(field, FileFormat(), zone)(value) if value else None
    if isinstance(read, Refused):
        raise ValueError(read.detail(field.name))
    return read


def _mapped(
    field: Field, mapping: Mapping[str, str | None], zone: ZoneInfo
) -> dict[str, str | None]:
    return {
        theirs.strip(): None if ours is None else canonical(field, ours, zone)
        for theirs, ours in mapping.items()
    }


def _same(cell: str) -> Value:
    return cell


def _with_ascii_minus(cell: str) -> Value:
    return cell.replace(MINUS, "-")


def _code(cell: str) -> Value:
    """A currency code in any case; some non-ASCII letters have an ASCII upper case."""
    return cell.upper() if cell.isascii() else cell


def _truth(cell: str) -> Value:
    return _TRUTHS.get(cell.lower()) or Refused(cell, "bad_type", "true/false, yes/no or 1/0")


def _dates(format_: FileFormat) -> Converter:
    pattern = format_.date_format

    def read(cell: str) -> Value:
        if pattern is None:
            if len(cell) == 8 and cell.isdecimal() and cell.isascii():
                return f"{cell[:4]}-{cell[4:6]}-{cell[6:]}"
            return cell
        try:
            return datetime.strptime(cell, pattern).date().isoformat()  # noqa: DTZ007 (a day)
        except ValueError:
            return Refused(cell, "bad_type", f"a date written as {pattern}")

    return read


def _moments(format_: FileFormat, zone: ZoneInfo) -> Converter:
    """Reads times; one without a zone is in ``zone``. A bare date stays one.

    A time in the hour skipped in spring is moved forward by that hour; a time in the hour repeated
    in autumn is the first of the two. (PEP 495, fold 0; the same choice as ``java.time`` and
    ``Temporal``'s "compatible".)

    Returns:
        A function that returns ISO 8601 texts: with the offset that the file states, or in UTC
        without one where it states none. A date stays a date; the loader knows its zone.
    """
    patterns = [p for p in (format_.datetime_format, format_.date_format) if p is not None]
    # %Z reads a few words and drops what they say; `split_zone` reads them all before.
    bare = {pattern: pattern.replace("%Z", "").strip() for pattern in patterns}
    timed = [pattern for pattern in patterns if _A_TIME.search(pattern)]
    dated = [pattern for pattern in patterns if not _A_TIME.search(pattern)]
    expected = " or ".join([f"a time written as {pattern}" for pattern in patterns])
    expected = expected or "an ISO 8601 time"

    def read(cell: str) -> Value:
        whole, (cell, stated) = cell, split_zone(cell)
        if len(cell) > 26 and _FINER_THAN_MICROSECONDS.search(cell):
            return Refused(whole, "scale_exceeded", "a time of at most microseconds")
        moment = None if format_.datetime_format else _iso_time(cell)
        for pattern in timed:
            moment = moment or _by_pattern(cell, bare[pattern])
        day = None if moment or format_.date_format else _iso_date(cell)
        for pattern in dated:
            day = day or _by_pattern(cell, pattern)
        try:
            if moment is None and day is not None and stated is None:
                return day.date().isoformat()
            if moment is None:
                raise ValueError
            if moment.tzinfo is not None:
                return moment.isoformat()
            if stated is not None:
                return moment.replace(tzinfo=stated).isoformat()
            return (moment - (zone.utcoffset(moment) or timedelta())).isoformat()
        except (ValueError, OverflowError):
            return Refused(whole, "bad_type", expected)

    return read


def _iso_time(cell: str) -> datetime | None:
    # fromisoformat alone accepts any separator, and so reads some epoch numbers as dates.
    if not (_EXTENDED_TIME.match(cell) or _COMPACT_TIME.match(cell)):
        return None
    try:
        return datetime.fromisoformat(cell)
    except ValueError:
        return None


def _iso_date(cell: str) -> datetime | None:
    if len(cell) not in (8, 10):
        return None
    try:
        return datetime.combine(date.fromisoformat(cell), datetime.min.time())
    except ValueError:
        return None


def _by_pattern(cell: str, pattern: str) -> datetime | None:
    try:
        return datetime.strptime(cell, pattern)  # noqa: DTZ007 (the caller gives the zone)
    except ValueError:
        return None
