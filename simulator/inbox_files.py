"""Writes the demo company's CSV files, each as if by a different colleague or tool.

Belongs here: the format of the files. Does not belong here: what happened (``world``), or the
configuration for reading them (``tributary.demo.yaml``).

Times without an offset are Stockholm time. A file holds what had happened when it was written.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from simulator.content import LISTED
from simulator.journeys import DOMAIN
from simulator.market import POSTS, PostDay
from simulator.rates import REPORTING_ZONE, reporting_day
from simulator.world import Touch, World

EVENT_KINDS = {"trade_show": "Mässa", "conference": "Konferens", "meetup": "Träff"}
"""The channel's wording in the event file."""

PLATFORMS = {"microsoft_ads": "Bing"}
"""The platform's name in the spend file."""

COST_SOURCES = {
    "webinar": "Webbinarium",
    "direct_mail": "Utskick",
    "customer_referral": "Kundrekommendation",
    "paid_search": "Sökannonser",
    "email": "E-post",
    "organic_search": "Sökoptimering",
    "": "-",
}
"""The source's wording in the cost file; ``-`` means none."""


def write_inbox_files(world: World, folder: Path, now: datetime) -> list[Path]:
    """Writes every file; the same world and time give the same bytes.

    Args:
        world: The demo company.
        folder: Created when missing; files of the same names are replaced.
        now: The files contain nothing later.

    Returns:
        The files written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    day = reporting_day(now)

    def touches(file: str) -> list[Touch]:
        return [touch for touch in world.touches_via(f"inbox:{file}") if touch.at <= now]

    answers = {touch.touch_id: touch.at.isoformat() for touch in touches("outreach")}
    totals = {line.post_id: line for line in world.post_days if line.day is None}
    networks = {post.post_id: post.network for post in POSTS}
    files: dict[str, tuple[str, str, Sequence[str], Iterable[Sequence[str]]]] = {
        "massor_och_traffar.csv": (
            "cp1252",
            ";",
            ("Nr", "Tidpunkt", "E-post", "Typ", "Evenemang", "Kod"),
            (
                (touch.touch_id, _local(touch, "%Y-%m-%d %H:%M:%S"), touch.email,
                 EVENT_KINDS[touch.lead_channel], touch.label, touch.code)
                for touch in touches("events")
            ),
        ),
        "evenemang.csv": (
            "utf-8",
            ";",
            ("Nr", "Namn", "Typ", "Datum", "Kostnad", "Valuta"),
            (
                (event.event_id, event.name, EVENT_KINDS[event.lead_channel],
                 event.day.isoformat(), _comma(event.amount), event.currency)
                for event in world.events
                if event.day <= day
            ),
        ),
        "gastlistor.csv": (
            "utf-8",
            ";",
            ("Evenemang", "E-post", "Status", "Incheckad"),
            [
                *(
                    (touch.code, touch.email, "Deltog", touch.at.isoformat())
                    for touch in touches("guests")
                ),
                *(
                    (guest.event_id, guest.email,
                     "Uteblev" if guest.is_registered else "Inbjuden", "")
                    for guest in world.guests
                    if guest.event_id in {event.event_id for event in world.events
                                          if event.day <= day}
                ),
            ],
        ),
        "innehall.csv": (
            "utf-8",
            ";",
            ("Nr", "Rubrik", "Ämne", "Format", "Sida", "Publicerad"),
            (
                (piece.content_id, piece.title, piece.topic, piece.format,
                 f"https://{DOMAIN}{piece.page}/", piece.published.isoformat())
                for piece in LISTED
                if piece.published is not None and piece.published <= day
            ),
        ),
        "webinars.csv": (
            "utf-8",
            ",",
            ("registrant_id", "joined_at", "attendee_email", "webinar"),
            (
                (touch.touch_id, touch.at.isoformat().replace("+00:00", "Z"), touch.email,
                 touch.label)
                for touch in touches("webinars")
            ),
        ),
        "samtal.csv": (
            "utf-8-sig",
            ";",
            ("Samtal", "Start", "E-post", "Besökar-id", "Kostnad"),
            (
                (touch.touch_id, touch.at.astimezone(REPORTING_ZONE).isoformat(), touch.email,
                 touch.visitor_id if not touch.email else "", _comma(touch.cost))
                for touch in touches("calls")
            ),
        ),
        "brevsvar.csv": (
            "utf-8",
            ";",
            ("Svarsdatum", "Svarskod", "E-post", "Styckkostnad", "Valuta"),
            (
                (_local(touch, "%d.%m.%Y %H.%M.%S"), touch.code, touch.email, _comma(touch.cost),
                 touch.currency)
                for touch in touches("direct_mail")
            ),
        ),
        "utskick_och_samtal.csv": (
            "utf-8",
            ";",
            ("Nr", "Kampanj", "Omgång", "Typ", "E-post", "Datum", "Kontrollgrupp", "Retur", "Svar",
             "Kostnad", "Valuta"),
            (
                (line.outreach_id, line.campaign, line.wave,
                 "Brev" if line.kind == "direct_mail" else "Telefon", line.email,
                 line.day.isoformat(), "ja" if line.is_held_out else "nej",
                 "nej" if line.is_delivered else "ja", answers.get(line.touch_id, ""),
                 _comma(line.amount or None), line.currency)
                for line in world.outreach
                if line.day <= day
            ),
        ),
        "tips.csv": (
            "utf-8",
            ";",
            ("Nr", "Datum", "Kund", "E-post"),
            (
                (touch.touch_id, touch.at.isoformat(), touch.code, touch.email)
                for touch in touches("recommended")
            ),
        ),
        "customer_referrals.csv": (
            "utf-8",
            ",",
            ("referral_id", "recommended_at", "email"),
            (
                (touch.touch_id, touch.at.isoformat(), touch.email)
                for touch in touches("referrals")
            ),
        ),
        "annonskostnader.csv": (
            "utf-8",
            ";",
            ("Datum", "Plattform", "Konto", "Kampanj-id", "Kampanj", "Kostnad", "Valuta",
             "Visningar", "Klick"),
            (
                (row.day.isoformat(), PLATFORMS[row.platform], row.account_id, row.campaign_id,
                 row.campaign_name, _comma(row.spend), row.currency, str(row.impressions),
                 str(row.clicks))
                for row in world.inbox_spend
                if row.day <= day
            ),
        ),
        "ovriga_kostnader.csv": (
            "utf-8",
            ";",
            ("Datum", "Belopp", "Valuta", "Källa", "Kanal", "Kampanj", "Beskrivning"),
            (
                (cost.day.strftime("%d/%m/%Y"), _comma(cost.amount), cost.currency,
                 COST_SOURCES[cost.lead_source], cost.lead_channel, cost.campaign,
                 cost.description)
                for cost in world.costs
                if cost.day <= day
            ),
        ),
        "inlagg.csv": (
            "utf-8",
            ";",
            ("Nr", "Nätverk", "Publicerat", "Rubrik", "Format", "Ämne", "Länk", "Betalt",
             "Visningar", "Reaktioner", "Klick"),
            (
                (post.post_id, post.network, post.posted_at.isoformat(), post.title, post.format,
                 post.topic, post.url, "ja" if post.is_paid else "nej",
                 *_figures(totals.get(post.post_id)))
                for post in POSTS
                if post.posted_at <= now
            ),
        ),
        "inlagg_per_dag.csv": (
            "utf-8",
            ";",
            ("Datum", "Nätverk", "Nr", "Visningar", "Reaktioner", "Klick"),
            (
                (line.day.isoformat(), networks[line.post_id], line.post_id, *_figures(line))
                for line in world.post_days
                if line.day is not None and line.day <= day
            ),
        ),
        "fx_rates.csv": (
            "utf-8",
            ",",
            ("date_day", "currency", "rate"),
            (
                (rate.day.isoformat(), rate.currency, f"{rate.rate:.4f}")
                for rate in world.fx_rates
                if rate.day <= day
            ),
        ),
    }  # fmt: skip
    written = []
    for name, (encoding, delimiter, header, rows) in files.items():
        text = io.StringIO()
        writer = csv.writer(text, delimiter=delimiter, lineterminator="\r\n")
        writer.writerow(header)
        writer.writerows(rows)
        path = folder / name
        path.write_bytes(text.getvalue().encode(encoding))
        written.append(path)
    return written


def _local(touch: Touch, pattern: str) -> str:
    return touch.at.astimezone(REPORTING_ZONE).strftime(pattern)


def _figures(line: PostDay | None) -> tuple[str, str, str]:
    """Empty where a network reports by day instead."""
    if line is None:
        return ("", "", "")
    return (str(line.impressions), str(line.engagements), str(line.clicks))


def _comma(amount: Decimal | None) -> str:
    """With a decimal comma, as Swedish tools write it."""
    return "" if amount is None else f"{amount:.2f}".replace(".", ",")
