"""Matches the columns of a file to the canonical ones of its stream.

Belongs here: which column is which, constants, and what to say where one is missing. Does not
belong here: rows (``rows``) or cells (``values``).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from orchestration.configuration.inbox import InboxEntry
from orchestration.configuration.presets import presets
from orchestration.connectors.field import Field
from orchestration.connectors.stream import Stream
from orchestration.inbox.cells import Value
from orchestration.inbox.files import InboxError
from orchestration.inbox.opening import first_lines
from orchestration.inbox.rows import Broken, Rows
from orchestration.inbox.texts import composed
from orchestration.inbox.values import canonical, column_reader, is_iso_moment, itself
from orchestration.privacy.messages import looks_like_a_name, names_of

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Column:
    """A canonical column and where it comes from.

    Attributes:
        name: The canonical column.
        index: Its place in the file's rows.
        clears: Whether a cell that cannot be read costs itself alone.
        read: Reads the cells of many rows.
        itself: The signs of which a cell may consist to be read as itself.
        zone: For moments written as ISO 8601: the zone of those without one.
    """

    name: str
    index: int
    clears: bool
    read: Callable[[Sequence[str]], list[Value]]
    itself: bytes = b""
    zone: ZoneInfo | None = None


def entry_constants(entry: InboxEntry, stream: Stream, zone: ZoneInfo) -> dict[str, str | None]:
    """The values that every row gets.

    Raises:
        InboxError: One of them is not written canonically.
    """
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
    for key in ("columns", "values", "constants", "optional"):
        for name in getattr(entry, key):
            if name not in known:
                raise InboxError(
                    f"{stream.name} has no column {name!r}.",
                    where=f"inbox entry {entry.entry_id}, {key}",
                    remedy=f"Its columns are: {', '.join(sorted(known))}.",
                )


def matched_columns(
    entry: InboxEntry,
    stream: Stream,
    rows: Rows,
    zone: ZoneInfo,
    constants: dict[str, str | None],
) -> list[Column]:
    """The columns that are taken, in the order of the stream's fields.

    Raises:
        InboxError: A mapped column is not in the file, or a required one is not mapped.
    """
    columns = []
    for field in stream.fields:
        header = composed(entry.columns.get(field.name, field.name).strip())
        mapped = field.name in entry.columns and field.name not in entry.optional
        if field.name in constants or (not mapped and header not in rows.header):
            continue
        mapping, form = entry.values.get(field.name, {}), entry.ids.get(field.name, "")
        try:
            read = column_reader(field, entry.format, zone, mapping, form)
        except ValueError as error:
            raise InboxError(
                f"A mapped value cannot be used: {error}.",
                where=f"inbox entry {entry.entry_id}, values.{field.name}",
                remedy="Write it as ISO 8601, with a decimal point, or as true or false.",
            ) from error
        index = column_index(entry, rows, field, header)
        columns.append(
            Column(
                field.name,
                index,
                field.costs_its_cell,
                read,
                itself(field, entry.format, mapping, form),
                zone if is_iso_moment(field, entry.format, mapping) else None,
            )
        )
    given = {column.name for column in columns} | constants.keys()
    _refuse_missing(entry, stream, rows, given)
    taken = {column.index for column in columns}
    left = [name for i, name in enumerate(rows.header) if i not in taken and name]
    if left:
        named = ", ".join(filter(looks_like_a_name, left))
        _log.info("%s: %d columns ignored: %s", entry.entry_id, len(left), named)
    return columns


def column_index(entry: InboxEntry, rows: Rows, field: Field, header: str) -> int:
    """Where a column of the file is.

    Raises:
        InboxError: Nowhere, or twice.
    """
    found = [i for i, candidate in enumerate(rows.header) if candidate == header]
    if len(found) == 1:
        return found[0]
    where = f"{entry.path}, line {rows.header_line}"
    if found:
        raise InboxError(
            f"The column {header!r} appears {len(found)} times, so {field.name} is ambiguous.",
            where=where,
            remedy="Rename the columns in the file so that each name appears once.",
        )
    spared = "" if field.required else f"; or do without it, optional: [{field.name}]"
    spared += left_out(rows)
    raise InboxError(
        f"The column {header!r}, which {field.name} is mapped to, is not in the file.",
        where=where,
        remedy=_other_line(entry, rows, [header])
        or f"Correct columns.{field.name}{spared}. {listed(rows, entry)}",
    )


def _refuse_missing(entry: InboxEntry, stream: Stream, rows: Rows, given: set[str]) -> None:
    missing = [field.name for field in stream.fields if field.required and field.name not in given]
    one = stream.one_of or stream.one_column_of
    if one and not given.intersection(one):
        missing.append(" or ".join(one))
    spared = ""
    if stream.money not in given and _is_of_money(entry, stream):
        missing.append(stream.money)
        spared = f" To do without its money, optional: [{stream.money}]."
    if missing:
        known = [field.name for field in stream.fields]
        raise InboxError(
            f"{stream.name} needs {', '.join(missing)}; the file has no such column.",
            where=f"{entry.path}, line {rows.header_line}",
            remedy=_other_line(entry, rows, missing)
            or f"Map it under columns{_or_delimiter(entry, rows)}. {listed(rows, entry, known)}"
            f"{_of_preset(entry, missing)}{spared}",
        )


def _is_of_money(entry: InboxEntry, stream: Stream) -> bool:
    """Whether an entry names an export that has money, which is lost where no column is taken."""
    known = bool(entry.preset) and stream.money in presets()[entry.preset].columns
    return known and stream.money not in entry.optional


def _of_preset(entry: InboxEntry, missing: Sequence[str]) -> str:
    """How the export that an entry names would have the columns that its file lacks."""
    if not entry.preset:
        return ""
    preset = presets()[entry.preset]
    offered = [" or ".join(preset.columns[name]) for name in missing if name in preset.columns]
    looked = f" Looked for: {'; '.join(offered)}." if offered else ""
    return f" The preset {entry.preset} is of this export: {preset.export}{looked}"


def _or_delimiter(entry: InboxEntry, rows: Rows) -> str:
    if not rows.is_delimited:
        return ""
    return f", or check format.delimiter, which is {entry.format.delimiter!r}"


def left_out(rows: Rows) -> str:
    """What a column that is not there may be in a file whose lines leave empty values out."""
    return ", which is right where no line has a value of it" if rows.leaves_out else ""


def _other_line(entry: InboxEntry, rows: Rows, names: Sequence[str]) -> str:
    """What to declare where another of the first lines holds the names; empty without one."""
    for number, cells in first_lines(entry, rows):
        if number != rows.header_line and set(names) <= set(cells):
            return (
                f"Line {number} has it: set format.header_row of this inbox entry to {number}, "
                f"or to {{starts_with: {cells[0]!r}}} where its place changes."
            )
    return ""


def listed(rows: Rows, entry: InboxEntry, known: Iterable[str] = ()) -> str:
    """The file's columns; a line that may be data is not repeated, because it may be a person."""
    following = (row for _, row in rows if not isinstance(row, Broken))
    if names := names_of(rows.header, following, {*known, *entry.columns.values()}):
        return f"The file has: {', '.join(map(repr, names[:60]))}."
    return (
        f"Line {rows.header_line} looks like data, so it is not shown: set format.header_row to "
        "the line with the column names, or add such a line to the file."
    )
