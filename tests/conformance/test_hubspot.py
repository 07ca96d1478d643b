"""HubSpot's own SDK reads what the simulator answers and writes what the connector asks.

The SDK speaks the version before the date-based ones: bodies are the same, paths are not, so the
simulator answers under both.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from hubspot.crm import contacts, pipelines
from hubspot.crm.associations import v4 as associations

from orchestration.connectors.hubspot import HUBSPOT
from orchestration.extract.placeholders import fill_body
from simulator.generator import generate
from simulator.http import Clock, Route
from simulator.server import SimulatorServer
from simulator.vendors import hubspot as renderer
from simulator.world import World

NOW = datetime(2026, 7, 1, 6, tzinfo=UTC)
VALUES = {"last_id": "0", "window_start_millis": "0", "parent_ids": [{"id": "1"}]}
OLDER_PATHS = {
    "/crm/objects/2026-09": "/crm/v3/objects",
    "/crm/associations/2026-09": "/crm/v4/associations",
    "/crm/pipelines/2026-09": "/crm/v3/pipelines",
}


def under_older_path(route: Route) -> Route:
    """The same answers where the SDK asks for them."""
    pattern = route.pattern
    for newer, older in OLDER_PATHS.items():
        pattern = pattern.replace(newer, older)
    return dataclasses.replace(route, pattern=pattern)


@pytest.fixture(scope="module")
def world() -> World:
    """A fiftieth of the demo company."""
    return generate(seed=7, scale=0.02)


@pytest.fixture(scope="module")
def host(world: World) -> Iterator[str]:
    """Where the simulator answers the SDK."""
    clock = Clock(NOW)
    routes = [under_older_path(route) for route in renderer.routes(world, clock)]
    with SimulatorServer(world, clock, routes={"hubspot": routes}) as server:
        yield server.base_url("hubspot")
        assert server.errors == []


def api(package: Any, host: str, name: str) -> Any:
    """One of the SDK's APIs, pointed at loopback."""
    configuration = package.Configuration(host=host)
    configuration.access_token = "any"
    return getattr(package, name)(package.ApiClient(configuration))


def asked(stream: str) -> Any:
    """The body that the connector sends."""
    return fill_body(HUBSPOT.stream(stream).request.body, VALUES)


def test_search_is_asked_and_answered_in_the_sdks_words(world: World, host: str) -> None:
    """A misspelt key of the request or the answer would be silently ignored by either side."""
    body = asked("contacts")
    request = contacts.PublicObjectSearchRequest(
        filter_groups=[
            contacts.FilterGroup(
                filters=[
                    contacts.Filter(
                        property_name=condition["propertyName"],
                        operator=condition["operator"],
                        value=condition["value"],
                    )
                    for condition in body["filterGroups"][0]["filters"]
                ]
            )
        ],
        sorts=body["sorts"],
        properties=body["properties"],
        limit=200,
    )
    serialized = contacts.ApiClient().sanitize_for_serialization(request)
    assert serialized == {**body, "limit": 200}

    answer = api(contacts, host, "SearchApi").do_search(public_object_search_request=request)
    living = [contact for contact in world.contacts if contact.is_live(NOW)]
    assert answer.total == len(living)
    assert len(answer.results) == min(200, len(living))
    assert isinstance(answer.results[0].updated_at, datetime)
    by_id = {contact.contact_id: contact for contact in living}
    for result in answer.results:
        assert result.archived is False
        assert result.properties["email"] == (by_id[result.id].email or None)
        assert all(value is None or isinstance(value, str) for value in result.properties.values())


def test_paging_of_the_search_follows_the_sdk(world: World, host: str) -> None:
    """The cursor that the SDK hands on leads through every contact once."""
    search = api(contacts, host, "SearchApi")
    ids: list[str] = []
    after = None
    while True:
        request = contacts.PublicObjectSearchRequest(limit=50, after=after, filter_groups=[])
        answer = search.do_search(public_object_search_request=request)
        ids += [result.id for result in answer.results]
        if answer.paging is None:
            break
        after = answer.paging.next.after
    assert ids == sorted((c.contact_id for c in world.contacts if c.is_live(NOW)), key=int)


def test_history_is_read_in_the_sdks_words(world: World, host: str) -> None:
    """The history of a lifecycle stage is typed, newest first."""
    contact = next(each for each in world.contacts if each.is_live(NOW) and len(each.stages) > 2)
    body = asked("contact_lifecycle_history")
    request = contacts.BatchReadInputSimplePublicObjectId(
        properties=body["properties"],
        properties_with_history=body["propertiesWithHistory"],
        inputs=[{"id": contact.contact_id}],
    )
    serialized = contacts.ApiClient().sanitize_for_serialization(request)
    assert serialized == {**body, "inputs": [{"id": contact.contact_id}]}

    answer = api(contacts, host, "BatchApi").read(batch_read_input_simple_public_object_id=request)
    assert answer.status == "COMPLETE"
    history = answer.results[0].properties_with_history["lifecyclestage"]
    assert [entry.value for entry in history] == [
        change.stage for change in reversed(contact.stages) if change.at <= NOW
    ]
    assert history[0].timestamp.astimezone(UTC) == contact.stages[-1].at


def test_archived_records_are_listed_in_the_sdks_words(world: World, host: str) -> None:
    """The recycle bin and the list of all ids."""
    basic = api(contacts, host, "BasicApi")
    page = basic.get_page(limit=100, archived=True, properties=["hs_object_id"])
    archived = [each for each in world.contacts if each.is_archived(NOW) and not each.merged_at]
    assert {result.id for result in page.results} == {each.contact_id for each in archived} != set()
    assert all(result.archived_at.astimezone(UTC) <= NOW for result in page.results)


def test_associations_are_read_in_the_sdks_words(world: World, host: str) -> None:
    """Contacts of deals, and the error inside a 207 for a deal without any."""
    living = [deal for deal in world.deals if deal.is_live(NOW)]
    request = associations.BatchInputPublicFetchAssociationsBatchRequest(
        inputs=[{"id": deal.deal_id} for deal in living]
    )
    answer = api(associations, host, "BatchApi").get_page(
        "deals", "contacts", batch_input_public_fetch_associations_batch_request=request
    )
    found = {row._from.id: {to.to_object_id for to in row.to} for row in answer.results}
    for deal in living:
        survivors = {world.survivor_id(each, NOW) for each in deal.contact_ids}
        expected = {each for each in survivors if world.contact(each).is_live(NOW)}
        assert found.get(deal.deal_id, set()) == expected
    assert answer.num_errors == len(living) - len(found) > 0
    assert isinstance(answer.results[0].to[0].association_types[0].type_id, int)


def test_pipelines_are_read_in_the_sdks_words(host: str) -> None:
    """Stages state as texts whether they are closed, and how probable."""
    answer = api(pipelines, host, "PipelinesApi").get_all("deals")
    stages = {stage.id: stage.metadata for stage in answer.results[0].stages}
    assert stages["closedwon"] == {"isClosed": "true", "probability": "1.0"}
    assert stages["closedlost"]["isClosed"] == "true"
