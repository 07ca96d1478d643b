"""Sets lines of a file aside that only its other lines show to be no facts.

Belongs here: lines of totals, and money without the currency that other lines state. Does not
belong here: what a line says by itself (``fields.py``).

A total is money that the other lines have stated already. A line is one where it names nothing
although others do, or calls itself a total, and its money is the sum of the others: of the file, or
of its day where every such line is its day's sum, or, where it calls itself one, of the lines next
to it (a subtotal). Other money that names nothing counts.
"""

from __future__ import annotations

import sys
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from operator import itemgetter
from typing import Any

from duckdb import DuckDBPyConnection

from orchestration.connectors.landed import CELLS
from orchestration.connectors.stream import Stream
from orchestration.extract.landing import Slice
from orchestration.foundation.sql import json_path, literal, quoted
from orchestration.loading.total_words import CALLED
from orchestration.warehouse.schema import table_name

TOTALS_ROW = "totals_row"
"""The reason of a line that sums up others; no money is missing with it."""

_TOTALS_DETAIL = "a total of other lines, which count themselves"
_CURRENCY_DETAIL = "currency: missing, although other lines state one"

_NAMES = {
    "ad_spend": (
        "campaign_id",
        "campaign_name",
        "ad_group_id",
        "ad_group_name",
        "ad_id",
        "ad_name",
        "keyword",
        "lead_source",
        "lead_channel",
    ),
    "costs": ("lead_source", "lead_channel", "campaign", "description"),
    "opportunities": ("opportunity_id",),
    "conversions": ("conversion_id",),
}
"""What says whose money it is, by stream."""
_SCOPES = {"ad_spend": ("platform", "account_id")}
"""What a total is a total of, besides the file."""
_DATED = {"ad_spend": "date_day"}
"""Where totals of a day are usual."""

_ROUNDING = Decimal("0.005")
_ASSIGNED = f"json_extract_string(record, '$.{CELLS}') is null"
"""What a quarantined row names that could not be assigned to columns is unknown."""


@dataclass(slots=True)
class _Sum:
    """The money of lines that name what it was spent on."""

    total: Decimal = Decimal(0)
    lines: int = 0
    days: int = 0

    def is_met_by(self, money: Decimal | None) -> bool:
        """Whether an amount is this sum, up to the rounding of its lines."""
        if money is None or self.total <= 0:
            return False
        rounding = max(self.total / 1000, _ROUNDING)
        return abs(money - self.total) <= min(_ROUNDING * (self.lines + 1), rounding)


@dataclass(frozen=True, slots=True)
class _Line:
    """A line that may be a total.

    A figure of several days was spread over them: the rows of one line are together one of these.
    """

    numbers: tuple[int, ...]
    scope: str
    day: Any
    money: Decimal | None
    is_called: bool
    has_account: bool


def looks_for_totals(stream: Stream) -> bool:
    """Whether a line of a stream may sum up others."""
    return bool(stream.money) and stream.name in _NAMES


def set_aside_by_file(
    con: DuckDBPyConnection, item: Slice, stream: Stream, copy: Callable[[], object]
) -> int:
    """Quarantine lines that the file's other lines show to be no facts.

    Args:
        con: The warehouse, inside the slice's transaction, after its rows were loaded.
        item: The slice.
        stream: Its declaration.
        copy: Quarantines the records of the rows in the temporary table ``set_aside``.

    Returns:
        How many loaded rows went to quarantine.
    """
    if not stream.money:
        return 0
    table = f"raw.{quoted(table_name(item.connector, stream))}"
    con.execute(
        "create or replace temp table set_aside"
        " (row_number bigint, reason_code varchar, detail varchar)"
    )
    if looks_for_totals(stream):
        _find_totals(con, item, stream, table)
    money = quoted(stream.money)
    con.execute(
        f"insert into set_aside select _row_number, 'missing_currency', ? from {table}"
        f" where _slice_id = ? and currency is null and {money} <> 0"
        " and _row_number not in (select row_number from set_aside)"
        f" and exists (select 1 from {table} where _slice_id = ? and currency is not null)",
        [_CURRENCY_DETAIL, item.slice_id, item.slice_id],
    )
    ((found,),) = con.execute("select count(*) from set_aside").fetchall()
    if found:
        copy()
        con.execute(
            f"delete from {table} where _slice_id = ?"
            " and _row_number in (select row_number from set_aside)",
            [item.slice_id],
        )
    con.execute("drop table set_aside")
    return int(found)


def _find_totals(con: DuckDBPyConnection, item: Slice, stream: Stream, table: str) -> None:
    """Put loaded totals into ``set_aside``, and give those in quarantine their reason."""
    naming = _naming(con, item, stream, table)
    loaded = list(_unnamed(con, item, stream, table, naming))
    refused = list(_refused(con, item, stream, naming))
    if not loaded and not refused:
        return
    sums, days = _sums(con, item, stream, table, naming)
    found = [number for line in _totals(loaded, sums, days) for number in line.numbers]
    left = [line for line in loaded if line.is_called and line.numbers[0] not in set(found)]
    groups = _Groups(con, item, stream, table, naming, [*loaded, *refused])
    found += [number for line in left if groups.sums_up(line) for number in line.numbers]
    con.execute(
        f"insert into set_aside select unnest(?), '{TOTALS_ROW}', ?", [found, _TOTALS_DETAIL]
    )
    whole = _Sum(
        sum((each.total for each in sums.values()), Decimal(0)),
        sum(each.lines for each in sums.values()),
    )
    for line in refused:
        own = sums.get(line.scope, whole)
        called = line.is_called and (line.money is None or line.money >= own.total)
        met = own.is_met_by(line.money) or whole.is_met_by(line.money)
        if called or met or groups.sums_up(line):
            con.execute(
                f"update ops.quarantine set reason_code = '{TOTALS_ROW}',"
                " detail = concat_ws(': ', nullif(regexp_extract(detail, '^line [0-9]+'), ''), ?)"
                " where slice_id = ? and row_number = ?",
                [_TOTALS_DETAIL, item.slice_id, line.numbers[0]],
            )


class _Groups:
    """The named lines between lines that name nothing: what subtotals are of."""

    def __init__(
        self,
        con: DuckDBPyConnection,
        item: Slice,
        stream: Stream,
        table: str,
        naming: Sequence[str],
        unnamed: Sequence[_Line],
    ) -> None:
        self._ends = sorted({number for line in unnamed for number in line.numbers})
        self._named: list[tuple[int, Decimal]] = []
        if any(line.money is not None for line in unnamed):
            self._named = con.execute(
                f"select _row_number, {quoted(stream.money)} from {table} where _slice_id = ?"
                f" and {quoted(stream.money)} is not null and ({_is_named(naming)})"
                " order by _row_number",
                [item.slice_id],
            ).fetchall()

    def sums_up(self, line: _Line) -> bool:
        """Whether a line is the sum of those right before it, or right behind it.

        One line is a group only of what calls itself a total.
        """
        before, behind = min(line.numbers), max(line.numbers)
        last = bisect_left(self._ends, before)
        next_ = bisect_right(self._ends, behind)
        return self._is_sum(line, self._ends[last - 1] if last else 0, before) or (
            line.is_called
            and self._is_sum(
                line, behind, self._ends[next_] if next_ < len(self._ends) else sys.maxsize
            )
        )

    def _is_sum(self, line: _Line, after: int, until: int) -> bool:
        first = bisect_right(self._named, after, key=itemgetter(0))
        group = self._named[first : bisect_left(self._named, until, key=itemgetter(0))]
        found = _Sum(sum((money for _, money in group), Decimal(0)), len(group))
        return len(group) >= (1 if line.is_called else 2) and found.is_met_by(line.money)


def _totals(
    lines: Sequence[_Line], sums: dict[str, _Sum], days: dict[tuple[str, Any], _Sum]
) -> Iterator[_Line]:
    """The lines that are totals, among loaded ones that name nothing."""
    daily: dict[str, list[_Line]] = {}
    for line in lines:
        own = sums.get(line.scope)
        if own is None or line.money is None:
            continue
        # An account's own row of a day is completed by finer rows and not added to them.
        adds_up = not line.has_account or own.days > 1
        several = own.lines > 1 or line.is_called
        if (several and adds_up and own.is_met_by(line.money)) or (
            line.is_called and own.total > 0 and line.money >= own.total
        ):
            yield line
        elif not line.has_account:
            daily.setdefault(line.scope, []).append(line)
    for scope, found in daily.items():
        met = [days.get((scope, line.day), _Sum()).is_met_by(line.money) for line in found]
        # Without days, one line that names nothing may be as much as the only one that does.
        if all(met) and (sums[scope].lines > 1 or found[0].day is not None):
            yield from found


def _naming(con: DuckDBPyConnection, item: Slice, stream: Stream, table: str) -> list[str]:
    """The columns that name something in this file; a constant names nothing.

    A constant is in every record, also in those that were refused.
    """
    names = _NAMES[stream.name]
    counts = ", ".join(f"count({name}), count(distinct {name})" for name in names)
    ((rows, *found),) = con.execute(
        f"select count(*), {counts} from {table} where _slice_id = ?", [item.slice_id]
    ).fetchall()
    lacks = ", ".join(
        f"count(*) filter (where {_stated(text)} = '' or {_is_called(text)})"
        for text in map(_text, names)
    )
    (lacking,) = con.execute(
        f"select {lacks} from ops.quarantine where slice_id = ? and {_ASSIGNED}", [item.slice_id]
    ).fetchall()
    return [
        name
        for name, filled, kinds, empty in zip(names, found[::2], found[1::2], lacking, strict=True)
        if kinds > 1 or 0 < filled < rows + empty or rows == 1
    ]


def _text(name: str) -> str:
    """What a quarantined record says."""
    return f"json_extract_string(record, {json_path((name,))})"


def _stated(name: str) -> str:
    """What a cell says; exports write dashes where a total has nothing to say."""
    return f"coalesce(trim({name}, ' -–—'), '')"


def _is_named(naming: Sequence[str]) -> str:
    parts = [f"({_stated(name)} <> '' and not {_is_called(name)})" for name in naming]
    return " or ".join(parts) or "false"


def _is_called(name: str) -> str:
    called = literal(CALLED)
    return f"coalesce(regexp_full_match(lower(trim({name})), {called}), false)"


def _scope(stream: Stream) -> str:
    parts = [_stated(name) for name in _SCOPES.get(stream.name, ())]
    return " || '|' || ".join(parts) or "''"


def _unnamed(
    con: DuckDBPyConnection, item: Slice, stream: Stream, table: str, naming: Sequence[str]
) -> Iterator[_Line]:
    called = " or ".join(map(_is_called, naming)) or "false"
    account = f"{_stated('account_id')} <> ''" if stream.name in _SCOPES else "false"
    spread = any(field.name == "last_day" for field in stream.fields)
    # The rows of a line follow each other, a day apart.
    line = "last_day, _row_number - (date_day - date '2000-01-01')" if spread else "_row_number"
    rows = con.execute(
        f"select list(_row_number), {_scope(stream)}, min({_DATED.get(stream.name, 'null')}),"
        f" sum({quoted(stream.money)}), {called}, {account} from {table}"
        f" where _slice_id = ? and not ({_is_named(naming)})"
        f" group by {_scope(stream)}, {called}, {account}, {line},"
        f" {'case when last_day is null then _row_number end' if spread else '_row_number'}",
        [item.slice_id],
    ).fetchall()
    return (_Line(tuple(numbers), *row) for numbers, *row in rows)


def _refused(
    con: DuckDBPyConnection, item: Slice, stream: Stream, naming: Sequence[str]
) -> Iterator[_Line]:
    """Quarantined records that name nothing: a total mostly lacks its day, its id or some cells."""
    first = f"coalesce(json_extract_string(record, '$.{CELLS}[0]'), '')"
    names = [_text(name) for name in naming]
    called = " or ".join(_is_called(name) for name in [*names, first, _text("date_day")])
    scope = " || '|' || ".join(_stated(_text(name)) for name in _SCOPES.get(stream.name, ()))
    money = f"case when {_ASSIGNED} then {_text(stream.money)} end"
    rows = con.execute(
        f"select row_number, {scope or literal('')}, null,"
        f" try_cast({money} as decimal(18, 6)), {called}, false"
        f" from ops.quarantine where slice_id = ? and not ({_is_named(names)})"
        f" and ({called} or {money} is not null)",
        [item.slice_id],
    ).fetchall()
    return (_Line((number,), *row) for number, *row in rows)


def _sums(
    con: DuckDBPyConnection, item: Slice, stream: Stream, table: str, naming: Sequence[str]
) -> tuple[dict[str, _Sum], dict[tuple[str, Any], _Sum]]:
    """The money of named lines, by scope, and by scope and day."""
    rows = con.execute(
        f"select {_scope(stream)}, {_DATED.get(stream.name, 'null')},"
        f" sum({quoted(stream.money)}), count(*) from {table}"
        f" where _slice_id = ? and {quoted(stream.money)} is not null and ({_is_named(naming)})"
        " group by all having count(*) > 0",
        [item.slice_id],
    ).fetchall()
    sums: dict[str, _Sum] = {}
    days: dict[tuple[str, Any], _Sum] = {}
    for scope, day, total, lines in rows:
        days[scope, day] = _Sum(total, lines, 1)
        own = sums.setdefault(scope, _Sum())
        own.total, own.lines, own.days = own.total + total, own.lines + lines, own.days + 1
    return sums, days
