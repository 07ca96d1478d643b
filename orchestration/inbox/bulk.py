"""Makes landed lines of the plain rows of a file, column by column.

Belongs here: cells as JSON, and joining them into lines. Does not belong here: how a cell is read
(``values``, whose readers see every distinct text that is not read as itself), or rows of which a
cell is refused: they are records as of every other row (``reader``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np
import orjson

from orchestration.connectors.landed import LINE
from orchestration.inbox.arrow_texts import (
    booleans,
    content,
    equally_long,
    indexes,
    numbers,
    offsets,
    text,
    texts,
)
from orchestration.inbox.bulk_moments import read_moments
from orchestration.inbox.cells import Refused, Value
from orchestration.inbox.columns import Column
from orchestration.inbox.plain import Plain

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Lines:
    """Landed lines, one record each.

    Attributes:
        data: The lines.
        ends: Where each ends in ``data``; the first ends at the second of these.
    """

    data: memoryview
    ends: np.ndarray[Any, Any]

    def __len__(self) -> int:
        return len(self.ends) - 1

    def part(self, begin: int, end: int) -> Lines:
        """The lines from one to before another."""
        return Lines(self.data, self.ends[begin : end + 1])


class Bulk:
    """The lines of a file's plain rows.

    Args:
        columns: Its columns that are taken.
        constants: What every row gets.
    """

    def __init__(self, columns: Sequence[Column], constants: dict[str, str | None]) -> None:
        self._columns = columns
        self.names = [*(column.name for column in columns), *constants, LINE]
        end = orjson.dumps(constants).decode()[1:-1]
        self._end = (f",{end}" if end else "") + f',"{LINE}":'

    def lines(self, plain: Plain) -> tuple[Lines, list[int]]:
        """The lines of a block, and which of its rows have a cell that is refused."""
        import pyarrow.compute as pc

        refused = np.zeros(len(plain), bool)
        pieces: list[Any] = []
        lead = "{"
        for column in self._columns:
            lead = f'{lead}"{column.name}":'
            cells = plain.cells[column.index]
            if column.itself and not bytes(content(cells)).translate(None, column.itself):
                before, after = _quoted(cells)
                pieces += [text(lead + before), *after]
                lead = '",' if before else ","
                continue
            read, bad = self._read(column, cells)
            refused |= bad
            pieces += [text(lead), read]
            lead = ","
        lead = lead.removesuffix(",") + self._end
        pieces += [text(lead), numbers(plain.lines), text("}\n")]
        joined = pc.binary_join_element_wise(*pieces, text(""))
        return Lines(content(joined), offsets(joined)), np.flatnonzero(refused).tolist()

    def _read(
        self, column: Column, cells: pa.StringArray
    ) -> tuple[pa.StringArray, np.ndarray[Any, Any]]:
        """Cells as JSON, and which are refused."""
        if column.zone is not None and (found := _moments(column, cells, column.zone)):
            return found
        return _by_text(column, cells)


def _quoted(cells: pa.StringArray) -> tuple[str, list[Any]]:
    """Cells that are read as themselves: what precedes each of them, and what follows."""
    import pyarrow.compute as pc

    lengths = np.diff(offsets(cells))
    if lengths.all():
        return '"', [cells]
    is_empty = booleans(lengths == 0)
    quotes = pc.if_else(is_empty, text(""), text('"'))
    return "", [quotes, pc.if_else(is_empty, text("null"), cells), quotes]


def _by_text(column: Column, cells: pa.StringArray) -> tuple[pa.StringArray, Any]:
    """Cells as JSON, each distinct text read once."""
    distinct = cells.dictionary_encode()
    values = column.read(distinct.dictionary.to_pylist())
    read = texts([_json(value) for value in values]).take(distinct.indices)
    if Refused not in set(map(type, values)):
        return read, np.zeros(len(cells), bool)
    bad = np.fromiter((isinstance(value, Refused) for value in values), bool, len(values))
    return read, bad[indexes(distinct)]


def _json(value: Value) -> bytes:
    return b"null" if isinstance(value, Refused) else orjson.dumps(value)


def _moments(
    column: Column, cells: pa.StringArray, zone: ZoneInfo
) -> tuple[pa.StringArray, Any] | None:
    """Moments as JSON; ``None`` where most are of a layout that is read cell by cell."""
    import pyarrow.compute as pc

    lengths = np.diff(offsets(cells))
    usual = int(lengths.max(initial=0))
    has_usual = lengths == usual
    chosen = cells if has_usual.all() else cells.filter(booleans(has_usual))
    if usual == 0 or 2 * len(chosen) < np.count_nonzero(lengths):
        return None
    begin = offsets(chosen)[0]
    data = content(chosen)[begin : begin + usual * len(chosen)]
    found = read_moments(np.frombuffer(data, np.uint8).reshape(len(chosen), usual), zone)
    if found is None:
        return None
    written, is_read = found
    quote = np.full((len(written), 1), ord('"'), np.uint8)
    moments = equally_long(np.concatenate((quote, written, quote), axis=1))
    mask = has_usual.copy()
    mask[has_usual] = is_read
    if mask.all():
        return moments, np.zeros(len(cells), bool)
    rest, bad_rest = _by_text(column, cells.filter(booleans(~mask)))
    bad = np.zeros(len(cells), bool)
    bad[~mask] = bad_rest
    if not is_read.all():
        moments = moments.filter(booleans(is_read))
    spread = pc.replace_with_mask(cells, booleans(mask), moments)
    return pc.replace_with_mask(spread, booleans(~mask), rest), bad


def in_order(
    lines: Lines, refused: Sequence[int], records: Iterator[dict[str, Any]]
) -> Iterator[Lines | dict[str, Any]]:
    """Lines, with a record in the place of each that was refused."""
    begin = 0
    for index, record in zip(refused, records, strict=True):
        if index > begin:
            yield lines.part(begin, index)
        yield record
        begin = index + 1
    if begin < len(lines):
        yield lines.part(begin, len(lines))
