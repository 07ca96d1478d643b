"""A company whose files name a person in every text of every stream.

Belongs here: making the files from the streams as they are declared, so that a new one is planted
as well. Does not belong here: what may be published of them.
"""

from __future__ import annotations

import csv
import hashlib
from pathlib import Path

from orchestration.connectors.field import Field, Type
from orchestration.connectors.inbox import INBOX
from orchestration.connectors.stream import Stream

PEOPLE = (
    "anna.lind@kund.example",
    "Bo.Ek@kund.example",
    "+46701234567",
    "19850101-1234",
)
"""Two addresses, a telephone number and a personal number."""

_STATED = {"currency": "EUR", "platform": "google_ads", "click_id_type": "gclid"}
"""What must be of a list for its row to count."""
_LEFT_OUT = ("last_day",)
"""A row with a period is about days, not about people."""


def write_planted(folder: Path) -> None:
    """Write the company's configuration and one file per stream of the inbox."""
    entries = "".join(
        f"  - {{path: {stream.name}.csv, stream: {stream.name}}}\n" for stream in INBOX.streams
    )
    (folder / "tributary.yaml").write_text(
        "company: {reporting_currency: EUR, history_start: 2026-01-01}\n"
        f"attribution: {{models: [linear]}}\nquality: {{max_loss: 1}}\ninbox:\n{entries}",
        "utf-8",
    )
    for stream in INBOX.streams:
        with (folder / f"{stream.name}.csv").open("w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file)
            fields = [field for field in stream.fields if field.name not in _LEFT_OUT]
            rows.writerow([field.name for field in fields])
            for number, person in enumerate(PEOPLE):
                rows.writerow([_cell(stream, field, person, number) for field in fields])
                hashed = hashlib.md5(person.lower().encode(), usedforsecurity=False).hexdigest()
                rows.writerow([_cell(stream, field, hashed, number + 10) for field in fields])


def _cell(stream: Stream, field: Field, person: str, number: int) -> str:
    if field.name in _STATED:
        return "SEK" if stream.name == "fx_rates" else _STATED[field.name]
    match field.type:
        case Type.EMAIL | Type.EMAILS:
            return person if "@" in person else ""
        case Type.PHONE:
            return person if person.startswith("+") else ""
        case Type.DATE:
            return f"2026-02-{number + 1:02}"
        case Type.TIMESTAMP:
            day = 20 if "closed" in field.name or "customer" in field.name else number + 1
            return f"2026-02-{day:02}T10:00:00Z"
        case Type.BOOLEAN:
            return "true"
        case Type.STRING:
            return _text(stream, field, person)
        case _:
            return "0.1" if stream.name == "fx_rates" else "10"


def _text(stream: Stream, field: Field, person: str) -> str:
    if field.name.startswith("corrects_"):
        return ""
    if field.name.endswith(("_id", "_by")) or field.name in stream.natural_key:
        return person
    if "page" in field.name or field.name in ("referrer", "url"):
        return f"https://x.example/u/{person}?e={person}&utm_source={person}&gclid={person}"
    return f"{field.name} {person}"
