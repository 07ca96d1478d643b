"""What a slice is.

Belongs here: a slice's facts, as recorded in its manifest line. Does not belong here: writing
(``writer``) or finding them (``landing``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from orchestration.foundation.errors import TributaryError

REWRITTEN = "rewritten"
"""In a line of the manifest that is a tombstone: the slice whose records it says were changed."""


class DamagedSlice(TributaryError):
    """A slice's file is missing or is not the one that was landed."""


@dataclass(frozen=True, slots=True)
class Slice:
    """One complete answer of one source from one extraction. Immutable.

    Attributes:
        slice_id: 32 hex digits, derived from source, time and contents.
        sequence: Position in the manifest, from 1; of two slices the newest has the higher one.
        connector: The connector's name.
        stream: The stream's name.
        account_id: The vendor's account, or the inbox entry.
        window_start: Start of the window, half open, UTC without a zone (a report's days are
            midnights of the account's own days); None when the stream has no window.
        window_end: End of the window, excluded; see ``window_start``.
        extracted_at: When the answer was requested; aware, UTC.
        row_count: Records in the file.
        sha256: Of the compressed file.
        content_sha256: Of the records, uncompressed.
        api_version: The vendor's, as declared by the connector.
        unknown_fields: Dotted paths that records have and the stream does not declare.
        missing_fields: Dotted paths that the stream declares, does not expect to be left out, and
            no record had; empty for a slice without records.
        source_zone: The zone of times written without one.
        path: The file, relative to the landing folder.
        size: Bytes of the compressed file.
        rows_left_out: Rows of a file that its entry says are not meant; they are not records.
        money: The absolute amounts in a file's other rows, as its cells state them; a decimal,
            empty where it is not known.
        money_left_out: The absolute amounts in such rows, as far as they can be read; a decimal.
        columns: The canonical columns that were taken from a file; none of other slices.
        rows_before: How many rows the file had before, where it lost most of them; else 0.
        is_cut_off: Whether the file ends in the middle of a line.
        base: The slice that this one says the changes of (``changes``); empty where it is whole.
        depth: How many slices of changes it builds on.
    """

    slice_id: str
    sequence: int
    connector: str
    stream: str
    account_id: str
    window_start: datetime | None
    window_end: datetime | None
    extracted_at: datetime
    row_count: int
    sha256: str
    content_sha256: str
    api_version: str
    unknown_fields: tuple[str, ...]
    missing_fields: tuple[str, ...]
    source_zone: str
    path: str
    size: int
    rows_left_out: int
    columns: tuple[str, ...] = ()
    rows_before: int = 0
    is_cut_off: bool = False
    money: str = ""
    money_left_out: str = "0"
    base: str = ""
    depth: int = 0

    @classmethod
    def from_entry(cls, entry: Mapping[str, Any]) -> Slice:
        """The slice that a line of the manifest describes."""
        # Slices that were landed before there was such a count have none.
        values = {"rows_left_out": 0, **entry}
        values = {name: values[name] for name in cls.__slots__ if name in values}
        for name in ("window_start", "window_end"):
            values[name] = datetime.fromisoformat(entry[name]) if entry[name] else None
        values["extracted_at"] = datetime.fromisoformat(entry["extracted_at"])
        values["unknown_fields"] = tuple(entry["unknown_fields"])
        values["missing_fields"] = tuple(entry["missing_fields"])
        values["columns"] = tuple(entry.get("columns", ()))
        return cls(**values)

    def rewritten(self, tombstone: Mapping[str, Any]) -> Slice:
        """The slice after the change that a tombstone records, which may have cost it money."""
        names = ("sha256", "content_sha256", "size", "path")
        return replace(self, money="", **{name: tombstone[name] for name in names})

    @property
    def where(self) -> str:
        """Connector, stream and account, for messages."""
        return f"{self.connector}/{self.stream}, account {self.account_id}"
