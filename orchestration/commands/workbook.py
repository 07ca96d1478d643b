"""An Excel workbook of published tables: one sheet each, typed, with the meaning of each column.

Belongs here: sheets, formats and notes. Does not belong here: which tables there are
(``export_tables.py``).

A name is written as text, whatever it begins with: a campaign may be called ``=HYPERLINK(...)``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import chain, islice
from pathlib import Path
from typing import Any

import xlsxwriter

from orchestration.foundation.terminal import visible

MOST_ROWS = 1_048_575
"""Of a sheet, beside its header."""
_LONGEST = 32_000
"""Characters of a cell; Excel drops a text of more than 32,767 altogether."""
_EXACT = 2**53
"""Beyond this Excel's numbers lose figures, so longer ones are written as text."""
_FIRST_DAY = date(1900, 3, 1)
"""Before it Excel's calendar has a day that never was."""
_SHEET_NAME = 31
_WIDEST = 44
_WIDEST_NUMBER = 14
_SEEN = 200
"""Rows that decide how wide a column is."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a sheet.

    Attributes:
        name: Its name.
        kind: ``text``, ``count``, ``whole``, ``money``, ``number``, ``share``, ``day``,
            ``moment`` or ``flag``.
        note: What it means.
    """

    name: str
    kind: str
    note: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet.

    Attributes:
        name: The table's, with its schema.
        note: What it holds.
        columns: Its columns.
        rows: Its rows, in order.
    """

    name: str
    note: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Any]]


_FORMATS = {
    "count": "#,##0",
    "whole": "0",
    "money": "#,##0.00",
    "number": "#,##0.00##",
    "share": "0.0%",
    "day": "yyyy-mm-dd",
    "moment": "yyyy-mm-dd hh:mm:ss",
}


def write_workbook(path: Path, about: Sequence[tuple[str, str]], sheets: Iterator[Sheet]) -> int:
    """Write a workbook.

    Args:
        path: Where.
        about: What the first sheet says of the whole: names and values.
        sheets: One per table; each is written before the next is asked for.

    Returns:
        How many rows all sheets have.
    """
    book = xlsxwriter.Workbook(
        str(path), {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    formats = {kind: book.add_format({"num_format": text}) for kind, text in _FORMATS.items()}
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    bold = book.add_format({"bold": True})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    # In this mode rows go to the disk in order, so the first sheet is filled last, as a whole.
    contents = book.add_worksheet("About")
    listed: list[tuple[str, int, str]] = []
    taken = {"about"}
    for sheet in sheets:
        name = _free(sheet.name, taken)
        listed.append((name, _fill(book.add_worksheet(name), sheet, formats, head), sheet.note))
    contents.set_column(0, 0, 34)
    contents.set_column(1, 1, 12)
    contents.set_column(2, 2, 100)
    for at, (title, value) in enumerate(about):
        contents.write_string(at, 0, title, bold)
        contents.write_string(at, 1, visible(value))
    for at, (name, count, note) in enumerate(listed, len(about) + 1):
        contents.write_url(at, 0, f"internal:'{name}'!A1", string=name)
        contents.write_number(at, 1, count, formats["count"])
        contents.write_string(at, 2, _text(note), wrapped)
    book.close()
    return sum(count for _, count, _ in listed)


def _fill(page: Any, sheet: Sheet, formats: dict[str, Any], head: Any) -> int:
    page.freeze_panes(1, 1)
    rows = iter(sheet.rows)
    first = list(islice(rows, _SEEN))
    for at, column in enumerate(sheet.columns):
        longest = max((len(str(row[at])) for row in first if row[at] is not None), default=0)
        shown = longest if column.kind == "text" else min(longest, _WIDEST_NUMBER)
        width = min(max(len(column.name), shown) + 2, _WIDEST)
        page.set_column(at, at, width, formats.get(column.kind))
        page.write_string(0, at, column.name, head)
        if column.note:
            page.write_comment(0, at, _text(column.note), {"x_scale": 2.2, "y_scale": 1.4})
    count = 0
    for row in chain(first, rows):
        count += 1
        for at, (column, value) in enumerate(zip(sheet.columns, row, strict=True)):
            if value is not None:
                _cell(page, count, at, value, formats.get(column.kind))
    if sheet.columns:
        page.autofilter(0, 0, max(count, 1), len(sheet.columns) - 1)
    return count


def _cell(page: Any, row: int, at: int, value: Any, form: Any) -> None:
    if isinstance(value, bool):
        page.write_boolean(row, at, value)
    elif isinstance(value, int | float | Decimal) and -_EXACT < value < _EXACT:
        page.write_number(row, at, float(value), form)
    elif isinstance(value, datetime) and value.date() >= _FIRST_DAY:
        page.write_datetime(row, at, value.replace(tzinfo=None), form)
    elif isinstance(value, date) and not isinstance(value, datetime) and value >= _FIRST_DAY:
        page.write_datetime(row, at, value, form)
    else:
        page.write_string(row, at, _text(str(value)))


def _text(text: str) -> str:
    if len(text) > _LONGEST:
        text = f"{text[:_LONGEST]}… ({len(text):,} characters)"
    return visible(text, lines=True)


def _free(name: str, taken: set[str]) -> str:
    """A name for a sheet that is short enough and not taken, in any case of its letters."""
    short = name.removeprefix("marts.")[:_SHEET_NAME]
    number = 1
    while short.lower() in taken:
        number += 1
        short = f"{short[: _SHEET_NAME - 3]}_{number}"
    taken.add(short.lower())
    return short
