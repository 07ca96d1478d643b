"""The inbox section of ``tributary.yaml``: which files there are and how they are written.

Belongs here: entries and formats as declared. Does not belong here: reading the files
(``orchestration/inbox``) or the canonical streams (``streams.py``).
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from orchestration.configuration.strict import Strict, known_zone


class FileFormat(Strict):
    """The format of a file in the inbox; nothing is guessed.

    Attributes:
        delimiter: One character.
        encoding: A Python codec name.
        quote: One character.
        header_row: The line that holds the column names, counted from 1.
        decimal: ``.`` or ``,``.
        date_format: strptime pattern of dates; default ISO 8601.
        datetime_format: strptime pattern of moments; default ISO 8601.
        timezone: IANA zone of moments without one; default: the reporting time zone.
    """

    delimiter: str = Field(default=",", min_length=1, max_length=1)
    encoding: str = "utf-8"
    quote: str = Field(default='"', min_length=1, max_length=1)
    header_row: int = Field(default=1, ge=1)
    decimal: str = Field(default=".", pattern=r"^[.,]$")
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
        return value


DEFAULT_KEEP: dict[str, Literal["first", "last"]] = {
    "leads": "last",
    "opportunities": "last",
    "conversions": "first",
}
"""Which of several lines with one id counts, for streams whose lines have an id: a later line
corrects a record, while a repeated event keeps its earliest time.
"""


ADDITIVE = ("ad_spend", "costs")
"""Streams whose lines have no id: of two files that state the same money, one counts."""


class InboxEntry(Strict):
    """A file that people drop into the inbox.

    Attributes:
        path: Absolute after loading; relative ones start at the configuration file's folder.
        written_path: The path as written in the configuration; part of the entry's identity.
        stream: The canonical stream of its rows.
        format: Its format.
        columns: Canonical column: header in the file.
        values: Canonical column: {value in the file: our value, or null for "nothing"}.
        constants: Canonical column: the value for every row.
        keep: Which line counts when an id occurs twice: the one with the earliest time, or the
            last; ``None`` means ``DEFAULT_KEEP``. All entries of a stream agree.
        additive: Its money adds to that of other sources about the same account and day, which
            otherwise states the same money once more.
    """

    path: Path
    written_path: str
    stream: str
    format: FileFormat = FileFormat()
    columns: dict[str, str] = {}
    values: dict[str, dict[str, str | None]] = {}
    constants: dict[str, str] = {}
    keep: Literal["first", "last"] | None = None
    additive: bool = False

    @model_validator(mode="after")
    def _keep_needs_an_id(self) -> Self:
        if self.keep is not None and self.stream not in DEFAULT_KEEP:
            raise ValueError(
                f"keep: lines of {self.stream} have no id that could occur twice; "
                f"streams with one are: {', '.join(DEFAULT_KEEP)}"
            )
        return self

    @model_validator(mode="after")
    def _additive_is_of_money(self) -> Self:
        if self.additive and self.stream not in ADDITIVE:
            raise ValueError(
                f"additive: lines of {self.stream} have an id or replace each other; "
                f"streams whose files can add up are: {', '.join(ADDITIVE)}"
            )
        return self

    @property
    def keeps(self) -> Literal["first", "last"]:
        """Which line counts when an id occurs twice."""
        return self.keep or DEFAULT_KEEP.get(self.stream, "last")

    @property
    def entry_id(self) -> str:
        """The entry's identity over time: its newer file supersedes the older one."""
        return f"{self.stream}:{self.written_path}"
