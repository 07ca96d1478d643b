"""Which declaration of days, moments or numbers would read the cells that the present one does not.

Belongs here: the usual ways to write them. Does not belong here: reading a file, in which nothing
is guessed: a suggestion is only shown.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import product
from typing import Any

from orchestration.configuration.file_format import FileFormat
from orchestration.inbox.numbers import number_reader
from orchestration.inbox.zones import split_zone

_DAYS = (
    "%Y-%m-%d",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d.%m.%Y",
    "%d-%m-%Y",
    "%m-%d-%Y",
    "%Y/%m/%d",
    "%Y.%m.%d",
    "%Y%m%d",
    "%d/%m/%y",
    "%m/%d/%y",
    "%d.%m.%y",
    "%d %b %Y",
    "%d %B %Y",
    "%b %d, %Y",
    "%B %d, %Y",
    "%a %b %d %Y",
    "%a, %d %b %Y",
    "%a %d %b %Y",
)
_TIMES = (
    "", " %H:%M", " %H:%M:%S", "T%H:%M", "T%H:%M:%S", " %I:%M %p", " %I:%M:%S %p", " %I:%M%p",
    ", %H:%M", ", %H:%M:%S", ", %I:%M %p", ", %I:%M:%S %p", " %H.%M", " %H.%M.%S", " kl. %H:%M",
    " kl. %H.%M", " %H:%M:%S.%f", " %H:%M%z", " %H:%M %z", " %H:%M:%S%z", " %H:%M:%S %z",
)  # fmt: skip
_CTIME = "%a %b %d %H:%M:%S %Y"


def suggested_format(cells: Sequence[str], declared: str | None, *, has_time: bool) -> str | None:
    """A strptime pattern that reads every cell, other than the declared one.

    Args:
        cells: Some cells that the declared format does not read.
        declared: Its pattern; ``None`` for ISO 8601.
        has_time: Whether they are moments, which may name their zone, and not days.

    Returns:
        The declared pattern with day and month exchanged, if that reads them, else the first usual
        one that does; ``None`` if none does.
    """
    swapped = (
        declared.replace("%d", "\0").replace("%m", "%d").replace("\0", "%m") if declared else None
    )
    candidates = [swapped] if swapped else []
    candidates += [*(day + time for time, day in product(_TIMES, _DAYS)), _CTIME]
    # A word for the zone needs no sign in the pattern.
    moments = [split_zone(cell)[0] for cell in cells] if has_time else cells
    fitting = (
        pattern
        for pattern in candidates
        if pattern != declared and all(_reads(cell, pattern) for cell in moments)
    )
    return next(fitting, None) if cells else None


def readings(cells: Sequence[str], *, has_time: bool) -> list[str]:
    """The patterns that read every cell, one for each way to understand them.

    Args:
        cells: All cells of a column.
        has_time: Whether they are moments, which may name their zone, and not days.

    Returns:
        Several where the cells fit several days, such as 05/04 in every row.
    """
    moments = [split_zone(cell)[0] for cell in cells] if has_time else list(cells)
    found: dict[tuple[datetime, ...], str] = {}
    for pattern in [*(day + time for time, day in product(_TIMES, _DAYS)), _CTIME]:
        if all(_reads(cell, pattern) for cell in moments):
            read = tuple(datetime.strptime(cell, pattern) for cell in moments)  # noqa: DTZ007
            found.setdefault(read, pattern)
    return list(found.values()) if cells else []


def number_readings(cells: Sequence[str]) -> list[dict[str, Any]]:
    """The words of formats that read every cell, one for each way to understand them.

    Returns:
        Those that differ from the defaults; several where ``1,234`` may be 1.234 or 1234.
    """
    found: dict[tuple[str, ...], dict[str, Any]] = {}
    usual = FileFormat()
    for words in _ways(cells, usual):
        read = number_reader(FileFormat.model_validate(words))
        numbers = [str(read(cell) or "") if read else cell for cell in cells]
        if all(map(_PLAIN.fullmatch, numbers)):
            changed = {
                name: value for name, value in words.items() if value != getattr(usual, name)
            }
            found.setdefault(tuple(str(Decimal(number)) for number in numbers), changed)
    return list(found.values()) if cells else []


_NUMBERS = (
    (".", None), (",", None), (".", ","), (",", "."), (".", " "), (",", " "), (".", "'"),
)  # fmt: skip
_AROUND = re.compile(r"[^0-9.,'\u2019\s()+\u2212-]+")
_PLAIN = re.compile(r"[+-]?[0-9]*\.?[0-9]+")
_MOST_SIGNS = 3


def suggested_numbers(cells: Sequence[str], declared: FileFormat) -> str | None:
    """The words of a format that reads every cell, as YAML; ``None`` where there is none.

    Args:
        cells: Some amounts that the declared format does not read.
        declared: How the file is declared.
    """
    for words in _ways(cells, declared) if cells else ():
        read = number_reader(FileFormat.model_validate(words))
        if read and all(_PLAIN.fullmatch(str(read(cell) or "")) for cell in cells):
            changed = {
                name: value for name, value in words.items() if value != getattr(declared, name)
            }
            return (
                "{"
                + ", ".join(f"{n}: {json.dumps(v, ensure_ascii=False)}" for n, v in changed.items())
                + "}"
            )
    return None


def _ways(cells: Sequence[str], declared: FileFormat) -> Iterator[dict[str, Any]]:
    """The usual declarations of numbers that have the signs of these cells."""
    signs = sorted({sign for cell in cells for sign in _AROUND.findall(cell)} | {*declared.signs})
    if len(signs) > _MOST_SIGNS:
        return
    negatives = [
        name
        for name, shows in (
            ("trailing", lambda cell: cell.endswith("-")),
            ("parentheses", lambda cell: "(" in cell),
        )
        if name in declared.negatives or any(map(shows, cells))
    ]
    # What is declared reads the file's other cells.
    for decimal, thousands in sorted(
        _NUMBERS, key=lambda pair: (pair[0] != declared.decimal, pair[1] != declared.thousands)
    ):
        words = {"decimal": decimal, "thousands": thousands, "signs": signs, "negatives": negatives}
        try:
            FileFormat.model_validate(words)
        except ValueError:
            continue
        yield words


def is_swapped(pattern: str, declared: str | None) -> bool:
    """Whether one pattern is the other with day and month exchanged."""
    if declared is None or pattern == declared:
        return False
    return pattern.replace("%d", "\0").replace("%m", "%d").replace("\0", "%m") == declared


def _reads(cell: str, pattern: str) -> bool:
    try:
        datetime.strptime(cell, pattern)  # noqa: DTZ007 (only whether it fits)
    except ValueError:
        return False
    return True
