"""How a written day or moment becomes a value in SQL, with its precision and its zone.

Belongs here: dates, moments, epochs. Does not belong here: the rules that hold for a value however
it was written (``fields.py``).
"""

from __future__ import annotations

from orchestration.connectors.field import Field, TimeFormat, Type
from orchestration.foundation.sql import literal
from orchestration.loading.conditions import matches
from orchestration.warehouse.schema import sql_type

_DATE = r"[12][0-9]{3}-[0-9]{2}-[0-9]{2}([T ]00:00(:00(\.0+)?)?(Z|\+00:?00)?)?"
_TIME = (
    r"[12][0-9]{3}-[0-9]{2}-[0-9]{2}([T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,6}0*)?"
    r"(Z|[+-](0[0-9]|1[0-5]):?[0-5][0-9])?)?)?"
)
_OFFSET = "[+-][0-9]{2}:?[0-9]{2}$"
_EPOCH = r"-?[0-9]{1,14}(\.0+)?"
_COMPACT = "[12][0-9]{7}"

_LAST_MICROSECOND = 253_402_300_799_000_000
"""The end of the year 9999."""

_DAY_LENGTH = 10
"""The length of a date, ``2025-01-01``; no other text that is read as a moment has it, except
epochs."""

_WITHOUT_OFFSET = 19
"""A time up to this length, ``2025-01-01T10:00:00``, has no room for an offset."""


def moment(field: Field, text: str) -> tuple[str, str]:
    """The value, in UTC, of a DATE or TIMESTAMP, and the test of its form."""
    target = sql_type(field)
    if field.type is Type.DATE:
        iso, iso_form = f"try_cast(left({text}, 10) as date)", matches(text, _DATE)
    else:
        # TIMESTAMPTZ respects offsets and costs eight times as much as TIMESTAMP, which ignores
        # them.
        utc = f"suffix({text}, 'Z') or strlen({text}) <= {_WITHOUT_OFFSET}"
        iso = (
            f"case when {_is_day(text)} then {_midnight(text)}"
            f" when {utc} then try_cast({text} as timestamp)"
            f" else cast(try_cast({text} as timestamptz) as timestamp) end"
        )
        iso_form = matches(text, _TIME)
    if field.time_format is TimeFormat.ISO:
        return iso, iso_form
    if field.time_format is TimeFormat.COMPACT_DATE:
        compact = f"cast(try_strptime({text}, '%Y%m%d') as {target})"
        return compact, matches(text, _COMPACT)
    factor = 1_000_000 if field.time_format is TimeFormat.EPOCH_SECONDS else 1_000
    number, limit = f"try_cast({text} as bigint)", _LAST_MICROSECOND // factor
    form = f"({matches(text, _EPOCH)} and {number} between -{limit} and {limit})"
    epoch = f"cast(make_timestamp({number} * {factor}) as {target})"
    if field.time_format is TimeFormat.ISO_OR_EPOCH_MILLIS:
        return f"case when {form} then {epoch} else {iso} end", f"({form} or {iso_form})"
    return f"case when {form} then {epoch} end", form


def _is_day(text: str) -> str:
    """Whether a text is a date without a time; an epoch of as many digits has no hyphen."""
    return f"strlen({text}) = {_DAY_LENGTH} and contains({text}, '-')"


def _midnight(text: str, days: int = 0) -> str:
    """The UTC moment at which a day begins in the source's zone, or one ``days`` later does."""
    day = f"try_cast({text} as date)" + (f" + {days}" if days else "")
    return f"cast({day} as timestamp) at time zone $source_zone at time zone 'UTC'"


def until(field: Field, text: str) -> str:
    """The last microsecond of a day without a time; NULL for a moment."""
    if field.time_format in (TimeFormat.EPOCH_SECONDS, TimeFormat.EPOCH_MILLIS):
        return "cast(null as timestamp)"
    return f"case when {_is_day(text)} then {_midnight(text, 1)} - interval 1 microsecond end"


def zone(field: Field, text: str) -> str:
    """The zone at the source: the offset written, UTC for ``Z`` and epochs, else the slice's."""
    epochs = (TimeFormat.EPOCH_SECONDS, TimeFormat.EPOCH_MILLIS)
    if field.time_format in epochs:
        return f"case when {text} is not null then 'UTC' end"
    epoch = (
        f" when {matches(text, _EPOCH)} then 'UTC'"
        if field.time_format is TimeFormat.ISO_OR_EPOCH_MILLIS
        else ""
    )
    offset = f"nullif(regexp_extract({text}, {literal(_OFFSET)}), '')"
    return (
        f"case when {text} is null then null when suffix({text}, 'Z') then 'UTC'{epoch}"
        f" when strlen({text}) <= {_WITHOUT_OFFSET} then $source_zone"
        f" else coalesce({offset}, $source_zone) end"
    )
