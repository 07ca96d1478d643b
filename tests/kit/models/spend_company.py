"""A small company whose spend, campaigns and files contain traps found in real ones.

Belongs here: its rows in ``raw`` and ``ops``. Does not belong here: the expected results.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from duckdb import DuckDBPyConnection

from orchestration.warehouse.schema import ensure_schema


def at(month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    """A time in 2026 as stored in ``raw``: UTC, without a zone."""
    return datetime(2026, month, day, hour, minute, tzinfo=UTC).replace(tzinfo=None)


DAY = date(2026, 3, 5)
EARLIER = at(3, 6, 6)
LATER = at(3, 12, 6)


@dataclass(frozen=True)
class Slice:
    """Rows of one slice; sequence is its position in the manifest."""

    sequence: int
    connector: str
    stream: str
    account_id: str
    rows: tuple[dict[str, Any], ...]
    extracted_at: datetime = LATER
    window: tuple[datetime, datetime] | None = None


def spend(day: date, platform: str, amount: str, **ids: Any) -> dict[str, Any]:
    """A line of a spend file."""
    return {"date_day": day, "platform": platform, "spend": Decimal(amount), **ids}


META = {"account_id": "a1", "currency": "EUR"}
NEGATIVE = {"account_id": "a9", "currency": "EUR"}
TIKTOK = {"currency": "SEK"}
MARCH = (at(3, 1), at(3, 13))
GOOGLE_DAY = {"date_day": DAY, "customer_id": "77", "currency": "SEK"}
ANONYMOUS = {
    "occurred_at": at(3, 8, 12),
    "email_hash": "e1",
    "touch_type": "webinar",
}

SPEND_FILES = (
    Slice(1, "inbox", "ad_spend", "accounts.csv", (spend(DAY, "Meta Ads", "1632.33", **META),)),
    Slice(
        2,
        "inbox",
        "ad_spend",
        "campaigns.csv",
        (spend(DAY, "Meta Ads", "999", campaign_id="c1", campaign_name="Old", **META),),
    ),
    Slice(
        3,
        "inbox",
        "ad_spend",
        "campaigns.csv",
        (spend(DAY, "Meta Ads", "231.33", campaign_id="c1", campaign_name="Spring", **META),),
    ),
    Slice(
        4,
        "inbox",
        "ad_spend",
        "flat.csv",
        (
            spend(
                date(2026, 3, 7),
                "tiktok_ads",
                "100",
                campaign_id="t1",
                campaign_name="Höst",
                **TIKTOK,
            ),
            spend(date(2026, 3, 7), "tiktok_ads", "5", lead_source="Kiosk", **TIKTOK),
            spend(
                date(2026, 3, 16),
                "tiktok_ads",
                "10",
                campaign_id="t1",
                campaign_name="Höst 2",
                **TIKTOK,
            ),
        ),
    ),
    Slice(
        5,
        "inbox",
        "ad_spend",
        "credited.csv",
        (
            spend(DAY, "bing_ads", "80", **NEGATIVE),
            spend(DAY, "bing_ads", "100", campaign_id="n1", ad_id="n1a", **NEGATIVE),
        ),
    ),
    Slice(6, "inbox", "ad_spend", "gone.csv", (spend(DAY, "x_ads", "77777"),)),
    Slice(
        7,
        "inbox",
        "ad_spend",
        "agency.csv",
        (
            spend(date(2026, 3, 13), "google_ads", "0.7", campaign_name="VÅR", currency="EUR"),
            spend(date(2026, 3, 14), "google_ads", "0.3", campaign_name="vår-2026", currency="EUR"),
        ),
    ),
    Slice(
        8,
        "inbox",
        "ad_spend",
        "flat_again.csv",
        (
            spend(
                date(2026, 3, 16),
                "tiktok_ads",
                "10",
                campaign_id="t1",
                campaign_name="Höst 2",
                **TIKTOK,
            ),
        ),
    ),
)

GOOGLE = (
    Slice(
        20,
        "google_ads",
        "campaigns",
        "77",
        (
            {
                "customer_id": "77",
                "campaign_id": "g1",
                "campaign_name": "Vår",
                "campaign_type": "SEARCH",
            },
        ),
        EARLIER,
    ),
    Slice(
        21,
        "google_ads",
        "campaigns",
        "77",
        (
            {
                "customer_id": "77",
                "campaign_id": "g1",
                "campaign_name": "Vår 2026",
                "campaign_type": "SEARCH",
            },
        ),
        LATER,
    ),
    Slice(
        22,
        "google_ads",
        "account_days",
        "77",
        ({**GOOGLE_DAY, "cost_micros": 50_000_000},),
        EARLIER,
        MARCH,
    ),
    Slice(
        23,
        "google_ads",
        "account_days",
        "77",
        ({**GOOGLE_DAY, "cost_micros": 40_760_000},),
        LATER,
        MARCH,
    ),
    Slice(
        24,
        "google_ads",
        "campaign_days",
        "77",
        ({**GOOGLE_DAY, "campaign_id": "g1", "campaign_name": "Vår", "cost_micros": 40_760_000},),
        LATER,
        MARCH,
    ),
    Slice(
        25,
        "google_ads",
        "ad_days",
        "77",
        (
            {
                **GOOGLE_DAY,
                "campaign_id": "g1",
                "ad_group_id": "gg",
                "ad_id": "ga",
                "cost_micros": 30_000_000,
            },
        ),
        EARLIER,
        MARCH,
    ),
    Slice(26, "google_ads", "ad_days", "77", (), LATER, MARCH),
)

OTHER_FILES = (
    Slice(
        40,
        "inbox",
        "fx_rates",
        "rates.csv",
        (
            {"date_day": date(2026, 3, 5), "currency": "SEK", "rate": Decimal("0.09")},
            {"date_day": date(2026, 3, 9), "currency": "SEK", "rate": Decimal("0.10")},
        ),
    ),
    Slice(
        41,
        "inbox",
        "costs",
        "costs.csv",
        (
            {
                "date_day": DAY,
                "amount": Decimal("12.50"),
                "lead_source": "Event",
                "campaign": "SPRING",
            },
            {
                "date_day": DAY,
                "amount": Decimal("12.50"),
                "lead_source": "Event",
                "campaign": "SPRING",
            },
            {"date_day": DAY, "amount": Decimal("-2.50"), "lead_source": "Event", "campaign": None},
        ),
    ),
    Slice(
        46,
        "inbox",
        "costs",
        "costs_again.csv",
        ({"date_day": DAY, "amount": Decimal("-2.50"), "lead_source": "Event"},),
    ),
    Slice(
        42,
        "inbox",
        "touchpoints",
        "touches.csv",
        (
            {
                "touchpoint_id": "t1",
                "occurred_at": at(3, 6),
                "lead_id": "l1",
                "utm_source": "facebook",
                "utm_medium": "paid_social",
                "utm_campaign": "spring",
            },
            {"touchpoint_id": "t2", "occurred_at": at(3, 8), "lead_id": "l1", "campaign_id": "g1"},
            {"touchpoint_id": "t3", "occurred_at": at(3, 20), "lead_id": "l1", "campaign_id": "g1"},
            {
                "touchpoint_id": "t4",
                "occurred_at": at(3, 8),
                "lead_id": "l2",
                "utm_campaign": "Mystery > '); drop table x; --",
            },
            {
                "touchpoint_id": "t5",
                "occurred_at": at(3, 8),
                "lead_id": "l2",
                "utm_campaign": "(not set)",
            },
            {
                "touchpoint_id": "t6",
                "occurred_at": at(3, 20),
                "visitor_id": "v6",
                "utm_source": "google",
                "utm_medium": "cpc",
                "utm_campaign": "vår",
            },
            {
                "touchpoint_id": "EXPO",
                "occurred_at": at(3, 9),
                "email_hash": "e1",
                "touch_type": "Event",
            },
            {
                "touchpoint_id": "EXPO",
                "occurred_at": at(3, 9),
                "email_hash": "e2",
                "touch_type": "Event",
            },
            {
                "touchpoint_id": "EXPO",
                "occurred_at": at(3, 9),
                "email_hash": "e2",
                "touch_type": "Event",
            },
            {
                "touchpoint_id": "c1",
                "occurred_at": at(3, 31, 22, 30),
                "email_hash": "e1",
                "touch_type": "call",
                "cost": Decimal("3"),
                "currency": "EUR",
            },
            ANONYMOUS,
            ANONYMOUS,
        ),
    ),
    Slice(43, "inbox", "touchpoints", "overlap.csv", (ANONYMOUS,)),
    Slice(
        44,
        "inbox",
        "leads",
        "leads.csv",
        (
            {
                "lead_id": "l1",
                "created_at": at(2, 28, 23, 30),
                "email_hash": "e1",
                "lead_source": "Partner",
                "is_customer": True,
                "value": Decimal("500"),
                "customer_at": at(3, 10, 23, 30),
            },
            {"lead_id": "l2", "created_at": at(3, 9), "email_hash": "e2"},
        ),
    ),
    Slice(
        45,
        "inbox",
        "opportunities",
        "deals.csv",
        (
            {
                "opportunity_id": "o1",
                "account_id": "nobody",
                "created_at": at(3, 9),
                "amount": Decimal("250.25"),
                "is_won": True,
                "closed_at": at(4, 2),
            },
        ),
    ),
)


def write_spend_company(con: DuckDBPyConnection) -> None:
    """Write every slice with its ledger row, and the configuration; ``gone.csv`` is not in it."""
    ensure_schema(con)
    for item in (*SPEND_FILES, *GOOGLE, *OTHER_FILES):
        write_slice(con, item)
    con.execute(
        "insert into ops.inbox_entries "
        "select distinct account_id, stream, false, false from ops.ledger "
        "where connector = 'inbox' and account_id <> 'gone.csv'"
    )
    con.execute("insert into ops.company values ('Acme', 'EUR', 'Europe/Stockholm', 7, 1)")
    con.execute(
        "insert into ops.attribution "
        "values (7, 30, true, true, false, 20, 1, 'first_touch', 'conversion_date')"
    )
    con.execute("insert into ops.identity values (25, 1, 10, 10, 500, 1000)")
    con.execute("insert into ops.enabled_models values ('first_touch'), ('linear')")
    con.execute("insert into ops.lookbacks values ('visit', 90), ('event', 180), ('webinar', 180)")


def write_slice(con: DuckDBPyConnection, item: Slice) -> None:
    """Write the rows of a slice, and its line of the ledger."""
    slice_id = f"s{item.sequence}"
    start, end = item.window or (None, None)
    _insert(
        con,
        "ops.ledger",
        {
            "slice_id": slice_id,
            "sequence": item.sequence,
            "connector": item.connector,
            "stream": item.stream,
            "account_id": item.account_id,
            "window_start": start,
            "window_end": end,
            "extracted_at": item.extracted_at,
            "rows_in": len(item.rows),
            "rows_loaded": len(item.rows),
            "rows_quarantined": 0,
            "cells_repaired": 0,
            "cells_cleared": 0,
            "rows_left_out": 0,
        },
    )
    for number, row in enumerate(item.rows, start=1):
        _insert(
            con,
            f"raw.{item.connector}__{item.stream}",
            row
            | {
                "_slice_id": slice_id,
                "_row_number": number,
                "_extracted_at": item.extracted_at,
                "_account_id": item.account_id,
                "_sequence": item.sequence,
            },
        )


def _insert(con: DuckDBPyConnection, table: str, row: dict[str, Any]) -> None:
    columns = ", ".join(f'"{name}"' for name in row)
    marks = ", ".join("?" for _ in row)
    con.execute(f"insert into {table} ({columns}) values ({marks})", list(row.values()))
