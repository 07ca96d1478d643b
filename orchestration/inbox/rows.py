"""Splits the text of a file into rows, and separates those that are broken.

Belongs here: quotes, line numbers, the line with the names, ragged and undecodable rows. Does not
belong here: the meaning of columns (``reader``) or of cells (``values``).
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TextIO

from orchestration.configuration.file_format import FileFormat, HeaderText
from orchestration.inbox.plain import BLOCK, LEAST, SMALL, Plain, plain_rows
from orchestration.inbox.texts import composed

MAX_CELL = 2_000_000
"""Characters of the longest cell; a quote that is never closed must not swallow the whole file."""
_MAX_ROW = 4_000_000
_MAX_LINE = 4 * _MAX_ROW
"""Characters of a line after which the file counts as one without lines."""
_ESCAPED = re.compile("[\udc80-\udcff]")
_ONE_BYTE = re.compile("iso8859|cp(125|437|85)|mac-|koi8|latin|charmap")
"""Encodings in which every byte is a letter, so that UTF-8 read as one of them raises nothing."""
BATCH = 5_000
"""Rows that are read together, one by one."""
HEADER_WITHIN = 1_000
"""The lines among which the one with the column names is looked for."""


class EndlessLine(Exception):
    """A line of the file does not end; its argument is the line's number."""


Row = list[str]


@dataclass(frozen=True, slots=True)
class Broken:
    """A row that cannot be assigned to columns.

    Attributes:
        reason_code: As in ``ops.quarantine``.
        detail: What is wrong with it.
        cells: Its contents, as far as they could be split.
        legible: The same as values, for saying what is missing with it: spaces for bytes that
            cannot be decoded.
    """

    reason_code: str
    detail: str
    cells: list[str]
    legible: list[str]


class TextLines:
    """The lines of a file, with a way to push some of them back."""

    def __init__(self, text: TextIO, encoding: str) -> None:
        self._text = text
        self._one_byte = encoding if _ONE_BYTE.search(codecs.lookup(encoding).name) else ""
        self.as_utf8 = 0
        self._again: deque[str] = deque()
        self._ahead = ""
        self.number = 0
        self.taken: list[str] = []

    def __iter__(self) -> TextLines:
        return self

    def __next__(self) -> str:
        if self._ahead:
            self._again.extend(_split(self._ahead))
            self._ahead = ""
        line = self._again.popleft() if self._again else self._read()
        if self._one_byte and not line.isascii():
            self._try_utf8(line)
        self.number += 1
        self.taken.append(line)
        return line

    def _try_utf8(self, line: str) -> None:
        """Count the lines that are UTF-8; give up at the first that is not."""
        try:
            line.encode(self._one_byte, "surrogateescape").decode("utf-8")
        except UnicodeError:
            self._one_byte, self.as_utf8 = "", 0
        else:
            self.as_utf8 += 1

    def _read(self) -> str:
        line = self._text.readline(_MAX_LINE)
        if not line:
            raise StopIteration
        if len(line) == _MAX_LINE:
            raise EndlessLine(self.number + 1)
        return line

    def give_back(self, lines: list[str]) -> None:
        """Make lines that were read the next ones again."""
        self._again.extendleft(reversed(lines))
        self.number -= len(lines)

    def block(self, size: int) -> str:
        """Take about so many characters as whole lines, uncounted; nothing at the file's end."""
        if self._again:
            taken = []
            while self._again and size > 0:
                taken.append(self._again.popleft())
                size -= len(taken[-1])
            return "".join(taken)
        if not self._ahead:
            self._ahead = self._whole_lines(size)
        end = self._ahead.rfind("\n", 0, size) + 1 if len(self._ahead) > size else 0
        block, self._ahead = self._ahead[: end or None], self._ahead[end:] if end else ""
        return block

    def pass_over(self, block: str, lines: int) -> None:
        """Count a block that was read otherwise."""
        if self._one_byte and not block.isascii():
            for line in _split(block):
                if self._one_byte and not line.isascii():
                    self._try_utf8(line)
        self.number += lines

    def put_back(self, block: str) -> int:
        """Make a block the next lines again; returns how many."""
        lines = _split(block)
        self._again.extendleft(reversed(lines))
        return len(lines)

    def _whole_lines(self, size: int) -> str:
        text = self._text.read(size)
        if not text or text.endswith("\n"):
            return text
        begun = len(text) - max(text.rfind("\n"), text.rfind("\r")) - 1
        rest = self._text.readline(_MAX_LINE - begun)
        if begun + len(rest) == _MAX_LINE:
            raise EndlessLine(self.number + len(_split(text)))
        return text + rest


def _split(text: str) -> list[str]:
    """The lines of a text, their ends untouched."""
    return io.StringIO(text, newline="").readlines()


class Rows:
    """The rows of a file after its header.

    Attributes:
        header: The names of the columns, trimmed.
        header_line: The number of their line.
        is_delimited: Whether they are lines of text that a delimiter splits.
        leaves_out: Whether a column without any value has no name in the file either.
        notes: How many lines so far were no rows, by ``format.notes``.
        is_cut_off: Whether what was read last is the beginning of a row: a quote in it is not
            closed, or it lacks cells and a line end.
    """

    is_delimited = True
    leaves_out = False

    def __init__(self, text: TextIO, format_: FileFormat, most: int | None = None) -> None:
        """Find the header; of the rows after it, ``most`` are read, or all."""
        self._most = most
        self.is_cut_off, self.notes = False, 0
        csv.field_size_limit(MAX_CELL)
        self._format = format_
        self._lines = TextLines(text, format_.encoding)
        self._reader = self._split(self._lines)
        if isinstance(format_.header_row, HeaderText):
            self.header_line = self._find(format_.header_row)
        else:
            self.header_line = format_.header_row if self._skip(format_.header_row - 1) else 0
        self.header = self._header() if self.header_line else []

    def _split(self, lines: Iterable[str]) -> Iterator[list[str]]:
        """The rows of lines, as the format says."""
        return csv.reader(
            lines,
            delimiter=self._format.delimiter,
            quotechar=self._format.quote,
            escapechar=self._format.escape,
            doublequote=True,
            strict=True,
        )

    def _skip(self, lines: int) -> bool:
        """Pass over lines before the names; whether the file has that many."""
        return all(next(self._lines, None) is not None for _ in range(lines))

    def _find(self, wanted: HeaderText) -> int:
        """The number of the first line that is the wanted one, made the next; 0 without one."""
        for line in self._lines:
            if self._lines.number > HEADER_WITHIN:
                return 0
            if wanted.fits(self.cells(line)):
                self._lines.give_back([line])
                return self._lines.number + 1
        return 0

    def cells(self, line: str) -> list[str]:
        """The trimmed cells of one line on its own; none where its quotes do not match."""
        try:
            row = next(self._split([line.removeprefix("\ufeff")]), [])
        except csv.Error:
            return []
        return [composed(cell.strip()) for cell in row]

    def _header(self) -> list[str]:
        """The names of the columns; empty when the file ends before them.

        Raises:
            csv.Error: The line's quotes do not match.
        """
        first = next(self._lines, "").removeprefix("\ufeff")
        self._lines.give_back([first])
        return [composed(name.strip()) for name in next(self._reader, [])]

    @property
    def lines_as_utf8(self) -> int:
        """How many of the lines read so far are UTF-8 beyond ASCII, if all such lines are."""
        return self._lines.as_utf8

    def __iter__(self) -> Iterator[tuple[int, list[str] | Broken]]:
        """Every row, with the line on which it starts. Lines without anything are not rows."""
        return islice(self._each(), self._most)

    def parts(self) -> Iterator[Plain | list[tuple[int, list[str] | Broken]]]:
        """All rows, as plain blocks and, where there are none, lists of rows."""
        lines, each, size, one_by_one = self._lines, self._each(), BLOCK, 0
        batch = list[tuple[int, list[str] | Broken]]()
        is_large: bool | None = None
        while True:
            if lines.number >= one_by_one and is_large is not False:
                block = lines.block(size)
                is_large = is_large or len(block) >= LEAST
                if is_large and (plain := self._plain(block)):
                    if batch:
                        yield batch
                        batch = []
                    self.is_cut_off = False
                    size = min(2 * size, BLOCK)
                    yield plain
                    continue
                count = lines.put_back(block)
                if is_large and size > SMALL:
                    size = SMALL
                    continue
                one_by_one = lines.number + count
            row = next(each, None)
            if row is not None:
                batch.append(row)
            if batch and (row is None or len(batch) == BATCH):
                yield batch
                batch = []
            if row is None:
                return

    def _is_note(self, row: Sequence[str]) -> bool:
        """Whether a row is a line that is none, which is counted."""
        said = row[0].strip() if row else ""
        found = any(map(said.startswith, self._format.notes))
        self.notes += found
        return found

    def _plain(self, block: str) -> Plain | None:
        """The rows of a block, passed over; ``None`` where they have to be read one by one."""
        if not block or len(block) > MAX_CELL:
            return None
        plain = plain_rows(block, self._lines.number + 1, len(self.header), self._format)
        if plain is not None:
            self._lines.pass_over(block, len(plain))
        return plain

    def _each(self) -> Iterator[tuple[int, list[str] | Broken]]:
        lines, reader, width = self._lines, self._reader, len(self.header)
        while True:
            lines.taken.clear()
            start = lines.number + 1
            try:
                row = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                # The quote may have swallowed good rows, so only its own line is rejected.
                first, *rest = lines.taken
                lines.give_back(rest)
                # It stays open until a whole row follows: then the quote was one too many.
                self.is_cut_off = self.is_cut_off or "unexpected end" in str(error)
                detail = "the quotes of the row do not match"
                if self._format.escape is None and '\\"' in first:
                    detail += "; where a backslash escapes quotes, set format.escape to it"
                detail += f" ({error})"
                line = readable(first.rstrip("\r\n"))
                yield start, Broken("unparsable", detail, [line], self._split_roughly(first))
                continue
            if not lines.taken[0].rstrip("\r\n").strip(self._format.delimiter):
                continue
            if self._is_note(row):
                continue
            if len(row) != width:
                row = self._without_nothing(row)
            if not all(map(str.isascii, lines.taken)) and _ESCAPED.search("".join(lines.taken)):
                yield start, self._undecodable(row)
            elif len(row) != width:
                if len(row) < width and not lines.taken[-1].endswith(("\n", "\r")):
                    self.is_cut_off = True
                detail = f"the row has {len(row)} cells, the header has {width}"
                yield start, Broken("malformed_record", detail, row, row)
            elif len(lines.taken[0]) > _MAX_ROW or (len(lines.taken) > 1 and too_long(row)):
                detail = f"the row has more than {_MAX_ROW} characters"
                yield start, Broken("too_large", detail, [cell[:1000] for cell in row], row)
            else:
                self.is_cut_off = False
                yield start, row

    def _without_nothing(self, row: list[str]) -> list[str]:
        """A row whose cells differ in number from the header's by such that hold nothing.

        Spreadsheets write cells behind the last column, or leave out those of unnamed columns.
        """
        width = len(self.header)
        if len(row) > width and not any(map(str.strip, row[width:])):
            return row[:width]
        if len(row) < width and not any(self.header[len(row) :]):
            return row + [""] * (width - len(row))
        return row

    def _undecodable(self, row: list[str]) -> Broken:
        found = _ESCAPED.search("".join(row))
        byte = f"0x{ord(found[0]) - 0xDC00:02x}" if found else "a byte"
        detail = (
            f"{byte} is not {self._format.encoding}; is format.encoding of this inbox entry right?"
        )
        legible = [_ESCAPED.sub(" ", cell) for cell in row]
        return Broken("undecodable", detail, [readable(cell) for cell in row], legible)

    def _split_roughly(self, line: str) -> list[str]:
        """The cells of a line whose quotes do not match, as if it had none."""
        cells = _ESCAPED.sub(" ", line).replace(self._format.quote or "", "")
        return cells.split(self._format.delimiter)


def too_long(row: Row) -> bool:
    """Whether a row has more characters than are kept."""
    return sum(map(len, row)) > _MAX_ROW


def readable(cell: str) -> str:
    """A text with undecodable bytes shown as a backslash and their number."""
    return cell[:MAX_CELL].encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
