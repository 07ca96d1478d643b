"""Matomo's declarations: each rule that a vendor fact imposes on them."""

from __future__ import annotations

from orchestration.connectors.field import TimeFormat
from orchestration.connectors.matomo import MATOMO
from orchestration.connectors.stream import Auth, Kind, Paging

VISITS = MATOMO.stream("visits")


def test_the_token_travels_in_the_body_only() -> None:
    """Matomo 5 refuses a token in the URL, where it would also appear in access logs."""
    assert MATOMO.auth is Auth.BODY_TOKEN
    assert VISITS.request.method == "POST"
    assert VISITS.request.form
    assert not VISITS.request.params
    assert "token_auth" not in (VISITS.request.body or {})


def test_an_error_with_status_200_is_an_error() -> None:
    """A wrong token answers 200; read as an empty list it would pass for a day without visits."""
    assert (MATOMO.error_path, MATOMO.error_values) == ("result", ("error",))


def test_visits_are_asked_one_day_at_a_time_oldest_first() -> None:
    """Offsets over several days skip visits (matomo issues 16394 and 23342).

    Newest first, a visit that arrives between two pages would push another one over the edge.
    """
    body = VISITS.request.body
    assert body is not None
    assert VISITS.request.max_days == 1
    assert (body["period"], body["date"]) == ("day", "{window_start_date}")
    assert body["filter_sort_order"] == "asc"
    assert VISITS.request.pager.paging is Paging.OFFSET


def test_a_visit_begins_at_its_first_action() -> None:
    """serverTimestamp is the last action: half an hour late at worst, past a conversion."""
    started = next(field for field in VISITS.fields if field.name == "started_at")
    assert started.path == "firstActionTimestamp"
    assert started.time_format is TimeFormat.EPOCH_SECONDS
    assert started.required


def test_visits_are_read_again_after_they_ended() -> None:
    """A visit that is open when it is read gains actions and the user who logs in."""
    assert VISITS.kind is Kind.EVENT
    assert VISITS.overlap_hours >= 24
    assert VISITS.natural_key == ("site_id", "visit_id")


def test_personal_data_stays_at_matomo() -> None:
    """IP addresses, fingerprints and positions are never landed."""
    hidden = set(str((VISITS.request.body or {})["hideColumns"]).split(","))
    assert {"visitIp", "fingerprint", "latitude", "longitude", "city"} <= hidden
    kept = {field.path for field in VISITS.fields} | set(VISITS.ignored)
    assert not hidden & kept
