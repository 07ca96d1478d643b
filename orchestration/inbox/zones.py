"""Reads the zone that a moment names by words: ``CET``, ``GMT+0100 (CET)``, Windows' names.

Belongs here: words for zones, and taking them off a cell. Does not belong here: the rest of a
moment, and offsets alone (``values``).
"""

from __future__ import annotations

import re
from datetime import timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tzlocal.windows_tz import win_tz

_HOURS = {
    "UTC": 0, "GMT": 0, "Z": 0, "WET": 0, "WEST": 1, "BST": 1, "CET": 1, "MET": 1, "MEZ": 1,
    "CEST": 2, "MEST": 2, "MESZ": 2, "EET": 2, "SAST": 2, "EEST": 3, "MSK": 3, "TRT": 3, "GST": 4,
    "SGT": 8, "HKT": 8, "AWST": 8, "JST": 9, "KST": 9, "ACST": 9.5, "AEST": 10, "AEDT": 11,
    "NZST": 12, "NZDT": 13, "NST": -3.5, "BRT": -3, "ART": -3, "AST": -4, "ADT": -3, "EST": -5,
    "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "AKST": -9,
    "AKDT": -8, "HST": -10,
}  # fmt: skip
"""Hours east of UTC. The American ones are those of RFC 2822; IST is three zones, so it is none."""

_OFFSET = r"[+-][0-9]{1,2}(?::?[0-9]{2})?"
_TIME_END = r".*?[0-9](?:\s*[AaPp]\.?[Mm]\.?)?"
_NAMED = re.compile(
    rf"(?P<rest>{_TIME_END})\s*(?P<name>[A-Za-z]{{1,4}}|[A-Z][A-Za-z_]+(?:/[A-Za-z_+0-9-]+)+)"
    rf"(?P<offset>{_OFFSET})?"
)
_ASIDE = re.compile(r"(?P<rest>.*\S)\s*\((?P<aside>[^()]*)\)")
_STATED = re.compile(rf"[0-9]\s*(?:{_OFFSET}|Z)")
_WINDOWS = re.compile(
    rf"(?P<rest>{_TIME_END})\s*\(?(?P<name>{'|'.join(map(re.escape, sorted(win_tz)))})\)?"
)
"""``W. Europe Standard Time`` and the like: zones with their summer time, whatever they say."""
_WORD_AT_END = re.compile(rf"[A-Za-z)](?:{_OFFSET})?$")


def split_zone(cell: str) -> tuple[str, tzinfo | None]:
    """A moment without the word for its zone, and that zone; ``None`` where it names none.

    What stands in brackets repeats an offset, or names the zone where nothing else does.
    """
    if not _WORD_AT_END.search(cell):
        return cell, None
    whole, aside = cell, ""
    if found := _ASIDE.fullmatch(cell):
        cell, aside = found["rest"], found["aside"]
        if not _STATED.search(cell[-8:]) and (zone := _zone(aside.strip(), "")):
            named = _NAMED.fullmatch(cell)
            if named is None or _zone(named["name"], named["offset"] or "") is None:
                return cell, zone
    if (found := _NAMED.fullmatch(cell)) and (zone := _zone(found["name"], found["offset"] or "")):
        return found["rest"], zone
    if "Time" in whole and (found := _WINDOWS.fullmatch(whole)):
        return found["rest"], ZoneInfo(win_tz[found["name"]])
    return cell, None


def _zone(name: str, offset: str) -> tzinfo | None:
    if "/" in name:
        try:
            return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError):
            return None
    hours = _HOURS.get(name.upper())
    if hours is None or (offset and hours != 0):
        return None
    digits = offset[1:].replace(":", "")
    minutes = (
        int(digits[:-2] or 0) * 60 + int(digits[-2:]) if len(digits) > 2 else 60 * int(digits or 0)
    )
    if minutes >= 24 * 60:
        return None
    shift = timedelta(minutes=-minutes if offset.startswith("-") else minutes)
    return timezone(timedelta(hours=hours) + shift)
