"""What a run would make of the first lines of a file, found out without one.

Belongs here: reading and loading those lines elsewhere, and what they leave open. Does not belong
here: the words in which it is shown (``commands/doctor_files.py``).

The reader, the loader and the limit of losses are those of a run. The lines are landed in a
temporary folder and loaded into a database there, with a key of their own; nothing of it stays.
"""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from duckdb import DuckDBPyConnection

from orchestration.configuration.file_format import FileFormat
from orchestration.configuration.inbox import InboxEntry
from orchestration.configuration.settings import Settings
from orchestration.connectors.field import Field, Type
from orchestration.connectors.inbox import AD_SPEND, INBOX
from orchestration.connectors.landed import LINE, REJECT
from orchestration.connectors.stream import Stream
from orchestration.extract.landing import Landing, Slice
from orchestration.foundation.codes import code
from orchestration.foundation.repository import read_seed
from orchestration.foundation.sql import quoted
from orchestration.inbox.reader import columns_of, land_entry
from orchestration.loading.slices import load_slice
from orchestration.loading.whole_files import TOTALS_ROW
from orchestration.privacy.made_up import made_up_words
from orchestration.privacy.role_mailboxes import ROLE_MAILBOXES
from orchestration.quality.losses import Source, beyond_limit, find_losses, line_of
from orchestration.warehouse.connection import connect
from orchestration.warehouse.schema import ensure_schema, table_name

LOOKED_AT = 1_000
"""Rows of a file that are read."""
_LINES = 3
"""Lines that are named of each reason."""
_MONTHS = 12


@dataclass(frozen=True, slots=True)
class Refused:
    """Rows that would not be used.

    Attributes:
        reason_code: As docs/inbox.md lists them.
        rows: How many.
        lines: The first of their lines.
        example: What is wrong with the first, without its value.
    """

    reason_code: str
    rows: int
    lines: tuple[int, ...]
    example: str


@dataclass(frozen=True, slots=True)
class Cleared:
    """Cells of a column that would become empty.

    Attributes:
        column: Our name of it.
        cells: How many.
        line: The line of the first.
        example: What is wrong with it, without its value.
    """

    column: str
    cells: int
    line: int
    example: str


@dataclass(frozen=True, slots=True)
class Looked:
    """What the first rows of a file say.

    Attributes:
        rows: How many they are.
        left_out: Those among them that the entry leaves out.
        money_left_out: The absolute amounts in those, as far as they can be read.
        is_cut: Whether the file may have more.
        columns: The columns that are taken: our name and the file's.
        unused: The file's other columns.
        loaded: Records that would count; a row may be several.
        refused: Rows that would not, by reason.
        cleared: Cells that would become empty.
        money: The sum of each currency; the currency is empty where none is stated.
        days: The first and the last day, in the reporting time zone.
        platforms: Names of ad platforms that neither we nor the entry know.
        without_zone: Columns with moments whose zone nobody states, and how many there are.
        either_order: Columns of which every day could be a month, and the other way round.
        lost: What would be missing, if that is more than the limit allows.
    """

    rows: int
    left_out: int
    money_left_out: Decimal
    is_cut: bool
    columns: dict[str, str]
    unused: list[str]
    loaded: int
    refused: list[Refused]
    cleared: list[Cleared]
    money: dict[str, Decimal]
    days: tuple[date, date] | None
    platforms: list[str]
    without_zone: dict[str, int]
    either_order: list[str]
    lost: Source | None

    @property
    def rows_lost(self) -> int:
        """The rows that would not be used; a total is no loss."""
        return sum(each.rows for each in self.refused if each.reason_code != TOTALS_ROW)


@contextmanager
def looking(settings: Settings) -> Iterator[Callable[[InboxEntry], Looked]]:
    """A function that looks into a file of the inbox; what it needs is removed afterwards.

    The function raises what a run would raise: ``InboxError``, ``LoadError``, ``NoRoom``.
    """
    with tempfile.TemporaryDirectory(prefix="tributary-") as name:
        elsewhere = replace(settings, home=Path(name))
        with connect(elsewhere.warehouse_path, settings=elsewhere) as con:
            ensure_schema(con)
            yield partial(_look, elsewhere, con, Landing(elsewhere.landing_dir))


def _look(
    settings: Settings, con: DuckDBPyConnection, landing: Landing, entry: InboxEntry
) -> Looked:
    company, stream = settings.config.company, INBOX.stream(entry.stream)
    columns, unused = columns_of(entry, stream, company)
    item = land_entry(entry, landing, company, settings.now(), most=LOOKED_AT)
    identity = settings.config.identity
    loaded = load_slice(
        con,
        landing,
        item,
        stream,
        identity_key=secrets.token_bytes(32),
        roles=ROLE_MAILBOXES.union(identity.role_mailboxes),
        words=made_up_words(identity.made_up),
    )
    records = list(landing.records(item))
    kept = [record for record in records if REJECT not in record]
    rows = len({record[LINE] for record in records}) + item.rows_left_out
    config = settings.config.model_copy(update={"inbox": [entry]})
    lost = beyond_limit(find_losses(con, [(INBOX.name, stream)], config), config)
    zone = ZoneInfo(item.source_zone)
    fields = [field for field in stream.fields if field.name in columns]
    return Looked(
        rows=rows,
        left_out=item.rows_left_out,
        money_left_out=Decimal(item.money_left_out),
        is_cut=rows >= LOOKED_AT,
        columns=columns,
        unused=unused,
        loaded=loaded.rows_loaded,
        refused=_refused(con, item),
        cleared=_cleared(con, item),
        money=_money(con, item, stream),
        days=_days(con, item, stream, ZoneInfo(company.reporting_timezone)),
        platforms=_unknown_platforms(entry, kept) if stream is AD_SPEND else [],
        without_zone={} if entry.format.timezone else _without_zone(fields, kept),
        either_order=[
            field.name for field in fields if _fits_either_order(field, entry.format, kept, zone)
        ],
        lost=lost[0] if lost else None,
    )


def _refused(con: DuckDBPyConnection, item: Slice) -> list[Refused]:
    """The refused rows by reason, most frequent first."""
    found: dict[str, dict[int, str]] = {}
    for reason, number, detail in con.execute(
        "select reason_code, row_number, coalesce(detail, '') from ops.quarantine"
        " where slice_id = ? order by row_number",
        [item.slice_id],
    ).fetchall():
        line, example = line_of(detail, number)
        found.setdefault(reason, {}).setdefault(line, example)
    refused = [
        Refused(reason, len(rows), tuple(rows)[:_LINES], next(iter(rows.values())))
        for reason, rows in found.items()
    ]
    return sorted(refused, key=lambda each: -each.rows)


def _cleared(con: DuckDBPyConnection, item: Slice) -> list[Cleared]:
    rows = con.execute(
        "select column_name, cells, example from ops.cells_cleared where slice_id = ?"
        " order by cells desc, column_name, reason_code",
        [item.slice_id],
    ).fetchall()
    return [Cleared(column, cells, *line_of(example or "", 0)) for column, cells, example in rows]


def _money(con: DuckDBPyConnection, item: Slice, stream: Stream) -> dict[str, Decimal]:
    if not stream.money:
        return {}
    rows = con.execute(
        f"select coalesce(currency, ''), sum({quoted(stream.money)})"
        f" from raw.{quoted(table_name(INBOX.name, stream))}"
        f" where _slice_id = ? and {quoted(stream.money)} is not null group by all order by all",
        [item.slice_id],
    ).fetchall()
    return dict(rows)


def _days(
    con: DuckDBPyConnection, item: Slice, stream: Stream, zone: ZoneInfo
) -> tuple[date, date] | None:
    """The span of the column that says when a row's fact happened, or of the first with days."""
    dated = [field for field in stream.fields if field.type in (Type.DATE, Type.TIMESTAMP)]
    if not dated:
        return None
    field = next((field for field in dated if field.required), dated[0])
    ((first, last),) = con.execute(
        f"select min({quoted(field.column)}), max({quoted(field.column)})"
        f" from raw.{quoted(table_name(INBOX.name, stream))} where _slice_id = ?",
        [item.slice_id],
    ).fetchall()
    return None if first is None else (_local_day(first, zone), _local_day(last, zone))


def _local_day(found: date, zone: ZoneInfo) -> date:
    """The day of a moment in UTC, or of a day."""
    if isinstance(found, datetime):
        return found.replace(tzinfo=UTC).astimezone(zone).date()
    return found


def _unknown_platforms(entry: InboxEntry, records: Sequence[Mapping[str, Any]]) -> list[str]:
    """The names that are no spelling of ours and nothing that the entry's map makes of a name."""
    known = {row["spelling"] for row in read_seed("ad_platforms")}
    known |= {code(ours) for ours in entry.values.get("platform", {}).values() if ours}
    names = {record.get("platform") or "" for record in records}
    return sorted(name for name in names if name and code(name) not in known)


def _without_zone(fields: list[Field], records: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """How many moments of each column state no zone; a day alone is none."""
    counts = {
        field.name: sum(_is_bare(record.get(field.name)) for record in records)
        for field in fields
        if field.type is Type.TIMESTAMP
    }
    return {name: count for name, count in counts.items() if count}


def _is_bare(landed: str | None) -> bool:
    return landed is not None and len(landed) > 10 and datetime.fromisoformat(landed).tzinfo is None


def _fits_either_order(
    field: Field, format_: FileFormat, records: Sequence[Mapping[str, Any]], zone: ZoneInfo
) -> bool:
    """Whether a column's days and months could be exchanged, and would be other days."""
    patterns = {
        Type.DATE: [format_.date_format],
        Type.TIMESTAMP: [format_.datetime_format, format_.date_format],
    }.get(field.type, [])
    if not any(pattern and _ends_in_year(pattern) for pattern in patterns):
        return False
    days = {_day(text, zone) for record in records if (text := record.get(field.name))}
    return all(day.day <= _MONTHS for day in days) and any(day.day != day.month for day in days)


def _ends_in_year(pattern: str) -> bool:
    """Whether a pattern begins with day and month as numbers, in either order."""
    numbers = [pattern.find(sign) for sign in ("%d", "%m")]
    year = max(pattern.find("%Y"), pattern.find("%y"))
    return min(numbers) >= 0 and max(numbers) < year


def _day(landed: str, zone: ZoneInfo) -> date:
    """The day that a landed day or moment shows in its file."""
    if len(landed) == 10:
        return date.fromisoformat(landed)
    moment = datetime.fromisoformat(landed)
    return moment.date() if moment.tzinfo else _local_day(moment, zone)
