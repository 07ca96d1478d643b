"""Mailchimp's declarations: each rule that a vendor fact imposes on them."""

from __future__ import annotations

import pytest

from orchestration.connectors.field import Type
from orchestration.connectors.mailchimp import MAILCHIMP
from orchestration.connectors.stream import Auth, Kind, Paging, Stream

STREAMS = [pytest.param(stream, id=stream.name) for stream in MAILCHIMP.streams]


@pytest.mark.parametrize("stream", STREAMS)
def test_keys_are_declared_and_required(stream: Stream) -> None:
    """A row without its key would be counted once per extraction."""
    required = {field.name for field in stream.fields if field.required}
    assert set(stream.natural_key) <= required


@pytest.mark.parametrize("stream", STREAMS)
def test_pages_are_long_and_counted(stream: Stream) -> None:
    """Mailchimp returns 10 entries by default, and states how many there are."""
    pager = stream.request.pager
    if stream.name == "automation_emails":
        assert pager.paging is Paging.NONE  # the one list that it does not page
        return
    assert (pager.paging, pager.page_size) == (Paging.OFFSET, 1000)
    assert (pager.limit_param, pager.offset_param) == ("count", "offset")
    assert pager.total_path == "total_items"


@pytest.mark.parametrize("name", ["email_activity", "unsubscribes"])
def test_campaigns_are_asked_for_activity_for_45_days(name: str) -> None:
    """A campaign is opened and clicked for weeks; asking new ones only would lose the rest."""
    parent = MAILCHIMP.stream(name).request.parent
    assert parent is not None
    assert (parent.stream, parent.since_path, parent.since_days) == ("campaigns", "send_time", 45)


@pytest.mark.parametrize("name", ["automation_email_activity", "automation_unsubscribes"])
def test_automations_are_asked_always(name: str) -> None:
    """An automation's e-mail is sent for years, to everyone who reaches it."""
    parent = MAILCHIMP.stream(name).request.parent
    assert parent is not None
    assert (parent.stream, parent.since_path) == ("automation_emails", "")


@pytest.mark.parametrize("name", ["email_activity", "automation_email_activity"])
def test_activity_is_asked_since_the_window(name: str) -> None:
    """Without ``since`` every run would land every action again."""
    stream = MAILCHIMP.stream(name)
    assert stream.request.params["since"] == "{window_start_iso}"
    assert stream.kind is Kind.EVENT
    assert stream.overlap_hours >= 24


def test_members_are_sorted_by_what_a_change_does_not_move() -> None:
    """Sorted by last_changed, a member changing between pages makes offset paging skip another."""
    params = MAILCHIMP.stream("list_members").request.params
    assert params["since_last_changed"] == "{window_start_iso}"
    assert (params["sort_field"], params["sort_dir"]) == ("timestamp_opt", "ASC")


def test_moments_may_be_empty_texts() -> None:
    """``send_time`` of a draft is an empty text, which does not violate its type."""
    for stream in MAILCHIMP.streams:
        for field in stream.fields:
            if field.type is Type.TIMESTAMP:
                assert "" in field.null_values, f"{stream.name}.{field.name}"


def test_addresses_are_kept_hashed_only() -> None:
    """No raw address may reach the warehouse."""
    for stream in MAILCHIMP.streams:
        for field in stream.fields:
            if field.keys[-1] == "email_address":
                assert field.type is Type.EMAIL, f"{stream.name}.{field.name}"


def test_ten_connections_at_once_and_a_key_as_password() -> None:
    """The eleventh connection is refused with 429; the user name does not matter."""
    assert MAILCHIMP.connections == 10
    assert MAILCHIMP.auth is Auth.BASIC
    assert MAILCHIMP.base_url == "https://{option:server}.api.mailchimp.com/3.0"


def test_parents_are_extracted_first() -> None:
    """A child asks for the ids that its parent landed in the same run."""
    names = [stream.name for stream in MAILCHIMP.streams]
    for stream in MAILCHIMP.streams:
        if stream.request.parent is not None:
            assert names.index(stream.request.parent.stream) < names.index(stream.name)
