"""Blocks of figures in the docs: where they are, and which parts may be left out.

A block is between ``<!-- figures: KIND -->`` and ``<!-- figures: end -->``. ``KIND`` is ``models``
(tables, written as a whole), ``answered`` (a fence of SQL, followed by the answer as a table) or
``printed``: a fence that begins with the command as a reader types it, followed by the command's
output. ``printed, rows 7 4`` keeps the first 7 rows of the first table, 4 of the second one, and
all rows of others; 0 omits a table. Belongs here: text. Does not belong here: running anything.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from orchestration.foundation.errors import TributaryError
from orchestration.foundation.repository import REPOSITORY

PAGES = (REPOSITORY / "README.md", *sorted((REPOSITORY / "docs").glob("*.md")))
END = "<!-- figures: end -->"
_BLOCK = re.compile(
    r"(?P<begin><!-- figures: (?P<kind>models|answered|printed)(?:, rows (?P<rows>[\d ]+))? -->\n)"
    rf"(?P<body>.*?)(?P<end>{re.escape(END)})",
    re.DOTALL,
)
_FENCE = "```"
_SQL = re.compile(r"```sql\n(?P<sql>.*?);\n```\n", re.DOTALL)
_OF_A_TABLE = tuple("┏┃┡│└")


@dataclass(frozen=True)
class Block:
    """One block.

    Attributes:
        kind: ``models``, ``answered`` or ``printed``.
        command: What the reader types, with its line breaks: SQL without its semicolon for
            ``answered``, empty for ``models``.
        rows: How many rows of each table to keep; 0 for none of the table.
        body: The page's current text, command and fences included.
    """

    kind: str
    command: str
    rows: tuple[int, ...]
    body: str


def blocks(page: str) -> list[Block]:
    """The blocks of a page.

    Raises:
        TributaryError: A mark has no counterpart, or a block that needs a command has none.
    """
    found = [_block(match) for match in _BLOCK.finditer(page)]
    marks = page.count("<!-- figures:")
    if marks != 2 * len(found):
        raise TributaryError(
            f"{marks} marks of figures make {len(found)} blocks.",
            remedy=f"Close every block with {END}",
        )
    return found


def rewritten(page: str, figures: Callable[[Block], str]) -> str:
    """The page with the figures of every block rewritten.

    Args:
        page: Markdown.
        figures: Returns a block's content: Markdown for ``models`` and ``answered``, a command's
            output for ``printed``.
    """
    blocks(page)

    def body(match: re.Match[str]) -> str:
        block = _block(match)
        said = figures(block)
        if block.kind == "printed":
            lines = [line.rstrip() for line in shortened(said.strip("\n").split("\n"), block.rows)]
            said = "\n".join([_FENCE, block.command, *lines, _FENCE, ""])
        elif block.kind == "answered":
            said = f"{_FENCE}sql\n{block.command};\n{_FENCE}\n\n{said}"
        return match["begin"] + said + match["end"]

    return _BLOCK.sub(body, page)


def outside_of_blocks(page: str) -> str:
    """The page without its blocks: the text that a person writes."""
    return _BLOCK.sub("", page)


def headings(text: str) -> list[list[str]]:
    """The column names of every table in a text, as printed or in Markdown."""
    rows = [line for line in text.split("\n") if line.startswith("┃ ")]
    lines = text.split("\n")
    rows += [lines[at - 1] for at, line in enumerate(lines) if line.startswith("| ---")]
    return [[cell.strip() for cell in row.strip("┃|").split(row[0])] for row in rows]


def shortened(lines: list[str], most: tuple[int, ...]) -> Iterator[str]:
    """A command's output with the last rows of its tables counted instead of shown.

    Args:
        lines: The printed lines. A row whose first cell is empty continues the row before.
        most: How many rows of each table to keep; 0 for none of the table.
    """
    table, row, left_out = -1, 0, 0
    for line in lines:
        if line.startswith("┏"):
            table, row, left_out = table + 1, 0, 0
        if line[:1] in _OF_A_TABLE and table < len(most):
            if most[table] == 0:
                continue
            begins = line.startswith("│") and line.split("│")[1].strip() != ""
            row += begins
            if line.startswith("│") and row > most[table]:
                left_out += begins
                continue
        if line.startswith("└") and left_out:
            yield f"  ... {left_out} more"
        yield line


def _block(match: re.Match[str]) -> Block:
    rows = tuple(int(number) for number in (match["rows"] or "").split())
    command = "" if match["kind"] == "models" else _command(match["kind"], match["body"])
    return Block(match["kind"], command, rows, match["body"])


def _command(kind: str, body: str) -> str:
    """The SQL, or the first lines of a fence up to the point where the shell would run them."""
    lines = body.strip().split("\n")
    if kind == "answered":
        if found := _SQL.match(body):
            return found["sql"]
    elif lines[0] == _FENCE:
        for end in range(2, len(lines) + 1):
            command = "\n".join(lines[1:end])
            try:
                shlex.split(command)
            except ValueError:
                continue
            return command
    raise TributaryError(
        "A block of figures has no command.",
        where=body[:80],
        remedy=f"Begin it with {_FENCE} and the command, or {_FENCE}sql, SQL and a semicolon",
    )
