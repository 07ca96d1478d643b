"""Loads landed slices into ``raw``: one transaction per slice, each record loaded or quarantined.

Belongs here: transactions and their order. Does not belong here: the SQL of a stream
(``statements.py``), refusing a slice (``refusals``), or the contents of the ledger (``ledger``).
"""

from __future__ import annotations

import logging
import re
from collections.abc import Collection, Iterable, Mapping
from contextlib import nullcontext, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from duckdb import DuckDBPyConnection

from orchestration.connectors.inbox import INBOX
from orchestration.connectors.stream import Stream
from orchestration.extract.aside import slices_aside
from orchestration.extract.landing import Landing, Slice
from orchestration.foundation.fault_points import fault_point
from orchestration.foundation.sql import quoted, transaction
from orchestration.loading.changed_slices import (
    NeedsWholeFile,
    Part,
    changed_part,
    forget_earlier,
    take_over,
    whole_file,
)
from orchestration.loading.continued import remember_earlier
from orchestration.loading.ledger import (
    Counts,
    cleared_cells,
    is_covered,
    ledger_counts,
    ledger_ids,
    ledger_values,
    naive,
)
from orchestration.loading.money import is_read_again, landed_money
from orchestration.loading.refusals import (
    ContractBroken,
    LoadError,
    missing,
    quarantine_reasons,
    refuse_breach,
    where,
)
from orchestration.loading.rehashing import fingerprint, forget_other_hashes
from orchestration.loading.statements import Statements, statements
from orchestration.loading.whole_files import set_aside_by_file
from orchestration.privacy.address_kinds import address_kind_words
from orchestration.privacy.hashes import hmac_pads
from orchestration.privacy.made_up import made_up_words
from orchestration.privacy.role_mailboxes import ROLE_MAILBOXES
from orchestration.warehouse.schema import SLICE_TABLES, table_name

__all__ = [
    "ContractBroken",
    "LoadError",
    "Loaded",
    "is_covered",
    "load_pending",
    "load_slice",
]

_log = logging.getLogger(__name__)

_HORIZON = timedelta(days=7305)
"""How far ahead a moment may lie that is planned or hoped for: twenty years."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """The result of loading one slice.

    Attributes:
        slice_id: The slice.
        connector: Its connector.
        stream: Its stream.
        account_id: Its account or inbox entry.
        rows_in: Records in the slice.
        rows_loaded: Rows in ``raw``.
        rows_quarantined: Rows in ``ops.quarantine``; with ``rows_loaded`` they add up to
            ``rows_in``.
        cells_repaired: Amounts in the loaded rows that were written as a double's approximation.
        cells_cleared: Cells of the loaded rows that could not be read and became null.
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
    cells_repaired: int
    cells_cleared: int
    reasons: dict[str, int]
    unknown_fields: tuple[str, ...]


def load_pending(
    con: DuckDBPyConnection,
    landing: Landing,
    streams: Iterable[tuple[str, Stream]],
    *,
    identity_key: bytes,
    role_mailboxes: Iterable[str] = (),
    made_up: Iterable[str] = (),
    kinds: Mapping[str, str] | None = None,
) -> list[Loaded]:
    """Load every slice of these streams that the ledger does not have, oldest first.

    Streams whose personal values were hashed with another key or other role mailboxes, or that an
    older version read otherwise, are reloaded.

    A slice that cannot be loaded does not stop the others. If a newer slice that covers it was
    loaded, the failure is only logged: a vendor's bad day must not block later days for ever.

    Args:
        con: The warehouse, with its schema (``ensure_schema``).
        landing: Where the slices are.
        streams: Connector names and streams.
        identity_key: Key of the hash of personal values.
        role_mailboxes: Names of role mailboxes, in addition to the built-in ones.
        made_up: Addresses and domains (``@example.com``) that are nobody's, likewise.
        kinds: As of ``address_kind_words``; default: the built-in words.

    Raises:
        DamagedSlice: A slice's file is not the one that was landed.
        LoadError: The first slice that could not be loaded and is not covered by a newer one.
    """
    roles = ROLE_MAILBOXES.union(role_mailboxes)
    nobody = made_up_words(made_up)
    judged = dict(kinds or address_kind_words())
    marks = roles.union(nobody.values())
    aside = slices_aside(landing)
    loaded: list[Loaded] = []
    failed: list[tuple[Slice, Stream, LoadError]] = []
    for connector, stream in streams:
        reading = statements(connector, stream)
        with transaction(con):
            seen = marks.union(judged.values()) if any(f.judged for f in stream.fields) else marks
            present = fingerprint(identity_key, seen, reading.insert + reading.insert_cleared)
            forget_other_hashes(con, connector, stream, present)
            _forget_aside(con, connector, stream, aside)
        known = ledger_ids(con, connector, stream)
        items = landing.slices(connector, stream.name)
        for item in items:
            if item.slice_id in known:
                known |= landing.earlier(item)
        for item in items:
            if item.slice_id in known or item.slice_id in aside:
                continue
            try:
                result = load_slice(
                    con,
                    landing,
                    item,
                    stream,
                    identity_key=identity_key,
                    roles=roles,
                    words=nobody | judged,
                )
            except LoadError as error:
                failed.append((item, stream, error))
            else:
                loaded.append(result)
    for item, _, failure in failed:
        con.execute(
            "insert into ops.refused_slices values (?, ?, ?, ?)",
            [item.slice_id, item.connector, item.stream, failure.what],
        )
    for item, stream, failure in failed:
        if not is_covered(con, item, stream):
            raise failure
        _log.warning("left out, a newer slice covers it: %s", failure)
    return loaded


def _forget_aside(
    con: DuckDBPyConnection, connector: str, stream: Stream, aside: Collection[str]
) -> None:
    """Remove slices that were set aside after they were loaded, and what was refused last time."""
    con.execute(
        "delete from ops.refused_slices where connector = ? and stream = ?",
        [connector, stream.name],
    )
    for slice_id in ledger_ids(con, connector, stream).intersection(aside):
        table = f"raw.{quoted(table_name(connector, stream))}"
        con.execute(f"delete from {table} where _slice_id = ?", [slice_id])
        for name in SLICE_TABLES:
            con.execute(f"delete from ops.{name} where slice_id = ?", [slice_id])


def load_slice(
    con: DuckDBPyConnection,
    landing: Landing,
    item: Slice,
    stream: Stream,
    *,
    identity_key: bytes,
    roles: frozenset[str] = ROLE_MAILBOXES,
    words: Mapping[str, str] | None = None,
    loaded_at: datetime | None = None,
) -> Loaded:
    """Load one slice in one transaction; a slice already in the ledger is left alone.

    Args:
        con: The warehouse; no transaction may be open.
        landing: Where the slice is.
        item: The slice.
        stream: Its declaration.
        identity_key: Key of the hash of personal values.
        roles: Names of role mailboxes.
        words: As of ``made_up_words`` and ``address_kind_words``; default: the built-in ones.
        loaded_at: The time for the ledger; default: now.

    Raises:
        DamagedSlice: The file is not the one that was landed.
        ContractBroken: A declared field is missing or has no value of its type.
        LoadError: The rows in the slice are not the sum of rows loaded and quarantined.
    """
    known = _known(con, item)
    if known is not None:
        return known
    landing.verify(item)
    if item.missing_fields:
        raise missing(item)
    sql = statements(item.connector, stream)
    shipped = made_up_words() | address_kind_words()
    values = _parameters(item, identity_key, roles) | shipped | dict(words or {})
    counts, reasons = None, dict[str, int]()
    with changed_part(con, landing, item, stream) as part, suppress(NeedsWholeFile):
        if part is not None:
            with transaction(con):
                found = _load_part(con, landing, sql, values, item, stream, part)
                reasons = _end(con, item, stream, found, loaded_at)
            counts = found
    if counts is None:
        with whole_file(landing, item) as path, transaction(con):
            counts = _load_rows(con, sql, {**values, "path": str(path)}, item, stream)
            money = landed_money(con, item, stream, str(path), refused=counts.quarantined > 0)
            counts = replace(counts, money=money)
            remember_earlier(con, landing, item, stream)
            forget_earlier(con, landing, item, stream)
            if counts.quarantined or counts.cleared:
                named = _named(sql.profile, {**values, "path": str(path)})
                profile = con.execute(sql.profile, named).fetchall()
                refuse_breach(con, item, stream, sql.profiled, profile[0], sql.clearing)
            reasons = _end(con, item, stream, counts, loaded_at)
    fault_point("load.committed")
    return _loaded(item, counts, reasons)


def _end(
    con: DuckDBPyConnection,
    item: Slice,
    stream: Stream,
    counts: Counts,
    loaded_at: datetime | None,
) -> dict[str, int]:
    """Write the ledger's row, as part of the slice's transaction; returns the reasons."""
    if counts.loaded + counts.quarantined != item.row_count:
        raise LoadError(
            f"{item.row_count} rows came in, but {counts.loaded} were loaded and "
            f"{counts.quarantined} quarantined.",
            where(item),
            "This is a bug in Tributary: please report it with the slice's stream.",
        )
    reasons = quarantine_reasons(con, item) if counts.quarantined else {}
    fault_point("load.ledger")
    con.execute(
        f"insert into ops.ledger values ({', '.join('?' * 22)})",
        ledger_values(item, stream, counts, loaded_at),
    )
    fault_point("load.commit")
    return reasons


def _load_part(
    con: DuckDBPyConnection,
    landing: Landing,
    sql: Statements,
    values: dict[str, Any],
    item: Slice,
    stream: Stream,
    part: Part,
) -> Counts:
    """Load what changed, and let the other rows of the earlier slice be those of this one."""
    read = replace(item, row_count=len(part.numbers))
    found = _load_rows(con, sql, {**values, "path": str(part.path)}, read, stream)
    remember_earlier(con, landing, item, stream)
    staying = take_over(con, item, stream, part)
    forget_earlier(con, landing, item, stream)
    repaired = _count(con, sql.repaired, values) if sql.repaired else 0
    refused = found.quarantined > 0
    is_read = is_read_again(item, stream, refused=refused)
    with whole_file(landing, item) if is_read else nullcontext(Path()) as path:
        money = landed_money(con, item, stream, str(path), refused=refused)
    return Counts(found.loaded + staying, found.quarantined, repaired, found.cleared, money)


def _load_rows(
    con: DuckDBPyConnection, sql: Statements, values: dict[str, Any], item: Slice, stream: Stream
) -> Counts:
    """Insert the rows; where some hold bad values, clear their cells or quarantine them."""
    fault_point("load.rows")
    # Casts of times without an offset depend on the session's time zone.
    con.execute("set TimeZone = 'UTC'")
    threads = con.execute("select current_setting('threads')").fetchall()[0][0]
    # Numbering rows runs on one thread; a second thread only spins (twice the CPU, measured).
    con.execute("set threads = 1")
    try:
        rows_loaded = _count(con, sql.insert, values)
        quarantined = cleared = 0
        if sql.cleared and rows_loaded != item.row_count:
            touched = _count(con, sql.insert_cleared, values)
            rows_loaded += touched
            if touched:
                con.execute(sql.cleared, _named(sql.cleared, values))
                cleared = cleared_cells(con, item)
        if rows_loaded != item.row_count:
            quarantined = _count(con, sql.quarantine, values)
        if item.connector == INBOX.name:
            aside = set_aside_by_file(
                con, item, stream, lambda: con.execute(sql.set_aside, _named(sql.set_aside, values))
            )
            rows_loaded, quarantined = rows_loaded - aside, quarantined + aside
        repaired = _count(con, sql.repaired, values) if sql.repaired else 0
    finally:
        con.execute(f"set threads = {int(threads)}")
    return Counts(rows_loaded, quarantined, repaired, cleared)


def _count(con: DuckDBPyConnection, sql: str, values: dict[str, Any]) -> int:
    """Run a statement with only the parameters it uses; DuckDB refuses others."""
    row = con.execute(sql, _named(sql, values)).fetchone()
    return int(row[0]) if row else 0


def _named(sql: str, values: dict[str, Any]) -> dict[str, Any]:
    names = set(re.findall(r"\$([a-z_]+)", sql))
    return {name: value for name, value in values.items() if name in names}


def _parameters(item: Slice, identity_key: bytes, roles: frozenset[str]) -> dict[str, Any]:
    inner, outer = hmac_pads(identity_key)
    return {
        "slice_id": item.slice_id,
        "connector": item.connector,
        "stream": item.stream,
        "account_id": item.account_id,
        "sequence": item.sequence,
        "extracted_at": naive(item.extracted_at),
        "latest": naive(item.extracted_at + timedelta(days=1)),
        "horizon": naive(item.extracted_at + _HORIZON),
        "source_zone": item.source_zone,
        "inner_pad": inner,
        "outer_pad": outer,
        "role_mailboxes": f" {' '.join(sorted(roles))} ",
    }


def _known(con: DuckDBPyConnection, item: Slice) -> Loaded | None:
    """The ledger's record of a slice; None when it was not loaded."""
    counts = ledger_counts(con, item)
    if counts is None:
        return None
    return _loaded(item, counts, quarantine_reasons(con, item))


def _loaded(item: Slice, counts: Counts, reasons: dict[str, int]) -> Loaded:
    return Loaded(
        item.slice_id,
        item.connector,
        item.stream,
        item.account_id,
        item.row_count,
        counts.loaded,
        counts.quarantined,
        counts.repaired,
        counts.cleared,
        reasons,
        item.unknown_fields,
    )
