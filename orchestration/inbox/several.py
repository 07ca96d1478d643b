"""Rows whose cells list several values: one row for each of them.

Belongs here: taking such a row apart. Does not belong here: which rows are meant (``selection``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from orchestration.configuration.inbox import InboxEntry
from orchestration.inbox.columns import Column
from orchestration.inbox.rows import Broken

Row = list[str]


def taken_apart(
    entry: InboxEntry, columns: Sequence[Column], rows: Iterable[tuple[int, Row | Broken]]
) -> Iterable[tuple[int, Row | Broken]]:
    """The rows, with one for every value that a cell of the entry's ``several`` lists.

    What a touch cost stays with the first of its rows, so that the rows add up to what it cost.
    """
    at = {column.name: column.index for column in columns}
    lists = [(at[name], sign) for name, sign in entry.several.items() if name in at]
    return _rows(lists, at.get("cost"), rows) if lists else rows


def _rows(
    lists: Sequence[tuple[int, str]], cost: int | None, rows: Iterable[tuple[int, Row | Broken]]
) -> Iterator[tuple[int, Row | Broken]]:
    for line, row in rows:
        if isinstance(row, Broken):
            yield line, row
            continue
        made = [row]
        for index, sign in lists:
            made = [one for row_ in made for one in _each(row_, index, sign, cost)]
        for one in made:
            yield line, one


def _each(row: Row, index: int, sign: str, cost: int | None) -> Iterator[Row]:
    values = [value for part in row[index].split(sign) if (value := part.strip())]
    if len(values) < 2:
        yield row
        return
    for number, value in enumerate(values):
        one = [*row]
        one[index] = value
        if number and cost is not None:
            one[cost] = ""
        yield one
