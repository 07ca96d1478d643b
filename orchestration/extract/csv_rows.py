"""Reads records from a CSV answer in its declared dialect.

Belongs here: header, footer, cells, and every sign that the file is incomplete. Does not belong
here: unpacking (``unpacking``), or what a cell means (the loader checks that).
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from orchestration.connectors.answer import Csv
from orchestration.extract.unpacking import NotWhole
from orchestration.privacy.messages import looks_like_a_name

_MAX_CELL = 2_000_000
"""Characters of the longest cell; an open quote must not swallow the whole file."""


def parse_csv(
    content: bytes, dialect: Csv, columns: Collection[str], headers: Mapping[str, str]
) -> list[dict[str, Any]]:
    """The records of a file.

    Args:
        content: The file, unpacked.
        dialect: How it is written.
        columns: What its header must name.
        headers: Of the HTTP answer.

    Raises:
        NotWhole: The file is cut off, damaged, or not the requested one.
    """
    try:
        text = content.decode(dialect.encoding)
    except UnicodeDecodeError as error:
        raise NotWhole(f"byte {error.start} of the file is not {dialect.encoding}") from None
    if dialect.ends_with_newline and text and not text.endswith(("\n", "\r")):
        raise NotWhole("the last line of the file has no line break")
    try:
        rows = _rows(text, dialect)
        counted, header = _header(rows, dialect, columns)
        records = list(_records(rows, header, dialect))
    except csv.Error as error:
        raise NotWhole(f"the file is not the CSV that was declared ({error})") from None
    if dialect.count_prefix and counted is None:
        raise NotWhole(f"no line begins with {dialect.count_prefix!r}")
    if dialect.count_header:
        counted = _number(headers.get(dialect.count_header, ""))
        if counted is None:
            raise NotWhole(f"the header {dialect.count_header} states no count of records")
    if counted is not None and counted != len(records):
        raise NotWhole(f"the file holds {len(records)} records but states {counted}")
    return records


_Row = tuple[int, list[str]]


def _rows(text: str, dialect: Csv) -> Iterator[_Row]:
    """Every line that is not empty, with its number."""
    csv.field_size_limit(_MAX_CELL)
    reader = csv.reader(
        io.StringIO(text, newline=""),
        delimiter=dialect.delimiter,
        quotechar=dialect.quote,
        strict=True,
    )
    for row in reader:
        if row:
            yield reader.line_num, row


def _header(
    rows: Iterator[_Row], dialect: Csv, columns: Collection[str]
) -> tuple[int | None, list[list[str]]]:
    """The count that the preamble states, and each column's keys."""
    counted: int | None = None
    for _, row in rows:
        names = [cell.strip() for cell in row]
        if set(columns) <= set(names):
            if len(set(names)) < len(names):
                raise NotWhole("the header names a column twice")
            return counted, _keys(names)
        if not dialect.preamble:
            missing = ", ".join(sorted(set(columns) - set(names))[:10])
            raise NotWhole(f"the header lacks the columns {missing}")
        if dialect.count_prefix and row[0].startswith(dialect.count_prefix):
            counted = _number(row[0].removeprefix(dialect.count_prefix))
    raise NotWhole("no line of the file names the requested columns")


def _keys(names: list[str]) -> list[list[str]]:
    """The place of each column in the record; the dot in ``Owner.Name`` makes an object."""
    for name in names:
        if any(other.startswith(f"{name}.") for other in names):
            shown = repr(name) if looks_like_a_name(name) else "at one place"
            raise NotWhole(f"the column {shown} is both a value and an object")
    return [name.split(".") for name in names]


def _records(
    rows: Iterator[_Row], header: list[list[str]], dialect: Csv
) -> Iterator[dict[str, Any]]:
    flat = all(len(keys) == 1 for keys in header)
    names = [keys[0] for keys in header]
    empty = frozenset(dialect.null_values)
    for number, row in rows:
        if dialect.footer and row[0].startswith(dialect.footer):
            return
        if len(row) != len(header):
            raise NotWhole(f"line {number} has {len(row)} cells, the header has {len(header)}")
        cells: Sequence[str | None] = row
        if not empty.isdisjoint(row):
            cells = [None if cell in empty else cell for cell in row]
        yield dict(zip(names, cells, strict=True)) if flat else _nested(header, cells)
    if dialect.footer:
        raise NotWhole("the file ends before its footer")


def _nested(header: list[list[str]], cells: Sequence[str | None]) -> dict[str, Any]:
    record: dict[str, Any] = {}
    for (*above, last), cell in zip(header, cells, strict=True):
        node = record
        for key in above:
            node = node.setdefault(key, {})
        node[last] = cell
    return record


def _number(text: str) -> int | None:
    found = re.fullmatch(r"\s*([0-9]+)\s*", text)
    return int(found[1]) if found else None
