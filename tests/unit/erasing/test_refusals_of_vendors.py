"""Vendors say who unsubscribed; a company may decide that this is a refusal of marketing."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from orchestration.configuration.model import Config
from orchestration.configuration.privacy import Privacy
from orchestration.configuration.settings import Settings
from orchestration.connectors.registry import CONNECTORS
from orchestration.connectors.stream import Stream
from orchestration.erasing.consents import apply_consents
from orchestration.extract.landing import Landing

NOW = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A company that takes the word of its CRM and its mailing tool."""
    privacy = Privacy(refusals_of=["hubspot", "mailchimp"])
    found = Settings(tmp_path / "home", None, Config(privacy=privacy), fixed_now=NOW)
    found.build_dir.mkdir(parents=True)
    return found


def stream_of(connector: str, name: str) -> Stream:
    """A declared stream."""
    return next(each for each in CONNECTORS[connector].streams if each.name == name)


def land(settings: Settings, connector: str, name: str, *records: dict[str, Any]) -> None:
    """One answer of a vendor."""
    landing = Landing(settings.landing_dir)
    with landing.begin(connector, stream_of(connector, name), "1", extracted_at=NOW) as writer:
        for record in records:
            writer.append(record)
        writer.commit()


def landed(settings: Settings, connector: str, name: str) -> list[dict[str, Any]]:
    """The records of a stream's newest slice."""
    landing = Landing(settings.landing_dir)
    return list(landing.records(landing.slices(connector, name)[-1]))


def contact(number: str, email: str, optout: str | None, visitor: str = "") -> dict[str, Any]:
    """A contact of HubSpot."""
    properties = {"email": email, "hs_email_optout": optout, "matomo_visitor_id": visitor}
    return {"id": number, "properties": properties}


def visits(*visitors: str) -> list[dict[str, Any]]:
    """Visits of Matomo."""
    return [
        {"idVisit": number, "visitorId": visitor, "serverTimestamp": 1_767_225_600 + number}
        for number, visitor in enumerate(visitors)
    ]


def member(list_id: str, email: str, status: str, **more: Any) -> dict[str, Any]:
    """A subscription in Mailchimp."""
    record = {"list_id": list_id, "id": f"id of {email}", "email_address": email}
    return record | {"status": status} | more


def test_visits_of_who_opted_out_in_the_crm_lose_their_person(settings: Settings) -> None:
    """A visit names a browser alone; the contact says whose it is."""
    land(
        settings,
        "hubspot",
        "contacts",
        contact("1", "anna@x.example", "true", "aaaa"),
        contact("2", "bo@x.example", "false", "bbbb"),
        contact("3", "cia@x.example", None, "cccc"),
        contact("4", "dan@x.example", "true", "shared"),
        contact("5", "eva@x.example", None, "shared"),
    )
    land(settings, "matomo", "visits", *visits("aaaa", "bbbb", "cccc", "shared", "aaaa"))
    assert apply_consents(settings) == 2
    first, *others, last = [each["visitorId"] for each in landed(settings, "matomo", "visits")]
    assert others == ["bbbb", "cccc", "shared"], "a browser that two people use is nobody's word"
    assert first.startswith("erased-")
    assert last.startswith("erased-")
    assert first != last
    assert apply_consents(settings) == 0
    assert landed(settings, "hubspot", "contacts")[0]["properties"]["email"] == "anna@x.example"

    land(settings, "hubspot", "contacts", contact("1", "anna@x.example", "false", "aaaa"))
    land(settings, "matomo", "visits", *visits("aaaa", "dddd"))
    assert apply_consents(settings) == 0, "whoever takes it back is a person again from then on"
    assert landed(settings, "matomo", "visits")[0]["visitorId"] == "aaaa"


def test_who_left_one_list_of_several_has_not_refused(settings: Settings) -> None:
    """Newsletters have a list each."""
    land(
        settings,
        "mailchimp",
        "list_members",
        member("A", "anna@x.example", "unsubscribed"),
        member("B", "anna@x.example", "subscribed"),
        member("A", "bo@x.example", "unsubscribed"),
        member("A", "cia@x.example", "cleaned"),
        member("A", "dan@x.example", "subscribed", marketing_permissions=[{"enabled": False}]),
        member("A", "eva@x.example", "subscribed", marketing_permissions=[]),
        member(
            "A",
            "fia@x.example",
            "subscribed",
            marketing_permissions=[{"enabled": False}, {"enabled": True}],
        ),
    )
    people = ["anna", "bo", "cia", "dan", "eva", "fia"]
    land(
        settings,
        "mailchimp",
        "sent_to",
        *(
            {"campaign_id": "c", "email_id": f"id of {name}@x.example", "status": "sent"}
            for name in people
        ),
    )
    assert apply_consents(settings) == 2
    kept = [each["email_id"] for each in landed(settings, "mailchimp", "sent_to")]
    assert [name for name, each in zip(people, kept, strict=True) if "erased" in each] == [
        "bo",
        "dan",
    ]


def test_a_connector_that_states_none_is_named() -> None:
    """A typo would break the promise in silence."""
    with pytest.raises(ValidationError, match=r"states no refusals.*hubspot, mailchimp"):
        Privacy(refusals_of=["matomo"])
