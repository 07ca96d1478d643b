"""Writes values that a file keeps with their types as the cells that its entry's format reads.

Belongs here: numbers, days and moments of workbooks, Parquet and JSON as texts. Does not belong
here: finding them (``workbooks``, ``tables``), or what a cell means (``values``).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import orjson

from orchestration.configuration.file_format import FileFormat

_ROUNDED = 1e15
"""Doubles from here on have lost digits of an id; workbooks keep 15."""

_SHORT_CENTS, _SHORT_WHOLE = 2**17, 2**24
"""Floats of 32 bits from here on are more than a cent apart, or more than one."""


def cell_writer(format_: FileFormat) -> Callable[[Any], str]:
    """The function that writes a value as this format reads it.

    Args:
        format_: How the entry declares the file: its texts may be written otherwise than ISO 8601.
    """
    days = format_.date_format or "%Y-%m-%d"
    moments = format_.datetime_format

    def write(value: Any) -> str:
        match value:
            case None:
                return ""
            case str():
                return value
            case bool():
                return "true" if value else "false"
            case int():
                return str(value)
            case float():
                return with_mark(_digits(value), format_)
            case Decimal():
                return with_mark(format(value, "f"), format_)
            case datetime() if value.tzinfo is None and value.time() == time():
                return value.strftime(days)
            case datetime() if moments and value.tzinfo is None:
                return value.strftime(moments)
            case datetime() if moments and "%z" in moments:
                return value.strftime(moments)
            case datetime() if moments:
                there = value.astimezone(UTC).replace(tzinfo=None)
                return f"{there.strftime(moments.replace('%Z', '').strip())} UTC"
            case datetime():
                return value.isoformat(" ")
            case date():
                return value.strftime(days)
            case bytes():
                return value.decode(errors="backslashreplace")
            case list() | dict() | tuple():
                return orjson.dumps(value, default=str).decode()
            case _:
                return str(value)

    return write


def with_mark(digits: str, format_: FileFormat) -> str:
    """Digits with the declared decimal mark; three decimals get a fourth, or they might group."""
    whole, point, part = digits.partition(".")
    if not point:
        return digits
    groups = len(part) == 3 and part.isdecimal()
    return whole + format_.decimal + (f"{part}0" if groups else part)


def without_exponent(digits: str) -> str:
    """A number such as ``1.5E7``, which programs write for 15000000, in full.

    From where doubles lose digits of an id, it stays as it is: no id, and no amount.
    """
    size = abs(float(digits))
    if 1 / _ROUNDED < size < _ROUNDED:
        return format(Decimal(digits), "f")
    return digits if size else "0"


def short_float(digits: str) -> float | str:
    """A float of 32 bits by its shortest digits, which are those that were written.

    From where it has lost cents, and of whole numbers the last digit, it is no amount and no id:
    its exponent says so.
    """
    value = float(digits)
    most = _SHORT_WHOLE if value.is_integer() else _SHORT_CENTS
    return value if abs(value) < most or not math.isfinite(value) else f"{value:.8E}"


def _digits(value: float) -> str:
    if not math.isfinite(value):
        return str(value)
    if value.is_integer():
        return f"{value:.0f}" if abs(value) < _ROUNDED else f"{value:.14E}"
    return format(Decimal(repr(value)), "f")
