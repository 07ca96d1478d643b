"""Which rows of a file are meant: the entry's ``where``.

Belongs here: conditions on the cells of a row. Does not belong here: rows that cannot be used
(``rows``, the loader).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np

from orchestration.configuration.inbox import InboxEntry, Where
from orchestration.foundation.unseen import visible
from orchestration.foundation.wildcards import matches
from orchestration.inbox.columns import Column, listed
from orchestration.inbox.file_money import FileMoney
from orchestration.inbox.files import InboxError
from orchestration.inbox.plain import Plain
from orchestration.inbox.rows import Broken, Rows
from orchestration.inbox.texts import composed, decoded

Row = list[str]


class Meant:
    """The rows of a file without those that its entry leaves out.

    Attributes:
        left_out: How many rows were left out so far.

    Args:
        entry: The file.
        rows: All its rows.
        money: Where the money of its rows is; ``None`` where they have none.
    """

    def __init__(self, entry: InboxEntry, rows: Rows, money: Column | None = None) -> None:
        where = entry.where or Where.model_construct()
        self._rows = rows
        self._only = [_condition(entry, rows, *item) for item in where.only.items()]
        self._skip = [_condition(entry, rows, *item) for item in where.skip.items()]
        self.left_out = 0
        self.money = None if money is None else FileMoney(money)
        """What the rows that are meant state."""
        self.money_left_out = None if money is None else FileMoney(money)

    def __iter__(self) -> Iterator[tuple[int, Row | Broken]]:
        """Every row that is meant, and every broken one, with the line on which it starts."""
        return self.among(self._rows)

    def among(self, rows: Iterable[tuple[int, Row | Broken]]) -> Iterator[tuple[int, Row | Broken]]:
        """Those of some rows."""
        for line, row in rows:
            if isinstance(row, Broken):
                yield line, row
            elif self._is_meant(row):
                if self.money is not None:
                    self.money.see(row[self.money.at])
                yield line, row
            else:
                self.left_out += 1
                if self.money_left_out is not None:
                    self.money_left_out.see(row[self.money_left_out.at])

    def of_plain(self, plain: Plain) -> Plain:
        """Those of a block's rows."""
        chosen = np.ones(len(plain), bool)
        for at, shows in self._only:
            chosen &= plain.by_text(at, shows)
        for at, shows in self._skip:
            chosen &= ~plain.by_text(at, shows)
        meant = plain.only(chosen)
        self.left_out += len(plain) - len(meant)
        if self.money is not None and self.money_left_out is not None:
            self.money.see_all(meant.cells[self.money.at])
            if len(meant) < len(plain):
                self.money_left_out.see_all(plain.only(~chosen).cells[self.money.at])
        return meant

    def _is_meant(self, row: Row) -> bool:
        return all(shows(row[at]) for at, shows in self._only) and not any(
            shows(row[at]) for at, shows in self._skip
        )


def _condition(
    entry: InboxEntry, rows: Rows, column: str, texts: Sequence[str]
) -> tuple[int, Callable[[str], bool]]:
    """Where a column is, by its name in the file or with us, and whether a cell of it fits."""
    header = composed(column)
    if header not in rows.header:
        header = composed(entry.columns.get(column, column).strip())
    found = [at for at, name in enumerate(rows.header) if name == header]
    if len(found) != 1:
        raise InboxError(
            f"The column {column!r}, which where names, is "
            + (f"{len(found)} times in the file." if found else "not in the file."),
            where=f"{entry.path}, line {rows.header_line}",
            remedy=f"Correct where of this inbox entry. {listed(rows, entry)}",
        )
    return found[0], _one_of(texts)


def _one_of(texts: Sequence[str]) -> Callable[[str], bool]:
    """Whether a cell shows one of the texts; ``*`` stands for any characters."""
    exact = {_folded(text) for text in texts if "*" not in text}
    patterns = [_folded(text) for text in texts if "*" in text]

    def shows(cell: str) -> bool:
        text = _folded(cell)
        return text in exact or any(matches(pattern, text) for pattern in patterns)

    return shows


def _folded(text: str) -> str:
    return decoded(composed(visible(text).strip())).casefold()
