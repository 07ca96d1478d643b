"""The HubSpot renderer against a hand-made CRM: limits, errors, and how records come and go."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from simulator.crm import Contact, Deal, Organisation, StageChange
from simulator.http import Clock, Request, Response
from simulator.vendors import hubspot
from simulator.world import Form, Touch, World

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)
CONTACTS = "/crm/objects/2026-09/contacts"
AUTHORIZED = {"authorization": "Bearer any"}


def day(number: int) -> datetime:
    """Noon on a day of March 2026."""
    return datetime(2026, 3, number, 12, tzinfo=UTC)


def contact(number: int, **more: Any) -> Contact:
    """A contact made on 1 March."""
    values: dict[str, Any] = {
        "email": f"{number}@kund.example",
        "created_at": day(1),
        "stages": [StageChange("lead", day(1))],
    }
    return Contact(
        contact_id=str(number),
        person_id=number,
        first_name="Ada",
        last_name="Ek",
        **{**values, **more},
    )


def submission(number: int, at: datetime) -> Touch:
    """A form filled in."""
    return Touch(
        touch_id=f"t{number}",
        number=number,
        person_id=1,
        at=at,
        kind="form",
        via="hubspot_form",
        lead_source="paid_search",
        lead_channel="search_ad",
        email="1@kund.example",
        form_id="f1",
        landing_page="https://www.fjordbase.example/demo",
        click_id="CaSe-1",
        click_id_type="gclid",
    )


class Portal:
    """The renderer's routes, called without a socket."""

    def __init__(self, now: datetime = NOW, **lists: Any) -> None:
        world = World(0, 0, date(2026, 3, 1), date(2026, 3, 31), **lists)
        self.clock = Clock(now)
        self.routes = hubspot.routes(world, self.clock)

    def send(
        self, method: str, path: str, body: Any = None, headers: Any = None, **query: str
    ) -> Response:
        """The answer to a request."""
        for route in self.routes:
            params = route.match(method, path)
            if params is not None:
                asked = {name: [value] for name, value in query.items()}
                content = b"" if body is None else json.dumps(body).encode()
                authorized = AUTHORIZED if headers is None else headers
                return route.handler(Request(method, path, asked, authorized, content, params))
        raise AssertionError(f"no route for {method} {path}")

    def ask(self, method: str, path: str, body: Any = None, **query: str) -> Any:
        """The JSON of an answer that must be good."""
        response = self.send(method, path, body, **query)
        assert response.status in (200, 207), response.body
        return json.loads(response.body)

    def ids(self, **query: str) -> list[str]:
        """The ids of a list of contacts."""
        answer = self.ask("GET", CONTACTS, limit="100", **query)
        return [result["id"] for result in answer["results"]]


BEGIN = day(1)


def search(portal: Portal, after: str = "0", since: datetime = BEGIN, **more: Any) -> Any:
    """A search as the connector sends it."""
    filters = [
        {
            "propertyName": "lastmodifieddate",
            "operator": "GTE",
            "value": str(int(since.timestamp() * 1000)),
        },
        {"propertyName": "hs_object_id", "operator": "GT", "value": after},
    ]
    body = {"filterGroups": [{"filters": filters}], "properties": ["email"], "limit": 2, **more}
    return portal.ask("POST", f"{CONTACTS}/search", body)


def test_a_search_sorts_by_number_and_states_what_remains() -> None:
    """Ids sort as numbers: as texts 1000 comes before 999, and 999 is never asked for."""
    portal = Portal(contacts=[contact(1000), contact(999), contact(1001)])
    first = search(portal)
    assert [result["id"] for result in first["results"]] == ["999", "1000"]
    assert first["total"] == 3
    rest = search(portal, after="1000")
    assert [result["id"] for result in rest["results"]] == ["1001"]
    assert rest["total"] == 1
    assert "paging" not in rest


def test_a_search_finds_what_changed() -> None:
    """A stage that was entered changes the record; before it is entered it does not."""
    moved = contact(1, stages=[StageChange("lead", day(1)), StageChange("customer", day(10))])
    portal = Portal(contacts=[moved, contact(2)])
    assert [result["id"] for result in search(portal, since=day(9))["results"]] == ["1"]
    portal.clock.set(day(9))
    assert search(portal, since=day(9))["results"] == []


@pytest.mark.parametrize(
    ("method", "path", "body", "query"),
    [
        ("POST", f"{CONTACTS}/search", {"limit": 201}, {}),
        ("POST", f"{CONTACTS}/search", {"limit": 200, "after": "9900"}, {}),
        ("POST", f"{CONTACTS}/search", {"limit": 0}, {}),
        ("GET", CONTACTS, None, {"limit": "101"}),
        (
            "POST",
            f"{CONTACTS}/batch/read",
            {"propertiesWithHistory": ["lifecyclestage"], "inputs": [{"id": "1"}] * 51},
            {},
        ),
        ("POST", f"{CONTACTS}/batch/read", {}, {}),
        (
            "POST",
            "/crm/associations/2026-09/deals/contacts/batch/read",
            {"inputs": [{"id": "1"}] * 1001},
            {},
        ),
        ("GET", "/form-integrations/v1/submissions/forms/f1", None, {"limit": "51"}),
    ],
)
def test_limits_are_hubspots(method: str, path: str, body: Any, query: dict[str, str]) -> None:
    """A connector that asks for too much must notice here, not with a customer."""
    portal = Portal(contacts=[contact(1)], forms=[Form("f1", "Demo", "")])
    response = portal.send(method, path, body, **query)
    assert response.status == 400
    assert json.loads(response.body)["category"] == "VALIDATION_ERROR"


def test_a_request_without_a_token_is_refused() -> None:
    """HubSpot answers 401 with a category."""
    response = Portal().send("GET", CONTACTS, headers={})
    assert response.status == 401
    assert json.loads(response.body)["category"] == "INVALID_AUTHENTICATION"


def test_contacts_come_and_go() -> None:
    """Archived: only in the recycle bin. Erased: nowhere. Merged: inside the survivor."""
    portal = Portal(
        contacts=[
            contact(1),
            contact(2, archived_at=day(10)),
            contact(3, erased_at=day(10)),
            contact(4, created_at=day(2), merged_into="1", merged_at=day(10)),
            contact(5, archived_at=day(5), erased_at=day(10)),
            contact(6, created_at=day(25)),
        ]
    )
    assert portal.ids() == ["1"]
    assert portal.ids(archived="true") == ["2"]
    (survivor,) = search(portal, properties=["hs_merged_object_ids", "hs_additional_emails"])[
        "results"
    ]
    assert survivor["properties"]["hs_merged_object_ids"] == "4"
    assert survivor["properties"]["hs_additional_emails"] == "4@kund.example"
    assert survivor["updatedAt"] == "2026-03-10T12:00:00.000Z"
    portal.clock.set(day(4))
    assert portal.ids() == ["1", "2", "3", "4", "5"]
    assert portal.ids(archived="true") == []


def test_properties_are_texts_and_nulls_and_moments_are_mixed() -> None:
    """Unset properties are null, undefined ones absent; one id writes ISO, the next epochs."""
    stages = [StageChange("customer", day(3))]
    portal = Portal(contacts=[contact(1, stages=stages), contact(2, stages=stages)])
    name = "hs_lifecyclestage_customer_date"
    odd, even = search(portal, properties=[name, "phone", "no_such_property"])["results"]
    assert odd["properties"][name] == str(int(day(3).timestamp() * 1000))
    assert even["properties"][name] == "2026-03-03T12:00:00.000Z"
    assert odd["properties"]["phone"] is None
    assert "no_such_property" not in odd["properties"]
    assert set(odd["properties"]) >= {"hs_object_id", "createdate", "lastmodifieddate"}


def test_deals_name_living_contacts_and_those_without_are_errors() -> None:
    """Merged contacts appear as their survivor; a deal of an archived contact has none."""

    def deal(number: int, *contact_ids: str) -> Deal:
        stages = [StageChange("closedwon", day(9))]
        amount = Decimal("-500.50")
        return Deal(str(number), "D", "77", contact_ids, amount, "SEK", day(2), stages)

    portal = Portal(
        contacts=[
            contact(1),
            contact(2, merged_into="1", merged_at=day(5)),
            contact(3, archived_at=day(5)),
        ],
        organisations=[Organisation("77", "Kund AB", "kund.example", "SE", "IT", 9, day(1))],
        deals=[deal(11, "2", "1"), deal(12, "3")],
    )
    path = "/crm/associations/2026-09/deals/contacts/batch/read"
    response = portal.send("POST", path, {"inputs": [{"id": "11"}, {"id": "12"}]})
    answer = json.loads(response.body)
    assert response.status == 207
    assert [(row["from"]["id"], row["to"][0]["toObjectId"]) for row in answer["results"]] == [
        ("11", "1")
    ]
    assert len(answer["results"][0]["to"]) == 1
    assert answer["numErrors"] == 1
    (found, _) = portal.ask("GET", "/crm/objects/2026-09/deals", properties="amount,closedate")[
        "results"
    ]
    assert found["properties"]["amount"] == "-500.5"


def test_submissions_come_newest_first_fifty_a_page() -> None:
    """The endpoint cannot filter; its cursor leads to the oldest."""
    touches = [submission(number, day(1) + timedelta(hours=number)) for number in range(1, 61)]
    portal = Portal(touches=touches, forms=[Form("f1", "Demo", "")])
    path = "/form-integrations/v1/submissions/forms/f1"
    first = portal.ask("GET", path, limit="50")
    rest = portal.ask("GET", path, limit="50", after=first["paging"]["next"]["after"])
    moments = [row["submittedAt"] for row in [*first["results"], *rest["results"]]]
    assert moments == sorted(moments, reverse=True)
    assert len(moments) == 60
    assert "paging" not in rest
    values = {value["name"]: value["value"] for value in first["results"][0]["values"]}
    assert values == {"email": "1@kund.example", "gclid": "CaSe-1"}
    assert portal.send("GET", path.replace("f1", "nowhere")).status == 404
