"""Whom landing may name: nobody who was erased, and nobody beyond the days that are configured.

Belongs here: which records have come of age. Does not belong here: what is left of them
(``privacy``), or the order of rewriting (``erasing/retention.py``).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from orchestration.configuration.privacy import KeepDays
from orchestration.configuration.settings import Settings
from orchestration.connectors.field import Type
from orchestration.connectors.landed import CELLS, REJECT
from orchestration.connectors.stream import Stream
from orchestration.extract.parents import moment
from orchestration.extract.slices import Slice
from orchestration.privacy.anonymous import ERASED
from orchestration.privacy.consent import consenting, who_refused
from orchestration.privacy.erasures import held_back
from orchestration.privacy.hashes import identity_key
from orchestration.privacy.holding import TOKEN, Change, Held
from orchestration.privacy.people import Names, leaf


def cutoff(days: int, now: datetime) -> datetime:
    """The moment before which people go, the same for a whole month.

    So that on the month's last day nobody older than ``days`` is left, and what is built from
    landing is built again once a month and not every day.
    """
    next_month = (now.date().replace(day=1) + timedelta(days=32)).replace(day=1)
    return datetime.combine(next_month - timedelta(days=days), datetime.min.time())


class Keeping:
    """What is taken out of records before they land, and later.

    Args:
        key: The company's key.
        keep: The days.
        held: The people who were erased.
        now: The present moment.
        refused: The people whose touches may not name them.
    """

    def __init__(
        self,
        key: bytes,
        keep: KeepDays,
        held: Held | None,
        now: datetime,
        refused: Held | None = None,
    ) -> None:
        self._keep, self._held, self._now = keep, held or Held(key, ()), now
        self._refused = refused

    def change(self, connector: str, stream: Stream) -> Change:
        """What may land of a record."""
        held = self._held.change(connector, stream)
        aged = self._events(connector, stream, self._now.astimezone(UTC).replace(tzinfo=None))
        if self._refused is None or not stream.touches:
            return lambda record: aged(held(record))
        consented = consenting(self._refused, connector, stream)
        return lambda record: consented(aged(held(record)))

    def before_landing(self) -> None:
        """Nothing: who is kept out is known."""

    def of_age(self, item: Slice, stream: Stream, *, replaced: bool) -> Change:
        """What may be kept of a record that was landed.

        Args:
            item: Its slice.
            stream: The slice's stream.
            replaced: Whether a newer list of the same source takes its place.
        """
        read_at = item.extracted_at.astimezone(UTC).replace(tzinfo=None)
        limits = [self._keep.vendors.get(item.connector), self._keep.landing if replaced else None]
        anonymous = self._held.anonymous(item.connector, stream)
        names = Names(item.connector, stream)
        aged = self._events(item.connector, stream, read_at)

        def change(record: dict[str, Any]) -> dict[str, Any]:
            if REJECT in record:
                is_gone = record.get(CELLS) == [ERASED]
                is_over = self._is_over(self._keep.quarantine, read_at)
                return anonymous.refused(record) if is_over and not is_gone else record
            if any(self._is_over(days, read_at) for days in limits) and _somebody(names, record):
                return anonymous.record(record)
            return aged(record)

        return change

    def _events(self, connector: str, stream: Stream, read_at: datetime) -> Change:
        """What may be kept of what somebody did; by the day that it states, else when it came."""
        if not stream.touches or self._keep.events is None:
            return lambda record: record
        happened = _moment_of(stream)
        anonymous, names = self._held.anonymous(connector, stream), Names(connector, stream)

        def change(record: dict[str, Any]) -> dict[str, Any]:
            at = happened(record) or read_at
            if REJECT in record or not self._is_over(self._keep.events, at):
                return record
            return anonymous.record(record) if _somebody(names, record) else record

        return change

    def _is_over(self, days: int | None, at: datetime) -> bool:
        return days is not None and at < cutoff(days, self._now)


def keeping(settings: Settings) -> Keeping | None:
    """What is taken out before records land; ``None`` for a company that keeps everybody."""
    held, keep = held_back(settings), settings.config.privacy.keep_days
    without = who_refused(settings)
    if held is None and without is None and keep.events is None:
        return None
    return Keeping(identity_key(settings), keep, held, settings.now(), without)


def cutoffs(keep: KeepDays, now: datetime) -> dict[str, str]:
    """The moments before which landing may name nobody, by kind and by ``vendor <name>``."""
    kinds = {name: getattr(keep, name) for name in ("landing", "events", "quarantine")}
    kinds |= {f"vendor {name}": days for name, days in keep.vendors.items()}
    return {name: cutoff(days, now).isoformat() for name, days in kinds.items() if days}


def _moment_of(stream: Stream) -> Callable[[dict[str, Any]], datetime | None]:
    moments = [field for field in stream.fields if field.type is Type.TIMESTAMP and field.required]
    if not moments:
        return lambda record: None
    keys = moments[0].keys
    return lambda record: moment(leaf(record, keys))


def _somebody(names: Names, record: dict[str, Any]) -> bool:
    return any(not item.value.startswith(TOKEN) for _, item in names.of(record))
