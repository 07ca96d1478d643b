"""Lands a file of the inbox as canonical records.

Belongs here: making records of rows, and writing the slice. Does not belong here: bytes
(``files``), rows (``rows``), which column is which (``columns``), cells (``values``), checks of
values (the loader).

A landed record holds canonical names and texts. Times without a zone in the file are landed in UTC,
without an offset; the slice's ``source_zone`` records the zone in which they were read.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from orchestration.configuration.file_format import HeaderText
from orchestration.configuration.inbox import InboxEntry
from orchestration.configuration.model import Company
from orchestration.configuration.presets import applied
from orchestration.connectors.inbox import FX_RATES, INBOX
from orchestration.connectors.landed import CELLS, CLEARED, LINE, REJECT
from orchestration.connectors.stream import Stream
from orchestration.extract.landing import Landing, Slice, SliceWriter
from orchestration.foundation.fault_points import fault_point
from orchestration.inbox.bulk import Bulk, Lines, in_order
from orchestration.inbox.cells import Refused, Value
from orchestration.inbox.columns import Column, entry_constants, matched_columns
from orchestration.inbox.currency import file_currency, refuse_untaken_currency
from orchestration.inbox.file_money import FileMoney
from orchestration.inbox.files import InboxError
from orchestration.inbox.memory import Memory
from orchestration.inbox.money_form import refuse_doubtful_money
from orchestration.inbox.opening import open_rows
from orchestration.inbox.periods import LAST, UnmappedEnd, spread
from orchestration.inbox.plain import Plain, can_be_plain
from orchestration.inbox.rates import as_stated
from orchestration.inbox.rows import BATCH, HEADER_WITHIN, Broken, EndlessLine, Rows
from orchestration.inbox.selection import Meant
from orchestration.inbox.several import taken_apart

_NUMBER = re.compile(r"[+-]?[0-9]*\.?[0-9]+")


def land_entry(
    entry: InboxEntry,
    landing: Landing,
    company: Company,
    now: datetime,
    *,
    after: int = 0,
    most: int | None = None,
) -> Slice:
    """Land an inbox entry's file as a slice; an unchanged file is not landed again.

    Args:
        entry: The file and the meaning of its columns.
        landing: Where slices go; the entry is the slice's account.
        company: For the zone of times without one, unless the entry's format states it.
        now: The moment of reading.
        after: The sequence of the slice that this file supersedes; an unchanged file that was
            landed before that one is landed again.
        most: How many of its rows to read; ``None`` for all.

    Raises:
        InboxError: The file as a whole cannot be used. Rows that cannot be used are landed with
            their reason, and the loader quarantines them.
    """
    stream = INBOX.stream(entry.stream)
    zone = ZoneInfo(entry.format.timezone or company.reporting_timezone)
    writer = landing.begin(
        INBOX.name,
        stream,
        entry.entry_id,
        extracted_at=now,
        api_version=INBOX.api_version,
        source_zone=zone.key,
        after=after,
        changes=True,
    )
    with writer, _opened(entry, most) as rows:
        entry = applied(entry, rows.header)
        matched = _match(entry, stream, rows, zone, company)
        meant = Meant(entry, rows, _money_column(stream, matched.columns))
        refuse_doubtful_money(
            entry, stream, matched.columns, matched.constants, company.reporting_currency
        )
        memory = Memory(landing, entry, now)
        memory.refuse_lost_columns(rows, matched.given)
        if most is None and _is_line_by_line(entry, stream, rows, matched):
            if not matched.states_currency:
                _refuse_untaken_currency(entry, matched)
            _append_parts(writer, entry, stream, rows, meant, matched)
        else:
            records = _records(entry, stream, rows, meant, matched)
            if stream.name == FX_RATES.name:
                records = as_stated(entry, company.reporting_currency, records)
            for record in records:
                writer.append(record)
        _refuse_utf8(entry, rows)
        writer.rows_left_out = meant.left_out + rows.notes
        memory.look_at_end(rows, writer, [column.name for column in matched.columns])
        if meant.money is not None and meant.money_left_out is not None:
            writer.of_file["money"] = f"{meant.money.sum:f}"
            writer.of_file["money_left_out"] = f"{meant.money_left_out.sum:f}"
        fault_point("extract.page")
        return writer.commit()


def read_entry(entry: InboxEntry, stream: Stream, company: Company) -> Iterator[dict[str, Any]]:
    """The records of a file that is not landed, in row order.

    Args:
        entry: The file and the meaning of its columns.
        stream: What its rows are.
        company: For the zone of times without one, unless the entry's format states it.

    Raises:
        InboxError: The file as a whole cannot be used.
    """
    zone = ZoneInfo(entry.format.timezone or company.reporting_timezone)
    with _opened(entry) as rows:
        entry = applied(entry, rows.header)
        matched = _match(entry, stream, rows, zone, company)
        yield from _records(entry, stream, rows, Meant(entry, rows), matched)


def columns_of(
    entry: InboxEntry, stream: Stream, company: Company
) -> tuple[dict[str, str], list[str]]:
    """The columns of a file that are taken, as canonical name and header, and the other headers.

    Raises:
        InboxError: The file as a whole cannot be used.
    """
    zone = ZoneInfo(entry.format.timezone or company.reporting_timezone)
    with _opened(entry) as rows:
        entry = applied(entry, rows.header)
        columns = matched_columns(entry, stream, rows, zone, entry_constants(entry, stream, zone))
    taken = {column.index for column in columns}
    left = [name for index, name in enumerate(rows.header) if index not in taken and name]
    return {column.name: rows.header[column.index] for column in columns}, left


@contextmanager
def _opened(entry: InboxEntry, most: int | None = None) -> Iterator[Rows]:
    """The rows of an entry's file; errors that reading it raises name the file."""
    try:
        with open_rows(entry, most) as rows:
            _refuse_nameless(entry, rows)
            yield rows
    except EndlessLine as error:
        raise InboxError(
            "The file has a line that does not end.",
            where=f"{entry.path}, line {error.args[0]}",
            remedy="Check what the file is: it may not be a table, or its export was cut off.",
        ) from None
    except UnicodeError as error:
        raise InboxError(
            f"The file is not text in {entry.format.encoding}: {error}.",
            where=str(entry.path),
            remedy="Set format.encoding of this inbox entry to the file's encoding.",
        ) from error
    except csv.Error as error:
        raise InboxError(
            f"The line with the column names cannot be read: {error}.",
            where=f"{entry.path}, line {entry.format.header_row}",
            remedy="Correct the line, or set format.header_row, delimiter, quote and escape.",
        ) from error


def _refuse_nameless(entry: InboxEntry, rows: Rows) -> None:
    wanted = entry.format.header_row
    if any(rows.header):
        return
    if isinstance(wanted, HeaderText):
        raise InboxError(
            f"None of the first {HEADER_WITHIN:,} lines is the one {wanted}.",
            where=str(entry.path),
            remedy="Correct format.header_row of this inbox entry, or its delimiter and quote.",
        )
    raise InboxError(
        "There is no line with column names.",
        where=f"{entry.path}, line {wanted}",
        remedy="Set format.header_row of this inbox entry to the line that holds them, or to "
        "what it holds: {starts_with: Date}.",
    )


def _refuse_utf8(entry: InboxEntry, rows: Rows) -> None:
    """Refuse a file that is UTF-8 and was read as an encoding in which every byte is a letter."""
    if rows.lines_as_utf8:
        raise InboxError(
            f"The file is UTF-8, not {entry.format.encoding}: every line with letters beyond ASCII "
            f"is valid UTF-8 ({rows.lines_as_utf8:,} lines).",
            where=str(entry.path),
            remedy="Set format.encoding of this inbox entry to utf-8.",
        )


@dataclass(frozen=True, slots=True)
class _Matched:
    """Where a file's canonical values come from.

    Attributes:
        columns: Its columns that are taken.
        constants: What every row gets.
        states_currency: Whether its money, if it has any, is of a stated currency.
    """

    columns: list[Column]
    constants: dict[str, str | None]
    states_currency: bool

    @property
    def given(self) -> set[str]:
        """The canonical columns that have a value."""
        return {column.name for column in self.columns} | self.constants.keys()


def _match(
    entry: InboxEntry, stream: Stream, rows: Rows, zone: ZoneInfo, company: Company
) -> _Matched:
    constants = entry_constants(entry, stream, zone)
    columns = matched_columns(entry, stream, rows, zone, constants)
    given = {column.name for column in columns}
    currency = file_currency(
        entry, stream, rows.header, rows.header_line, constants, company.reporting_currency
    )
    if currency is not None and "currency" not in given:
        constants["currency"] = currency
    elif currency is not None:
        columns = [_with_default(column, "currency", currency) for column in columns]
    stated = "currency" in given or "currency" in constants or stream.money not in given
    return _Matched(columns, constants, stated)


def _records(
    entry: InboxEntry, stream: Stream, rows: Rows, meant: Meant, matched: _Matched
) -> Iterator[dict[str, Any]]:
    columns, constants = matched.columns, matched.constants
    end = UnmappedEnd(entry, stream, rows, columns)
    spreads = LAST in matched.given
    named = partial(_named_money, meant.money, len(rows.header))
    iterator = iter(taken_apart(entry, columns, meant))
    first = True
    while batch := list(islice(iterator, BATCH)):
        if first and not matched.states_currency:
            whole = [row for _, row in batch if not isinstance(row, Broken)]
            taken = {column.index for column in columns}
            refuse_untaken_currency(entry, rows.header, rows.header_line, taken, whole)
        first = False
        records = _canonical(batch, columns, constants, end, named)
        yield from spread(stream, records) if spreads else records


def _is_line_by_line(entry: InboxEntry, stream: Stream, rows: Rows, matched: _Matched) -> bool:
    """Whether each line of a file is one record, whatever its other lines say."""
    end = UnmappedEnd(entry, stream, rows, matched.columns)
    return (
        can_be_plain(entry.format)
        and not (entry.several or end.is_watching)
        and LAST not in matched.given
        and stream.name != FX_RATES.name
    )


def _refuse_untaken_currency(entry: InboxEntry, matched: _Matched) -> None:
    """Look at the first rows of a file whose money is of no stated currency."""
    with _opened(entry) as rows:
        batch = list(islice(iter(Meant(entry, rows)), BATCH))
    whole = [row for _, row in batch if not isinstance(row, Broken)]
    taken = {column.index for column in matched.columns}
    refuse_untaken_currency(entry, rows.header, rows.header_line, taken, whole)


def _append_parts(
    writer: SliceWriter,
    entry: InboxEntry,
    stream: Stream,
    rows: Rows,
    meant: Meant,
    matched: _Matched,
) -> None:
    """Append the records of a file's rows, those of plain blocks all at once."""
    columns, constants = matched.columns, matched.constants
    end = UnmappedEnd(entry, stream, rows, columns)
    bulk = Bulk(columns, constants)
    named = partial(_named_money, meant.money, len(rows.header))
    for part in rows.parts():
        if not isinstance(part, Plain):
            for record in _canonical(list(meant.among(part)), columns, constants, end, named):
                writer.append(record)
            continue
        part = meant.of_plain(part)
        if not len(part):
            continue
        lines, refused = bulk.lines(part)
        records = _canonical(part.rows(refused), columns, constants, end, named)
        for found in in_order(lines, refused, records):
            if isinstance(found, Lines):
                writer.append_lines(found.data, found.ends.tolist(), bulk.names)
            else:
                writer.append(found)


def _with_default(column: Column, name: str, value: str) -> Column:
    """The column with a value for its empty cells, if it has that name."""
    if column.name != name:
        return column

    def read(cells: Sequence[str]) -> list[Value]:
        return [value if found is None else found for found in column.read(cells)]

    return replace(column, read=read, itself=b"")


def _canonical(
    batch: Sequence[tuple[int, list[str] | Broken]],
    columns: list[Column],
    constants: dict[str, str | None],
    end: UnmappedEnd,
    named: Callable[[Broken], dict[str, str]],
) -> Iterator[dict[str, Any]]:
    """The records of a batch, in row order; read column by column for speed."""
    whole = [(line, row) for line, row in batch if not isinstance(row, Broken)]
    cells = list(zip(*(row for _, row in whole), strict=True))
    end.look(cells, _lines(whole))
    read = [column.read(cells[column.index]) if cells else [] for column in columns]
    clearing = {column.name for column in columns if column.clears}
    refused = any(Refused in set(map(type, values)) for values in read)
    names = [column.name for column in columns] + [*constants, LINE]
    read += [[value] * len(whole) for value in constants.values()]
    records = (dict(zip(names, row, strict=True)) for row in zip(*read, _lines(whole), strict=True))
    for line, row in batch:
        if isinstance(row, Broken):
            reject = {"reason_code": row.reason_code, "detail": row.detail}
            yield {REJECT: reject, LINE: line, CELLS: row.cells, **named(row)}
        else:
            record = next(records)
            yield _marked(record, clearing) if refused else record


def _money_column(stream: Stream, columns: Sequence[Column]) -> Column | None:
    return next((column for column in columns if column.name == stream.money), None)


def _named_money(money: FileMoney | None, width: int, row: Broken) -> dict[str, str]:
    """The money of a row that cannot be used, where its cell can be told: it will be missing."""
    if money is None:
        return {}
    found = row.legible[money.at : money.at + 1]
    if len(row.legible) > width:
        # A cell was split, in front of the money or behind it: only one of the two reads.
        found += row.legible[money.at - width :][:1]
    values = money.column.read(tuple(found))
    read = [value for value in values if isinstance(value, str) and _NUMBER.fullmatch(value)]
    if len(found) == 1 and not read and len(row.legible) == width:
        read = found
    if len(read) != 1:
        return {}
    money.see_named(read[0])
    return {money.column.name: read[0]}


def _lines(rows: list[tuple[int, list[str]]]) -> list[int]:
    return [line for line, _ in rows]


def _marked(record: dict[str, Any], clearing: set[str]) -> dict[str, Any]:
    """A record with the reasons of its refused cells.

    Cells that cost only themselves are left out; where another is refused, too, the record is
    rejected, and all of them are kept as in the file.
    """
    found = {name: value for name, value in record.items() if isinstance(value, Refused)}
    if not found:
        return record
    firm = [value for name, value in found.items() if name not in clearing]
    if not firm:
        cleared = {
            name: {"reason_code": value.reason_code, "detail": value.detail(name)}
            for name, value in found.items()
        }
        return {**record, **dict.fromkeys(found), CLEARED: cleared}
    details = "; ".join(value.detail(name) for name, value in found.items())
    reject = {"reason_code": firm[0].reason_code, "detail": details}
    cells = {name: value.cell for name, value in found.items()}
    return {**record, **cells, REJECT: reject}
