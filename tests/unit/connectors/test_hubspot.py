"""HubSpot's declarations: each rule that a vendor fact imposes on them."""

from __future__ import annotations

import json

import pytest

from orchestration.connectors.field import TimeFormat, Type
from orchestration.connectors.hubspot import HUBSPOT
from orchestration.connectors.stream import Kind, Paging, Stream

STREAMS = [pytest.param(stream, id=stream.name) for stream in HUBSPOT.streams]
SEARCHES = [
    pytest.param(stream, id=stream.name)
    for stream in HUBSPOT.streams
    if stream.request.path.endswith("/search")
]
HISTORIES = [
    pytest.param(stream, id=stream.name)
    for stream in HUBSPOT.streams
    if "propertiesWithHistory" in json.dumps(stream.request.body)
]
ASSOCIATIONS = [
    pytest.param(stream, id=stream.name)
    for stream in HUBSPOT.streams
    if stream.request.path.startswith("/crm/associations/")
]


@pytest.mark.parametrize("stream", STREAMS)
def test_keys_are_declared_and_required(stream: Stream) -> None:
    """A row without its key would be counted once per extraction."""
    required = {field.name for field in stream.fields if field.required}
    assert set(stream.natural_key) <= required


@pytest.mark.parametrize("stream", STREAMS)
def test_one_service_key_reads_one_portal(stream: Stream) -> None:
    """No answer depends on a configured account, so none needs to be listed."""
    assert not stream.per_account
    assert "{account_id}" not in json.dumps([stream.request.path, dict(stream.request.params)])


@pytest.mark.parametrize("stream", SEARCHES)
def test_a_search_restarts_after_the_last_id(stream: Stream) -> None:
    """A search ends at 10,000 results; only ``id > last`` in the order of ids gets past it."""
    body = stream.request.body
    assert body is not None
    filters = body["filterGroups"][0]["filters"]
    assert {"propertyName": "hs_object_id", "operator": "GT", "value": "{last_id}"} in filters
    assert body["sorts"] == [{"propertyName": "hs_object_id", "direction": "ASCENDING"}]
    pager = stream.request.pager
    assert (pager.paging, pager.page_size, pager.total_path) == (Paging.LAST_ID, 200, "total")


@pytest.mark.parametrize("stream", SEARCHES)
def test_a_search_asks_for_what_changed_with_overlap(stream: Stream) -> None:
    """Only contacts write ``lastmodifieddate`` without a prefix, and the search's index lags."""
    assert stream.request.body is not None
    changed = "lastmodifieddate" if stream.name == "contacts" else "hs_lastmodifieddate"
    condition = {"propertyName": changed, "operator": "GTE", "value": "{window_start_millis}"}
    assert condition in stream.request.body["filterGroups"][0]["filters"]
    assert stream.kind is Kind.ENTITY_CHANGES
    assert stream.overlap_hours >= 24


@pytest.mark.parametrize("stream", SEARCHES)
def test_every_declared_property_is_asked_for(stream: Stream) -> None:
    """HubSpot answers the properties it is asked for and a handful more."""
    declared = [field.keys[1] for field in stream.fields if field.keys[0] == "properties"]
    assert stream.request.body is not None
    assert stream.request.body["properties"] == declared
    assert len(declared) == len(set(declared))


@pytest.mark.parametrize("stream", SEARCHES)
def test_moments_may_be_iso_or_milliseconds(stream: Stream) -> None:
    """Both were seen in one property, and an empty text where nothing is set."""
    moments = [field for field in stream.fields if field.type is Type.TIMESTAMP]
    assert moments
    assert {field.time_format for field in moments} == {TimeFormat.ISO_OR_EPOCH_MILLIS}
    assert all("" in field.null_values for field in moments if field.keys[0] == "properties")


@pytest.mark.parametrize("stream", HISTORIES)
def test_history_is_read_for_what_changed_fifty_at_a_time(stream: Stream) -> None:
    """With history a batch holds 50 ids; more is an error of the whole batch."""
    parent = stream.request.parent
    assert parent is not None
    assert parent.stream in ("contacts", "deals")
    assert (parent.chunk, parent.since_path) == (50, "updatedAt")


@pytest.mark.parametrize("stream", ASSOCIATIONS)
def test_associations_are_read_a_thousand_at_a_time(stream: Stream) -> None:
    """A batch of associations holds 1,000 ids."""
    parent = stream.request.parent
    assert parent is not None
    assert parent.stream == stream.request.path.split("/")[4]
    assert parent.chunk == 1000


def test_personal_data_is_kept_hashed_only() -> None:
    """No raw address or number may reach the warehouse, and a form's answers hold both."""
    for stream in HUBSPOT.streams:
        for field in stream.fields:
            if "email" in field.name:
                assert field.type in (Type.EMAIL, Type.EMAILS), f"{stream.name}.{field.name}"
            if "phone" in field.name:
                assert field.type is Type.PHONE, f"{stream.name}.{field.name}"
    answers = HUBSPOT.stream("form_submissions")
    assert "values" in answers.ignored
    assert all(field.keys != ("values",) for field in answers.fields)


def test_properties_that_an_account_may_not_have_are_no_breach() -> None:
    """HubSpot leaves undefined properties out of its answers."""
    by_name = {field.name: field for field in HUBSPOT.stream("contacts").fields}
    for name in ("utm_source", "matomo_visitor_id", "lead_source", "how_did_you_hear_about_us"):
        assert by_name[name].omitted_when_empty
    assert not by_name["lifecyclestage"].omitted_when_empty


def test_refunds_are_deals_too() -> None:
    """A refund is a won deal with a negative amount; it must not be quarantined."""
    by_name = {field.name: field for field in HUBSPOT.stream("deals").fields}
    assert by_name["amount"].type is Type.DECIMAL
    assert not by_name["amount"].non_negative


def test_deletes_are_read_whole() -> None:
    """Archived and erased records show by a full list, whatever the window."""
    for name in ("archived_contacts", "archived_deals", "contact_ids"):
        stream = HUBSPOT.stream(name)
        assert stream.kind is Kind.ENTITY_SNAPSHOT
        assert "window" not in json.dumps(dict(stream.request.params))
    assert HUBSPOT.stream("archived_contacts").request.params["archived"] == "true"


def test_parents_are_extracted_first() -> None:
    """A child asks for the ids that its parent landed in the same run."""
    names = [stream.name for stream in HUBSPOT.streams]
    for stream in HUBSPOT.streams:
        if stream.request.parent is not None:
            assert names.index(stream.request.parent.stream) < names.index(stream.name)
