"""What people do on a site within minutes, with what must count as a touch.

Belongs here: hits and the reason why one does not count. Does not belong here: how they reach a
warehouse (``tests/unit/models/conftest.py``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

OWN = "https://www.acme.test/"
AD = {"landing_page": f"{OWN}?gclid=CjwKvisit"}
TAGGED = {"utm_source": "google", "utm_medium": "cpc", "utm_campaign": "visit brand"}
SEARCH = {"referrer": "https://www.google.com/"}


@dataclass(frozen=True)
class Hit:
    """One hit of the person.

    Attributes:
        minute: After the first.
        why: The reason why it is no touch of its own; empty where it is one.
        evidence: Columns of the inbox's ``touchpoints``.
        day: Whether the file knows the day alone.
    """

    minute: float
    why: str = ""
    evidence: dict[str, str] = field(default_factory=dict)
    day: bool = False


BARE = "bare_hit"
AGAIN = "repeated_hit"

VISITS: dict[str, tuple[Hit, ...]] = {
    "back from the payment page": (
        Hit(0, "", AD),
        Hit(6, BARE, {"landing_page": f"{OWN}thanks", "referrer": "https://www.paypal.com/"}),
    ),
    "back from the sign-in page": (
        Hit(0, "", {"utm_source": "linkedin", "utm_medium": "cpc"}),
        Hit(4, BARE, {"referrer": "https://login.microsoftonline.com/"}),
    ),
    "pages and a form without evidence": (
        Hit(0, "", SEARCH),
        Hit(20, BARE, {"referrer": OWN}),
        Hit(45, BARE, {"touch_type": "form"}),
        Hit(75, BARE, {"landing_page": f"{OWN}contact"}),
    ),
    "a pause of more than thirty minutes": (Hit(0, "", AD), Hit(30.5, "")),
    "a pause of thirty minutes": (Hit(0, "", AD), Hit(30, BARE)),
    "a bare visit of another day": (Hit(0, "", AD), Hit(24 * 60, "")),
    "a bare visit of several pages": (Hit(0, ""), Hit(2, BARE), Hit(4, BARE)),
    "a bare page and then an ad": (Hit(0, ""), Hit(5, "", AD)),
    "tagged pages": tuple(Hit(minute, AGAIN if minute else "", TAGGED) for minute in range(5)),
    "the click id is lost on the next page": (
        Hit(0, "", {**TAGGED, "click_id": "CjwKone", "click_id_type": "gclid"}),
        Hit(1, AGAIN, TAGGED),
        Hit(2, "", {**TAGGED, "click_id": "CjwKtwo", "click_id_type": "gclid"}),
    ),
    "another campaign": (
        Hit(0, "", TAGGED),
        Hit(3, "", {**TAGGED, "utm_campaign": "visit other"}),
        Hit(4, AGAIN, {**TAGGED, "utm_campaign": "visit other"}),
    ),
    "another medium": (Hit(0, "", TAGGED), Hit(3, "", {**TAGGED, "utm_medium": "ppc"})),
    "another source": (Hit(0, "", SEARCH), Hit(3, "", TAGGED), Hit(9, BARE)),
    "a mail's click and the visit it leads to": (
        Hit(0, "", {"touch_type": "email_click", "utm_source": "list", "utm_medium": "email"}),
        Hit(0.5, AGAIN, {"utm_source": "list", "utm_medium": "email"}),
    ),
    "a scanner clicks every link of a mail": tuple(
        Hit(
            number / 12,
            AGAIN if number else "",
            {"touch_type": "email_click", "utm_medium": "email", "utm_campaign": f"link {number}"},
        )
        for number in range(8)
    ),
    "a reader clicks two campaigns of a mail": tuple(
        Hit(
            number / 2,
            "",
            {"touch_type": "email_click", "utm_medium": "email", "utm_campaign": f"pick {number}"},
        )
        for number in range(2)
    ),
    "a webinar is no visit": (Hit(0, "", {"touch_type": "webinar"}), Hit(5, "")),
    "an open is no visit": (Hit(0, "touch_type", {"touch_type": "email_open"}), Hit(5, "")),
    "days are no visit": (Hit(0, "", AD, day=True), Hit(0, "", {}, day=True)),
}


def visit_touches(start: datetime) -> Iterator[dict[str, Any]]:
    """The hits as rows of the inbox's ``touchpoints``, each visit of a person of its own."""
    for number, (name, hits) in enumerate(VISITS.items()):
        for place, hit in enumerate(hits):
            at = start + timedelta(minutes=hit.minute)
            row: dict[str, Any] = {
                "touchpoint_id": f"case:visit:{name}:{place}",
                "visitor_id": f"visit{number}",
                "occurred_at": at,
                "touch_type": "visit",
                **hit.evidence,
            }
            if hit.day:
                row["occurred_until"] = at + timedelta(days=1, microseconds=-1)
            yield row
