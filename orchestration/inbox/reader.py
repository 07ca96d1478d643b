"""Lands a file of the inbox as canonical records.

Belongs here: matching the file's columns to canonical ones, and writing the slice. Does not belong
here: bytes (``files``), rows (``rows``), cells (``values``), checks of values (the loader).

A landed record holds canonical names and texts. Times without a zone in the file are landed in UTC,
without an offset; the slice's ``source_zone`` records the zone in which they were read.
"""

from __future__ import annotations

import csv
import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from orchestration.configuration.inbox import InboxEntry
from orchestration.configuration.model import Company
from orchestration.connectors.inbox import INBOX
from orchestration.connectors.landed import CELLS, CLEARED, LINE, REJECT
from orchestration.connectors.stream import Stream
from orchestration.extract.landing import Landing, Slice
from orchestration.foundation.fault_points import fault_point
from orchestration.inbox.currency import file_currency, refuse_untaken_currency
from orchestration.inbox.files import InboxError, open_lines
from orchestration.inbox.rows import Broken, EndlessLine, Rows
from orchestration.inbox.values import Refused, Value, canonical, column_reader
from orchestration.privacy.messages import looks_like_a_name, names_of

_log = logging.getLogger(__name__)

_BATCH = 5_000


@dataclass(frozen=True, slots=True)
class _Column:
    """A canonical column and where it comes from."""

    name: str
    index: int
    clears: bool
    read: Callable[[tuple[str, ...]], list[Value]]


def land_entry(entry: InboxEntry, landing: Landing, company: Company, now: datetime) -> Slice:
    """Land an inbox entry's file as a slice; an unchanged file is not landed again.

    Args:
        entry: The file and the meaning of its columns.
        landing: Where slices go; the entry is the slice's account.
        company: For the zone of times without one, unless the entry's format states it.
        now: The moment of reading.

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
    )
    try:
        with writer, open_lines(entry.path, entry.format.encoding) as text:
            for record in _records(entry, stream, _rows(entry, text), zone, company):
                writer.append(record)
            fault_point("extract.page")
            item = writer.commit()
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
    return item


def _rows(entry: InboxEntry, text: Any) -> Rows:
    line = entry.format.header_row
    try:
        rows = Rows(text, entry.format)
    except csv.Error as error:
        raise InboxError(
            f"The line with the column names cannot be read: {error}.",
            where=f"{entry.path}, line {line}",
            remedy="Correct the line, or set format.header_row, delimiter and quote.",
        ) from error
    if not any(rows.header):
        raise InboxError(
            "There is no line with column names.",
            where=f"{entry.path}, line {line}",
            remedy="Set format.header_row of this inbox entry to the line that holds them.",
        )
    return rows


def _records(
    entry: InboxEntry, stream: Stream, rows: Rows, zone: ZoneInfo, company: Company
) -> Iterator[dict[str, Any]]:
    constants = _constants(entry, stream, zone)
    columns = _columns(entry, stream, rows, zone, constants)
    given = {column.name: column.index for column in columns}
    currency = file_currency(
        entry, stream, rows.header, rows.header_line, constants, company.reporting_currency
    )
    if currency is not None and "currency" not in given:
        constants["currency"] = currency
    elif currency is not None:
        columns = [_with_default(column, "currency", currency) for column in columns]
    stated = "currency" in given or "currency" in constants or stream.money not in given
    iterator = iter(rows)
    first = True
    while batch := list(islice(iterator, _BATCH)):
        if first and not stated:
            whole = [row for _, row in batch if not isinstance(row, Broken)]
            refuse_untaken_currency(
                entry, rows.header, rows.header_line, set(given.values()), whole
            )
        first = False
        yield from _canonical(batch, columns, constants)


def _with_default(column: _Column, name: str, value: str) -> _Column:
    """The column with a value for its empty cells, if it has that name."""
    if column.name != name:
        return column

    def read(cells: tuple[str, ...]) -> list[Value]:
        return [value if found is None else found for found in column.read(cells)]

    return replace(column, read=read)


def _canonical(
    batch: list[tuple[int, list[str] | Broken]],
    columns: list[_Column],
    constants: dict[str, str | None],
) -> Iterator[dict[str, Any]]:
    """The records of a batch, in row order; read column by column for speed."""
    whole = [(line, row) for line, row in batch if not isinstance(row, Broken)]
    cells = list(zip(*(row for _, row in whole), strict=True))
    read = [column.read(cells[column.index]) if cells else [] for column in columns]
    clearing = {column.name for column in columns if column.clears}
    refused = any(Refused in set(map(type, values)) for values in read)
    names = [column.name for column in columns] + [*constants, LINE]
    read += [[value] * len(whole) for value in constants.values()]
    records = (dict(zip(names, row, strict=True)) for row in zip(*read, _lines(whole), strict=True))
    for line, row in batch:
        if isinstance(row, Broken):
            reject = {"reason_code": row.reason_code, "detail": row.detail}
            yield {REJECT: reject, LINE: line, CELLS: row.cells}
        else:
            record = next(records)
            yield _marked(record, clearing) if refused else record


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


def _constants(entry: InboxEntry, stream: Stream, zone: ZoneInfo) -> dict[str, str | None]:
    fields = {field.name: field for field in stream.fields}
    _refuse_unknown(entry, stream)
    try:
        return {
            name: canonical(fields[name], value, zone) for name, value in entry.constants.items()
        }
    except ValueError as error:
        raise InboxError(
            f"A constant cannot be used: {error}.",
            where=f"inbox entry {entry.entry_id}",
            remedy="Write it as ISO 8601, with a decimal point, or as true or false.",
        ) from error


def _refuse_unknown(entry: InboxEntry, stream: Stream) -> None:
    known = {field.name for field in stream.fields}
    for key in ("columns", "values", "constants"):
        for name in getattr(entry, key):
            if name not in known:
                raise InboxError(
                    f"{stream.name} has no column {name!r}.",
                    where=f"inbox entry {entry.entry_id}, {key}",
                    remedy=f"Its columns are: {', '.join(sorted(known))}.",
                )


def _columns(
    entry: InboxEntry,
    stream: Stream,
    rows: Rows,
    zone: ZoneInfo,
    constants: dict[str, str | None],
) -> list[_Column]:
    columns = []
    for field in stream.fields:
        header = entry.columns.get(field.name, field.name)
        mapped = field.name in entry.columns
        if field.name in constants or (not mapped and header not in rows.header):
            continue
        try:
            read = column_reader(field, entry.format, zone, entry.values.get(field.name, {}))
        except ValueError as error:
            raise InboxError(
                f"A mapped value cannot be used: {error}.",
                where=f"inbox entry {entry.entry_id}, values.{field.name}",
                remedy="Write it as ISO 8601, with a decimal point, or as true or false.",
            ) from error
        index = _index(entry, rows, field.name, header)
        columns.append(_Column(field.name, index, field.costs_its_cell, read))
    given = {column.name for column in columns} | constants.keys()
    _refuse_missing(entry, stream, rows, given)
    taken = {column.index for column in columns}
    left = [name for i, name in enumerate(rows.header) if i not in taken and name]
    if left:
        named = ", ".join(filter(looks_like_a_name, left))
        _log.info("%s: %d columns ignored: %s", entry.entry_id, len(left), named)
    return columns


def _index(entry: InboxEntry, rows: Rows, name: str, header: str) -> int:
    found = [i for i, candidate in enumerate(rows.header) if candidate == header.strip()]
    if len(found) == 1:
        return found[0]
    where = f"{entry.path}, line {rows.header_line}"
    if found:
        raise InboxError(
            f"The column {header!r} appears {len(found)} times, so {name} is ambiguous.",
            where=where,
            remedy="Rename the columns in the file so that each name appears once.",
        )
    raise InboxError(
        f"The column {header!r}, which {name} is mapped to, is not in the file.",
        where=where,
        remedy=f"Correct columns.{name}. {_listed(rows, entry)}",
    )


def _refuse_missing(entry: InboxEntry, stream: Stream, rows: Rows, given: set[str]) -> None:
    missing = [field.name for field in stream.fields if field.required and field.name not in given]
    if stream.one_of and not given.intersection(stream.one_of):
        missing.append(" or ".join(stream.one_of))
    if missing:
        known = [field.name for field in stream.fields]
        raise InboxError(
            f"{stream.name} needs {', '.join(missing)}; the file has no such column.",
            where=f"{entry.path}, line {rows.header_line}",
            remedy="Map it under columns, or check format.delimiter, which is "
            f"{entry.format.delimiter!r}. {_listed(rows, entry, known)}",
        )


def _listed(rows: Rows, entry: InboxEntry, known: Iterable[str] = ()) -> str:
    """The file's columns; a line that may be data is not repeated, because it may be a person."""
    following = (row for _, row in rows if not isinstance(row, Broken))
    if names := names_of(rows.header, following, {*known, *entry.columns.values()}):
        return f"The file has: {', '.join(map(repr, names[:60]))}."
    return (
        f"Line {rows.header_line} looks like data, so it is not shown: set format.header_row to "
        "the line with the column names, or add such a line to the file."
    )
