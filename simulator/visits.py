"""Which touches of a person count, restated from docs/attribution.md for the planted truth.

Belongs here: visits and what repeats or continues a touch in one. Does not belong here: who is
credited (``truth``), or how vendors show a visit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from simulator.journeys import Touch

LOOKBACK_DAYS: dict[str, int] = {
    "visit": 90,
    "email_click": 30,
    "form": 90,
    "call": 180,
    "event": 180,
    "webinar": 180,
    "direct_mail": 180,
    "referral": 180,
    "crm_record": 90,
}
"""As in the demo's configuration."""

PAUSE = timedelta(minutes=30)
"""A longer pause ends a visit; as in the demo's configuration."""

ON_THE_SITE = {"visit", "form", "email_click"}
"""The types of touches that can be part of a visit; the others happen elsewhere."""

_MARKS = ("click_id", "utm_source", "utm_medium")


def counting_touches(touches: Sequence[Touch]) -> list[Touch]:
    """The touches of one person that may earn credit.

    Within a visit, a touch whose true source is direct continues the one before it, and one of the
    same source, channel, campaign and click repeats it. What a later hit leaves out is no
    difference, and a campaign that a later hit shows is the touch's.

    Args:
        touches: Everything that the person did, in order of time.
    """
    found: list[Touch] = []
    leader = -1
    last: datetime | None = None
    shown: dict[str, str] = {}
    for touch in touches:
        if touch.kind not in ON_THE_SITE:
            found.append(touch)
            continue
        if last is None or touch.at - last > PAUSE:
            opens, shown = True, {}
        else:
            opens = False
        last = touch.at
        evidence = _evidence(touch)
        if opens or (evidence and _differs(evidence, shown)):
            leader = len(found)
            found.append(touch)
        elif not found[leader].campaign_id and touch.campaign_id:
            found[leader] = replace(
                found[leader],
                campaign_platform=touch.campaign_platform,
                campaign_id=touch.campaign_id,
            )
        shown |= evidence
    return found


def _evidence(touch: Touch) -> dict[str, str]:
    """What a touch shows of its origin; nothing where it came directly."""
    if touch.lead_source == "direct":
        return {}
    shown = {"lead_source": touch.lead_source, "lead_channel": touch.lead_channel}
    shown |= {name: getattr(touch, name).lower() for name in _MARKS if getattr(touch, name)}
    if touch.campaign_id:
        shown["campaign"] = f"{touch.campaign_platform}:{touch.campaign_id}"
    return shown


def _differs(evidence: dict[str, str], shown: dict[str, str]) -> bool:
    if not shown:
        return True
    return any(name in shown and value != shown[name] for name, value in evidence.items())
