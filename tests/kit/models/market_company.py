"""A small company that lists what it shows the market: mailings, ads, searches, posts.

Belongs here: its rows in ``raw`` and ``ops``. Does not belong here: the expected results
(``tests/unit/models/test_market.py``).
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from duckdb import DuckDBPyConnection

from orchestration.warehouse.schema import ensure_schema
from tests.kit.models.evidence_company import day, file
from tests.kit.models.spend_company import at, spend, write_slice


def _lead(lead_id: str, created: datetime, email: str) -> dict[str, Any]:
    return {"lead_id": lead_id, "created_at": created, "email_hash": email}


LEADS = file(
    1,
    "leads",
    "leads.csv",
    _lead("m1", at(3, 10), "e1"),
    _lead("m2", at(2, 1), "e2"),
    _lead("m3", at(3, 7), "e3"),
    _lead("m4", at(4, 2), "e4"),
    _lead("m5", at(4, 3), "e5"),
    _lead("m6", at(4, 3), "e6"),
    _lead("m7", at(4, 9), "e7"),
    _lead("m8", at(4, 9), "e8"),
    _lead("m9", at(4, 9), "e9"),
)
DEALS = file(
    2,
    "opportunities",
    "deals.csv",
    {
        "opportunity_id": "o1",
        "lead_id": "m1",
        "created_at": at(3, 12),
        "amount": Decimal(300),
        "is_won": True,
        "closed_at": at(3, 20),
    },
)

OFFER = "https://acme.example/offer"
TERMS = "https://acme.example/terms"


def _click(email: str, moment: datetime, page: str) -> dict[str, Any]:
    return {
        "occurred_at": moment,
        "email_hash": email,
        "touch_type": "email_click",
        "utm_campaign": "spring-offer",
        "landing_page": page,
    }


def _ad_click(email: str, moment: datetime, content: str) -> dict[str, Any]:
    return {
        "occurred_at": moment,
        "email_hash": email,
        "utm_source": "facebook",
        "utm_medium": "paid_social",
        "utm_campaign": "autumn",
        "utm_content": content,
    }


def _visit(email: str, source: str, campaign: str) -> dict[str, Any]:
    return {
        "occurred_at": at(4, 8),
        "email_hash": email,
        "utm_source": source,
        "utm_medium": "social",
        "utm_campaign": campaign,
    }


TOUCHES = file(
    3,
    "touchpoints",
    "touches.csv",
    _click("e1", at(3, 5, 10), OFFER),
    _click("e1", at(3, 5, 10, 10), TERMS),
    _click("e2", at(3, 5, 11), OFFER),
    _click("e2", at(3, 5, 11), TERMS),
    {
        "occurred_at": at(3, 6),
        "email_hash": "e2",
        "utm_source": "acme",
        "utm_medium": "email",
        "utm_campaign": "March news",
        "landing_page": OFFER,
    },
    {
        "occurred_at": at(3, 6, 12),
        "email_hash": "e3",
        "utm_source": "google",
        "utm_medium": "cpc",
        "utm_campaign": "spring-offer",
    },
    _ad_click("e4", at(4, 1), "Film A"),
    _ad_click("e5", at(4, 2), "Somebody's own word"),
    {
        "occurred_at": at(4, 2, 9),
        "email_hash": "e6",
        "referrer": "https://www.google.com/",
        "landing_page": "https://www.acme.example/CRM/?x=1",
    },
    {
        "occurred_at": at(4, 2, 9),
        "email_hash": "e9",
        "referrer": "https://www.google.com/",
        "landing_page": "https://shop.example/crm",
    },
    _visit("e7", "LinkedIn", "posts-a"),
    _ad_click("e4", at(4, 9), "") | {"utm_campaign": "posts-a"},
    _visit("e8", "linkedin", "posts-b") | {"utm_content": "P2"},
)

NEWS = {"mailing_id": "n1", "mailing_name": "March news", "list_name": "Readers"}
MAILINGS = file(
    4,
    "mailings",
    "mailings.csv",
    NEWS | {"subject_line": "Five tips", **day("sent", 3, 2), "sent": Decimal(90)},
    {
        "mailing_id": "n2",
        "subject_line": "An offer",
        "campaign": "spring-offer",
        "sent_at": at(3, 5, 8),
        "sent": Decimal(50),
        "bounced": Decimal(10),
    },
    {
        "mailing_id": "n3",
        "sent_at": at(3, 7),
        "sent": Decimal(10),
        "delivered": Decimal(12),
    },
    {"mailing_id": "w1", "campaign": "weekly", "sent_at": at(3, 9)},
    {
        "mailing_id": "w2",
        "campaign": "weekly",
        "sent_at": at(3, 16),
        "delivered": Decimal(10),
        "opened": Decimal(25),
    },
)
LATER_MAILINGS = file(
    5,
    "mailings",
    "mailings-2.csv",
    NEWS
    | {
        "subject_line": "Five tips",
        **day("sent", 3, 2),
        "sent": Decimal(100),
        "delivered": Decimal(98),
        "opened": Decimal(49),
        "clicked": Decimal(7),
        "unsubscribed": Decimal(1),
    },
)

_AUTUMN = {"account_id": "a1", "campaign_id": "c1", "campaign_name": "Autumn"}
_FILM = _AUTUMN | {"ad_group_name": "Buyers", "ad_id": "71", "ad_name": "Film A"}
ADS = file(
    6,
    "ad_spend",
    "ads.csv",
    spend(at(3, 30).date(), "Meta Ads", "100", **_AUTUMN, clicks=Decimal(9)),
    spend(at(3, 30).date(), "Meta Ads", "60", **_FILM, clicks=Decimal(6)),
    spend(at(4, 1).date(), "Meta Ads", "30", **_FILM, clicks=Decimal(3)),
    spend(
        at(4, 1).date(),
        "Meta Ads",
        "-5",
        **_AUTUMN | {"ad_group_name": "Buyers", "ad_name": "Picture B"},
    ),
)


def _search(day: int, term: str | None, page: str | None, *figures: int) -> dict[str, Any]:
    clicks, impressions, position = (Decimal(figure) for figure in figures)
    return {
        "date_day": at(4, day).date(),
        "search_term": term,
        "page": page,
        "clicks": clicks,
        "impressions": impressions,
        "position": position,
    }


CRM = "https://acme.example/crm"
SEARCHES = file(
    7,
    "organic_search",
    "searches.csv",
    _search(2, "Acme CRM", CRM, 6, 60, 2),
    _search(2, "lead source", CRM, 2, 100, 8),
    _search(2, None, CRM, 10, 200, 5),
    _search(2, "lead source", CRM, 2, 90, 8) | {"device": "mobile"},
    _search(2, None, CRM, 9, 190, 5) | {"country": "se"},
    _search(3, "lead source", None, 5, 50, 4),
    _search(3, "lead source", None, 4, 40, 4) | {"country": "se"},
    _search(3, "lead source", CRM, 3, 30, 4),
    _search(5, "lead channel", None, 6, 60, 2) | {"country": "se"},
    _search(5, "lead channel", None, 3, 30, 2) | {"country": "no"},
    _search(5, "lead channel", None, 1, 10, 2),
    _search(5, "lead scoring", None, 2, 20, 2),
    _search(5, "lead ads", None, 1, 10, 2) | {"country": "no"},
    _search(6, "lead ads", None, 4, 40, 2) | {"device": "mobile"},
    _search(6, "lead ads", None, 5, 41, 2) | {"country": "se"},
)
LATER_SEARCHES = file(8, "organic_search", "searches-2.csv", _search(2, "acme crm ", CRM, 7, 60, 2))

POSTS = file(
    9,
    "social_posts",
    "posts.csv",
    {
        "network": "LinkedIn",
        "post_id": "p1",
        "posted_at": at(4, 1),
        "title": "Why leads lie",
        "format": "video",
        "campaign": "posts-a",
        "impressions": Decimal(999),
    },
    {
        "network": "LinkedIn Page",
        "post_id": "p2",
        **day("posted", 4, 5),
        "impressions": Decimal(200),
        "engagements": Decimal(10),
    },
    {
        "network": "Facebook",
        "post_id": "p3",
        "posted_at": at(4, 6),
        "is_paid": True,
        "impressions": Decimal(1000),
    },
)


def _post_day(month: int, network: str, post_id: str, *figures: int | None) -> dict[str, Any]:
    impressions, engagements, clicks = (None if n is None else Decimal(n) for n in figures)
    return {
        "date_day": at(month, 2).date(),
        "network": network,
        "post_id": post_id,
        "impressions": impressions,
        "engagements": engagements,
        "clicks": clicks,
    }


POST_DAYS = file(
    10,
    "social_post_days",
    "post-days.csv",
    _post_day(4, "linkedin", "p1", 100, 5, 2),
    _post_day(5, "LinkedIn", "p1", 60, 3, 1),
    _post_day(5, "X", "p4", 10, 1, 0),
    _post_day(5, "LinkedIn Page", "p2", None, 12, None),
)

FILES = (
    LEADS,
    DEALS,
    TOUCHES,
    MAILINGS,
    LATER_MAILINGS,
    ADS,
    SEARCHES,
    LATER_SEARCHES,
    POSTS,
    POST_DAYS,
)


def write_market_company(con: DuckDBPyConnection) -> None:
    """Write every file with its ledger row, and the configuration."""
    ensure_schema(con)
    for item in FILES:
        write_slice(con, item)
    con.execute(
        "insert into ops.inbox_entries select distinct account_id, stream, false, false"
        " from ops.ledger"
    )
    con.execute("insert into ops.company values ('Acme', 'EUR', 'Europe/Stockholm', 7, 1)")
    con.execute(
        "insert into ops.attribution"
        " values (7, 30, true, true, false, 20, 1, 'linear', 'conversion_date')"
    )
    con.execute("insert into ops.identity values (25, 1, 10, 10, 500, 1000)")
    con.execute("insert into ops.enabled_models values ('first_touch'), ('linear')")
    con.execute("insert into ops.brand_terms values ('Acme')")
    con.execute("insert into ops.lookbacks values ('visit', 90), ('email_click', 30)")
