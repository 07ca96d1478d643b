"""Who was erased is recognised in every spelling, and what is left of their records."""

from __future__ import annotations

import hashlib
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.connectors.hubspot import HUBSPOT
from orchestration.connectors.inbox import INBOX
from orchestration.connectors.mailchimp import MAILCHIMP
from orchestration.connectors.matomo import MATOMO
from orchestration.connectors.stream import Connector
from orchestration.privacy.anonymous import ERASED
from orchestration.privacy.holding import Held
from orchestration.privacy.people import ADDRESS, PHONE, Identifier, spelled

KEY = b"0123456789abcdef0123456789abcdef"
ANNA = "anna@kund.example"
KNOWN = {
    Identifier(ADDRESS, ANNA),
    Identifier(PHONE, spelled(PHONE, "+46 70 123 45 67")),
    Identifier("lead:inbox", "L1"),
    Identifier("lead:hubspot", "701"),
    Identifier("member:mailchimp", hashlib.md5(ANNA.encode()).hexdigest()),
    Identifier("visitor", "0123456789abcdef"),
}
HELD = Held(KEY, Held(KEY, ()).hashes(KNOWN))


def left(connector: Connector, stream: str, record: dict[str, Any]) -> dict[str, Any]:
    """What is left of a record."""
    return HELD.change(connector.name, connector.stream(stream))(record)


@pytest.mark.parametrize(
    "written",
    [
        ANNA,
        "ANNA@Kund.Example",
        f"mailto:{ANNA}.",
        f"https://x.example/?e={ANNA}&b=1",
        "https://x.example/?e=anna%40kund.example",
        "https://x.example/?e=%61nna%40kund%2Eexample",
        "https://x.example/?u=%3Fe%3Danna%2540kund.example",
        '{"to": ["anna@kund.example"]}',
        f"<{ANNA}>; bo@kund.example",
        "call +46701234567",
        "call 070-123 45 67 today",
        "0046 (70) 123 45 67",
        f"md5 {hashlib.md5(ANNA.encode()).hexdigest()}",
        f"em={hashlib.sha256(ANNA.encode()).hexdigest().upper()}",
        "https://x.example/?pk_vid=0123456789abcdef",
    ],
)
def test_every_spelling_in_a_text(written: str) -> None:
    """Forms, logs and landing pages repeat a person as nobody would write them in a CRM."""
    text = HELD.text(written)
    assert ERASED in text
    assert "anna" not in text.lower()
    assert "123 45 67" not in text
    assert HELD.text(text) == text


@pytest.mark.parametrize(
    "written", ["joanna@kund.example", "anna@kund.example.org", "+46701234568", "L1", "701", ""]
)
def test_everybody_else_stays(written: str) -> None:
    """Nobody is erased for being spelled alike; a short id in a text is just a text."""
    assert HELD.text(written) is written


@given(st.text(max_size=60))
def test_a_text_without_a_person_is_the_same_text(text: str) -> None:
    """A slice in which nothing changes is not rewritten, so nothing may change by accident."""
    assert HELD.text(text) is text


@given(st.sets(st.sampled_from(range(len(ANNA))), max_size=len(ANNA)))
def test_any_characters_may_be_encoded(encoded: set[int]) -> None:
    """Browsers, mail tools and redirectors each encode others."""
    written = "".join(f"%{ord(c):02X}" if i in encoded else c for i, c in enumerate(ANNA))
    assert HELD.text(f"https://x.example/?e={written}") == f"https://x.example/?e={ERASED}"
    assert HELD.text(quote(f"/?e={written}")) != quote(f"/?e={written}")


def test_a_lead_keeps_day_money_and_origin() -> None:
    """The conversion becomes anonymous, its money remains; deals find it by the same token."""
    lead = {
        "lead_id": "L1",
        "created_at": "2026-01-10",
        "email": "Anna@kund.example",
        "phone": "070-123 45 67",
        "lead_source": "event",
        "landing_page": "https://x.example/a?utm_source=google&name=Anna&gclid=abc#me",
        "value": "10",
        "referred_by": "L1",
        "_line": 2,
    }
    token = HELD.token("lead:inbox", "L1")
    changed = left(INBOX, "leads", lead)
    assert changed == {
        "lead_id": token,
        "created_at": "2026-01-10",
        "email": None,
        "phone": None,
        "lead_source": "event",
        "landing_page": "https://x.example/a?utm_source=google&gclid=erased",
        "value": "10",
        "referred_by": changed["referred_by"],
        "_line": 2,
    }
    assert changed["referred_by"].startswith("erased-")
    deal = {"opportunity_id": "O1", "lead_id": "L1", "amount": "5", "is_won": "true"}
    assert left(INBOX, "opportunities", deal) == deal | {"lead_id": token}
    assert left(INBOX, "leads", changed) is changed


def test_the_text_of_a_cleared_cell_goes() -> None:
    """A cell that could not be read is quoted in its reason; the count of such cells stays."""
    lead = {
        "lead_id": "L1",
        "phone": None,
        "_cleared": {"phone": {"reason_code": "bad_type", "detail": "phone: 'ask Anna'"}},
    }
    assert left(INBOX, "leads", lead)["_cleared"] == {
        "phone": {"reason_code": "bad_type", "detail": ERASED}
    }


def test_touches_stay_apart() -> None:
    """The journey ends: a day, a source and a channel, by nobody, and no two by the same nobody."""
    rows = [
        {"occurred_at": f"2026-01-0{day}", "email": ANNA, "lead_id": None, "utm_source": "google"}
        for day in (1, 2)
    ]
    one, other = (left(INBOX, "touchpoints", row) for row in rows)
    assert one["visitor_id"] != other["visitor_id"]
    assert {one["email"], one["lead_id"], other["email"]} == {None}
    assert one["utm_source"] == "google"
    assert left(INBOX, "touchpoints", dict(rows[0])) == one


def test_a_visit_read_again_is_the_same_visit() -> None:
    """The vendor's visit grows between two extractions: two tokens would be two visits."""
    visit = {
        "idVisit": 7,
        "idSite": "1",
        "visitorId": "0123456789abcdef",
        "actionDetails": [{"url": "https://x.example/?pk_vid=0123456789abcdef", "ip": "1.2.3.4"}],
        "unknown": "Anna Andersson",
    }
    first = left(MATOMO, "visits", visit)
    again = left(MATOMO, "visits", visit | {"actionDetails": []})
    assert first["visitorId"] == again["visitorId"] != "0123456789abcdef"
    assert first["actionDetails"] == [{"url": "https://x.example/"}]
    assert "unknown" not in first


def test_a_recipient_known_by_a_hash_alone() -> None:
    """Mailchimp's ids are md5 of the address: whoever has the address finds the person again."""
    md5 = hashlib.md5(ANNA.encode()).hexdigest()
    sent = {"campaign_id": "c1", "email_id": md5, "status": "sent"}
    changed = left(MAILCHIMP, "sent_to", sent)
    assert changed["email_id"].startswith("erased-")
    assert (changed["campaign_id"], changed["status"]) == ("c1", "sent")


def test_a_contact_and_the_deals_that_name_it() -> None:
    """An id deep in a deal's associations is the person too; the deal's other contact stays."""
    contact = {"id": "701", "properties": {"email": ANNA, "firstname": "Anna", "country": "SE"}}
    changed = left(HUBSPOT, "contacts", contact)
    token = HELD.token("lead:hubspot", "701")
    assert changed == {"id": token, "properties": {"email": None, "country": "SE"}}
    deal = {"from": {"id": "9"}, "to": [{"toObjectId": 701}, {"toObjectId": 702}]}
    assert left(HUBSPOT, "deal_contacts", deal) == {
        "from": {"id": "9"},
        "to": [{"toObjectId": token}, {"toObjectId": 702}],
    }


def test_somebody_else_who_mentions_them() -> None:
    """A friend's record stays, without the person in it."""
    other = {"lead_id": "L2", "email": "bo@kund.example", "referred_by": "L1", "campaign": "x"}
    changed = left(INBOX, "leads", other)
    assert changed == other | {"referred_by": HELD.token("lead:inbox", "L1")}
    unrelated = {"lead_id": "L3", "email": "cia@kund.example", "referred_by": "L2"}
    assert left(INBOX, "leads", unrelated) is unrelated


@pytest.mark.parametrize(
    "cells", [["L1", "2026-02-30", "Anna Andersson"], ["x", "", f"to {ANNA}"], {"created_at": ANNA}]
)
def test_a_row_that_could_not_be_read(cells: Any) -> None:
    """What is in it cannot be told apart, so nothing of it stays but that it was there."""
    row = {
        "_reject": {"reason_code": "malformed_record", "detail": "3 cells"},
        "_line": 4,
        "_cells": cells,
    }
    assert left(INBOX, "leads", row) == {
        "_reject": {"reason_code": "malformed_record", "detail": ERASED},
        "_line": 4,
        "_cells": [ERASED],
    }
    other = row | {"_cells": ["L2", "2026-02-30", "Bo"]}
    assert left(INBOX, "leads", other) is other


def test_what_is_kept_recognises_nobody_without_the_key() -> None:
    """A certificate lies in a folder for years; it must not be a list of who was erased."""
    kept = Held(KEY, ()).hashes(KNOWN)
    for name in ("md5", "sha1", "sha256", "blake2b"):
        assert not kept & {
            hashlib.new(name, text.encode()).hexdigest()[:32] for text in (ANNA, "L1", "701")
        }
    assert not Held(KEY[::-1], kept).holds(Identifier(ADDRESS, ANNA))
