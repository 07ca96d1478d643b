"""Opens a file of the inbox, whatever kind of table it is, and gives its rows.

Belongs here: which kind a file is, by its first bytes. Does not belong here: reading each kind
(``rows``, ``tables``, ``workbooks``), or what rows mean (``reader``).
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

from orchestration.configuration.inbox import InboxEntry
from orchestration.inbox.files import is_json, open_lines, opened
from orchestration.inbox.landed_tables import query_rows
from orchestration.inbox.rows import HEADER_WITHIN, Broken, Rows
from orchestration.inbox.tables import json_names, json_rows, parquet_rows
from orchestration.inbox.workbooks import (
    WORKBOOK,
    sheet_rows,
    workbook_rows,
    workbook_texts,
)

_PARQUET, _ZIP = b"PAR1", b"PK\x03\x04"


@contextmanager
def open_rows(entry: InboxEntry, most: int | None = None) -> Iterator[Rows]:
    """The rows of an entry's file, or of its query.

    Args:
        entry: The file or query.
        most: How many rows to read; ``None`` for all.

    Raises:
        InboxError: The file cannot be used, now or while its rows are read.
        csv.Error: The line with the column names cannot be read.
    """
    if entry.query is not None:
        with query_rows(entry, entry.query, most) as rows:
            yield rows
        return
    path, format_ = entry.path, entry.format
    with opened(path) as raw:
        start = raw.peek(4)[:4]
        if start == _PARQUET:
            yield parquet_rows(path, format_, most)
            return
        if start == _ZIP and _is_workbook(path):
            yield workbook_rows(path, format_, most)
            return
        # Read twice, it must not change in between either.
        with open_lines(path, format_.encoding) as text:
            if not is_json(text):
                yield Rows(text, format_, most)
                return
            names = json_names(path, text, format_)
        with open_lines(path, format_.encoding) as text:
            yield json_rows(text, names, format_, most)


def first_lines(entry: InboxEntry, rows: Rows) -> Iterator[tuple[int, list[str]]]:
    """The first lines among which the one with the column names may be, with their numbers."""
    if entry.query is not None:
        return
    with opened(entry.path) as raw:
        start = raw.peek(4)[:4]
    if start == _PARQUET:
        return
    if start == _ZIP and _is_workbook(entry.path):
        for number, cells in sheet_rows(entry.path, entry.format):
            if number > HEADER_WITHIN:
                return
            yield number, [cell.strip() for cell in cells]
        return
    with open_lines(entry.path, entry.format.encoding) as text:
        for number, line in enumerate(islice(text, HEADER_WITHIN), start=1):
            yield number, rows.cells(line)


def texts_of(entry: InboxEntry) -> Iterator[str]:
    """The text of every row of a file and of the lines above them, and of a workbook's sheets."""
    if entry.query is None:
        with opened(entry.path) as raw:
            start = raw.peek(4)[:4]
        if start == _ZIP and _is_workbook(entry.path):
            yield from workbook_texts(entry.path, entry.format)
            return
    if entry.query is not None or start == _PARQUET:
        with open_rows(entry) as rows:
            for _, row in rows:
                yield ",".join(row.cells if isinstance(row, Broken) else row)
        return
    with open_lines(entry.path, entry.format.encoding) as text:
        yield from text


def _is_workbook(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as file:
            return WORKBOOK in file.namelist()
    except zipfile.BadZipFile:
        return False
