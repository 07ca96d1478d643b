"""What reading a cell of a file gives: a canonical text, nothing, or a refusal.

Belongs here: the types that all readers of cells share. Does not belong here: reading them
(``values``, ``numbers``, ``texts``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

SHOWN = 80
"""Characters of a cell that a detail repeats."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A cell that the format cannot read.

    Attributes:
        cell: The cell, trimmed.
        reason_code: As in ``ops.quarantine``.
        expected: The expected form.
    """

    cell: str
    reason_code: str
    expected: str

    def detail(self, column: str) -> str:
        """The text that the quarantine shows."""
        shown = self.cell if len(self.cell) <= SHOWN else self.cell[:SHOWN] + "..."
        return f"{column}: '{shown}' is not {self.expected}"


Value = str | None | Refused
Converter = Callable[[str], Value]
