"""Brings landed slices into ``raw``: one transaction per slice, each record loaded or quarantined.

Belongs here: transactions, thresholds, contract breaches and the ledger. Does not belong here: the
SQL of a stream (``load_sql``) or publishing.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from duckdb import DuckDBPyConnection

from orchestration.connectors.stream import Kind, Stream
from orchestration.errors import TributaryError
from orchestration.extract.landing import Landing, Slice
from orchestration.inbox.streams import INBOX
from orchestration.warehouse.identity import hmac_pads
from orchestration.warehouse.load_sql import Statements, statements

_log = logging.getLogger(__name__)

VENDOR_QUARANTINE_SHARE = 0.01
"""The share of a vendor's slice that may go to quarantine unless the configuration says."""
INBOX_QUARANTINE_SHARE = 1.0
"""A file that people write may be small and half wrong; its good rows count all the same."""

_SHOWN_REASONS = 5


@dataclass(frozen=True, slots=True)
class Loaded:
    """What became of one slice.

    Attributes:
        slice_id: The slice.
        connector: Its connector.
        stream: Its stream.
        account_id: Its account or inbox entry.
        rows_in: Records in the slice.
        rows_loaded: Rows in ``raw``.
        rows_quarantined: Rows in ``ops.quarantine``; with ``rows_loaded`` they make ``rows_in``.
        reasons: Quarantined rows by reason code.
        unknown_fields: Fields that the vendor sends and the stream does not declare.
    """

    slice_id: str
    connector: str
    stream: str
    account_id: str
    rows_in: int
    rows_loaded: int
    rows_quarantined: int
    reasons: dict[str, int]
    unknown_fields: tuple[str, ...]


class LoadError(TributaryError):
    """A slice could not be loaded; nothing of it is in the warehouse."""


class ContractBroken(LoadError):
    """The vendor removed or retyped a field that the stream declares."""


class TooMuchQuarantined(LoadError):
    """More of a slice is wrong than the threshold allows.

    Attributes:
        reasons: Quarantined rows by reason code.
        examples: The first of them: row number, reason code, detail.
    """

    def __init__(
        self,
        what: str,
        where: str,
        remedy: str,
        reasons: dict[str, int],
        examples: list[tuple[int, str, str]],
    ) -> None:
        super().__init__(what, where, remedy)
        self.reasons = reasons
        self.examples = examples


def load_pending(
    con: DuckDBPyConnection,
    landing: Landing,
    streams: Iterable[tuple[str, Stream]],
    *,
    identity_key: bytes,
    max_quarantine_share: float | None = None,
) -> list[Loaded]:
    """Load every slice of these streams that the ledger does not have, oldest first.

    A slice that cannot be loaded does not stop the others. When a newer one that covers it was
    loaded, it is only logged: a vendor's bad day must not block the days after it for ever.

    Args:
        con: The warehouse, with its schema (``ensure_schema``).
        landing: Where the slices are.
        streams: Connector names and streams.
        identity_key: Key of the hash of personal values.
        max_quarantine_share: The share of a slice that may go to quarantine; ``None``: 0.01 for
            vendors and 1 for the inbox.

    Raises:
        DamagedSlice: A slice's file is not the one that was landed.
        LoadError: The first slice that could not be loaded and is not covered by a newer one.
    """
    loaded: list[Loaded] = []
    failed: list[tuple[Slice, Stream, LoadError]] = []
    for connector, stream in streams:
        known = _ledger_ids(con, connector, stream)
        for item in landing.slices(connector, stream.name):
            if item.slice_id in known:
                continue
            try:
                result = load_slice(
                    con,
                    landing,
                    item,
                    stream,
                    identity_key=identity_key,
                    max_quarantine_share=max_quarantine_share,
                )
            except LoadError as error:
                failed.append((item, stream, error))
            else:
                loaded.append(result)
    for item, stream, failure in failed:
        if not is_covered(con, item, stream):
            raise failure
        _log.warning("left out, a newer slice covers it: %s", failure)
    return loaded


def load_slice(
    con: DuckDBPyConnection,
    landing: Landing,
    item: Slice,
    stream: Stream,
    *,
    identity_key: bytes,
    max_quarantine_share: float | None = None,
    loaded_at: datetime | None = None,
) -> Loaded:
    """Load one slice in one transaction; a slice that the ledger has is left as it is.

    Args:
        con: The warehouse; no transaction may be open.
        landing: Where the slice is.
        item: The slice.
        stream: Its declaration.
        identity_key: Key of the hash of personal values.
        max_quarantine_share: See ``load_pending``.
        loaded_at: The moment for the ledger; default: now.

    Raises:
        DamagedSlice: The file is not the one that was landed.
        ContractBroken: A declared field is missing or has no value of its type.
        TooMuchQuarantined: More is wrong than the threshold allows.
        LoadError: Rows in are not rows loaded and quarantined.
    """
    known = _ledger_row(con, item)
    if known is not None:
        return known
    landing.verify(item)
    if item.missing_fields:
        raise _missing(item)
    sql = statements(item.connector, stream)
    values = _parameters(landing, item, identity_key)
    # Casts of times without an offset depend on the session.
    con.execute("set TimeZone = 'UTC'")
    con.execute("begin")
    try:
        rows_loaded = _count(con, sql.insert, values)
        quarantined = 0
        if rows_loaded != item.row_count:
            quarantined = _count(con, sql.quarantine, values)
        if rows_loaded + quarantined != item.row_count:
            raise LoadError(
                f"{item.row_count} rows came in, but {rows_loaded} were loaded and "
                f"{quarantined} quarantined.",
                _where(item),
                "This is a fault in Tributary: please report it with the slice's stream.",
            )
        reasons: dict[str, int] = {}
        if quarantined:
            reasons = _reasons(con, item)
            _refuse_breach(con, sql, values, item)
            _refuse_excess(con, item, quarantined, reasons, max_quarantine_share)
        con.execute(
            f"insert into ops.ledger values ({', '.join('?' * 17)})",
            _ledger_values(item, stream, rows_loaded, quarantined, loaded_at),
        )
        con.execute("commit")
    except BaseException:
        con.execute("rollback")
        raise
    return Loaded(
        item.slice_id,
        item.connector,
        item.stream,
        item.account_id,
        item.row_count,
        rows_loaded,
        quarantined,
        reasons,
        item.unknown_fields,
    )


def _count(con: DuckDBPyConnection, sql: str, values: dict[str, Any]) -> int:
    """Run a statement with the parameters that it names; DuckDB refuses others."""
    row = con.execute(sql, _named(sql, values)).fetchone()
    return int(row[0]) if row else 0


def _named(sql: str, values: dict[str, Any]) -> dict[str, Any]:
    names = set(re.findall(r"\$([a-z_]+)", sql))
    return {name: value for name, value in values.items() if name in names}


def _parameters(landing: Landing, item: Slice, identity_key: bytes) -> dict[str, Any]:
    inner, outer = hmac_pads(identity_key)
    return {
        "path": str(landing.file(item)),
        "slice_id": item.slice_id,
        "connector": item.connector,
        "stream": item.stream,
        "account_id": item.account_id,
        "sequence": item.sequence,
        "extracted_at": _naive(item.extracted_at),
        "latest": _naive(item.extracted_at + timedelta(days=1)),
        "source_zone": item.source_zone,
        "inner_pad": inner,
        "outer_pad": outer,
    }


def _naive(moment: datetime | None) -> datetime | None:
    """A moment in UTC without a zone; one without a zone is in UTC."""
    if moment is None or moment.tzinfo is None:
        return moment
    return moment.astimezone(UTC).replace(tzinfo=None)


def _ledger_ids(con: DuckDBPyConnection, connector: str, stream: Stream) -> set[str]:
    rows = con.execute(
        "select slice_id from ops.ledger where connector = ? and stream = ?",
        [connector, stream.name],
    ).fetchall()
    return {row[0] for row in rows}


def _ledger_row(con: DuckDBPyConnection, item: Slice) -> Loaded | None:
    row = con.execute(
        "select rows_in, rows_loaded, rows_quarantined from ops.ledger where slice_id = ?",
        [item.slice_id],
    ).fetchone()
    if row is None:
        return None
    return Loaded(
        item.slice_id,
        item.connector,
        item.stream,
        item.account_id,
        row[0],
        row[1],
        row[2],
        _reasons(con, item),
        item.unknown_fields,
    )


def _ledger_values(
    item: Slice, stream: Stream, rows_loaded: int, quarantined: int, loaded_at: datetime | None
) -> list[Any]:
    return [
        item.slice_id,
        item.sequence,
        item.connector,
        item.stream,
        stream.kind.value,
        item.account_id,
        _naive(item.window_start),
        _naive(item.window_end),
        _naive(item.extracted_at),
        item.row_count,
        rows_loaded,
        quarantined,
        item.sha256,
        item.api_version,
        json.dumps(item.unknown_fields, ensure_ascii=False),
        item.source_zone,
        _naive(loaded_at or datetime.now(UTC)),
    ]


def _reasons(con: DuckDBPyConnection, item: Slice) -> dict[str, int]:
    rows = con.execute(
        "select reason_code, count(*) from ops.quarantine where slice_id = ? group by all"
        " order by all",
        [item.slice_id],
    ).fetchall()
    return dict(rows)


def _missing(item: Slice) -> ContractBroken:
    names = ", ".join(item.missing_fields)
    return ContractBroken(
        f"The vendor no longer sends {names}: no record of the slice has it.",
        _where(item),
        "See the vendor's change log, then change or remove the field in "
        f"orchestration/connectors/{item.connector}.py.",
    )


def _refuse_breach(
    con: DuckDBPyConnection, sql: Statements, values: dict[str, Any], item: Slice
) -> None:
    """Refuse a slice in which a field has values, and none of its type.

    A file that people write may hold a single, wrong value; there it is a row's fault.
    """
    if item.connector == INBOX.name:
        return
    counts = con.execute(sql.profile, _named(sql.profile, values)).fetchone() or ()
    retyped = [
        name
        for name, stated, sound in zip(sql.profiled, counts[::2], counts[1::2], strict=True)
        if stated and not sound
    ]
    if retyped:
        shown = "; ".join(detail for _, _, detail in _examples(con, item))
        raise ContractBroken(
            f"No value of {', '.join(retyped)} has the declared type. Seen: {shown}",
            _where(item),
            "See the vendor's change log, then change the field's type in "
            f"orchestration/connectors/{item.connector}.py.",
        )


def _refuse_excess(
    con: DuckDBPyConnection,
    item: Slice,
    quarantined: int,
    reasons: dict[str, int],
    max_quarantine_share: float | None,
) -> None:
    default = INBOX_QUARANTINE_SHARE if item.connector == INBOX.name else VENDOR_QUARANTINE_SHARE
    limit = default if max_quarantine_share is None else max_quarantine_share
    if quarantined <= limit * item.row_count:
        return
    examples = _examples(con, item)
    listed = ", ".join(f"{code}: {rows}" for code, rows in reasons.items())
    shown = "".join(f"\n  row {row}: {code}: {detail}" for row, code, detail in examples)
    raise TooMuchQuarantined(
        f"{quarantined} of {item.row_count} rows are wrong ({listed}); "
        f"at most {limit:.2%} may be.{shown}",
        _where(item),
        "Correct the rows at the source, or raise quality.max_quarantine_share.",
        reasons,
        examples,
    )


def _examples(con: DuckDBPyConnection, item: Slice) -> list[tuple[int, str, str]]:
    return con.execute(
        "select row_number, reason_code, detail from ops.quarantine where slice_id = ?"
        " order by row_number limit ?",
        [item.slice_id, _SHOWN_REASONS],
    ).fetchall()


def is_covered(con: DuckDBPyConnection, item: Slice, stream: Stream) -> bool:
    """Whether a newer slice that was loaded says all that this one could say."""
    if stream.kind not in (Kind.REPORT, Kind.ENTITY_SNAPSHOT):
        return False
    newer = con.execute(
        "select window_start, window_end from ops.ledger"
        " where connector = ? and stream = ? and account_id = ? and sequence > ?",
        [item.connector, item.stream, item.account_id, item.sequence],
    ).fetchall()
    if stream.kind is Kind.ENTITY_SNAPSHOT:
        return bool(newer)
    start, end = _naive(item.window_start), _naive(item.window_end)
    if start is None or end is None:
        return False
    return any(newer_start <= start and end <= newer_end for newer_start, newer_end in newer)


def _where(item: Slice) -> str:
    return f"{item.where}, slice {item.slice_id}"
