"""What every part of ``tributary.yaml`` shares: strictness about unknown keys, currencies, zones.

Belongs here: the base class and the checks of values that several parts use. Does not belong here:
the parts themselves.
"""

from __future__ import annotations

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict
from tzlocal.windows_tz import win_tz

from orchestration.foundation.currencies import CURRENCIES


class Strict(BaseModel):
    """A section whose keys are all known and whose values never change after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


def known_currency(value: str) -> str:
    """An ISO 4217 code, or ``ValueError``."""
    if value not in CURRENCIES:
        raise ValueError(f"{value!r} is not an ISO 4217 currency code")
    return value


def known_zone(value: str) -> str:
    """An IANA time zone, or ``ValueError``."""
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        # A folder of zones, such as Europe, is found and cannot be read.
        meant = f"; {win_tz[value]} is" if value in win_tz else ""
        raise ValueError(f"{value!r} is not an IANA time zone{meant}") from error
    return value
