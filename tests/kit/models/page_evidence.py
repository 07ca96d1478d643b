"""Pages and content of the small company of ``evidence_company``: files, and Matomo's visits.

Belongs here: rows in ``raw``. Does not belong here: the expected results
(``tests/unit/models/test_evidence.py``).
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from tests.kit.models.spend_company import Slice, at

SITE = "https://acme.test"


def view(at: datetime, url: str, **who: Any) -> dict[str, Any]:
    """A line of a file of page views."""
    return {"viewed_at": at, "page_url": url, **who}


PAGE_VIEWS = Slice(
    11,
    "inbox",
    "page_views",
    "pages.csv",
    (
        view(at(3, 3, 20), f"{SITE}/contact?utm_source=x", lead_id="l1", visitor_id="v1"),
        view(at(3, 3, 20, 10), f"{SITE}/Terms#top", visitor_id="v1", seconds=Decimal(30)),
        view(at(3, 4, 12), f"{SITE}/docs", visitor_id="v1"),
        view(
            at(3, 4, 10), "http://WWW.acme.test/pricing/?plan=a", visitor_id="v3",
            email_hash="role:made_up:e",
        ),
        view(at(3, 4, 10, 45), f"{SITE}/pricing", visitor_id="v3", email_hash="e3"),
        view(at(2, 20) - timedelta(days=100), f"{SITE}/contact", lead_id="l2"),
        view(at(3, 10), "/", visitor_id="v8", visit_id="1", title="Start"),
        view(at(3, 10), "/", visitor_id="v9", visit_id="1", title="Start"),
        view(at(3, 10), "/", visitor_id="v9", visit_id="1", title="Start"),
        view(at(3, 12), f"{SITE}/#/app/login", visitor_id="v5", lead_id="l5"),
    ),
    extracted_at=at(6, 1),
)  # fmt: skip


def _action(kind: str, url: str | None, moment: datetime, **more: Any) -> dict[str, Any]:
    seconds = int(moment.replace(tzinfo=UTC).timestamp())
    return {"type": kind, "url": url, "timestamp": seconds, **more}


MATOMO_VISITS = Slice(
    12,
    "matomo",
    "visits",
    "1",
    (
        {
            "visit_id": "71",
            "site_id": "1",
            "visitor_id": "v5",
            "started_at": at(3, 19, 9),
            "ended_at": at(3, 19, 9, 5),
            "action_details": json.dumps(
                [
                    _action("outlink", "https://partner.example/", at(3, 19, 9)),
                    _action(
                        "action", f"{SITE}/pricing/?gclid=abc", at(3, 19, 9), timeSpent="60",
                        pageTitle="Prices",
                    ),
                    _action("download", f"{SITE}/prices.pdf", at(3, 19, 9, 1)),
                    _action("event", f"{SITE}/pricing", at(3, 19, 9, 1)),
                    _action("action", f"{SITE}/contact", at(3, 19, 9, 5), timeSpent=None),
                ]
            ),
        },
    ),
    extracted_at=at(6, 1),
)  # fmt: skip

CONTENT = Slice(
    13,
    "inbox",
    "content",
    "content.csv",
    (
        {
            "content_id": "c1",
            "title": "What it costs",
            "topic": "Pricing",
            "format": "Guide",
            "page_url": f"{SITE}/pricing/",
        },
        {"content_id": "c2", "title": "E-book", "topic": "pricing", "format": "E-book"},
        {"content_id": "c3", "page_url": "www.acme.test/docs*"},
        {"content_id": "c4", "topic": "Pricing", "format": "guide", "page_url": "/#/app/*"},
        {"content_id": "c5", "title": "Nobody reads this"},
    ),
    extracted_at=at(6, 1),
)

DOWNLOADS = Slice(
    14,
    "inbox",
    "touchpoints",
    "downloads.csv",
    (
        {
            "occurred_at": at(3, 19, 10),
            "lead_id": "l5",
            "touch_type": "content_download",
            "content": "E-BOOK",
            "landing_page": f"{SITE}/pricing",
        },
        {
            "occurred_at": at(4, 2),
            "lead_id": "l5",
            "touch_type": "webinar",
            "content": "What it costs",
        },
        {
            "occurred_at": at(3, 19, 10),
            "lead_id": "l6",
            "touch_type": "content_download",
            "content": "E-BOOK",
        },
    ),
    extracted_at=at(6, 1),
)

CONTENT_PATTERNS = ((1, "/docs*", "How to", "Blog post"), (2, "acme.test/contact", "Contact", None))
"""As the configuration has them."""
