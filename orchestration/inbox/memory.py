"""What a file was last time: its columns and how many rows it had.

Belongs here: comparing an export with the one that it replaces, and exports that end too early.
Does not belong here: how much money changed (``orchestration/quality``).

The memory is landing's: the newest slice of the file. A file without one has nothing to miss.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from fnmatch import fnmatchcase

from orchestration.configuration.inbox import InboxEntry
from orchestration.connectors.inbox import INBOX
from orchestration.extract.aside import slices_aside
from orchestration.extract.landing import Landing, Slice, SliceWriter
from orchestration.inbox.columns import left_out, listed
from orchestration.inbox.files import InboxError
from orchestration.inbox.rows import Rows

_log = logging.getLogger(__name__)

_FEWER = 10
"""An export with the last one's rows divided by this looks incomplete."""


class Memory:
    """The last time that a file was landed.

    Args:
        landing: Where slices are.
        entry: The file.
        now: The moment of reading: files of one pattern that are read at once miss nothing of
            each other.
    """

    def __init__(self, landing: Landing, entry: InboxEntry, now: datetime) -> None:
        aside = slices_aside(landing)
        known = [
            item
            for item in landing.slices(INBOX.name, entry.stream)
            if item.slice_id not in aside and _is_before(item, entry, now)
        ]
        own = [item for item in known if item.account_id == entry.entry_id]
        # A new file of a pattern has the columns of the ones before it; it takes the place of
        # their rows only where the newest file alone counts.
        replaced = known if entry.files == "newest" else own
        last = replaced or known
        self._entry = entry
        self._columns = last[-1].columns if last else ()
        self._rows = _rows(replaced[-1]) if replaced else 0

    def refuse_lost_columns(self, rows: Rows, given: Collection[str]) -> None:
        """Stop at a file that no longer has a column that was taken from it.

        Args:
            rows: The file.
            given: The canonical columns that it has or that the entry states.

        Raises:
            InboxError: One is gone, or is spelled with other capitals.
        """
        entry = self._entry
        for name in self._columns:
            if name in given or name in entry.optional:
                continue
            header = entry.columns.get(name, name).strip()
            where = f"{entry.path}, line {rows.header_line}"
            alike = [found for found in rows.header if found.casefold() == header.casefold()]
            if alike:
                raise InboxError(
                    f"The column {header!r}, which was taken from this file last time, is called "
                    f"{alike[0]!r} now.",
                    where=where,
                    remedy=f"Take it under its new name, columns: {{{name}: {alike[0]!r}}}; or do "
                    f"without it, optional: [{name}].",
                )
            raise InboxError(
                f"The column {header!r}, which was taken from this file last time, is gone.",
                where=where,
                remedy=f"Export the file with it; or say what it is called now, columns: {{{name}: "
                f"...}}; or do without it, optional: [{name}]{left_out(rows)}. "
                f"{listed(rows, entry)}",
            )

    def look_at_end(self, rows: Rows, writer: SliceWriter, columns: Iterable[str]) -> None:
        """Note in a slice what was taken from its file, and whether it looks incomplete.

        Args:
            rows: The file, read to its end.
            writer: The slice, with all its records.
            columns: The canonical columns that were taken.

        Raises:
            InboxError: It looks incomplete, and the entry refuses such files.
        """
        count = writer.row_count + writer.rows_left_out
        shrank = count * _FEWER <= self._rows and count < self._rows
        writer.of_file = {
            "columns": list(columns),
            "rows_before": self._rows if shrank else 0,
            "is_cut_off": rows.is_cut_off,
        }
        doubts = list(_doubts(count, self._rows if shrank else 0, is_cut_off=rows.is_cut_off))
        if not doubts or self._entry.incomplete == "accept":
            return
        said = f"The file {' and '.join(doubts)}"
        if self._entry.incomplete == "refuse":
            raise InboxError(
                f"{said}. It looks incomplete, so it does not replace the last one.",
                where=str(self._entry.path),
                remedy="Export it again. If it is right as it is, set incomplete: accept (or warn) "
                "in this inbox entry.",
            )
        _log.warning("%s: %s", self._entry.path, said)


def incomplete_files(landing: Landing, files: Iterable[InboxEntry]) -> list[tuple[str, str]]:
    """The files that count and look incomplete: their paths as configured, and why.

    Args:
        landing: Where slices are.
        files: The configured files, one entry for each.
    """
    aside = slices_aside(landing)
    newest = {
        item.account_id: item for item in landing.slices(INBOX.name) if item.slice_id not in aside
    }
    found = []
    for entry in files:
        item = newest.get(entry.entry_id)
        if item is None or entry.incomplete == "accept":
            continue
        if doubts := list(_doubts(_rows(item), item.rows_before, is_cut_off=item.is_cut_off)):
            found.append((entry.written_path, " and ".join(doubts)))
    return found


def _is_before(item: Slice, entry: InboxEntry, now: datetime) -> bool:
    """Whether a slice is of the file, or of an earlier one of its pattern."""
    if item.account_id == entry.entry_id:
        return True
    series = f"{entry.stream}:{entry.series}".replace("[", "[[]")
    return bool(entry.series) and item.extracted_at < now and fnmatchcase(item.account_id, series)


def _rows(item: Slice) -> int:
    return item.row_count + item.rows_left_out


def _doubts(rows: int, before: int, *, is_cut_off: bool) -> Iterator[str]:
    if before:
        yield f"has {rows:,} rows instead of {before:,}"
    if is_cut_off:
        yield "ends in the middle of a line"
