"""How a file of the inbox is written, as its entry declares it.

Belongs here: the words of ``format``. Does not belong here: what the columns mean (``inbox.py``),
or reading by these words (``orchestration/inbox``).
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from datetime import datetime
from functools import partial
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    Discriminator,
    Field,
    StringConstraints,
    Tag,
    field_validator,
    model_validator,
)

from orchestration.configuration.strict import Strict, known_zone

Text = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1),
    AfterValidator(partial(unicodedata.normalize, "NFC")),
]
"""A text as files show it: trimmed, with composed letters."""


_PLAIN = 'lead_id,"a"\r\n2026-01-01;1\t'
_OF_NAMES = frozenset({"idna", "punycode", "unicode_escape", "raw_unicode_escape"})
"""Codecs of names and of source code, which read some cells as others."""


def _sign(value: str) -> str:
    if any(character.isdigit() or character in ".,-+()" for character in value):
        raise ValueError(f"{value!r} holds what a number is written with")
    return value


class HeaderText(Strict):
    """Where the line with the column names is, by what it holds.

    Attributes:
        starts_with: The text of its first cell.
        has: Texts of which each is one of its cells.
    """

    starts_with: Text | None = None
    has: list[Text] = []

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.starts_with is None) == (not self.has):
            raise ValueError("header_row: state a line's number, starts_with, or has")
        return self

    def fits(self, cells: list[str]) -> bool:
        """Whether a line with these trimmed cells is the one."""
        if self.starts_with is not None:
            return cells[:1] == [self.starts_with]
        return set(self.has) <= set(cells)

    def __str__(self) -> str:
        if self.starts_with is not None:
            return f"whose first cell is {self.starts_with!r}"
        return f"with the cells {', '.join(map(repr, self.has))}"


class FileFormat(Strict):
    """The format of a file in the inbox; nothing is guessed.

    Attributes:
        delimiter: One character.
        encoding: A Python codec name.
        quote: One character.
        escape: The character before a quote that is part of a cell; without one, such a quote is
            doubled.
        sheet: Which sheet of a workbook, by its name or counted from 1; default: the only one that
            has cells.
        header_row: The line that holds the column names, counted from 1, or what it holds.
        notes: Texts with which lines begin that are no rows, such as ``©``.
        decimal: ``.`` or ``,``.
        thousands: What separates thousands; a space stands for those that do not break, too.
        signs: Texts before or behind numbers that mean nothing: ``kr``, ``€``, ``%``.
        negatives: Forms of negative numbers beside ``-12``: ``12-`` (trailing) and ``(12)``
            (parentheses).
        round: Decimals that numbers are rounded to; without it, more than are kept are refused.
        date_format: strptime pattern of dates; default ISO 8601.
        datetime_format: strptime pattern of moments; default ISO 8601.
        timezone: IANA zone of moments without one; default: the reporting time zone.
    """

    delimiter: str = Field(default=",", min_length=1, max_length=1)
    encoding: str = "utf-8"
    quote: str = Field(default='"', min_length=1, max_length=1)
    escape: str | None = Field(default=None, min_length=1, max_length=1)
    sheet: Text | Annotated[int, Field(ge=1)] | None = None
    header_row: Annotated[
        Annotated[int, Field(ge=1, le=1_000_000), Tag("line")] | Annotated[HeaderText, Tag("text")],
        Discriminator(lambda value: "text" if isinstance(value, dict | HeaderText) else "line"),
    ] = 1
    notes: list[Text] = []
    decimal: str = Field(default=".", pattern=r"^[.,]$")
    thousands: Literal[".", ",", "'", " ", "_"] | None = None
    signs: list[Annotated[Text, AfterValidator(_sign)]] = []
    negatives: list[Literal["trailing", "parentheses"]] = []
    round: int | None = Field(default=None, ge=0, le=9)
    date_format: str | None = None
    datetime_format: str | None = None
    timezone: str | None = None

    @field_validator("timezone")
    @classmethod
    def _zone(cls, value: str | None) -> str | None:
        return value if value is None else known_zone(value)

    @field_validator("encoding")
    @classmethod
    def _codec(cls, value: str) -> str:
        try:
            "".encode(value)
        except LookupError as error:
            raise ValueError(f"{value!r} is not an encoding that Python knows") from error
        try:
            plain = _PLAIN.encode(value).decode(value, "surrogateescape") == _PLAIN
        except UnicodeError:
            plain = False
        if not plain or codecs.lookup(value).name.replace("-", "_") in _OF_NAMES:
            raise ValueError(f"{value!r} is not an encoding of files")
        return value

    @field_validator("delimiter", "quote")
    @classmethod
    def _mark(cls, value: str) -> str:
        if value in "\r\n\0":
            raise ValueError("a line end or NUL separates lines, not cells")
        return value

    @field_validator("date_format", "datetime_format")
    @classmethod
    def _pattern(cls, value: str | None) -> str | None:
        try:
            if value is not None:
                datetime.strptime("", value)  # noqa: DTZ007 (only the pattern is looked at)
        except (ValueError, re.error) as error:
            if "does not match" not in str(error):
                raise ValueError(f"{value!r} is not a pattern that strptime knows") from None
        return value

    @model_validator(mode="after")
    def _marks_differ(self) -> Self:
        if self.thousands == self.decimal:
            raise ValueError(
                f"thousands: {self.decimal!r} already is the decimal mark; one of them is wrong"
            )
        if self.delimiter == self.quote:
            raise ValueError("quote: it already is the delimiter")
        if self.escape is not None and self.escape in (self.delimiter, self.quote):
            raise ValueError("escape: it already is the delimiter or the quote")
        return self

    @property
    def reads_plain_numbers(self) -> bool:
        """Whether numbers are written as they are kept, and can be passed on unread."""
        return (
            self.decimal == "."
            and self.thousands is None
            and self.round is None
            and not self.signs
            and not self.negatives
        )
