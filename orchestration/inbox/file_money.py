"""Adds up the money of a file as its cells state it, past the records that are made of its rows.

Belongs here: the sum that everything loaded, refused and left out must add up to. Does not belong
here: comparing them (``meta.reconciliation``), or reading one amount (``values``).
"""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING

from orchestration.foundation.amounts import DECIMALS, DIGITS, stated_money
from orchestration.inbox.cells import Refused, Value
from orchestration.inbox.columns import Column

if TYPE_CHECKING:
    import pyarrow as pa

_DISTINCT = 65_536
"""Distinct cells that are counted before they are added up."""


class FileMoney:
    """The absolute amounts in one column of a file, as far as they can be read.

    Args:
        column: The column of the stream's money.
    """

    def __init__(self, column: Column) -> None:
        self.at = column.index
        self.column = column
        self._cells: Counter[str] = Counter()
        self._sum = Decimal(0)

    @property
    def sum(self) -> Decimal:
        """What was seen so far."""
        self._add_up()
        return self._sum

    def see(self, cell: str) -> None:
        """Count a cell of a row."""
        self._cells[cell] += 1
        if len(self._cells) >= _DISTINCT:
            self._add_up()

    def see_all(self, cells: pa.StringArray) -> None:
        """Count the cells of a block; what Arrow cannot read for a number is read by itself."""
        import pyarrow as pa
        import pyarrow.compute as pc

        if self.column.itself:
            try:
                amounts = pc.cast(
                    cells.filter(pc.not_equal(cells, "")), pa.decimal128(DIGITS, DECIMALS)
                )
                self._sum += pc.sum(pc.abs(amounts)).as_py() or 0
                return
            except pa.ArrowInvalid:
                pass
        for found in pc.value_counts(cells).to_pylist():
            self._cells[found["values"]] += found["counts"]
        self._add_up()

    def see_named(self, text: str) -> None:
        """Count what a row that cannot be split says of its money."""
        self._sum += stated_money(text) or Decimal(0)

    def _add_up(self) -> None:
        cells = list(self._cells)
        amounts = map(_amount, self.column.read(cells), cells)
        counts = self._cells.values()
        self._sum += sum(
            (n * amount for n, amount in zip(counts, amounts, strict=True)), Decimal(0)
        )
        self._cells.clear()


def _amount(value: Value, cell: str) -> Decimal:
    text = value.cell if isinstance(value, Refused) else value
    return (stated_money(text) if text else None) or Decimal(0)
