"""Windows that are too much for the vendor are asked for in halves, down to single days."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from orchestration.connectors.answer import ErrorCode, Means
from orchestration.connectors.field import Field, Type
from orchestration.connectors.report import Report
from orchestration.connectors.stream import Kind, Request, Stream
from orchestration.extract.failures import ExtractionFailed, FailureKind
from orchestration.extract.window import Window
from tests.kit.extract.acme import Acme, a_stream
from tests.kit.extract.vendor import Answer, Asked

WEEK = Window(date(2026, 11, 1), date(2026, 11, 8))
PLAIN = Request(
    "/things", params={"from": "{window_start_date}", "to": "{window_end_date}"}, records="items"
)
REPORT = Report(
    id_path="id",
    poll=Request("/poll/{report_id}"),
    status_path="status",
    done=("done",),
    running=("running",),
    failed=("failed",),
    download=Request("/file/{report_id}", records="items"),
    halves=True,
)


def days(request: Request) -> Stream:
    """One record per day."""
    fields = (Field("date_day", type=Type.DATE, required=True), Field("id"))
    return a_stream(kind=Kind.REPORT, request=request, fields=fields, natural_key=("date_day",))


def records(start: str, end: str) -> list[dict[str, str]]:
    """One for each day of a range, both ends included."""
    first, last = date.fromisoformat(start), date.fromisoformat(end)
    return [
        {"id": str(first + timedelta(n)), "date_day": str(first + timedelta(n))}
        for n in range((last - first).days + 1)
    ]


def landed(acme: Acme) -> list[str]:
    """The days of the one slice."""
    (ids,) = acme.landed()
    return ids


def test_an_answer_at_the_cap_is_asked_for_in_halves(acme: Acme) -> None:
    """LinkedIn stops at 15,000 elements without a word: what comes next was missing."""
    acme.vendor.handler = lambda asked: Answer(
        {"items": records(asked.query["from"], asked.query["to"])[:3]}
    )
    acme.extract(days(replace(PLAIN, cut_off_at=3)), window=WEEK)
    assert landed(acme) == [f"2026-11-0{day}" for day in range(1, 8)]
    (item,) = acme.landing.slices()
    assert (item.window_start, item.window_end) == (WEEK.start_at, WEEK.end_at)


def test_a_vendor_that_says_too_much_is_asked_for_less(acme: Acme) -> None:
    """A refusal with a code of its own is no reason to give up on the whole window."""
    acme.connector = {"error_codes": (ErrorCode("error.code", ("9",), Means.TOO_MUCH),)}

    def answer(asked: Asked) -> Answer:
        found = records(asked.query["from"], asked.query["to"])
        return Answer({"error": {"code": 9}}, 400) if len(found) > 2 else Answer({"items": found})

    acme.vendor.handler = answer
    acme.extract(days(replace(PLAIN, cut_off_at=100)), window=WEEK)
    assert landed(acme) == [f"2026-11-0{day}" for day in range(1, 8)]


class Reports:
    """Prepares reports of at most so many days."""

    def __init__(self, most: int) -> None:
        self._most = most
        self.asked: list[tuple[str, str]] = []

    def __call__(self, asked: Asked) -> Answer:
        """Answer a submission, a poll or a download."""
        if "poll" not in asked.path and "file" not in asked.path:
            self.asked.append((asked.query["from"], asked.query["to"]))
            return Answer({"id": str(len(self.asked))})
        found = records(*self.asked[int(asked.path.rsplit("/", 1)[1]) - 1])
        if "poll" in asked.path:
            return Answer({"status": "done" if len(found) <= self._most else "failed"})
        return Answer({"items": found})


def test_a_report_that_fails_is_prepared_in_halves(acme: Acme) -> None:
    """Meta fails a report that is too large and does not say that this is the reason."""
    acme.vendor.handler = Reports(most=3)
    acme.extract(days(replace(PLAIN, report=REPORT)), window=WEEK)
    assert landed(acme) == [f"2026-11-0{day}" for day in range(1, 8)]


def test_a_report_that_fails_for_a_single_day_lands_nothing(acme: Acme) -> None:
    """Halving ends at the first day that fails: seven days cost three reports."""
    vendor = acme.vendor.handler = Reports(most=0)
    with pytest.raises(ExtractionFailed) as caught:
        acme.extract(days(replace(PLAIN, report=REPORT)), window=WEEK)
    assert caught.value.failures[0].kind is FailureKind.REPORT_FAILED
    assert len(vendor.asked) == 3
    assert acme.landing.slices() == []


def test_a_report_is_not_halved_where_that_is_not_declared(acme: Acme) -> None:
    """Another vendor's reports fail for other reasons."""
    vendor = acme.vendor.handler = Reports(most=3)
    with pytest.raises(ExtractionFailed):
        acme.extract(days(replace(PLAIN, report=replace(REPORT, halves=False))), window=WEEK)
    assert len(vendor.asked) == 1
