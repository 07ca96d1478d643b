"""Finds out how a file is written that nobody has declared yet: encoding, delimiter, column names.

Belongs here: looking at a file's first lines. Does not belong here: what its columns mean
(``proposing``), or reading a file in a run, in which nothing is guessed: what is found here is
proposed to people, who confirm it.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from orchestration.configuration.file_format import FileFormat
from orchestration.configuration.inbox import InboxEntry
from orchestration.configuration.presets import presets, recognised
from orchestration.inbox.files import InboxError, open_lines
from orchestration.inbox.opening import first_lines, open_rows
from orchestration.inbox.rows import Broken
from orchestration.inbox.texts import composed
from orchestration.privacy.messages import looks_like_a_name

_LINES = 200
"""The first lines, among which the one with the column names is looked for."""
_ROWS = 1_000
_LINES_OF_LETTERS = 100_000
"""The first lines, which show whether a file is UTF-8."""
_ESCAPED = re.compile("[\udc80-\udcff]")
_DELIMITERS = ",;\t|"
_MARKS = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_FEWEST = 2
"""Columns of a table."""


@dataclass(frozen=True, slots=True)
class Sniffed:
    """What a file looks like.

    Attributes:
        path: The file.
        words: Of ``format``, those that differ from the defaults.
        header: The names of its columns.
        rows: Its first rows, without broken ones.
        presets: The exports that it may be, the likeliest first.
    """

    path: Path
    words: dict[str, Any]
    header: list[str]
    rows: list[list[str]]
    presets: list[str] = field(default_factory=list)

    def cells(self, column: str) -> list[str]:
        """The cells of a column that are not empty, trimmed."""
        at = self.header.index(column)
        return [cell for row in self.rows if (cell := row[at].strip())]


def sniffed(path: Path) -> Sniffed:
    """How a file is written, and its first rows.

    Raises:
        InboxError: It is no table, or holds none that can be told without a word from people.
    """
    words = _text_words(path) if _is_delimited(path) else {}
    found = _header_line(path, words)
    if found is None:
        raise InboxError(
            "There is no line that looks like the names of columns.",
            where=str(path),
            remedy="Declare the file by hand: format.header_row is the line that holds them.",
        )
    line, known = found
    usual = presets()[known[0]].format if known else {}
    if "header_row" not in usual:
        words["header_row"] = line
    words = _besides(words, usual)
    declared = {**usual, **words}
    entry = InboxEntry(
        path=path,
        written_path=path.name,
        stream="leads",
        format=FileFormat.model_validate(declared),
    )
    with open_rows(entry, _ROWS) as rows:
        header = list(rows.header)
        body = [row for _, row in rows if not isinstance(row, Broken)]
    return Sniffed(path, words, header, body, known)


def _is_delimited(path: Path) -> bool:
    """Whether a file is lines of delimited text; others say themselves how they are written."""
    entry = InboxEntry(path=path, written_path=path.name, stream="leads")
    try:
        with open_rows(entry, 1) as rows:
            return rows.is_delimited
    except InboxError:
        # UTF-16 is refused as UTF-8, and so is a workbook without a sheet's name.
        if _encoding(path) == "utf-8":
            raise
    except csv.Error:
        pass
    return True


def _encoding(path: Path) -> str:
    with path.open("rb") as raw:
        start = raw.read(2)
    if start in _MARKS:
        return _MARKS[start]
    with open_lines(path, "utf-8") as text:
        lines = islice(text, _LINES_OF_LETTERS)
        is_utf8 = not any(_ESCAPED.search(line) for line in lines if not line.isascii())
    return "utf-8" if is_utf8 else "cp1252"


def _text_words(path: Path) -> dict[str, Any]:
    encoding = _encoding(path)
    with open_lines(path, encoding) as text:
        lines = [line for line in islice(text, _LINES) if line.strip()]
    widths = {sign: _width(lines, sign) for sign in _DELIMITERS}
    delimiter = max(widths, key=lambda sign: widths[sign])
    return {"encoding": encoding, "delimiter": delimiter}


def _width(lines: Sequence[str], delimiter: str) -> tuple[int, int]:
    """How many lines agree on a number of cells beyond one, and on how many."""
    counts = Counter(len(cells) for cells in _split(lines, delimiter))
    tables = {width: count for width, count in counts.items() if width >= _FEWEST}
    if not tables:
        return 0, 0
    width = max(tables, key=lambda each: (tables[each], each))
    return tables[width], width


def _split(lines: Sequence[str], delimiter: str) -> Iterator[list[str]]:
    for line in lines:
        try:
            yield next(csv.reader([line], delimiter=delimiter, strict=True), [])
        except csv.Error:
            yield []


def _header_line(path: Path, words: dict[str, Any]) -> tuple[int, list[str]] | None:
    """The line of the column names, and the exports that have such names."""
    first: int | None = None
    width = 0
    for number, cells in _first_lines(path, words):
        if known := recognised(cells):
            return number, known
        named = [cell for cell in cells if cell]
        fits = len(named) >= _FEWEST and all(map(looks_like_a_name, named))
        # Below a preamble, the names are the widest line of names.
        if fits and len(named) == len(set(named)) and len(named) > width:
            first, width = number, len(named)
        elif len(named) > width:
            # A line of data: names above it are its names, if they are as many.
            width = len(named)
    return None if first is None else (first, [])


def _first_lines(path: Path, words: dict[str, Any]) -> Iterator[tuple[int, list[str]]]:
    if words:
        format_ = FileFormat.model_validate(words)
        with open_lines(path, format_.encoding) as text:
            lines = list(islice(text, _LINES))
        for number, cells in enumerate(_split(lines, format_.delimiter), start=1):
            yield number, [composed(cell.strip().removeprefix("\ufeff")) for cell in cells]
        return
    entry = InboxEntry(path=path, written_path=path.name, stream="leads")
    with open_rows(entry, _LINES) as rows:
        yield rows.header_line, list(rows.header)
        if not rows.leaves_out:
            # Of a workbook, rows are as wide as its first line; a preamble is narrow.
            for number, cells in islice(first_lines(entry, rows), _LINES):
                yield number, [composed(cell) for cell in cells]


def _besides(words: dict[str, Any], usual: Mapping[str, Any]) -> dict[str, Any]:
    """The words that neither the defaults nor an export's own say already."""
    return {
        key: value
        for key, value in words.items()
        if usual.get(key, FileFormat.model_fields[key].get_default()) != value
    }
