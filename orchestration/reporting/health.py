"""How fresh and how sound the figures are.

Belongs here: what a generation says of itself. Does not belong here: judging it (``quality``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import duckdb

_PUBLICATION = "select generation, published_at, data_through from meta.publication"
_SOURCES = """
select
    connector,
    case when count(*) = 1 then max(stream) end,
    count(*),
    max(newest_slice_at),
    cast(sum(rows_loaded) as bigint),
    cast(sum(rows_quarantined) as bigint),
    max(accounts_failed) > 0
from meta.sources
group by connector, case when connector = 'inbox' then stream end
order by connector, max(stream)
"""
_CHECKS = """
select
    cast(count(*) filter (where status = 'pass') as bigint),
    cast(count(*) filter (where status = 'warn') as bigint)
from meta.checks
"""
_WARNINGS = "select name, observed from meta.checks where status = 'warn' order by name"
_LOSSES = """
select connector, stream, reason_code, cast(sum(rows) as bigint), sum(money)
from meta.losses
group by connector, stream, reason_code
order by sum(money) desc, sum(rows) desc, connector, stream, reason_code
"""
_TAGS = "select cast(count(*) as bigint) from marts.utm_audit"


@dataclass(frozen=True, slots=True)
class Source:
    """A vendor, or one kind of files, and when it was last read.

    Attributes:
        connector: The vendor, or ``inbox``.
        stream: The kind of files, or what is read of a vendor; ``None`` where that is several.
        streams: How many streams it has.
        read_at: When its newest slice was read, UTC.
        loaded: Records of all slices.
        quarantined: Those that could not be used.
        has_failed: Whether an account could not be read in the last run.
    """

    connector: str
    stream: str | None
    streams: int
    read_at: datetime
    loaded: int
    quarantined: int
    has_failed: bool


@dataclass(frozen=True, slots=True)
class Loss:
    """Records that the figures do not hold.

    Attributes:
        connector: The vendor, or ``inbox``.
        stream: Its stream.
        reason: Why, as a code.
        rows: How many.
        money: In them, in the currencies of the source.
    """

    connector: str
    stream: str
    reason: str
    rows: int
    money: Decimal


@dataclass(frozen=True, slots=True)
class Health:
    """What a generation says of itself.

    Attributes:
        generation: Its number.
        published_at: UTC.
        data_through: The latest moment that any slice reaches, UTC; ``None`` without data.
        sources: Vendors and kinds of files.
        passed: Checks that hold.
        warned: Checks of severity ``warn`` that do not.
        warnings: These, with what was seen.
        losses: The largest first.
        tag_errors: Rows of ``marts.utm_audit``.
    """

    generation: int
    published_at: datetime
    data_through: datetime | None
    sources: list[Source]
    passed: int
    warned: int
    warnings: list[tuple[str, str]]
    losses: list[Loss]
    tag_errors: int


def health(con: duckdb.DuckDBPyConnection) -> Health:
    """Read what a published file says of itself."""
    ((generation, published_at, data_through),) = con.execute(_PUBLICATION).fetchall()
    ((passed, warned),) = con.execute(_CHECKS).fetchall()
    ((tag_errors,),) = con.execute(_TAGS).fetchall()
    return Health(
        generation,
        published_at,
        data_through,
        [Source(*row) for row in con.execute(_SOURCES).fetchall()],
        passed,
        warned,
        con.execute(_WARNINGS).fetchall(),
        [Loss(*row) for row in con.execute(_LOSSES).fetchall()],
        tag_errors,
    )
