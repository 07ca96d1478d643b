"""Writes values that a file keeps with their types as the cells that its entry's format reads.

Belongs here: numbers, days and moments of workbooks, Parquet and JSON as texts. Does not belong
here: finding them (``workbooks``, ``tables``), or what a cell means (``values``).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import orjson

from orchestration.configuration.file_format import FileFormat

_ROUNDED = 1e15
"""Doubles from here on have lost digits of an id; workbooks keep 15."""


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
            case datetime():
                return value.isoformat(" ")
            case date():
                return value.strftime(days)
            case bytes():
                return value.decode()
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
    return whole + format_.decimal + (part + "0" if len(part) == 3 else part)


def _digits(value: float) -> str:
    if not math.isfinite(value):
        return str(value)
    if value.is_integer():
        return f"{value:.0f}" if abs(value) < _ROUNDED else f"{value:.14E}"
    return format(Decimal(repr(value)), "f")
