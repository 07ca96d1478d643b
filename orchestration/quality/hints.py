"""Says what to declare instead, where a file's declaration is why its cells cannot be read.

Belongs here: which cells to try, and the words. Does not belong here: the formats that are tried
(``inbox/suggestions.py``). A suggestion is only shown: nothing is read as it says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from duckdb import DuckDBPyConnection

from orchestration.configuration.file_format import FileFormat
from orchestration.connectors.field import Type
from orchestration.connectors.stream import Stream
from orchestration.inbox.suggestions import is_swapped, suggested_format, suggested_numbers

_LOOKED_AT = 1000
"""How many cells a suggested format has to fit."""
_NUMBER = re.compile(r"[0-9]+([.,][0-9]+)?")
_WORD = re.compile(r"[^\W\d_]{3,}")
_MOST_DAYS = Fraction(1, 2)
"""The share of a file's rows whose day cannot be read from which the declaration is to blame."""


def declaration_hint(
    con: DuckDBPyConnection,
    source: tuple[str, str, str],
    rows: int,
    stream: Stream,
    format_: FileFormat,
) -> str:
    """What to declare of a file instead; empty where the declaration may be right.

    Args:
        con: The warehouse, after the file was loaded.
        source: Connector, stream and account.
        rows: How many rows the file has.
        stream: Its stream.
        format_: Its declaration.
    """
    hints = [
        *_of_days(con, source, rows, stream, format_),
        *_of_money(con, source, stream, format_),
    ]
    return " ".join(hints)


def _of_days(
    con: DuckDBPyConnection,
    source: tuple[str, str, str],
    rows: int,
    stream: Stream,
    format_: FileFormat,
) -> Iterator[str]:
    """Where most days or moments of a required column cannot be read."""
    for item in stream.fields:
        if item.type not in (Type.DATE, Type.TIMESTAMP) or not item.required:
            continue
        cells = _unread(con, source, item.name)
        if len(cells) < _MOST_DAYS * rows:
            continue
        moment = item.type is Type.TIMESTAMP and format_.datetime_format is not None
        declared = format_.datetime_format if moment else format_.date_format
        word = "datetime_format" if item.type is Type.TIMESTAMP else "date_format"
        fitting = suggested_format(
            cells[:_LOOKED_AT], declared, has_time=item.type is Type.TIMESTAMP
        )
        said = f"Most cells of {item.name} cannot be read, so the declaration of the file is wrong."
        if fitting is None:
            yield f"{said} {_no_format(cells, word)}"
            return
        swapped = " Day and month are exchanged." if is_swapped(fitting, declared) else ""
        yield f'{said}{swapped} This would read them: format: {{{word}: "{fitting}"}}.'
        return


def _no_format(cells: list[str], word: str) -> str:
    """What to do about days or moments that no usual format reads."""
    if all(map(_NUMBER.fullmatch, cells)):
        return (
            "They are numbers, such as a spreadsheet's count of days or a clock's of seconds: "
            "export the column as dates."
        )
    if all(map(_WORD.search, cells)):
        return (
            "Months and weekdays by name are read in English alone: export the dates as numbers, "
            f"such as 2026-03-05, or set format.{word} to how the file writes them."
        )
    return f"Set format.{word} to how the file writes them."


def _of_money(
    con: DuckDBPyConnection, source: tuple[str, str, str], stream: Stream, format_: FileFormat
) -> Iterator[str]:
    """Where one declaration reads every amount that the present one does not."""
    if not stream.money:
        return
    words = suggested_numbers(_unread(con, source, stream.money)[:_LOOKED_AT], format_)
    if words:
        yield (
            f"The amounts of {stream.money} that cannot be read are numbers as others write them. "
            f"This would read them: format: {words}."
        )


def _unread(con: DuckDBPyConnection, source: tuple[str, str, str], column: str) -> list[str]:
    """The cells of a column that the newest reading of a source could not read."""
    rows = con.execute(
        "select trim(json_extract_string(record, ?)) from ops.quarantine"
        " inner join ops.ledger using (slice_id)"
        " where ledger.connector = ? and ledger.stream = ? and ledger.account_id = ?"
        " and reason_code = 'bad_type' and contains(detail, ?)"
        " qualify sequence = max(sequence) over ()",
        [f"$.{column}", *source, f"{column}: "],
    ).fetchall()
    return [cell for (cell,) in rows if cell]
