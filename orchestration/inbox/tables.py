"""Reads rows of files that are no lines of delimited text: Parquet and JSON lines.

Belongs here: such a file's rows as those of every other file. Does not belong here: workbooks
(``workbooks``), writing values as cells (``typed``), or what columns mean (``columns``).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from orchestration.configuration.file_format import FileFormat, HeaderText
from orchestration.inbox.files import Cap, InboxError
from orchestration.inbox.rows import (
    BATCH,
    HEADER_WITHIN,
    Broken,
    Row,
    Rows,
    TextLines,
    readable,
    too_long,
)
from orchestration.inbox.texts import composed
from orchestration.inbox.typed import cell_writer, short_float, with_mark, without_exponent

if TYPE_CHECKING:
    import pyarrow as pa

_ESCAPED = re.compile("[\udc80-\udcff]")
_HALF, _HALF_WRITTEN = re.compile("[\ud800-\udfff]"), re.compile(r"\\u[dD][89a-fA-F]")
_MOST_NAMES = 5_000
"""Names of values in all lines of JSON; every row has a cell for each."""


class TableRows(Rows):
    """The rows of a file that is a table already.

    Args:
        rows: Its rows with their numbers, the line with the names among them unless they are given.
        format_: The declared format; of a table it says how numbers and days are written in texts.
        most: How many rows to read; ``None`` for all.
        names: The columns' names where the file keeps them apart.
        text: The lines of which the rows are made; of those that say their encoding, none.
    """

    is_delimited = False

    def __init__(
        self,
        rows: Iterable[tuple[int, Row | Broken]],
        format_: FileFormat,
        most: int | None,
        names: Iterable[str] | None = None,
        text: TextLines | None = None,
    ) -> None:
        self._text = text
        self._most = most
        self._format = format_
        self._table = iter(rows)
        self.is_cut_off, self.notes = False, 0
        self.header_line, self.header = 1, []
        if names is None:
            self.header_line, self.header = self._names(format_.header_row)
        else:
            self.header = [composed(name.strip()) for name in names]

    @property
    def lines_as_utf8(self) -> int:
        """As of all rows; none of a table that says its encoding itself."""
        return self._text.as_utf8 if self._text else 0

    def parts(self) -> Iterator[list[tuple[int, Row | Broken]]]:
        """All rows, many at a time."""
        rows = iter(self)
        while batch := list(islice(rows, BATCH)):
            yield batch

    def _names(self, wanted: int | HeaderText) -> tuple[int, list[str]]:
        for line, row in self._table:
            cells = [] if isinstance(row, Broken) else [composed(cell.strip()) for cell in row]
            if isinstance(wanted, HeaderText):
                if line > HEADER_WITHIN:
                    break
                found = wanted.fits(cells)
            else:
                found = line >= wanted
            if found:
                while cells and not cells[-1]:
                    cells.pop()
                return line, cells
        return 0, []

    def _each(self) -> Iterator[tuple[int, Row | Broken]]:
        width = len(self.header)
        for line, row in self._table:
            if isinstance(row, Broken):
                yield line, row
                continue
            # What stands beside the table is of no column.
            row = row[:width] + [""] * (width - len(row))
            if not any(row) or self._is_note(row):
                continue
            if too_long(row):
                detail = "the row has too many characters"
                yield line, Broken("too_large", detail, [cell[:1000] for cell in row], row)
            else:
                yield line, row


def parquet_rows(path: Path, format_: FileFormat, most: int | None) -> TableRows:
    """The rows of a Parquet file, numbered from 1.

    Raises:
        InboxError: It is damaged, or unpacks to more than a packed file may.
    """
    import pyarrow as pa
    from pyarrow import parquet

    try:
        schema = parquet.read_schema(path, memory_map=False)
        texts = [field.name for field in schema if _is_text(field.type)]
        # A text that a million rows repeat is kept once, until its size is counted.
        file = parquet.ParquetFile(path, memory_map=False, read_dictionary=texts)
        names, metadata = file.schema_arrow.names, file.metadata
    except (pa.ArrowException, OSError) as error:
        raise _damaged(path, error) from error
    write = cell_writer(format_)
    cap = Cap(path, path.stat().st_size)
    cap.count(sum(metadata.row_group(i).total_byte_size for i in range(metadata.num_row_groups)))

    def rows() -> Iterator[tuple[int, Row]]:
        read = Cap(path, path.stat().st_size)

        def counted() -> Iterator[pa.RecordBatch]:
            for batch in file.iter_batches(BATCH):
                read.count(sum(map(_size, batch.columns)))
                yield batch

        try:
            with file:
                yield from batch_rows(counted(), write)
        except (pa.ArrowException, OSError) as error:
            raise _damaged(path, error) from error

    return TableRows(rows(), format_, most, names)


def _is_text(kind: pa.DataType) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_string(kind) or pa.types.is_binary(kind))


def _size(column: pa.Array) -> int:
    """How many bytes a column's values are when each is on its own."""
    from pyarrow import compute

    if not hasattr(column, "dictionary"):
        return int(column.nbytes)
    lengths = compute.binary_length(column.dictionary)
    return int(compute.sum(lengths.take(column.indices)).as_py() or 0)


def batch_rows(
    batches: Iterable[pa.RecordBatch], write: Callable[[Any], str]
) -> Iterator[tuple[int, Row]]:
    """The rows of record batches as cells, numbered from 1."""
    before = 0
    for batch in batches:
        columns = [map(write, _values(column)) for column in batch.columns]
        for number, row in enumerate(zip(*columns, strict=True), before + 1):
            yield number, list(row)
        before += batch.num_rows


def _values(column: pa.Array) -> list[Any]:
    import pyarrow as pa

    if pa.types.is_float32(column.type):
        return [text and short_float(text) for text in column.cast(pa.string()).to_pylist()]
    if hasattr(column, "dictionary"):
        values = _values(column.dictionary)
        return [None if at is None else values[at] for at in column.indices.to_pylist()]
    try:
        return list(column.to_pylist())
    except (ValueError, OverflowError):
        return [_value(each) for each in column]


def _value(value: pa.Scalar) -> Any:
    """A value; one that Python does not have costs its cell alone."""
    import pyarrow as pa

    try:
        return value.as_py()
    except UnicodeDecodeError:
        is_text = isinstance(value, pa.StringScalar | pa.LargeStringScalar)
        return value.as_buffer().to_pybytes() if is_text else "no text in utf-8"
    except (ValueError, OverflowError):
        return "beyond the calendar"


def _damaged(path: Path, error: Exception) -> InboxError:
    return InboxError(
        f"The Parquet file cannot be read: {str(error).splitlines()[0]}",
        where=str(path),
        remedy="Write or transfer it again.",
    )


class _Number(str):
    """A number as JSON writes it."""

    __slots__ = ()


def json_names(path: Path, text: TextIO, format_: FileFormat) -> list[str]:
    """The names of all values in lines of JSON, in the order in which they appear.

    Raises:
        InboxError: There are none, or so many that they are values themselves.
    """
    names: dict[str, None] = {}
    for _, line in _numbered(TextLines(text, format_.encoding)):
        found = _object(line)
        if isinstance(found, dict):
            names.update(dict.fromkeys(found))
        if len(names) > _MOST_NAMES:
            raise InboxError(
                f"The lines have more than {_MOST_NAMES:,} different names.",
                where=str(path),
                remedy="Leave out objects whose names are values, such as ids or days: "
                "jq -c 'del(.name)' file.jsonl > other.jsonl",
            )
    if not names:
        raise InboxError(
            "No line of the file is one JSON object whose values have different names.",
            where=str(path),
            remedy="Write one object per line (JSON lines): jq -c . file.json > file.jsonl",
        )
    return list(names)


def json_rows(text: TextIO, names: list[str], format_: FileFormat, most: int | None) -> TableRows:
    """The rows of lines of JSON, one object each.

    Args:
        text: The file's.
        names: What ``json_names`` says of it.
        format_: The declared format.
        most: How many rows to read; ``None`` for all.
    """
    write = _json_writer(format_)
    lines = TextLines(text, format_.encoding)

    def rows() -> Iterator[tuple[int, Row | Broken]]:
        for count, line in _numbered(lines):
            if line.isspace():
                continue
            found = None if _ESCAPED.search(line) else _object(line)
            if isinstance(found, dict):
                table.is_cut_off = False
                yield count, [write(found.get(name)) for name in names]
                continue
            table.is_cut_off = found is None and not line.endswith("\n")
            cells = [readable(line.rstrip("\r\n"))]
            if _ESCAPED.search(line):
                detail = f"the line is not text in {format_.encoding}"
                yield count, Broken("undecodable", detail, cells, [])
            else:
                detail = found if isinstance(found, str) else "the line is not one JSON object"
                yield count, Broken("unparsable", detail, cells, [])

    table = TableRows(rows(), format_, most, names, lines)
    table.leaves_out = True
    return table


def _numbered(lines: TextLines) -> Iterator[tuple[int, str]]:
    for line in lines:
        lines.taken.clear()
        yield lines.number, line


def _json_writer(format_: FileFormat) -> Callable[[Any], str]:
    write = cell_writer(format_)

    def of_json(value: Any) -> str:
        if isinstance(value, _Number):
            digits = without_exponent(value) if "e" in value or "E" in value else value
            return with_mark(digits, format_)
        return write(value)

    return of_json


class _TwiceNamed(Exception):
    """An object has two values of one name."""


_TWICE = "the line has two values of one name"


def _object(line: str) -> dict[str, Any] | str | None:
    """The values of a line by name, those within others as ``outer.inner``; not those of lists.

    Of a line that is JSON and cannot be used, what is wrong with it.
    """
    try:
        found = json.loads(
            line.removeprefix("\ufeff"),
            parse_float=_Number,
            parse_int=_Number,
            object_pairs_hook=_once,
        )
    except _TwiceNamed:
        return _TWICE
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict):
        return "the line is not one JSON object"
    flat = list(_flat(_legible(found) if _HALF_WRITTEN.search(line) else found, ""))
    values = dict(flat)
    return values if len(values) == len(flat) else _TWICE


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _TwiceNamed
    return found


def _legible(value: Any) -> Any:
    """A value whose texts have no half of a character, as where a program cut one."""
    match value:
        case _Number():
            return value
        case str():
            return _HALF.sub("\ufffd", value)
        case list():
            return [_legible(each) for each in value]
        case dict():
            return {_legible(name): _legible(each) for name, each in value.items()}
        case _:
            return value


def _flat(values: Mapping[str, Any], before: str) -> Iterator[tuple[str, Any]]:
    for name, value in values.items():
        if isinstance(value, dict) and value:
            yield from _flat(value, f"{before}{name}.")
        else:
            yield before + name, value
