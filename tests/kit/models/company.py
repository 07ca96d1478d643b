"""A random company in raw tables: its files' contents, as the loader would have left them.

Belongs here: generating and writing rows. Does not belong here: the expected results
(``reference``).
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from duckdb import DuckDBPyConnection

from orchestration.configuration.attribution import known_attribution_models
from orchestration.configuration.funnel import Funnel
from orchestration.configuration.lead_quality import LeadQuality
from orchestration.configuration.model import Identity
from orchestration.warehouse.schema import ensure_schema

START = datetime(2026, 1, 1)  # noqa: DTZ001 - raw holds UTC without a zone
LOOKBACK_DAYS = {
    "visit": 10.0,
    "form": 10.0,
    "email_click": 2.5,
    "webinar": 40.0,
    "crm_record": 36500.0,
}
TOUCH_TYPES = ("visit", "form", "email_click", "email_open", "webinar", "kiosk")
MODELS = known_attribution_models()
HALF_LIFE_DAYS = 3.0
VISIT_MINUTES = 30
CALENDAR = ZoneInfo("Europe/Stockholm")
FILES_ZONE = ZoneInfo("Asia/Tokyo")
"""Where the company reports, and where its files were written."""
PAUSES = (0, 0, 0, 5, 30, 31, 60)
CUSTOM_WEIGHTS = {"lead": "0.5", "customer": "0.25", "middle": "0.25"}

EVIDENCE: tuple[tuple[dict[str, str], str, str], ...] = (
    ({"utm_source": "Google", "utm_medium": "CPC"}, "paid_search", "search_ad"),
    ({"referrer": "https://www.bing.com/search?q=x"}, "organic_search", "organic_listing"),
    ({"click_id": "IwAR0abc"}, "organic_social", "social_post"),
    ({"landing_page": "https://acme.test/?utm_medium=newsletter"}, "email", "newsletter"),
    ({"referrer": "https://app.acme.test/login"}, "direct", "website"),
)
"""What a lead's own row can say about its origin, with the source and channel it proves."""


@dataclass
class Company:
    """Rows of the inbox's streams, by column name."""

    leads: list[dict[str, Any]] = field(default_factory=list)
    touchpoints: list[dict[str, Any]] = field(default_factory=list)
    opportunities: list[dict[str, Any]] = field(default_factory=list)
    conversions: list[dict[str, Any]] = field(default_factory=list)
    fx_rates: list[dict[str, Any]] = field(default_factory=list)


def moment(rng: random.Random, days: int = 60) -> datetime:
    """A time on a coarse grid, so that equal times and exact look-backs occur.

    The grid has the midnights of the calendar, where days begin and end.
    """
    return START + timedelta(hours=12 * rng.randrange(days * 2) - 1)


def day(rng: random.Random, name: str, moment: datetime) -> dict[str, datetime]:
    """A moment's columns; of some, the source knows the day alone."""
    if rng.random() < 0.15:
        return calendar_day(name, moment)
    return {f"{name}_at": moment}


def calendar_day(name: str, moment: datetime) -> dict[str, datetime]:
    """The day of the calendar that holds a moment, as bounds in UTC."""
    return _bounds(name, moment.replace(tzinfo=UTC).astimezone(CALENDAR).date(), CALENDAR)


def _bounds(name: str, day: date, zone: ZoneInfo) -> dict[str, datetime]:
    first, after = (
        datetime.combine(day + timedelta(days=days), datetime.min.time(), zone)
        .astimezone(UTC)
        .replace(tzinfo=None)
        for days in (0, 1)
    )
    return {f"{name}_at": first, f"{name}_until": after - timedelta(microseconds=1)}


def random_company(seed: int, leads: int = 160, touches: int = 900) -> Company:
    """People with several ids, leads with and without touches, deals and stated conversions."""
    rng = random.Random(seed)
    company = Company()
    visitors = [f"v{number}" for number in range(leads)]
    emails = [f"e{number}" for number in range(leads)]
    for number in range(leads):
        company.leads.append(_lead(rng, number, emails))
    for number in range(touches):
        company.touchpoints.append(_touch(rng, number, leads, visitors, emails))
    for number in range(leads // 3):
        company.opportunities.append(_opportunity(rng, number, leads))
    for number in range(leads // 4):
        company.conversions.append(_conversion(rng, number, leads))
    company.conversions += [_refund(row) for row in company.conversions[::3]]
    company.fx_rates = [
        {
            "date_day": date(2025, 12, 29) + timedelta(days=5 * step),
            "currency": "SEK",
            "rate": Decimal("0.0900") + Decimal(step) / 10000,
        }
        for step in range(30)
    ]
    return company


def _lead(rng: random.Random, number: int, emails: list[str]) -> dict[str, Any]:
    row: dict[str, Any] = {
        "lead_id": f"l{number}",
        **day(rng, "created", moment(rng)),
        "email_hash": rng.choice(emails) if rng.random() < 0.7 else None,
        "account_id": f"a{rng.randrange(25)}" if rng.random() < 0.5 else None,
        "lead_source": rng.choice([None, None, "Olark Chat", "Partner", "unknown", " "]),
        "lead_channel": rng.choice([None, None, "chat", "Partner Listing"]),
        "self_reported_source": rng.choice([None, None, "Podcast", "unknown"]),
        "is_qualified": rng.choice([None, True, False]),
        "sql_at": moment(rng, 90) if rng.random() < 0.2 else None,
        "customer_at": moment(rng, 90) if rng.random() < 0.1 else None,
        "is_customer": True if rng.random() < 0.15 else None,
        "value": Decimal(rng.randrange(100_00)) / 100 if rng.random() < 0.5 else None,
        "currency": rng.choice([None, "EUR", "SEK"]),
    }
    if rng.random() < 0.25:
        row |= rng.choice(EVIDENCE)[0]
    return row


def _touch(
    rng: random.Random, number: int, leads: int, visitors: list[str], emails: list[str]
) -> dict[str, Any]:
    row: dict[str, Any] = {
        # As text, neither numbers nor names are in the order of the lines.
        "touchpoint_id": str(number) if number % 3 == 0 else f"t{9999 - number}",
        **day(rng, "occurred", moment(rng) + timedelta(minutes=rng.choice(PAUSES))),
        "touch_type": rng.choice(
            ["visit", "form", "email_click", "email_open", "webinar", "kiosk"]
        ),
        "lead_source": rng.choice(["Paid Search", "direct", "olark-chat", "Event"]),
        "lead_channel": rng.choice(["search_ad", "Website", "conference"]),
    }
    ids = rng.choice(["visitor", "visitor", "lead", "email", "visitor+email", "visitor+lead"])
    person = rng.randrange(leads)
    if "visitor" in ids:
        row["visitor_id"] = visitors[person]
    if "email" in ids:
        row["email_hash"] = emails[person]
    if "lead" in ids:
        row["lead_id"] = f"l{person}"
    return row


def _opportunity(rng: random.Random, number: int, leads: int) -> dict[str, Any]:
    won = rng.random() < 0.5
    return {
        "opportunity_id": f"o{number}",
        "lead_id": rng.choice([None, f"l{rng.randrange(leads + 5)}"]),
        "account_id": f"a{rng.randrange(30)}",
        **day(rng, "created", moment(rng, 90)),
        "stage": "won" if won else "open",
        "amount": Decimal(rng.randrange(1, 100_000)) / 100 if rng.random() < 0.9 else None,
        "currency": rng.choice([None, "EUR", "SEK"]),
        "is_won": won,
        **(day(rng, "closed", moment(rng, 90)) if won and rng.random() < 0.8 else {}),
    }


def _conversion(rng: random.Random, number: int, leads: int) -> dict[str, Any]:
    return {
        "conversion_id": f"c{number}",
        "lead_id": f"l{rng.randrange(leads + 5)}",
        "conversion_type": rng.choice(["customer", "mql", "Demo booked"]),
        **day(rng, "occurred", moment(rng, 90)),
        "value": rng.choice([None, Decimal("100.00"), Decimal("-0.01"), Decimal("333.33")]),
        "currency": rng.choice([None, "SEK"]),
    }


def _refund(row: dict[str, Any]) -> dict[str, Any]:
    """A part of it is given back on the same day; the file knows no time."""
    return row | {
        "conversion_id": f"r{row['conversion_id']}",
        **calendar_day("occurred", row["occurred_at"]),
        "value": Decimal("-7.07"),
    }


def write_company(con: DuckDBPyConnection, company: Company) -> None:
    """Write the rows into ``raw`` with one slice per stream, and the configuration into ``ops``."""
    ensure_schema(con)
    streams = {
        "leads": company.leads,
        "touchpoints": company.touchpoints,
        "opportunities": company.opportunities,
        "conversions": company.conversions,
        "fx_rates": company.fx_rates,
    }
    for sequence, (stream, rows) in enumerate(streams.items(), start=1):
        _insert(con, f"raw.inbox__{stream}", _sliced(rows, stream, sequence))
        ledger = {
            "slice_id": stream,
            "sequence": sequence,
            "connector": "inbox",
            "stream": stream,
            "account_id": f"{stream}.csv",
            "rows_in": len(rows),
            "rows_loaded": len(rows),
        }
        _insert(con, "ops.ledger", [ledger])
        _insert(
            con,
            "ops.inbox_entries",
            [
                {
                    "entry_id": f"{stream}.csv",
                    "stream": stream,
                    "keeps_first": stream == "conversions",
                    "is_additive": False,
                }
            ],
        )
    _insert(
        con,
        "ops.company",
        [
            {
                "name": "Acme",
                "reporting_currency": "EUR",
                "reporting_timezone": CALENDAR.key,
                "fx_max_age_days": 7,
                "fiscal_year_month": 7,
            }
        ],
    )
    _insert(con, "ops.company_domains", [{"domain": "www.acme.test"}])
    _insert(
        con,
        "ops.attribution",
        [
            {
                "half_life_days": HALF_LIFE_DAYS,
                "visit_minutes": VISIT_MINUTES,
                "fold_hits": True,
                "account_scope": True,
                "lookback_restarts": False,
                "resamples": 20,
                "seed": 1,
                "shown_model": "linear",
                "default_basis": "conversion_date",
            }
        ],
    )
    _insert(
        con,
        "ops.custom_weights",
        [{"role": role, "weight": weight} for role, weight in CUSTOM_WEIGHTS.items()],
    )
    _insert(con, "ops.identity", [Identity().model_dump(exclude={"made_up", "role_mailboxes"})])
    for table, rows in (
        ("funnel_steps", Funnel().rows),
        ("lead_quality_rules", LeadQuality().rules),
    ):
        marks = ", ".join("?" for _ in rows[0])
        con.executemany(f"insert into ops.{table} values ({marks})", [list(row) for row in rows])
    _insert(con, "ops.enabled_models", [{"attribution_model": model} for model in MODELS])
    _insert(
        con,
        "ops.lookbacks",
        [{"touch_type": key, "lookback_days": value} for key, value in LOOKBACK_DAYS.items()],
    )


def _sliced(rows: Iterable[dict[str, Any]], stream: str, sequence: int) -> list[dict[str, Any]]:
    return [
        _as_loaded(row)
        | {
            "_slice_id": stream,
            "_row_number": number,
            "_extracted_at": datetime(2026, 6, 1, tzinfo=UTC).replace(tzinfo=None),
            "_account_id": f"{stream}.csv",
            "_sequence": sequence,
        }
        for number, row in enumerate(rows, start=1)
    ]


def _as_loaded(row: dict[str, Any]) -> dict[str, Any]:
    """A row whose days have the bounds that they have where the file was written."""
    loaded = dict(row)
    for name in [column.removesuffix("_until") for column in row if column.endswith("_until")]:
        local = row[f"{name}_at"].replace(tzinfo=UTC).astimezone(CALENDAR)
        loaded |= _bounds(name, local.date(), FILES_ZONE)
        loaded[f"{name}_at_zone"] = FILES_ZONE.key
    return loaded


def _insert(con: DuckDBPyConnection, table: str, rows: list[dict[str, Any]]) -> None:
    """Insert rows that need not name the same columns."""
    names = sorted({name for row in rows for name in row})
    if not rows:
        return
    columns = ", ".join(f'"{name}"' for name in names)
    marks = ", ".join("?" for _ in names)
    con.executemany(
        f"insert into {table} ({columns}) values ({marks})",
        [[row.get(name) for name in names] for row in rows],
    )
