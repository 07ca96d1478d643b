"""Which declaration of days and moments would read the cells that the present one does not.

Belongs here: the usual ways to write a day. Does not belong here: reading a file, in which nothing
is guessed: a suggestion is only shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import product

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
)
_TIMES = ("", " %H:%M", " %H:%M:%S", "T%H:%M", "T%H:%M:%S", " %I:%M %p", " %I:%M:%S %p")


def suggested_format(cells: Sequence[str], declared: str | None) -> str | None:
    """A strptime pattern that reads every cell, other than the declared one.

    Args:
        cells: Some cells that the declared format does not read.
        declared: Its pattern; ``None`` for ISO 8601.

    Returns:
        The declared pattern with day and month exchanged, if that reads them, else the first usual
        one that does; ``None`` if none does.
    """
    swapped = (
        declared.replace("%d", "\0").replace("%m", "%d").replace("\0", "%m") if declared else None
    )
    candidates = [swapped] if swapped else []
    candidates += [day + time for time, day in product(_TIMES, _DAYS)]
    fitting = (
        pattern
        for pattern in candidates
        if pattern != declared and all(_reads(cell, pattern) for cell in cells)
    )
    return next(fitting, None) if cells else None


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
