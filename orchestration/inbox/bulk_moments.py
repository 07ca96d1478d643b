"""Reads many moments of ISO 8601 at once, as ``values`` reads each.

Belongs here: the usual layouts of a column of moments. Does not belong here: every other layout,
days on which the clock changes, and what is no moment; ``values`` reads those cell by cell.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

_LAYOUT = b"0000-00-00T00:00:00"
_DIGITS = [at for at, sign in enumerate(_LAYOUT) if sign == ord("0")]
_MARKS = [at for at, sign in enumerate(_LAYOUT) if sign in b"-:"]
_SPACE, _T, _Z, _PLUS, _MINUS = b" TZ+-"
_LENGTH = len(_LAYOUT)
_WITH_Z, _WITH_OFFSET = _LENGTH + 1, _LENGTH + 6
_YEARS = 1980, 2100
"""Years of which a day has one offset or a change of it that ``_offset`` sees."""

Signs = np.ndarray[Any, Any]


def read_moments(signs: Signs, zone: ZoneInfo) -> tuple[Signs, Signs] | None:
    """Canonical texts of cells of one length; ``None`` for a length that is not read here.

    Args:
        signs: A matrix: one cell a row, one byte a column.
        zone: The zone of moments without one.

    Returns:
        The texts as such a matrix, and which of its rows could be read; the others hold anything.
    """
    length = signs.shape[1]
    if length not in (_LENGTH, _WITH_Z, _WITH_OFFSET):
        return None
    local, read = _moments(signs)
    moments = np.where(read, local, 0)
    if length == _LENGTH:
        shift, same = _offsets(moments // 86_400, zone)
        return _written(moments - shift), read & same
    if length == _WITH_Z:
        read &= signs[:, -1] == _Z
        end = np.frombuffer(b"+00:00", np.uint8)
        written = np.concatenate((_written(moments), np.broadcast_to(end, (len(signs), 6))), axis=1)
        return written, read
    read &= _is_offset(signs[:, _LENGTH:])
    return np.concatenate((_written(moments), signs[:, _LENGTH:]), axis=1), read


def _moments(signs: Signs) -> tuple[Signs, Signs]:
    """Seconds since 1970 as the clock shows them, and which rows state them."""
    digits = signs[:, _DIGITS]
    read = ((digits >= ord("0")) & (digits <= ord("9"))).all(axis=1)
    read &= (signs[:, _MARKS] == np.frombuffer(_LAYOUT, np.uint8)[_MARKS]).all(axis=1)
    read &= (signs[:, 10] == _T) | (signs[:, 10] == _SPACE)
    values = digits.astype(np.int64) - ord("0")
    year = values[:, 0] * 1000 + values[:, 1] * 100 + values[:, 2] * 10 + values[:, 3]
    month, day, hour, minute, second = (
        values[:, at] * 10 + values[:, at + 1] for at in range(4, 14, 2)
    )
    read &= (year >= _YEARS[0]) & (year < _YEARS[1]) & (month >= 1) & (month <= 12) & (day >= 1)
    read &= (hour < 24) & (minute < 60) & (second < 60)
    months = np.where(read, (year - 1970) * 12 + month - 1, 0)
    starts = months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    days = starts + day - 1
    read &= days < (months + 1).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    return days * 86_400 + hour * 3_600 + minute * 60 + second, read


def _offsets(days: Signs, zone: ZoneInfo) -> tuple[Signs, Signs]:
    """The zone's offset on each day, and whether it is the same from midnight to midnight."""
    known, at = np.unique(days, return_inverse=True)
    found = [_offset(day, zone) for day in known.tolist()]
    shifts = np.array([0 if shift is None else shift for shift in found], np.int64)
    same = np.array([shift is not None for shift in found], bool)
    return shifts[at], same[at]


@lru_cache(1 << 16)
def _offset(day: int, zone: ZoneInfo) -> int | None:
    """The zone's offset on a day, in seconds; ``None`` where the clock may change."""
    begin = datetime(1970, 1, 1) + timedelta(days=day)  # noqa: DTZ001 (a time of the zone's clock)
    # An hour more on both sides: a clock may change at midnight.
    found = {zone.utcoffset(begin + timedelta(hours=hour)) for hour in (-1, 0, 24, 25)}
    shift = found.pop() or timedelta()
    return None if found else int(shift.total_seconds())


def _is_offset(signs: Signs) -> Signs:
    """Whether six signs are an offset that is written back as it is."""
    digits = signs[:, [1, 2, 4, 5]]
    values = digits.astype(np.int64) - ord("0")
    hours, minutes = values[:, 0] * 10 + values[:, 1], values[:, 2] * 10 + values[:, 3]
    is_minus = (signs[:, 0] == _MINUS) & (hours + minutes > 0)
    is_signed = (signs[:, 0] == _PLUS) | is_minus
    are_digits = ((values >= 0) & (values <= 9)).all(axis=1)
    fits = (hours < 24) & (minutes < 60) & (signs[:, 3] == ord(":"))
    return np.asarray(is_signed & are_digits & fits)


def _written(seconds: Signs) -> Signs:
    """Seconds since 1970 as a matrix of signs."""
    days, rest = np.divmod(seconds, 86_400)
    dates = days.astype("datetime64[D]")
    months = dates.astype("datetime64[M]")
    day = (dates - months.astype("datetime64[D]")).astype(np.int64) + 1
    number = months.astype(np.int64)
    parts = (
        (number // 12 + 1970, (0, 1, 2, 3)),
        (number % 12 + 1, (5, 6)),
        (day, (8, 9)),
        (rest // 3_600, (11, 12)),
        (rest // 60 % 60, (14, 15)),
        (rest % 60, (17, 18)),
    )
    signs = np.empty((len(seconds), _LENGTH), np.uint8)
    signs[:] = np.frombuffer(_LAYOUT, np.uint8)
    for value, places in parts:
        for place in reversed(places):
            value, digit = np.divmod(value, 10)
            signs[:, place] = digit + ord("0")
    return signs
