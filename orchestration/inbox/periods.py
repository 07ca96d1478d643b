"""Spreads the figures of a period over its days.

Belongs here: rows with a first and a last day. Does not belong here: how a day is written
(``values``), or which source counts on a day (the models).

The days of a period add up to exactly what the row states: amounts are split to the cent, or finer
where the row is finer; counts into whole numbers; what is left over goes to the first days.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from orchestration.configuration.inbox import InboxEntry
from orchestration.connectors.field import Field, Type
from orchestration.connectors.landed import REJECT
from orchestration.connectors.stream import Stream
from orchestration.inbox.columns import Column
from orchestration.inbox.files import InboxError
from orchestration.inbox.rows import Rows

FIRST, LAST = "date_day", "last_day"
_CENTS = 2
_FINEST = 6
_PRECISION, _RESIDUE = Decimal(2) ** -50, Decimal(2) ** -40
"""As of the loader: how far a double may be from the decimal that it means."""
_PLAIN = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)")
_TOO_LARGE = 10**12
"""More than is kept of an amount."""
_LONGEST = 3_660
"""Days of the longest period: ten years."""

_STARTS = re.compile(
    r"(?i)start|begin|börja|\bfr[åa]n?\b|\bfrom\b|\bvon\b|\bab\b|inicio|início|inizio|d[ée]but"
    r"|\bdesde\b|vanaf"
)
_ENDS = re.compile(
    r"(?i)\bend|_end|end(e|s|date)?\b|stop|slut|\bto\b|_to\b|\btill\b|\btil\b|\bbis\b|\btom\b"
    r"|t\.o\.m|\bfin\b|\bfine\b|\bhasta\b|\btot\b|\bthrough\b|\buntil\b|eind"
)


def spread(stream: Stream, records: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The records, with one for every day where a record names a last day."""
    figures = [
        field for field in stream.fields if field.type is Type.DECIMAL and field.name != "rate"
    ]
    for record in records:
        last = _day(record.get(LAST))
        first = _day(record.get(FIRST))
        if REJECT in record or last is None or first is None or last == first:
            yield record
        elif (money := record.get(stream.money)) and _meant(money) is None:
            # Its money is no amount: it is refused once, and whole.
            yield record
        elif not 0 < (last - first).days < _LONGEST:
            detail = f"{LAST}: '{last}' is not a day from '{first}' on, within ten years"
            yield {**record, REJECT: {"reason_code": "bad_type", "detail": detail}}
        else:
            yield from _days(record, first, last, figures)


def _days(
    record: dict[str, Any], first: date, last: date, figures: Sequence[Field]
) -> Iterator[dict[str, Any]]:
    days = (last - first).days + 1
    shares = {
        field.name: _shares(record[field.name], days, 0 if field.costs_its_cell else _CENTS)
        for field in figures
        if record.get(field.name) is not None
    }
    for i in range(days):
        day = {FIRST: str(first + timedelta(days=i))}
        yield {**record, **day, **{name: parts[i] for name, parts in shares.items()}}


def _meant(text: str) -> Decimal | None:
    """The amount that a text says, without what a double adds to it; ``None`` where it is none."""
    if not _PLAIN.fullmatch(text) or abs(amount := Decimal(text)) >= _TOO_LARGE:
        return None
    kept = round(amount, _FINEST)
    return kept if abs(amount - kept) <= max(abs(amount) * _PRECISION, _RESIDUE) else None


def _shares(text: str, days: int, decimals: int) -> list[str | None]:
    """A figure in equal parts; one that is no number stays whole, for the loader to refuse."""
    amount = _meant(text)
    if amount is None:
        return [text] * days
    decimals = max(decimals, -int(amount.normalize().as_tuple().exponent))
    each, left = divmod(int(amount.scaleb(decimals)), days)
    return [format(Decimal(each + (i < left)).scaleb(-decimals), "f") for i in range(days)]


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


class UnmappedEnd:
    """Watches for a column that holds the last day of a period and was not mapped.

    A report by periods has two columns of days, such as "Reporting starts" and "Reporting ends".
    With the first alone, three weeks of spend would be published on one day.
    """

    def __init__(
        self, entry: InboxEntry, stream: Stream, rows: Rows, columns: Sequence[Column]
    ) -> None:
        self._entry = entry
        self._pair: tuple[Column, int] | None = None
        named = {field.name for field in stream.fields}
        taken = {column.name: column for column in columns}
        first = taken.get(FIRST)
        if LAST not in named or LAST in taken or LAST in entry.constants or first is None:
            return
        self._rows = rows
        if not _STARTS.search(rows.header[first.index]):
            return
        used = {column.index for column in columns}
        for i, name in enumerate(rows.header):
            if i not in used and _ENDS.search(name):
                self._pair = first, i

    @property
    def is_watching(self) -> bool:
        """Whether there is a column that may hold the last day."""
        return self._pair is not None

    def look(self, cells: Sequence[tuple[str, ...]], lines: Sequence[int]) -> None:
        """Look at the cells of many rows, column by column.

        Raises:
            InboxError: A row ends after the day on which it begins.
        """
        if self._pair is None or not cells:
            return
        first, index = self._pair
        pairs = zip(first.read(cells[first.index]), first.read(cells[index]), lines, strict=True)
        for begins, ends, line in pairs:
            if isinstance(begins, str) and isinstance(ends, str) and _later(begins, ends):
                name = self._rows.header[index]
                raise InboxError(
                    f"The row's figures are of the days from {begins} to {ends}, but only its "
                    f"first day is mapped, not {name!r}.",
                    where=f"{self._entry.path}, line {line}",
                    remedy=f"Map {LAST}: {name!r} under columns of this inbox entry, and the "
                    "figures are spread over the days; or export the report by day.",
                )


def _later(begins: str, ends: str) -> bool:
    first, last = _day(begins), _day(ends)
    return first is not None and last is not None and first < last
