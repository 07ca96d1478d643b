"""Loads a slice that says what changed in a file: its rows take the place of the earlier ones.

Belongs here: rows that stay, which move to the new slice, and the records that have to be read: new
ones, and those that were quarantined (the clock has moved on since). Does not belong here: reading
records (``statements.py``), or slices as a whole (``slices.py``).

The outcome is that of loading the whole file. Where other lines could decide about a row that
stays, the whole file is loaded: totals, money without a currency, cells that were cleared.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import orjson
from duckdb import DuckDBPyConnection

from orchestration.connectors.stream import Stream
from orchestration.extract.changes import KEPT, is_kept
from orchestration.extract.landing import Landing, Slice
from orchestration.foundation.sql import quoted
from orchestration.loading.ledger import ledger_counts, ledger_ids, naive
from orchestration.loading.whole_files import looks_for_totals
from orchestration.warehouse.schema import SLICE_TABLES, table_name

_MOST_MOVES = 50_000
"""Runs of rows beyond which a file is loaded as a whole."""


class NeedsWholeFile(Exception):
    """Other lines decide about rows that stay."""


@dataclass(frozen=True, slots=True)
class Part:
    """What is to be read of a slice of changes.

    Attributes:
        path: The records, in the order of the file.
        numbers: Their positions in the file, from 1.
        moves: Runs of rows that stay: first position before, last one, and how far they move.
    """

    path: Path
    numbers: list[int]
    moves: list[tuple[int, int, int]]


@contextmanager
def whole_file(landing: Landing, item: Slice) -> Iterator[Path]:
    """The file of a slice's records; one that says what changed is put together for the time."""
    if not item.base:
        yield landing.file(item)
        return
    with landing.written(landing.lines(item)) as path:
        yield path


@contextmanager
def changed_part(
    con: DuckDBPyConnection, landing: Landing, item: Slice, stream: Stream
) -> Iterator[Part | None]:
    """What is to be read of a slice; ``None`` where all of it has to be."""
    moves = _moves(landing, item) if _is_simple(con, landing, item, stream) else None
    if moves is None:
        yield None
        return
    refused = [
        row[0]
        for row in con.execute(
            "select row_number from ops.quarantine where slice_id = ? order by 1", [item.base]
        ).fetchall()
    ]
    kept = sorted((first + by, last + by) for first, last, by in moves)
    again = [
        number + by
        for first, last, by in moves
        for number in refused[bisect_left(refused, first) : bisect_right(refused, last)]
    ]
    numbers = sorted({*_gaps(kept, item.row_count), *again})
    with landing.written(_chosen(landing, item, numbers, bool(again))) as path:
        yield Part(path, numbers, moves)


def _is_simple(con: DuckDBPyConnection, landing: Landing, item: Slice, stream: Stream) -> bool:
    """Whether rows of the earlier slice that stay are as they would be loaded again."""
    if not item.base or looks_for_totals(stream):
        return False
    base = next(each for each in landing.slices(item.connector) if each.slice_id == item.base)
    before = ledger_counts(con, base)
    same = (base.source_zone, base.api_version) == (item.source_zone, item.api_version)
    return before is not None and not before.cleared and same


def _moves(landing: Landing, item: Slice) -> list[tuple[int, int, int]] | None:
    """The runs of rows that stay."""
    moves, position = [], 0
    for line in landing.stored(item):
        if not is_kept(line):
            position += 1
            continue
        first, count, _ = orjson.loads(line)[KEPT]
        moves.append((first + 1, first + count, position - first))
        position += count
    return moves if len(moves) <= _MOST_MOVES else None


def _gaps(kept: Iterable[tuple[int, int]], count: int) -> Iterator[int]:
    """The positions that are in none of the runs."""
    at = 1
    for first, last in kept:
        yield from range(at, first)
        at = last + 1
    yield from range(at, count + 1)


def _chosen(
    landing: Landing, item: Slice, numbers: list[int], needs_earlier: bool
) -> Iterator[bytes]:
    """The lines at some positions of a slice."""
    if not needs_earlier:
        yield from (line for line in landing.stored(item) if not is_kept(line))
        return
    chosen = set(numbers)
    for number, line in enumerate(landing.lines(item), start=1):
        if number in chosen:
            yield line


def take_over(con: DuckDBPyConnection, item: Slice, stream: Stream, part: Part) -> int:
    """Number the rows that were read, and move the rows that stay to the slice.

    Args:
        con: The warehouse, inside the slice's transaction, after its part was loaded.
        item: The slice.
        stream: Its declaration.
        part: What was read.

    Returns:
        How many rows stay.

    Raises:
        NeedsWholeFile: Money of one of the rows counts only because no line states a currency.
    """
    table = f"raw.{quoted(table_name(item.connector, stream))}"
    con.execute("create or replace temp table placed (part_number bigint, row_number bigint)")
    con.execute(
        "insert into placed select generate_subscripts(numbers, 1), unnest(numbers)"
        " from (select cast($numbers as bigint[]) as numbers)",
        {"numbers": part.numbers},
    )
    con.execute(
        f"update {table} as rows set _row_number = placed.row_number from placed"
        " where rows._slice_id = ? and rows._row_number = placed.part_number",
        [item.slice_id],
    )
    con.execute(
        "update ops.quarantine as rows set row_number = placed.row_number from placed"
        " where rows.slice_id = ? and rows.row_number = placed.part_number",
        [item.slice_id],
    )
    con.execute("drop table placed")
    staying = _move(con, item, table, part.moves)
    if stream.money:
        _refuse_mixed_currencies(con, item, stream, table)
    return staying


def _move(
    con: DuckDBPyConnection, item: Slice, table: str, moves: list[tuple[int, int, int]]
) -> int:
    facts = {
        "slice_id": item.slice_id,
        "sequence": item.sequence,
        "extracted_at": naive(item.extracted_at),
        "base": item.base,
    }
    setting = "_slice_id = $slice_id, _sequence = $sequence, _extracted_at = $extracted_at"
    con.execute("create or replace temp table moves (first bigint, last bigint, shift bigint)")
    con.execute(
        "insert into moves select unnest($a), unnest($b), unnest($c)",
        {name: [move[i] for move in moves] for i, name in enumerate("abc")},
    )
    if all(shift == 0 for _, _, shift in moves) and len(moves) <= 1:
        row = con.execute(
            f"update {table} set {setting}"
            " where _slice_id = $base and _row_number between $first and $last",
            facts | {"first": moves[0][0] if moves else 0, "last": moves[0][1] if moves else 0},
        ).fetchone()
    else:
        row = con.execute(
            f"update {table} as rows set {setting}, _row_number = rows._row_number + moved.shift"
            " from (select each._row_number as number, moves.shift, moves.last"
            f" from (select _row_number from {table} where _slice_id = $base) as each"
            " asof join moves on each._row_number >= moves.first) as moved"
            " where rows._slice_id = $base and rows._row_number = moved.number"
            " and moved.number <= moved.last",
            facts,
        ).fetchone()
    con.execute("drop table moves")
    return int(row[0]) if row else 0


def _refuse_mixed_currencies(
    con: DuckDBPyConnection, item: Slice, stream: Stream, table: str
) -> None:
    money = quoted(stream.money)
    ((without, stated),) = con.execute(
        f"select count(*) filter (currency is null and {money} <> 0), count(currency)"
        f" from {table} where _slice_id = ?",
        [item.slice_id],
    ).fetchall()
    if without and stated:
        raise NeedsWholeFile


def forget_earlier(con: DuckDBPyConnection, landing: Landing, item: Slice, stream: Stream) -> None:
    """Remove what the slices hold that this one continues; part of its transaction."""
    table = f"raw.{quoted(table_name(item.connector, stream))}"
    for slice_id in landing.earlier(item).intersection(ledger_ids(con, item.connector, stream)):
        con.execute(f"delete from {table} where _slice_id = ?", [slice_id])
        for name in SLICE_TABLES:
            con.execute(f"delete from ops.{name} where slice_id = ?", [slice_id])
