"""A small company with evidence besides touches and deals.

Belongs here: its events, outreach, referrals, pages and content, as rows in ``raw`` and ``ops``.
Does not belong here: the expected results (``tests/unit/models/test_evidence.py``).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from duckdb import DuckDBPyConnection

from orchestration.configuration.funnel import Funnel
from orchestration.warehouse.schema import ensure_schema
from tests.kit.models.page_evidence import (
    CONTENT,
    CONTENT_PATTERNS,
    DOWNLOADS,
    MATOMO_VISITS,
    PAGE_VIEWS,
)
from tests.kit.models.spend_company import Slice, at, write_slice

READ_AT = at(6, 1)


def day(name: str, month: int, day: int) -> dict[str, Any]:
    """A date of the spring as the loader keeps it: the bounds of the day in Stockholm's winter."""
    first = at(month, day) - timedelta(hours=1)
    return {
        f"{name}_at": first,
        f"{name}_until": first + timedelta(days=1, microseconds=-1),
        f"{name}_at_zone": "Europe/Stockholm",
    }


def file(sequence: int, stream: str, name: str, *rows: dict[str, Any]) -> Slice:
    """The content of a file."""
    return Slice(sequence, "inbox", stream, name, rows, extracted_at=READ_AT)


def _lead(lead_id: str, created: datetime, email: str | None = None) -> dict[str, Any]:
    return {"lead_id": lead_id, "created_at": created, "email_hash": email}


LEADS = file(
    1,
    "leads",
    "leads.csv",
    _lead("l1", at(3, 4), "e1"),
    _lead("l2", at(2, 20), "e2"),
    _lead("l3", at(3, 5), "e3") | {"referred_by": "l1"},
    _lead("l4", at(2, 1)) | {"phone_hash": "p4"},
    _lead("l5", at(3, 20)),
    _lead("l6", at(4, 1), "e6") | {"email_kind": "internal"},
)
DEALS = file(
    2,
    "opportunities",
    "deals.csv",
    {
        "opportunity_id": "o1",
        "lead_id": "l1",
        "created_at": at(3, 6),
        "amount": Decimal(500),
        "is_won": True,
        "closed_at": at(3, 12),
    },
    {
        "opportunity_id": "o2",
        "lead_id": "l3",
        **day("created", 3, 3),
        "amount": Decimal(80),
        "is_won": False,
    },
    {"opportunity_id": "o7", "lead_id": "l3", "created_at": at(3, 6)},
    {"opportunity_id": "o3", "lead_id": "l2", "created_at": at(3, 1), "amount": Decimal(90)},
    {"opportunity_id": "o4", "lead_id": "l2", "created_at": at(3, 20), "amount": Decimal(-30)},
    {
        "opportunity_id": "o5",
        "lead_id": "l1",
        "created_at": at(3, 21),
        "amount": Decimal(-100),
        "is_won": True,
        "closed_at": at(3, 22),
    },
)
DEALS_OF_READERS = file(
    15,
    "opportunities",
    "readers.csv",
    {
        "opportunity_id": "o6",
        "lead_id": "l5",
        "created_at": at(3, 22),
        "amount": Decimal(60),
        "is_won": True,
        "closed_at": at(3, 25),
    },
)
RATES = file(
    3,
    "fx_rates",
    "rates.csv",
    {"date_day": at(3, 1).date(), "currency": "SEK", "rate": Decimal("0.1")},
    {"date_day": at(5, 29).date(), "currency": "SEK", "rate": Decimal("0.2")},
)
COSTS = file(
    4,
    "costs",
    "costs.csv",
    {"date_day": at(3, 1).date(), "amount": Decimal(25), "campaign": "Fair 2026"},
    {"date_day": at(3, 1).date(), "amount": Decimal(10), "campaign": "Tour"},
    {"date_day": at(3, 1).date(), "amount": Decimal(40), "campaign": "calls"},
)
EVENTS = file(
    5,
    "events",
    "events.csv",
    {
        "event_id": "fair",
        "event_name": "Kistamässan",
        "event_type": "Mässa",
        **day("starts", 3, 3),
        "campaign": "Fair 2026",
        "cost": Decimal(1000),
        "currency": "SEK",
    },
    {"event_id": "web", "event_type": "Webinar", "starts_at": at(3, 10, 12), "campaign": "Tour"},
    {
        "event_id": "talk",
        "event_type": "Keynote",
        "starts_at": at(3, 20, 12),
        "campaign": "Tour",
        "cost": Decimal(50),
    },
    {
        "event_id": "next",
        "event_type": "Meetup",
        "starts_at": at(12, 1),
        "cost": Decimal(100),
        "currency": "SEK",
    },
)
REGISTERED = file(
    6,
    "event_attendance",
    "registered.csv",
    {"event_id": "fair", "lead_id": "l1", "status": "Registered", "registered_at": at(2, 25)},
    {"event_id": "fair", "lead_id": "l2", "status": "Inbjuden"},
    {"event_id": "fair", "email_hash": "e3", "status": "Anmäld"},
    {"event_id": "fair", "status": "Anmäld"},
    {"event_id": "fair", "status": "Anmäld"},
    {"event_id": "talk", "lead_id": "l4", "status": "No-show"},
    {"event_id": "next", "lead_id": "l1", "status": "attended"},
)
CAME = file(
    7,
    "event_attendance",
    "came.csv",
    {"event_id": "fair", "lead_id": "l1", "attended_at": at(3, 3, 10)},
    {"event_id": "fair", "email_hash": "e3", "is_attended": True},
    {"event_id": "fair", "status": "Deltog"},
    {"event_id": "fair", "email_hash": "e6", "attended_at": at(3, 3, 10)},
    {"event_id": "web", "email_hash": "e1", "minutes_attended": Decimal(45)},
    {"event_id": "mystery", "lead_id": "l2", "attended_at": at(3, 15)},
)

LETTER = {
    "campaign": "Spring letter",
    "wave": "a",
    "outreach_type": "Brev",
    "contacted_at": at(2, 10),
}
ANSWERED = LETTER | {"outreach_id": "x2", "lead_id": "l2"}
OUTREACH = file(
    8,
    "outreach",
    "letters.csv",
    LETTER | {"outreach_id": "x1", "lead_id": "l1", "cost": Decimal(2)},
    ANSWERED | {"cost": Decimal(2), "responded_at": at(2, 14)},
    LETTER | {"email_hash": "e3", "is_delivered": False, "cost": Decimal(2)},
    LETTER | {"email_hash": "e8", "cost": Decimal(2)},
    LETTER | {"email_hash": "e9", "is_held_out": True},
    LETTER | {"lead_id": "l4", "is_held_out": True},
    LETTER | {"lead_id": "l6", "responded_at": at(2, 15)},
    LETTER | {"wave": "b", "lead_id": "l6", "is_held_out": True},
    LETTER | {"wave": "b", "cost": Decimal(4)},
    LETTER | {"wave": "b", "cost": Decimal(4)},
)
CALLS = file(
    9,
    "outreach",
    "calls.csv",
    {
        "campaign": "Calls",
        "outreach_type": "Telefon",
        "phone_hash": "p4",
        "contacted_at": at(3, 2),
        "is_response": True,
    },
    {"campaign": "Calls", "email_hash": "e1", "contacted_at": at(3, 2), "is_response": True},
    LETTER | {"wave": "b", "cost": Decimal(4)},
    ANSWERED | {"cost": Decimal(2), "responded_at": at(2, 15)},
)

REFERRALS = file(
    10,
    "referrals",
    "referrals.csv",
    {
        "referred_by": "l4",
        "referred_at": at(2, 15),
        "lead_id": "l2",
        "cost": Decimal(30),
        "currency": "EUR",
    },
    {"referred_by": "l2", "referred_at": at(3, 2), "lead_id": "l1"},
    {"referred_by": "l2", "referred_at": at(3, 2), "email_hash": "e7"},
    {"referred_by": "l3", "referred_at": at(3, 3), "lead_id": "l1"},
    {"referred_by": "Gone AB", "referred_at": at(3, 3)},
)

STAGES = file(
    40,
    "stage_history",
    "stages.csv",
    {"lead_id": "l2", "stage": "MQL", "entered_at": at(2, 22)},
    {"lead_id": "l2", "stage": "Demo booked", "entered_at": at(2, 24)},
    {"lead_id": "l2", "stage": "Demo booked", "entered_at": at(2, 24)},
    {"lead_id": "l2", "stage": "Form", "entered_at": at(2, 23)},
    {"lead_id": "l1", "stage": "Opportunity", "entered_at": at(3, 5)},
    {"opportunity_id": "o1", "stage": "Demo booked", **day("entered", 3, 7)},
    {"opportunity_id": "o1", "stage": "Offer", "entered_at": at(3, 9)},
    {"opportunity_id": "gone", "stage": "Offer", "entered_at": at(3, 9)},
)

FILES = (
    LEADS, DEALS, RATES, COSTS, EVENTS, REGISTERED, CAME, OUTREACH, CALLS, REFERRALS, PAGE_VIEWS,
    MATOMO_VISITS, CONTENT, DOWNLOADS, DEALS_OF_READERS, STAGES,
)  # fmt: skip


def write_evidence_company(con: DuckDBPyConnection) -> None:
    """Write every file with its ledger row, and the configuration."""
    ensure_schema(con)
    for item in FILES:
        write_slice(con, item)
    con.execute(
        "insert into ops.inbox_entries select distinct account_id, stream, false, false"
        " from ops.ledger where connector = 'inbox'"
    )
    con.execute("insert into ops.company values ('Acme', 'EUR', 'Europe/Stockholm', 7, 1)")
    con.execute(
        "insert into ops.attribution"
        " values (7, 30, true, true, false, 20, 1, 'linear', 'conversion_date')"
    )
    con.execute("insert into ops.identity values (25, 1, 10, 10, 500, 1000)")
    con.execute("insert into ops.enabled_models values ('first_touch'), ('linear')")
    con.execute(
        "insert into ops.lookbacks values"
        " ('visit', 90), ('content_download', 90), ('event', 180), ('webinar', 180)"
    )
    con.executemany("insert into ops.content_patterns values (?, ?, ?, ?)", CONTENT_PATTERNS)
    steps = "visit, landing, form, lead, mql, demo booked, sql, opportunity, customer"
    con.executemany(
        "insert into ops.funnel_steps values (?, ?, ?, ?, ?, ?)",
        Funnel(steps=steps.split(", "), landing_pages=["/", "/Pricing"]).rows,
    )
