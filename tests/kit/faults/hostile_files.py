"""Whole files that companies sent, and the expected result for each of their rows.

Belongs here: the table. Does not belong here: running it (``test_hostile_input``).
"""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from typing import Any, NamedTuple

HEAD = "date_day,amount,description\n"
_ROW = "2026-01-10,1,{}\n"


class File(NamedTuple):
    """A file of costs.

    Attributes:
        name: What is wrong with it.
        content: Its bytes.
        loaded: The descriptions of the rows that must be loaded, in order.
        refused: Line and reason of those that must be in quarantine.
        format: As the company declared it.
    """

    name: str
    content: bytes
    loaded: tuple[str | None, ...] = ()
    refused: tuple[tuple[int, str], ...] = ()
    format: Mapping[str, Any] = {}


class Unusable(NamedTuple):
    """A file that is refused as a whole, before any of it lands.

    Attributes:
        name: What it is.
        content: Its bytes.
        says: What the error must say.
    """

    name: str
    content: bytes
    says: str


def _rows(*descriptions: str) -> str:
    return "".join(_ROW.format(text) for text in descriptions)


_SHORT = {line for line in range(2, 93) if line % 11 in (2, 5, 7, 9)}
assert len(_SHORT) == 33, len(_SHORT)
_RAGGED = HEAD + "".join(
    "2026-01-10,1\n" if line in _SHORT else f"2026-01-10,1,row {line}\n" for line in range(2, 93)
)

FILES: tuple[File, ...] = (
    File(
        "33 of 91 rows have one field fewer",
        _RAGGED.encode(),
        tuple(f"row {line}" for line in range(2, 93) if line not in _SHORT),
        tuple((line, "malformed_record") for line in sorted(_SHORT)),
    ),
    File(
        "a row with one field more",
        (HEAD + "2026-01-10,1,a,b\n" + _rows("c")).encode(),
        ("c",),
        ((2, "malformed_record"),),
    ),
    File(
        "a delimiter at every line's end but the header's",
        (HEAD + "2026-01-10,1,a,\n2026-01-10,1,b,\n").encode(),
        ("a", "b"),
        (),
    ),
    File(
        "some rows in another encoding",
        HEAD.encode() + b"2026-01-10,1,M\xe4ssa\n" + _rows("Expo", "Mässa").encode(),
        ("Expo", "Mässa"),
        ((2, "undecodable"),),
    ),
    File(
        "half a surrogate pair in UTF-8",
        HEAD.encode() + b"2026-01-10,1,\xed\xa0\xbd\n" + _rows("whole").encode(),
        ("whole",),
        ((2, "undecodable"),),
    ),
    File("a byte order mark", b"\xef\xbb\xbf" + (HEAD + _rows("a")).encode(), ("a",)),
    File(
        "UTF-16 with tabs, as declared",
        (HEAD + _rows("Höst")).replace(",", "\t").encode("utf-16"),
        ("Höst",),
        format={"encoding": "utf-16", "delimiter": "\t"},
    ),
    File(
        "a quote that is never closed",
        (HEAD + '2026-01-10,1,"open\n' + _rows("b", "c")).encode(),
        ("b", "c"),
        ((2, "unparsable"),),
    ),
    File(
        "text after a closing quote",
        (HEAD + '2026-01-10,1,"a"b\n' + _rows("c")).encode(),
        ("c",),
        ((2, "unparsable"),),
    ),
    File(
        "the line ends of an old Mac",
        (HEAD + _rows("a", "b")).replace("\n", "\r").encode(),
        ("a", "b"),
    ),
    File(
        "three kinds of line ends",
        (HEAD + "2026-01-10,1,a\r\n2026-01-10,1,b\r2026-01-10,1,c\n").encode(),
        ("a", "b", "c"),
    ),
    File("no line end at the end", (HEAD + "2026-01-10,1,last").encode(), ("last",)),
    File(
        "empty lines, and lines of nothing but delimiters",
        (HEAD + "\n2026-01-10,1,a\n,,\n\n" + _rows("b")).encode(),
        ("a", "b"),
        (),
    ),
    File(
        "two exports in one file",
        (HEAD + _rows("a") + HEAD + _rows("b")).encode(),
        ("a", "b"),
        ((3, "bad_type"),),
    ),
    File(
        "a line of totals, which would double the money",
        (HEAD + _rows("a", "b") + "Total,2,\n").encode(),
        ("a", "b"),
        ((4, "totals_row"),),
    ),
    File(
        "a remark between the rows",
        (HEAD + "# exported by hand\n" + _rows("a")).encode(),
        ("a",),
        ((2, "malformed_record"),),
    ),
    File(
        "a title above the header, as declared",
        ("Costs of the year\n\n" + HEAD + _rows("a")).encode(),
        ("a",),
        format={"header_row": 3},
    ),
    File(
        "a cell beyond two million characters",
        (HEAD + _rows("x" * 2_000_001) + _rows("b")).encode(),
        ("b",),
        ((2, "unparsable"),),
    ),
    File("packed", gzip.compress((HEAD + _rows("a")).encode()), ("a",)),
    File("nothing but a header", HEAD.encode()),
    File(
        "NUL bytes, as a crashed exporter leaves them",
        (HEAD + _rows("a") + "\x00\x00\x00\x00\n" + _rows("b")).encode(),
        ("a", "b"),
        ((3, "malformed_record"),),
    ),
    File("a row twice: both are records", (HEAD + _rows("a", "a")).encode(), ("a", "a")),
    File(
        "a nameless column and one in other letters: neither is guessed",
        b"date_day,amount,,Description\n2026-01-10,1,a,b\n",
        (None,),
    ),
)

UNUSABLE: tuple[Unusable, ...] = (
    Unusable("a broken archive called .csv", b"PK\x03\x04" + bytes(60), "damaged"),
    Unusable("an old workbook", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(60), "Excel workbook"),
    Unusable("nothing", b"", "empty"),
    Unusable("UTF-16 that was declared as UTF-8", HEAD.encode("utf-16"), "utf-16"),
    Unusable(
        "semicolons that were declared as commas", HEAD.replace(",", ";").encode(), "delimiter"
    ),
    Unusable("a required column left out", b"date_day,description\n2026-01-10,a\n", "amount"),
    Unusable("a column twice", b"date_day,amount,amount\n2026-01-10,1,2\n", "appears 2 times"),
    Unusable("a login page", b"<!DOCTYPE html>\n<html>Sign in</html>\n", "needs date_day"),
    Unusable("JSON", b'[{"date_day": "2026-01-10", "amount": 1}]\n', "one JSON list"),
    Unusable("half of a packed file", gzip.compress(_RAGGED.encode())[:100], "damaged"),
    Unusable("a packed file with a wrong byte at its end",
             gzip.compress(_RAGGED.encode(), mtime=0)[:-5] + b"\x00" * 5, "damaged"),
)  # fmt: skip
