"""Answers for programs and for documents: JSON and Markdown.

Belongs here: both texts. Does not belong here: tables for a terminal (``tables.py``), or CSV
(``export.py``).
"""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from orchestration.commands.tables import written
from orchestration.foundation.terminal import visible
from orchestration.publication.reader import Answer

_MARKUP = str.maketrans(
    {sign: f"\\{sign}" for sign in "\\`*[]|~"} | {"<": "&lt;", ">": "&gt;", "&": "&amp;"}
)

_EMPHASIS = re.compile(r"(?<![^\W_])_|_(?![^\W_])")
"""Underscores inside of a word, as in the name of a column, mark nothing."""


def as_json(found: Answer) -> Iterator[str]:
    """An answer as a list of objects, in pieces; numbers have every figure that is stored."""
    names = _distinct(found.columns)
    for number, row in enumerate(found.rows):
        fields = (f"{_text(name)}: {_value(value)}" for name, value in zip(names, row, strict=True))
        yield ("[\n" if number == 0 else ",\n") + "  {" + ", ".join(fields) + "}"
    yield "\n]\n" if found.rows else "[]\n"


def as_markdown(found: Answer, *, raw: bool = False) -> Iterator[str]:
    """An answer as a table of Markdown, line by line; names in it are text and no markup."""
    yield f"| {' | '.join(map(_plain, found.columns))} |\n"
    marks = [
        "---:" if any(isinstance(row[at], int | float | Decimal) for row in found.rows) else "---"
        for at in range(len(found.columns))
    ]
    yield f"| {' | '.join(marks)} |\n"
    for row in written(found, raw=raw):
        yield f"| {' | '.join(map(_plain, row))} |\n"


def _plain(text: str) -> str:
    return _EMPHASIS.sub(r"\\_", visible(text).translate(_MARKUP))


def _distinct(columns: tuple[str, ...]) -> list[str]:
    """Names of which none occurs twice, as an object's keys must be."""
    names: list[str] = []
    for name in columns:
        free, number = name, 1
        while free in names:
            number += 1
            free = f"{name}_{number}"
        names.append(free)
    return names


def _value(value: Any) -> str:
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return "null"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, bool | int | float):
        return json.dumps(value)
    if isinstance(value, dict):
        fields = (f"{_text(str(key))}: {_value(each)}" for key, each in value.items())
        return "{" + ", ".join(fields) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_value, value)) + "]"
    if isinstance(value, bytes):
        return _text(value.hex())
    return _text(value.isoformat() if hasattr(value, "isoformat") else str(value))


def _text(text: str) -> str:
    """A string of JSON, in which characters that a terminal obeys are written by number."""
    quoted = json.dumps(text, ensure_ascii=False)
    return "".join(
        json.dumps(sign)[1:-1] if unicodedata.category(sign)[0] in "CZ" and sign != " " else sign
        for sign in quoted
    )
