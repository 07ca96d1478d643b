"""What a message may say: never a cell, and a column's name only where it looks like one.

Belongs here: taking cells out of the messages of libraries, and judging the first line of a file.
Does not belong here: secrets (``redaction.py``), or the errors of a whole step (``guarded.py``).

Messages reach terminals, logs, Dagster's store and webhooks; cells may hold people. An address has
a form that ``text.py`` finds anywhere; a name has none, so messages are kept free of cells instead.
Cells that were refused are in the quarantine.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from itertools import islice

from orchestration.privacy.text import hide

NOT_SHOWN = "***"

_OF_STATEMENTS = re.compile(
    r"\b(?:Binder|Catalog|Parser|Syntax|IO|Out of Memory|Permission|Transaction\w*|Compilation|"
    r"Dependency|Not implemented|Interrupt|Serialization|FATAL|INTERNAL) Error"
)
"""Errors of DuckDB and dbt about a statement or a file; their quotes hold names and paths."""
_OF_CELLS = re.compile(
    r"\b(?:Conversion|Invalid Input|Invalid|Out of Range|Constraint|Mismatch Type|Type) Error"
    r"|\bERROR:  "
)
"""Errors about a value; PostgreSQL's own, too, which DuckDB repeats in one of another kind."""
_OF_IMPORTS = re.compile(
    r"(?:ModuleNotFoundError: |ImportError: )?"
    r"(?:No module named|cannot import name) '[\w.]+'(?: from '[\w.]+')?(?: \(.*\))?"
)
"""Errors of Python about the program itself; their quotes hold names of modules."""
_STATEMENT = re.compile(r"\n+LINE \d+:.*", re.DOTALL)
_QUOTED = re.compile(r"""(?<!\w)['"].*['"]""")
_FROM_QUOTE = re.compile(r"""(?<!\w)['"].*""", re.DOTALL)
_LONG_NUMBER = re.compile(r"\d(?:[ .,/-]?\d){5,}")

_LONGEST_NAME = 60
_MOST_DIGITS = 5
_PEEKED = 20


def without_values(said: object) -> str:
    """A library's message without the cells that it repeats.

    DuckDB quotes the cell that it could not convert and Python the text that it could not parse, so
    everything from the first quote to the last is left out: a cell may itself hold quotes. Where a
    message has several lines, or one quote only, everything from the first quote is.

    Args:
        said: An exception, or the text of one.
    """
    text = str(said).strip()
    if _OF_STATEMENTS.search(text) and not _OF_CELLS.search(text):
        return hide(text)
    if _OF_IMPORTS.fullmatch(text):
        return hide(text)
    text = _STATEMENT.sub("", text)
    if "\n" not in text:
        text = _QUOTED.sub(f"'{NOT_SHOWN}'", text)
    if "\n" in text or f"'{NOT_SHOWN}'" not in text:
        text = _FROM_QUOTE.sub(f"'{NOT_SHOWN}'", text).splitlines()[0]
    return _LONG_NUMBER.sub(NOT_SHOWN, hide(text))


def looks_like_a_name(cell: str) -> bool:
    """Whether a cell can be the name of a column: short, begins with a letter, hardly any digit."""
    return (
        0 < len(cell) <= _LONGEST_NAME
        and (cell[0].isalpha() or cell[0] in "_#%(*")
        and sum(map(str.isdigit, cell)) <= _MOST_DIGITS
        and not any(sign in cell for sign in "@＠\r\n")
        and "%40" not in cell
        and "://" not in cell
        and cell == hide(cell)
    )


def names_of(
    header: Sequence[str], following: Iterable[Sequence[str]], known: Collection[str] = ()
) -> list[str]:
    """The column names of a file as far as a message may show them; none if they may be data.

    A file without a line of names begins with a person. Its first line is told from a line of names
    by its own cells, and by the lines below: under a name without digits stand cells with digits.

    Args:
        header: The cells of the line that should hold the names.
        following: The rows after it.
        known: Names that prove the line to be one of names.
    """
    cells = [cell for cell in header if cell]
    if not cells or not all(map(looks_like_a_name, cells)):
        return []
    folded = {name.casefold() for name in known}
    if any(cell.casefold() in folded for cell in cells):
        return cells
    below: list[Sequence[str]] = [
        row for row in islice(following, _PEEKED) if len(row) >= len(header)
    ]
    for at, cell in enumerate(header):
        filled = [row[at] for row in below if row[at].strip()]
        if not cell or _has_digit(cell) or not filled:
            continue
        if sum(map(_has_digit, filled)) * 2 > len(filled):
            return cells
    return []


def _has_digit(cell: str) -> bool:
    return any(map(str.isdigit, cell))
