"""Stops a file whose money may be something else than what would be read.

Belongs here: what only many amounts together show, in the first rows of a file. Does not belong
here: reading an amount (``numbers``), headers (``currency``), or lines (the loader).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from orchestration.configuration.inbox import InboxEntry
from orchestration.connectors.stream import Stream
from orchestration.inbox.columns import Column
from orchestration.inbox.currency import refuse_unstated_signs
from orchestration.inbox.files import InboxError
from orchestration.inbox.opening import open_rows
from orchestration.inbox.rows import Broken

_LOOKED_AT = 1_000
"""Rows in which amounts are compared."""
_OF_THREE_DECIMALS = {"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"}
_FRACTION = re.compile(r"[+-]?[0-9]+\.[0-9]+")
_LIKE_THOUSANDS = re.compile(r"[+-]?[1-9][0-9]{0,2}\.[0-9]{3}")
_UNGROUPED = re.compile(r"[+-]?[0-9]{4,}")


def refuse_doubtful_money(
    entry: InboxEntry,
    stream: Stream,
    columns: Sequence[Column],
    constants: Mapping[str, str | None],
    reporting: str,
) -> None:
    """Look at the amounts of a file before it is read.

    Args:
        entry: The inbox entry.
        stream: Its canonical stream.
        columns: The columns that are taken.
        constants: What every row gets.
        reporting: The reporting currency.

    Raises:
        InboxError: A point separates thousands as far as anything shows, or the signs of the
            amounts are not of the currency that would be counted.
    """
    at = {column.name: column.index for column in columns}
    if stream.money not in at:
        return
    stated = constants.get("currency")
    if "currency" not in at and entry.format.signs:
        cells = ((line, row[at[stream.money]].strip()) for line, row in _rows(entry, None))
        refuse_unstated_signs(entry, stated, reporting, cells)
    declared = {"decimal", "thousands", "round"} & entry.format.model_fields_set
    if not declared and (stated or reporting) not in _OF_THREE_DECIMALS:
        _refuse_undeclared_thousands(entry, at[stream.money], at.get("currency"))


def _refuse_undeclared_thousands(entry: InboxEntry, money: int, currency: int | None) -> None:
    """Stop where every amount with a point has three digits behind it: 1.234 may be 1234."""
    first = 0
    for line, row in _rows(entry, _LOOKED_AT):
        cell = row[money].strip()
        if currency is not None and row[currency].strip().upper() in _OF_THREE_DECIMALS:
            return
        if _UNGROUPED.fullmatch(cell) or (
            _FRACTION.fullmatch(cell) and not _LIKE_THOUSANDS.fullmatch(cell)
        ):
            return
        if not first and _LIKE_THOUSANDS.fullmatch(cell):
            first = line
    if first:
        raise InboxError(
            "Every amount with a point has three digits behind it, as where a point separates "
            "thousands, and the entry does not say what it is.",
            where=f"{entry.path}, line {first}",
            remedy='Set format: {decimal: ",", thousands: "."} of this inbox entry; or, where they '
            'are fractions, format: {decimal: "."}.',
        )


def _rows(entry: InboxEntry, most: int | None) -> Iterator[tuple[int, list[str]]]:
    """The rows of a file that are whole, with their lines."""
    with open_rows(entry, most) as rows:
        for line, row in rows:
            if not isinstance(row, Broken):
                yield line, row
