"""The inbox section of ``tributary.yaml``: which files there are and what their columns mean.

Belongs here: entries as declared. Does not belong here: how a file is written
(``file_format.py``), reading it (``orchestration/inbox``) or the canonical streams
(``streams.py``).
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from orchestration.configuration.file_format import FileFormat, Text
from orchestration.configuration.landed import Query
from orchestration.configuration.strict import Strict

DEFAULT_KEEP: dict[str, Literal["first", "last"]] = {
    "leads": "last",
    "opportunities": "last",
    "conversions": "first",
    "events": "last",
    "mailings": "last",
    "content": "last",
}
"""Which of several lines with one id counts, for streams whose lines have an id: a later line
corrects a record, while a repeated event keeps its earliest time.
"""


ADDITIVE = ("ad_spend", "costs")
"""Streams whose lines have no id: of two files that state the same money, one counts."""


class Where(Strict):
    """Which rows of a file are meant, by the cells of its columns.

    Attributes:
        only: Column of the file: the texts of which a row must show one.
        skip: Column of the file: the texts of which a row must show none.

    Texts are compared trimmed and without regard to case; ``*`` stands for any characters, and
    an empty text for an empty cell.
    """

    only: dict[Text, list[str]] = {}
    skip: dict[Text, list[str]] = {}

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        columns = {**self.only, **self.skip}
        if not columns:
            raise ValueError("where: name a column under only or skip")
        for column, texts in columns.items():
            if not texts:
                raise ValueError(f"where: {column} lists no text, so no row could ever match")
        return self


def is_pattern(path: str) -> bool:
    """Whether a path names several files: ``*`` stands for any characters, ``?`` for one."""
    return "*" in path or "?" in path


def names_file(pattern: str, path: str) -> bool:
    """Whether a pattern names a file."""
    return fnmatchcase(path, pattern.replace("[", "[[]"))


class InboxEntry(Strict):
    """A file that people drop into the inbox, or the rows of a query of tables.

    Attributes:
        path: Absolute after loading; relative ones start at the configuration file's folder.
        written_path: The path as written in the configuration; part of the entry's identity.
        stream: The canonical stream of its rows.
        preset: The export that it is (``presets.py``); empty where it is none that is known.
        format: Its format.
        columns: Canonical column: header in the file.
        values: Canonical column: {value in the file: our value, or null for "nothing"}; ``*`` is
            every other value.
        constants: Canonical column: the value for every row.
        where: Which of its rows are meant.
        several: For touches: canonical column: the text between the values that a cell lists; the
            row becomes one row for each.
        ids: Canonical column of ids: ``salesforce``, whose ids of 18 characters are those of 15
            with a checksum behind, or ``as_written``.
        inverse: For exchange rates: the file says how much of ``currency`` one unit of the
            reporting currency is (true), or the other way round (false); without it, rates that
            look inverted stop the file.
        files: Of a path whose name is a pattern: every file that matches it, or the newest one.
        order: What makes one of them the newer one: its name, numbers by their value, or the time
            at which it was written.
        series: The pattern that the file was found by; empty where the path is a file's.
        keep: Which line counts when an id occurs twice: the one with the earliest time, or the
            last; ``None`` means ``DEFAULT_KEEP``. All entries of a stream agree.
        additive: Its money adds to that of other sources about the same account and day, which
            otherwise states the same money once more.
        optional: Canonical columns that the file may lack; any other that it once had is missed.
        incomplete: What to do with an export that has a tenth of the rows of the last one or ends
            in the middle of a line.
        query: What gives the rows instead of a file; ``path`` is then a name alone.
    """

    path: Path
    written_path: str
    stream: str
    preset: str = ""
    format: FileFormat = FileFormat()
    columns: dict[str, str] = {}
    values: dict[str, dict[str, str | None]] = {}
    constants: dict[str, str] = {}
    where: Where | None = None
    several: dict[str, Annotated[str, Field(min_length=1, max_length=3)]] = {}
    ids: dict[str, Literal["salesforce", "as_written"]] = {}
    inverse: bool | None = None
    files: Literal["all", "newest"] = "all"
    order: Literal["name", "modified"] = "name"
    series: str = ""
    keep: Literal["first", "last"] | None = None
    additive: bool = False
    optional: list[Text] = []
    incomplete: Literal["warn", "refuse", "accept"] = "warn"
    query: Query | None = None

    @model_validator(mode="after")
    def _keep_needs_an_id(self) -> Self:
        if self.keep is not None and self.stream not in DEFAULT_KEEP:
            raise ValueError(
                f"keep: lines of {self.stream} have no id that could occur twice; "
                f"streams with one are: {', '.join(DEFAULT_KEEP)}"
            )
        return self

    @model_validator(mode="after")
    def _patterns_are_of_names(self) -> Self:
        pattern = is_pattern(self.written_path)
        if pattern and is_pattern(str(PurePosixPath(self.written_path).parent)):
            raise ValueError("path: * and ? may stand in the file's name, not in its folder")
        if not (pattern or self.series) and (self.files, self.order) != ("all", "name"):
            raise ValueError("files and order belong to a path whose name holds * or ?")
        return self

    @model_validator(mode="after")
    def _several_are_touches(self) -> Self:
        if self.several and self.stream != "touchpoints":
            raise ValueError(
                f"several: a line of {self.stream} is one record, and would be counted twice; "
                "only a line of touchpoints may be one for each person"
            )
        return self

    @model_validator(mode="after")
    def _inverse_is_of_rates(self) -> Self:
        if self.inverse is not None and self.stream != "fx_rates":
            raise ValueError(f"inverse: {self.stream} holds no rates; fx_rates does")
        return self

    @model_validator(mode="after")
    def _additive_is_of_money(self) -> Self:
        if self.additive and self.stream not in ADDITIVE:
            raise ValueError(
                f"additive: lines of {self.stream} have an id or replace each other; "
                f"streams whose files can add up are: {', '.join(ADDITIVE)}"
            )
        return self

    @model_validator(mode="after")
    def _optional_comes_from_the_file(self) -> Self:
        for name in self.optional:
            if name in self.constants:
                raise ValueError(f"optional: {name} is a constant, so no file can lack it")
        return self

    @property
    def keeps(self) -> Literal["first", "last"]:
        """Which line counts when an id occurs twice."""
        return self.keep or DEFAULT_KEEP.get(self.stream, "last")

    @property
    def entry_id(self) -> str:
        """The entry's identity over time: its newer file supersedes the older one."""
        return f"{self.stream}:{self.written_path}"
