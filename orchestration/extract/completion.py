"""Completes the records of a page: values from their context, and lists that go on elsewhere.

Belongs here: copied, named, paired and calendar values, the rest of a list inside a record, batches
of which a part failed. Does not belong here: the pages of an answer as a whole (``paging``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import TYPE_CHECKING, Any

from orchestration.connectors.landed import REJECT
from orchestration.connectors.stream import Request
from orchestration.extract.answers import dig, each
from orchestration.extract.failures import FailureKind, RequestFailed
from orchestration.extract.placeholders import fill

if TYPE_CHECKING:
    from orchestration.extract.client import Page

Ask = Callable[[Request, dict[str, Any]], Iterable[list[dict[str, Any]]]]
"""Sends a request with further placeholders, and gives the records of its pages."""


def complete(page: Page, request: Request, values: dict[str, Any], ask: Ask) -> None:
    """Add to each record of a page what the declaration takes from elsewhere.

    Raises:
        RequestFailed: INCOMPLETE, when a part is missing and the declaration does not say where it
            is, or a record lacks a declared list.
    """
    _require_whole(page.answer, request)
    copied = {
        key: dig(page.answer, source[2:]) if source.startswith("$.") else fill(source, values)
        for key, source in request.copy.items()
    }
    for record in page.records:
        _continue(record, request, ask)
        for path, names in request.positions.items() if REJECT not in record else ():
            record.update(_named(dig(record, path), names, path))
        for key, path in request.dates.items() if REJECT not in record else ():
            record[key] = _day(dig(record, path), path)
        record.update(copied)
        for key, path in request.pairs.items():
            record[key] = _paired(dig(record, path))


def _require_whole(answer: Any, request: Request) -> None:
    for error in each(answer, request.errors) if request.errors else ():
        cause = dig(error, request.error_cause)
        if str(cause) not in request.excused:
            words = dig(error, "message") or "no message"
            raise RequestFailed(
                FailureKind.INCOMPLETE,
                f"The vendor answered only a part of the batch ({cause}: {words}).",
            )


def _continue(record: dict[str, Any], request: Request, ask: Ask) -> None:
    """Append to a record's list what the vendor keeps on further pages."""
    rest = request.rest
    cursor = dig(record, rest.cursor_path if rest else "paging.next")
    if cursor in (None, "", False):
        return
    items = dig(record, rest.items) if rest else None
    record_id = dig(record, rest.id_path) if rest else record.get("id")
    if rest is None or not isinstance(items, list) or record_id in (None, ""):
        raise RequestFailed(
            FailureKind.INCOMPLETE,
            f"Only the beginning of a list inside the record {record_id} came.",
        )
    for further in ask(rest.request, {"record_id": str(record_id), "cursor": str(cursor)}):
        items.extend(further)


def _named(values: Any, names: tuple[str, ...], path: str) -> dict[str, Any]:
    """The values of a list under the names of their positions."""
    if not isinstance(values, list) or len(values) != len(names):
        raise RequestFailed(
            FailureKind.INCOMPLETE, f"A record has no list of {len(names)} values at {path!r}."
        )
    return dict(zip(names, values, strict=True))


def _day(parts: Any, path: str) -> str:
    """A day of the calendar, given as its year, month and day."""
    try:
        return date(parts["year"], parts["month"], parts["day"]).isoformat()
    except (KeyError, TypeError, ValueError):
        raise RequestFailed(
            FailureKind.INCOMPLETE, f"A record has no year, month and day at {path!r}."
        ) from None


def _paired(pairs: Any) -> dict[str, Any]:
    """``{"name": ..., "value": ...}`` objects as one object; the first of equal names wins."""
    found: dict[str, Any] = {}
    for pair in pairs if isinstance(pairs, list) else ():
        if isinstance(pair, dict) and isinstance(pair.get("name"), str):
            found.setdefault(pair["name"], _value(pair))
    return found


def _value(pair: dict[str, Any]) -> Any:
    values = pair.get("values")
    if "value" in pair or not isinstance(values, list):
        return pair.get("value")
    return values[0] if len(values) == 1 else ";".join(map(str, values)) or None
