"""Throttles that a vendor reports in the body of an answer, whatever its status."""

from __future__ import annotations

import json

import pytest

from orchestration.connectors.answer import Throttle
from orchestration.connectors.stream import Request
from orchestration.extract.failures import ExtractionFailed, FailureKind
from tests.kit.extract.acme import Acme, a_stream
from tests.kit.extract.vendor import Answer

GOOD = Answer({"items": [{"id": 1}]})
META = Throttle(
    "error.code",
    ("4", "17", "80000"),
    wait_seconds=60,
    wait_header="X-Usage",
    wait_path="*.*.minutes_to_wait",
    wait_unit=60,
)
OUTAGE = Throttle("error.code", ("1", "2"), is_outage=True)
MICROSOFT = Throttle("Errors.*.Code", ("117",), wait_seconds=60)


def refused(code: int, status: int = 400, **headers: str) -> Answer:
    """As Meta refuses."""
    body = {"error": {"message": f"(#{code}) User request limit reached", "code": code}}
    return Answer(body, status, {name.replace("_", "-"): text for name, text in headers.items()})


@pytest.fixture
def throttled(acme: Acme) -> Acme:
    """A connector that knows the three throttles."""
    acme.connector = {"throttles": (META, OUTAGE, MICROSOFT)}
    return acme


@pytest.mark.parametrize("status", [200, 400, 403])
def test_a_throttle_in_a_body_is_waited_out(throttled: Acme, status: int) -> None:
    """Meta throttles with status 400: taken for a refusal, a day of figures would be missing."""
    throttled.vendor.queue = [refused(80000, status), refused(17, status), GOOD]
    extraction = throttled.extract(a_stream())
    assert throttled.landed() == [[1]]
    assert (extraction.failures, extraction.requests) == ([], 3)
    assert throttled.waits == [60, 60], "never shorter than the vendor's advice"


def test_a_throttle_among_several_errors(throttled: Acme) -> None:
    """Microsoft lists its errors; one of them is the throttle."""
    errors = {"Errors": [{"Code": 0}, {"Code": 117, "ErrorCode": "CallRateExceeded"}]}
    throttled.vendor.queue = [Answer(errors, 400), GOOD]
    throttled.extract(a_stream())
    assert throttled.landed() == [[1]]


def test_retry_after_counts_before_the_declared_wait(throttled: Acme) -> None:
    """The vendor knows better than the declaration."""
    throttled.vendor.queue = [refused(17, Retry_After="7"), GOOD]
    throttled.extract(a_stream())
    assert throttled.waits == [7]


def test_a_wait_in_a_header_of_its_own(throttled: Acme) -> None:
    """Meta counts minutes, in JSON, per business; the longest of them counts."""
    usage = json.dumps({"11": [{"minutes_to_wait": 1}], "12": [{"minutes_to_wait": 2}]})
    throttled.vendor.queue = [refused(17, X_Usage=usage), refused(17, X_Usage="{"), GOOD]
    throttled.extract(a_stream())
    assert throttled.waits == [120, 60]


def test_a_long_wait_ends_the_account_at_once(throttled: Acme) -> None:
    """An hour is not slept through, and nothing is asked meanwhile."""
    usage = json.dumps({"11": [{"minutes_to_wait": 60}]})
    throttled.vendor.handler = lambda asked: refused(17, X_Usage=usage)
    with pytest.raises(ExtractionFailed, match="3600 s") as caught:
        throttled.extract(a_stream())
    assert caught.value.failures[0].kind is FailureKind.THROTTLED
    assert len(throttled.vendor.asked) == 1


@pytest.mark.parametrize(("code", "kind"), [(17, "throttled"), (2, "server_error")])
def test_a_throttle_that_stays_lands_nothing(throttled: Acme, code: int, kind: str) -> None:
    """Attempts are bounded; an outage at the vendor is not called too many requests."""
    throttled.vendor.handler = lambda asked: refused(code)
    with pytest.raises(ExtractionFailed) as caught:
        throttled.extract(a_stream())
    assert caught.value.failures[0].kind == kind
    assert len(throttled.vendor.asked) == 5
    assert throttled.landing.slices() == []


@pytest.mark.parametrize("answer", [refused(100), Answer(b"17", 400), Answer(b"no json", 400)])
def test_another_refusal_is_not_tried_again(throttled: Acme, answer: Answer) -> None:
    """A bad parameter stays bad."""
    throttled.vendor.handler = lambda asked: answer
    with pytest.raises(ExtractionFailed) as caught:
        throttled.extract(a_stream(request=Request("/things", records="items")))
    assert caught.value.failures[0].kind is FailureKind.REJECTED
    assert len(throttled.vendor.asked) == 1
