"""Recognises a block of lines that a fast splitter reads as ``csv.reader`` does, and splits it.

Belongs here: what makes such a block, and its cells as Arrow texts. Does not belong here: every
other block, which is read row by row (``rows``); what cells mean (``bulk``).

In a plain block a quote opens only at the start of a cell and closes only at its end, or is
doubled within one; no cell holds a line end, no line is empty, and every line has the header's
width. Whatever else a block holds is left to the reader of rows, which says what is wrong.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from orchestration.configuration.file_format import FileFormat
from orchestration.inbox.arrow_texts import booleans, indexes

if TYPE_CHECKING:
    import pyarrow as pa

BLOCK = 1 << 20
"""Characters of a block; longer ones gain nothing and leave the processor's cache."""
SMALL = 1 << 15
"""Characters of a block around what is not plain."""
LEAST = 1 << 18
"""Characters from which a block is worth the import of the splitter (0.1 CPU s)."""


@dataclass(frozen=True, slots=True)
class Plain:
    """The rows of a block.

    Attributes:
        lines: The number of each row's line.
        cells: For each column of the file, the cells as an Arrow array of texts.
    """

    lines: np.ndarray[Any, Any]
    cells: list[pa.StringArray]

    def __len__(self) -> int:
        return len(self.lines)

    def only(self, chosen: np.ndarray[Any, Any]) -> Plain:
        """The rows that are chosen."""
        if chosen.all():
            return self
        mask = booleans(chosen)
        return Plain(self.lines[chosen], [column.filter(mask) for column in self.cells])

    def by_text(self, column: int, test: Callable[[str], bool]) -> np.ndarray[Any, Any]:
        """For each row, what a test says of its cell in a column."""
        distinct = self.cells[column].dictionary_encode()
        found = np.fromiter(map(test, distinct.dictionary.to_pylist()), bool)
        return np.asarray(found[indexes(distinct)])

    def rows(self, indexes: Sequence[int]) -> list[tuple[int, list[str]]]:
        """Some of the rows, as a reader of rows gives them."""
        return [
            (int(self.lines[index]), [column[index].as_py() for column in self.cells])
            for index in indexes
        ]


def can_be_plain(format_: FileFormat) -> bool:
    """Whether a file of this format may have plain blocks."""
    marks = format_.delimiter + format_.quote
    plain = format_.escape is None and not format_.notes
    return plain and marks.isascii() and " " not in marks


def plain_rows(text: str, first_line: int, width: int, format_: FileFormat) -> Plain | None:
    """The rows of a block of whole lines; ``None`` where it is not plain.

    Args:
        text: The block.
        first_line: The number of its first line.
        width: How many cells a row has.
        format_: As of a file that ``can_be_plain``.
    """
    import pyarrow as pa
    from pyarrow import csv

    try:
        data = text.encode()
    except UnicodeEncodeError:
        return None
    if not _is_plain(data, format_) or _has_nothing(data, format_, width):
        return None
    names = [str(number) for number in range(width)]
    try:
        table = csv.read_csv(
            pa.BufferReader(data),
            read_options=csv.ReadOptions(
                use_threads=False, column_names=names, block_size=len(data) + 1
            ),
            parse_options=csv.ParseOptions(
                delimiter=format_.delimiter, quote_char=format_.quote, double_quote=True
            ),
            convert_options=csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string())),
        )
    except pa.ArrowInvalid:
        return None
    if table.num_rows != data.count(b"\n") + (not data.endswith(b"\n")):
        return None
    cells = [column.combine_chunks() for column in table.columns]
    return Plain(np.arange(first_line, first_line + table.num_rows), cells)


def _is_plain(data: bytes, format_: FileFormat) -> bool:
    if b"\0" in data or (b"\r" in data and data.count(b"\r") != data.count(b"\r\n")):
        return False
    if data.startswith((b"\n", b"\r\n", codecs.BOM_UTF8)) or b"\n\n" in data or b"\n\r\n" in data:
        return False
    quote = format_.quote.encode()
    return quote not in data or _quotes_fit(data, quote, format_.delimiter.encode())


def _has_nothing(data: bytes, format_: FileFormat, width: int) -> bool:
    """Whether a line holds delimiters alone; it is no row."""
    line = format_.delimiter.encode() * max(width - 1, 1)
    ends = (line + b"\n", line + b"\r\n")
    if data.startswith(ends) or any(b"\n" + end in data for end in ends):
        return True
    return data == line or data.endswith(b"\n" + line)


def _quotes_fit(data: bytes, quote: bytes, delimiter: bytes) -> bool:
    """Whether all quotes are where a cell begins or ends, or doubled, and enclose no line end."""
    signs = np.frombuffer(data, np.uint8)
    quotes = np.flatnonzero(signs == quote[0])
    if len(quotes) % 2:
        return False
    edge = np.full(1, 10, np.uint8)
    padded = np.concatenate((edge, signs, edge))
    before, after = padded[quotes[::2]], padded[quotes[1::2] + 2]
    # A quote that follows a closing one directly was doubled, and opens the cell again.
    opens = (before == delimiter[0]) | (before == 10) | (before == quote[0])
    closes = (after == delimiter[0]) | (after == 10) | (after == 13) | (after == quote[0])
    if not (opens.all() and closes.all()):
        return False
    ends = np.flatnonzero(signs == 10)
    return not (np.searchsorted(quotes, ends) % 2).any()
