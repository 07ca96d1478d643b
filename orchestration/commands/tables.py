"""Answers on a terminal: a table, or a block per record where a row is too wide for one.

Belongs here: how cells are written for people. Does not belong here: asking (``sql.py``), or
answers for programs (``formats.py``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from orchestration.foundation.terminal import shown
from orchestration.publication.reader import Answer

_SHOWN_CHARACTERS = 10_000
"""Characters of a cell that a table shows; a terminal takes minutes for millions."""
_FOLDED = 30
"""Characters from which on a cell may be folded rather than make its table too wide."""
_BESIDE = 3
"""What a column takes beside its cells: a line and a space on either side."""
_SHARE = re.compile(r"^(?!.*(fx|exchange)).*\b(rate|share)( low| high)?\b", re.IGNORECASE)
_LIFT = re.compile(r"\blift( low| high)?\b", re.IGNORECASE)
_PIECES = re.compile(r"\b(impressions|clicks)\b", re.IGNORECASE)


def answer(found: Answer, console: Console, *, raw: bool = False) -> RenderableType:
    """An answer as a table, or as blocks where that would be wider than the terminal.

    Args:
        found: The answer.
        console: Whose width counts.
        raw: Whether to show values as they are stored.
    """
    texts = _texts(found, raw)
    width = 1
    for position, name in enumerate(found.columns):
        longest = max((len(row[position]) for row in texts), default=0)
        width += max(len(name), min(longest, _FOLDED)) + _BESIDE
    return answer_table(found, raw=raw) if width <= console.width else _blocks(found, texts)


def answer_table(found: Answer, *, raw: bool = False) -> Table:
    """An answer as a table, with numbers right-aligned."""
    table = Table(header_style="bold")
    for position, name in enumerate(found.columns):
        values = [row[position] for row in found.rows if row[position] is not None]
        numeric = bool(values) and all(isinstance(v, int | float | Decimal) for v in values)
        table.add_column(shown(name), justify="right" if numeric else "left", overflow="fold")
    for row in _texts(found, raw):
        table.add_row(*map(shown, row))
    return table


def written(found: Answer, *, raw: bool = False) -> list[list[str]]:
    """The cells of an answer as text for people, or as they are stored.

    Money and other decimals have two decimals, and more where they would look like zero. Columns
    called a rate or a share are per cent where all of their values are between 0 and 1, a lift is
    where they are between -1 and 1. Impressions and clicks have no decimals where all are whole.
    """
    shares = [
        not raw
        and (least := least_share(name)) is not None
        and all(least <= value <= 1 for value in _numbers(found, position))
        for position, name in enumerate(found.columns)
    ]
    pieces = [
        counts_pieces(name) and all(value % 1 == 0 for value in _numbers(found, position))
        for position, name in enumerate(found.columns)
    ]
    return [
        [
            _stored(value) if raw else _readable(value, is_share, is_whole)
            for value, is_share, is_whole in zip(row, shares, pieces, strict=True)
        ]
        for row in found.rows
    ]


def counted(number: int, noun: str) -> str:
    """How many of something there are, in words: ``1 row``, ``1,200 rows``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def least_share(name: str) -> int | None:
    """The least value of a column that is called as one of shares, or of differences between them.

    Its values decide, too: none of a share is above 1. ``None`` for any other name.
    """
    words = name.replace("_", " ")
    if _LIFT.search(words):
        return -1
    return 0 if _SHARE.search(words) else None


def counts_pieces(name: str) -> bool:
    """Whether a column is called as one of pieces, which are stored as decimals of the vendors."""
    return bool(_PIECES.search(name.replace("_", " ")))


def _texts(found: Answer, raw: bool) -> list[list[str]]:
    return [[_bounded(text) for text in row] for row in written(found, raw=raw)]


def _bounded(text: str) -> str:
    if len(text) <= _SHOWN_CHARACTERS:
        return text
    return f"{text[:_SHOWN_CHARACTERS]}… ({len(text):,} characters)"


def _numbers(found: Answer, position: int) -> Iterator[float | Decimal]:
    for row in found.rows:
        value = row[position]
        if isinstance(value, float | Decimal):
            yield value


def _readable(value: Any, is_share: bool, is_whole: bool) -> str:
    if isinstance(value, float | Decimal):
        if is_whole:
            return f"{value:,.0f}"
        return f"{value * 100:.1f} %" if is_share else _rounded(value)
    return _stored(value)


def _rounded(value: float | Decimal) -> str:
    if isinstance(value, Decimal) and value.as_tuple().exponent == 0:
        return f"{value:,}"
    text = f"{value:,.2f}"
    # What is not zero does not look like it: two figures, whatever the number of zeros before them.
    return f"{value:.2g}" if value and not text.strip("-0.,") else text


def _stored(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def _blocks(found: Answer, texts: list[list[str]]) -> Group:
    longest = max(map(len, found.columns), default=0)
    lines: list[Text] = []
    for number, row in enumerate(texts, 1):
        lines.append(Text(f"── {number} ".ljust(longest + 10, "─"), style="dim"))
        for name, text in zip(found.columns, row, strict=True):
            line = shown(name)
            line.stylize("bold")
            line.pad_right(longest + 2 - len(line))
            lines.append(line + shown(text))
    return Group(*lines)
