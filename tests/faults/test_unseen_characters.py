"""Promise 19: a character that nobody sees changes no value, in whatever cell or tag it is."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.kit.faults.intake import Intake
from tests.kit.faults.report import Result
from tests.kit.models.macros import macros, value_of

pytestmark = pytest.mark.exhaustive
ROW = Result(
    "19 characters",
    "a control, format or filler character before, within and behind each kind of cell of a file, "
    "alone in a cell, and percent-encoded in a tag",
    "characters",
    "the row is loaded as without it; a tag or a cell of it alone is none",
    ".venv/bin/pytest tests/faults/test_unseen_characters.py -m exhaustive",
)
UNSEEN = (
    "\x01\x07\x08\x1b\x1e\x1f\x7f\x84\x9b\u00ad\u034f\u061c\u115f\u1160\u17b4\u180b\u180e\u200b\u200c"
    "\u200e\u202e\u2060\u2066\u206f\u2065\u3164\ufe0f\ufeff\uffa0\ufff1\ufff9\U0001d173\U000e0001"
    "\U000e0041\U000e0100"
)
LEAD = {
    "lead_id": "L-0017", "created_at": "2026-02-03T10:00:00Z", "email": "anna@kund.example",
    "phone": "+46701234567", "lead_source": "trade show", "landing_page": "https://x.example/a?b=c",
    "value": "1250.50", "currency": "EUR", "is_customer": "true", "customer_at": "2026-03-01",
    "segment": "", "country": "Sverige", "click_id": "gclid:abc",
}  # fmt: skip


def loaded(folder: Path, *rows: dict[str, str]) -> list[object]:
    """What a file of leads becomes."""
    text = io.StringIO()
    written = csv.DictWriter(text, list(LEAD), quoting=csv.QUOTE_ALL)
    written.writeheader()
    written.writerows(rows)
    folder.mkdir()
    fates = Intake(folder).drop("leads", text.getvalue().encode())
    assert [fate.detail for fate in fates if fate.loaded is None] == []
    assert [fate.cleared for fate in fates if fate.cleared] == []
    return [fate.loaded for fate in fates]


@pytest.mark.parametrize("sign", UNSEEN, ids=lambda sign: f"U+{ord(sign):04X}")
def test_a_character_that_nobody_sees_changes_no_value(tmp_path: Path, sign: str) -> None:
    """One visit with ``utm_source=%1E`` gave all direct visits its rule; a filler was a source."""
    within = {name: cell[:2] + sign + cell[2:] for name, cell in LEAD.items()}
    around = {name: sign + cell + sign for name, cell in LEAD.items()}
    spaced = {name: f"{sign} {cell} {sign}" for name, cell in LEAD.items()}
    (expected,) = loaded(tmp_path / "clean", LEAD)
    assert loaded(tmp_path / "hostile", within, around, spaced) == [expected] * 3
    decoded = macros("engine/text.sql")["url_decoded"]("tag")
    assert value_of(decoded, tag=quote(sign)) == ""
    assert value_of(decoded, tag=quote(f"spr{sign}ing{sign}")) == "spring"
