"""What belongs to one person, and what several people share."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from orchestration.connectors.hubspot import HUBSPOT
from orchestration.connectors.inbox import INBOX
from orchestration.connectors.stream import Connector
from orchestration.erasing.finding import WhoIsMeant, find, resolve
from orchestration.extract.landing import Landing
from orchestration.privacy.role_mailboxes import ROLE_MAILBOXES
from tests.kit.loader import NOW


@pytest.fixture
def landing(tmp_path: Path) -> Landing:
    """An empty landing folder."""
    return Landing(tmp_path / "landing")


def land(landing: Landing, connector: Connector, stream: str, *records: dict[str, Any]) -> None:
    """Land records of a stream."""
    declared = connector.stream(stream)
    with landing.begin(connector.name, declared, "account", extracted_at=NOW) as writer:
        for record in records:
            writer.append(record)
        writer.commit()


def own(landing: Landing, who: str, kind: str = "") -> tuple[set[str], set[str]]:
    """What is a person's own and what is shared, as ``kind=value``."""
    found = find(landing, resolve(landing, who, kind), ROLE_MAILBOXES)
    return tuple(
        {f"{item.kind}={item.value}" for item in items} for items in (found.own, found.shared)
    )  # type: ignore[return-value]


def test_from_an_address_to_everything(landing: Landing) -> None:
    """Whoever asks knows an address; visits are under a browser's id, deals under a lead."""
    land(
        landing, INBOX, "leads", {"lead_id": "L1", "email": "A@x.example", "phone": "+46701234567"}
    )
    land(landing, INBOX, "touchpoints", {"lead_id": "L1", "visitor_id": "v1"})
    land(landing, INBOX, "conversions", {"lead_id": "L1", "email": "second@x.example"})
    for who in (" a@X.example ", "L1", "070-123 45 67", "v1", "second@x.example"):
        assert own(landing, who) == (
            {
                "address=a@x.example",
                "address=second@x.example",
                "lead:inbox=L1",
                "phone=701234567",
                "visitor=v1",
            },
            set(),
        )


def test_a_browser_of_two_people_is_nobodys(landing: Landing) -> None:
    """A tablet at a stand met a hundred leads; erasing one of them must not erase the rest."""
    land(
        landing,
        INBOX,
        "touchpoints",
        {"email": "a@x.example", "visitor_id": "stand"},
        {"email": "b@x.example", "visitor_id": "stand"},
        {"email": "a@x.example", "visitor_id": "own"},
    )
    assert own(landing, "a@x.example") == (
        {"address=a@x.example", "visitor=own"},
        {"visitor=stand"},
    )


def test_a_role_mailbox_leads_to_nobody(landing: Landing) -> None:
    """``info@`` of a customer is on all its people's records."""
    land(
        landing,
        INBOX,
        "leads",
        {"lead_id": "L1", "email": "info@x.example"},
        {"lead_id": "L2", "email": "info@x.example"},
    )
    assert own(landing, "L1")[0] == {"lead:inbox=L1"}


def test_a_file_that_speaks_of_the_crms_leads(landing: Landing) -> None:
    """An export of deals has the CRM's ids; a file with leads of its own means its own."""
    land(landing, HUBSPOT, "contacts", {"id": "701", "properties": {"email": "a@x.example"}})
    land(landing, INBOX, "opportunities", {"opportunity_id": "O1", "lead_id": "701"})
    assert "lead:inbox=701" in own(landing, "a@x.example")[0]
    assert own(landing, "701")[0] == own(landing, "a@x.example")[0]
    land(landing, INBOX, "leads", {"lead_id": "701", "email": "b@x.example"})
    assert "lead:inbox=701" not in own(landing, "a@x.example")[0]
    with pytest.raises(WhoIsMeant, match="different things") as error:
        resolve(landing, "701")
    remedy = error.value.remedy.removeprefix("Say which: --kind ")
    assert own(landing, "701", remedy)[0]


def test_merged_records_are_one_person(landing: Landing) -> None:
    """A CRM merged two records of a person; both were landed."""
    land(
        landing,
        HUBSPOT,
        "contacts",
        {"id": "1", "properties": {"email": "a@x.example", "hs_merged_object_ids": "2;3"}},
        {"id": "3", "properties": {"email": "old@x.example"}},
    )
    assert "address=old@x.example" in own(landing, "1", "lead:hubspot")[0]


def test_whom_nobody_knows(landing: Landing) -> None:
    """A typing error erases nobody; an address can be held back before it ever comes."""
    land(landing, INBOX, "leads", {"lead_id": "L1", "email": "a@x.example"})
    with pytest.raises(WhoIsMeant, match="Nobody with that id"):
        resolve(landing, "L7")
    with pytest.raises(WhoIsMeant, match="no kind"):
        resolve(landing, "L1", "customer")
    assert own(landing, "L7", "lead")[0] == {"lead:inbox=L7"}
    assert own(landing, "new@x.example")[0] == {"address=new@x.example"}


def test_a_crowd_is_not_a_person(landing: Landing) -> None:
    """One placeholder address on all leads would erase the company's whole history."""
    leads = [{"lead_id": f"L{n}", "email": "lead@shop.example"} for n in range(60)]
    land(landing, INBOX, "leads", *leads)
    with pytest.raises(WhoIsMeant, match="More than 50"):
        own(landing, "lead@shop.example")
