"""Refuses slices as a whole, and reports why.

Belongs here: contract breaches. Does not belong here: judging a record
(``fields.py``).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from duckdb import DuckDBPyConnection

from orchestration.connectors.inbox import INBOX
from orchestration.connectors.stream import Stream
from orchestration.extract.landing import Slice
from orchestration.foundation.errors import TributaryError
from orchestration.loading.naming import record_name
from orchestration.privacy.messages import without_values

VENDOR_QUARANTINE_SHARE = 0.01
"""The default share of a vendor's slice that may go to quarantine."""
INBOX_QUARANTINE_SHARE = 1.0
"""A file written by people may be small and half wrong; its good rows still count."""

_SHOWN_REASONS = 5
_EVIDENCE = 20
"""How many values of a field must all be wrong before the vendor counts as having changed it."""
_EVIDENCE_OF_CELLS = 100
"""The same where a wrong value costs its cell alone: people type such fields."""


class LoadError(TributaryError):
    """A slice could not be loaded; none of it is in the warehouse."""


class ContractBroken(LoadError):
    """The vendor removed or retyped a field that the stream declares."""


def quarantine_reasons(con: DuckDBPyConnection, item: Slice) -> dict[str, int]:
    """A slice's quarantined rows by reason code."""
    rows = con.execute(
        "select reason_code, count(*) from ops.quarantine where slice_id = ? group by all"
        " order by all",
        [item.slice_id],
    ).fetchall()
    return dict(rows)


def missing(item: Slice) -> ContractBroken:
    """The error for a slice that lacks declared fields."""
    names = ", ".join(item.missing_fields)
    return ContractBroken(
        f"The vendor no longer sends {names}: no record of the slice has it.",
        where(item),
        "See the vendor's change log, then change or remove the field in "
        f"orchestration/connectors ({item.connector}); or leave the slice out: "
        f"tributary slices --set-aside {item.slice_id} --reason TEXT",
    )


def refuse_breach(
    con: DuckDBPyConnection,
    item: Slice,
    stream: Stream,
    profiled: Sequence[str],
    profile: Sequence[int],
    clearing: Collection[str],
) -> None:
    """Refuse a slice in which a field has values, but none of its declared type.

    One wrong value in a mostly empty field is a bad row, not a changed contract; so is every wrong
    value in a file written by people.

    Args:
        con: The warehouse, inside the slice's transaction.
        item: The slice.
        stream: Its declaration.
        profiled: Names of fields.
        profile: For each, how many records have it and in how many the value is valid.
        clearing: Those of which a wrong value costs its cell.
    """
    if item.connector == INBOX.name:
        return
    retyped = [
        name
        for name, stated, sound in zip(profiled, profile[::2], profile[1::2], strict=True)
        if not sound and stated >= _evidence(name in clearing)
    ]
    if retyped:
        shown = "; ".join(detail for detail in _examples(con, item, stream)) or _example(con, item)
        raise ContractBroken(
            f"No value of {', '.join(retyped)} has the declared type. Seen: {shown}",
            where(item),
            "See the vendor's change log, then change the field's type in "
            f"orchestration/connectors ({item.connector}); or leave the slice out: "
            f"tributary slices --set-aside {item.slice_id} --reason TEXT",
        )


def _evidence(clears: bool) -> int:
    return _EVIDENCE_OF_CELLS if clears else _EVIDENCE


def _example(con: DuckDBPyConnection, item: Slice) -> str:
    """The first cleared cell of a slice."""
    row = con.execute(
        "select example from ops.cells_cleared where slice_id = ? order by cells desc limit 1",
        [item.slice_id],
    ).fetchone()
    return without_values(row[0]) if row else ""


def _examples(con: DuckDBPyConnection, item: Slice, stream: Stream) -> list[str]:
    """What is wrong with the first quarantined rows, without their cells: logs keep messages."""
    rows = con.execute(
        "select record, detail from ops.quarantine where slice_id = ? order by row_number limit ?",
        [item.slice_id, _SHOWN_REASONS],
    ).fetchall()
    named = ((record_name(item.connector, stream, record), detail) for record, detail in rows)
    return [": ".join(filter(None, (name, without_values(detail)))) for name, detail in named]


def where(item: Slice) -> str:
    """The name of a slice, for errors."""
    return f"{item.where}, slice {item.slice_id}"
