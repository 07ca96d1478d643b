"""Reports: submitted, polled until they are ready, downloaded whole or not at all."""

from __future__ import annotations

import gzip
import io
import zipfile
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import pytest

from orchestration.connectors.answer import Csv, Throttle
from orchestration.connectors.field import Field, Type
from orchestration.connectors.report import Report
from orchestration.connectors.stream import Auth, Kind, Pager, Paging, Request, Stream
from orchestration.extract.failures import ExtractionFailed, FailureKind
from orchestration.extract.window import Window
from tests.kit.extract.acme import TOKEN, Acme, a_stream
from tests.kit.extract.vendor import Answer, Asked

WEEK = Window(date(2026, 11, 1), date(2026, 11, 8))
SECRET_QUERY = "sig=c2VjcmV0LWtleQ"
CSV = (
    '"Report Name: ad_days"\r\n"Rows: 2"\r\n\r\n"TimePeriod","AdId","Spend"\r\n'
    '"2026-11-01","84800390693061","12.50"\r\n"2026-11-02","84800390693062","--"\r\n\r\n'
    '"©2026 Microsoft Corporation. All rights reserved. "\r\n'
).encode("utf-8-sig")
RECORDS = [
    {"TimePeriod": "2026-11-01", "AdId": "84800390693061", "Spend": "12.50"},
    {"TimePeriod": "2026-11-02", "AdId": "84800390693062", "Spend": None},
]


def zipped(content: bytes) -> bytes:
    """An archive with one file."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("30000012345678.csv", content)
    return packed.getvalue()


REPORT = Report(
    id_path="ReportRequestId",
    poll=Request("/Poll", "POST", body={"ReportRequestId": "{report_id}"}),
    status_path="ReportRequestStatus.Status",
    done=("Success",),
    running=("Pending",),
    failed=("Error",),
    url_path="ReportRequestStatus.ReportDownloadUrl",
    empty_without_url=True,
    download=Request(
        "{report_url}",
        csv=Csv(preamble=True, footer=("©",), null_values=("", "--"), count_prefix="Rows:"),
        packed=True,
    ),
    limit_seconds=60,
)
SUBMIT = Request(
    "/Submit",
    "POST",
    body={
        "Columns": "{fields}",
        "Scope": {"AccountIds": ["{account_id}"]},
        "Start": {"Year": "{window_start_year}", "Day": "{window_start_day}"},
    },
    headers={"CustomerAccountId": "{account_id}", "DeveloperToken": "{secret:token}"},
    report=REPORT,
)


def ad_days(request: Request = SUBMIT, **changes: Any) -> Stream:
    """Figures per ad and day, as Microsoft returns them."""
    return a_stream(
        kind=Kind.REPORT,
        request=request,
        fields=(
            Field("date_day", "TimePeriod", Type.DATE, required=True),
            Field("ad_id", "AdId", required=True),
            Field("spend", "Spend", Type.DECIMAL),
        ),
        natural_key=("date_day", "ad_id"),
        per_account=True,
        **changes,
    )


@dataclass
class Reporting:
    """A scripted Microsoft."""

    acme: Acme
    polls: list[Any] = field(default_factory=lambda: ["Pending", "Pending", "Success"])
    file: Answer = field(default_factory=lambda: Answer(zipped(CSV)))
    url: str | None = ""

    def __call__(self, asked: Asked) -> Answer:
        """Answer a submission, a poll or a download."""
        match asked.path.rsplit("/", 1)[1]:
            case "Submit":
                return Answer({"ReportRequestId": "30000012345678"})
            case "Poll":
                status = self.polls.pop(0) if len(self.polls) > 1 else self.polls[0]
                if isinstance(status, Answer):
                    return status
                return Answer({"ReportRequestStatus": {"Status": status, **self.ready(status)}})
            case "file.zip":
                return self.file
            case other:
                raise AssertionError(other)

    def ready(self, status: str) -> dict[str, Any]:
        """The address, once there is one."""
        url = f"{self.acme.vendor.base_url}/file.zip?{SECRET_QUERY}"
        return {
            "ReportDownloadUrl": (url if self.url == "" else self.url)
            if status == "Success"
            else None
        }

    def paths(self) -> list[str]:
        """What was asked, in order."""
        return [asked.path.rsplit("/", 1)[1] for asked in self.acme.vendor.asked]


@pytest.fixture
def reporting(acme: Acme) -> Reporting:
    """A connector with one account against a scripted Microsoft."""
    acme.accounts = ["180535609"]
    vendor = Reporting(acme)
    acme.vendor.handler = vendor
    return vendor


def failed(reporting: Reporting, request: Request = SUBMIT) -> tuple[FailureKind, str]:
    """Why nothing landed; the text holds no secret, not even the file's address."""
    with pytest.raises(ExtractionFailed) as caught:
        reporting.acme.extract(ad_days(request), window=WEEK)
    landing = reporting.acme.landing
    assert landing.slices() == []
    assert not list(landing.root.rglob("*.zst*")), "a partial page was left"
    (failure,) = caught.value.failures
    for secret in (SECRET_QUERY, "c2VjcmV0LWtleQ", TOKEN):
        assert secret not in failure.message
    assert failure.account_id == "180535609"
    return failure.kind, failure.message


@pytest.mark.parametrize("pack", [zipped, gzip.compress, bytes])
def test_a_report_lands_as_if_it_were_json(reporting: Reporting, pack: Any) -> None:
    """Submitted with window, account and fields; polled until ready; zip, gzip or plain CSV."""
    reporting.file = Answer(pack(CSV), headers={"Content-Type": "application/octet-stream"})
    (item,) = reporting.acme.extract(ad_days(), window=WEEK).slices
    assert list(reporting.acme.landing.records(item)) == RECORDS
    assert (item.window_start, item.window_end) == (WEEK.start_at, WEEK.end_at)
    assert reporting.paths() == ["Submit", "Poll", "Poll", "Poll", "file.zip"]
    assert reporting.acme.waits == [1, 2, 4]
    submit, poll, *_, download = reporting.acme.vendor.asked
    assert submit.json == {
        "Columns": ["TimePeriod", "AdId", "Spend"],
        "Scope": {"AccountIds": ["180535609"]},
        "Start": {"Year": 2026, "Day": 1},
    }
    assert submit.headers["customeraccountid"] == "180535609"
    assert submit.headers["developertoken"] == TOKEN
    assert poll.json == {"ReportRequestId": "30000012345678"}
    assert poll.headers["authorization"] == f"Bearer {TOKEN}"
    assert "authorization" not in download.headers, "a file store gets no token"
    assert "developertoken" not in download.headers


def test_the_same_records_in_json_and_csv_are_the_same_slice(reporting: Reporting) -> None:
    """The loader sees no difference, so a stream may change its road."""
    (from_csv,) = reporting.acme.extract(ad_days(), window=WEEK).slices
    download = replace(REPORT.download, csv=None, records="rows")
    request = replace(SUBMIT, report=replace(REPORT, download=download))
    reporting.polls, reporting.file = ["Success"], Answer({"rows": RECORDS})
    (from_json,) = reporting.acme.extract(ad_days(request), window=WEEK).slices
    assert from_json == from_csv


def test_a_report_without_a_file_is_empty_only_where_that_is_declared(reporting: Reporting) -> None:
    """Microsoft names no file when there are no rows: a legal empty week."""
    reporting.url = None
    (item,) = reporting.acme.extract(ad_days(), window=WEEK).slices
    assert item.row_count == 0


def test_a_report_without_a_file_is_an_error_elsewhere(reporting: Reporting) -> None:
    """A file that was forgotten must not empty a week."""
    reporting.url = None
    request = replace(SUBMIT, report=replace(REPORT, empty_without_url=False))
    assert failed(reporting, request)[0] is FailureKind.INCOMPLETE


@pytest.mark.parametrize(
    ("polls", "kind", "said"),
    [
        (["Pending", "Error"], FailureKind.REPORT_FAILED, "its status is 'Error'"),
        (["Cancelled"], FailureKind.REPORT_FAILED, "unknown status, 'Cancelled'"),
        (["Pending"], FailureKind.TIMEOUT, "not ready after 60 s; its last status was 'Pending'"),
        ([Answer({"message": "gone"}, 404)], FailureKind.REPORT_FAILED, "expired"),
        ([Answer({"x": 1})], FailureKind.REPORT_FAILED, "unknown status, 'None'"),
        ([Answer({}, 403)], FailureKind.FORBIDDEN, "403"),
        ([Answer(b"{")], FailureKind.INCOMPLETE, "not complete JSON"),
    ],
)
def test_a_report_that_never_comes(
    reporting: Reporting, polls: list[Any], kind: FailureKind, said: str
) -> None:
    """Failed, unknown, late or gone: the account fails and says why; nothing is downloaded."""
    reporting.polls = polls
    found, message = failed(reporting)
    assert (found, said in message) == (kind, True), message
    assert "file.zip" not in reporting.paths()


def test_the_vendors_reason_is_shown_without_secrets(reporting: Reporting) -> None:
    """Vendors repeat requests in their reasons."""
    report = replace(REPORT, reason_path="why", failed=("None",))
    reporting.polls = [Answer({"why": f"no column x for {TOKEN} {'x' * 500}"})]
    kind, message = failed(reporting, replace(SUBMIT, report=report))
    assert kind is FailureKind.REPORT_FAILED
    assert "The vendor says: no column x for ***" in message


def test_a_submission_that_names_no_report(reporting: Reporting) -> None:
    """There is nothing to wait for."""
    reporting.acme.vendor.queue = [Answer({"PartialErrors": []})]
    assert failed(reporting)[0] is FailureKind.INCOMPLETE
    assert reporting.paths() == ["Submit"]


def test_a_throttled_submission_waits(reporting: Reporting) -> None:
    """Too many reports in flight are a 400 with a code."""
    reporting.acme.connector = {"throttles": (Throttle("Errors.*.Code", ("207",)),)}
    reporting.acme.vendor.queue = [Answer({"Errors": [{"Code": 207}]}, 400)]
    assert reporting.acme.extract(ad_days(), window=WEEK).rows == 2
    assert reporting.paths()[:3] == ["Submit", "Submit", "Poll"]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_a_file_that_has_expired(reporting: Reporting, status: int) -> None:
    """Its address is good for minutes: not a matter of our credentials, and no token is sent."""
    page = b"<?xml version='1.0'?><Error><Code>AuthenticationFailed</Code></Error>"
    reporting.file = Answer(page, status)
    kind, message = failed(reporting)
    assert kind is FailureKind.REPORT_FAILED
    assert "expired" in message
    assert "file.zip" in message
    assert "authorization" not in reporting.acme.vendor.asked[-1].headers


def test_a_file_elsewhere_without_encryption_is_not_asked(reporting: Reporting) -> None:
    """A man in the middle could change the figures."""
    reporting.url = "http://files.invalid/file.zip?sig=1"
    kind, message = failed(reporting)
    assert kind is FailureKind.REPORT_FAILED
    assert "files.invalid" in message
    assert "sig=1" not in message


BROKEN = {
    "cut by the connection": Answer(zipped(CSV), fault="cut"),
    "cut in the archive": Answer(zipped(CSV)[:-30]),
    "cut before it was packed": Answer(zipped(CSV[:-60])),
    "cut in a cell": Answer(CSV[:120]),
    "cut in gzip": Answer(gzip.compress(CSV)[:-5]),
    "a row short": Answer(zipped(CSV.replace(b"Rows: 2", b"Rows: 3"))),
    "another header": Answer(zipped(CSV.replace(b"AdId", b"Adid"))),
    "another encoding": Answer(CSV.decode("utf-8-sig").encode("utf-16")),
    "nothing": Answer(b""),
    "json": Answer({"message": "not ready"}),
    "a list": Answer([{"TimePeriod": "2026-11-01", "AdId": "1", "Spend": "1"}]),
    "packed twice": Answer(zipped(zipped(CSV))),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_asked_for_again(reporting: Reporting, name: str) -> None:
    """Trouble that passes costs waiting and nothing else."""
    reporting.polls = ["Success"]
    reporting.acme.vendor.queue = []
    whole = reporting.file
    answers = iter([BROKEN[name]])
    original = Reporting.__call__

    def answer(asked: Asked) -> Answer:
        reporting.file = next(answers, whole) if "file.zip" in asked.path else whole
        return original(reporting, asked)

    reporting.acme.vendor.handler = answer
    (item,) = reporting.acme.extract(ad_days(), window=WEEK).slices
    assert list(reporting.acme.landing.records(item)) == RECORDS
    assert reporting.paths() == ["Submit", "Poll", "file.zip", "file.zip"]


@pytest.mark.parametrize("name", BROKEN)
def test_a_file_that_stays_broken_lands_nothing(reporting: Reporting, name: str) -> None:
    """No part of it is landed, and it is said that it is not whole."""
    reporting.file = BROKEN[name]
    assert failed(reporting)[0] is FailureKind.INCOMPLETE


def test_a_page_in_place_of_the_file(reporting: Reporting) -> None:
    """A proxy's login page is not CSV."""
    reporting.file = Answer(b"<html>Please log in</html>", headers={"Content-Type": "text/html"})
    assert failed(reporting)[0] is FailureKind.NOT_JSON


def test_an_error_in_place_of_the_file(reporting: Reporting) -> None:
    """The vendor's own error with status 200, where the connector declares how that looks."""
    reporting.acme.connector = {"error_path": "error"}
    reporting.file = Answer({"error": "no such report"})
    kind, message = failed(reporting)
    assert (kind, "no such report" in message) == (FailureKind.REPORT_FAILED, True)


@pytest.mark.parametrize("pack", [zipped, gzip.compress])
def test_a_bomb_is_refused_once(reporting: Reporting, pack: Any) -> None:
    """A file of 150 kB that unpacks to 150 MB ends the report and lands nothing."""
    bomb = pack(b"\0" * (150 * 2**20))
    assert len(bomb) < 200_000
    reporting.file = Answer(bomb)
    kind, message = failed(reporting)
    assert kind is FailureKind.TOO_LARGE
    assert "100 MiB" in message
    assert reporting.paths().count("file.zip") == 1


BULK = Request(
    "/jobs/query",
    "POST",
    body={"operation": "queryAll", "query": "SELECT Id, Owner.Name FROM Lead"},
    report=Report(
        id_path="id",
        poll=Request("/jobs/query/{report_id}"),
        status_path="state",
        done=("JobComplete",),
        running=("UploadComplete", "InProgress"),
        failed=("Failed", "Aborted"),
        reason_path="errorMessage",
        download=Request(
            "/jobs/query/{report_id}/results",
            csv=Csv(count_header="Sforce-NumberOfRecords"),
            pager=Pager(
                Paging.CURSOR,
                2,
                "maxRecords",
                cursor_param="locator",
                cursor_header="Sforce-Locator",
                cursor_end=("null",),
            ),
        ),
        poll_seconds=5,
    ),
)
LEADS = (Field("id", "Id", required=True), Field("owner", "Owner.Name"))


class Bulk:
    """A scripted Salesforce with three leads in pages of two."""

    def __init__(self) -> None:
        self.states = ["UploadComplete", "InProgress", "JobComplete"]
        self.follow = {"": "MTA", "MTA": "null"}
        self.expired = False

    def __call__(self, asked: Asked) -> Answer:
        """Answer."""
        if asked.method == "POST":
            return Answer({"id": "750R", "state": "UploadComplete"})
        if not asked.path.endswith("/results"):
            state = self.states.pop(0)
            return Answer({"id": "750R", "state": state, "errorMessage": "INVALID_FIELD: x"})
        locator = asked.query.get("locator", "")
        if locator and self.expired:
            return Answer([{"errorCode": "INVALID_QUERY_LOCATOR", "message": "expired"}], 404)
        rows = '"1","Bo"\n"2",""\n' if not locator else '"3","Eva\nE"\n'
        headers = {
            "Content-Type": "text/csv",
            "Sforce-Locator": self.follow[locator],
            "Sforce-NumberOfRecords": str(2 if not locator else 1),
        }
        return Answer(f'"Id","Owner.Name"\n{rows}'.encode(), headers=headers)


def leads() -> Stream:
    """Leads, as Salesforce Bulk 2.0 returns them."""
    return a_stream(request=BULK, fields=LEADS)


def test_pages_of_csv_behind_a_cursor_in_a_header(acme: Acme) -> None:
    """Salesforce Bulk 2.0, from submission to the last page."""
    acme.vendor.handler = Bulk()
    (item,) = acme.extract(leads()).slices
    assert list(acme.landing.records(item)) == [
        {"Id": "1", "Owner": {"Name": "Bo"}},
        {"Id": "2", "Owner": {"Name": None}},
        {"Id": "3", "Owner": {"Name": "Eva\nE"}},
    ]
    assert acme.waits == [1, 2, 4]
    assert [asked.query for asked in acme.vendor.asked[4:]] == [
        {"maxRecords": "2"},
        {"maxRecords": "2", "locator": "MTA"},
    ]
    assert acme.vendor.asked[-1].headers["authorization"] == f"Bearer {TOKEN}"


@pytest.mark.parametrize(
    ("change", "kind", "said"),
    [
        ({"states": ["InProgress", "Failed"]}, FailureKind.REPORT_FAILED, "INVALID_FIELD"),
        ({"follow": {"": "MTA", "MTA": "MTA"}}, FailureKind.CURSOR, "does not advance"),
        ({"follow": {"": ""}}, FailureKind.INCOMPLETE, "whether a page follows"),
        ({"expired": True}, FailureKind.REPORT_FAILED, "INVALID_QUERY_LOCATOR"),
    ],
)
def test_pages_of_csv_that_break_off(
    acme: Acme, change: dict[str, Any], kind: FailureKind, said: str
) -> None:
    """The first page alone would be half of the leads."""
    vendor = Bulk()
    vars(vendor).update(change)
    acme.vendor.handler = vendor
    with pytest.raises(ExtractionFailed, match=said) as caught:
        acme.extract(leads())
    assert caught.value.failures[0].kind is kind
    assert acme.landing.slices() == []
    assert not list(acme.landing.root.rglob("*.zst*"))


def test_a_report_in_json_pages_that_is_done_at_a_hundred_percent(acme: Acme) -> None:
    """Meta says "Job Completed" before everything is there; the download is paged JSON."""
    report = Report(
        id_path="report_run_id",
        poll=Request("/{report_id}"),
        status_path="async_status",
        done=("Job Completed",),
        settled={"async_percent_completion": "100"},
        running=("Job Not Started", "Job Started", "Job Running"),
        failed=("Job Failed", "Job Skipped"),
        reason_path="error_message",
        download=Request(
            "/{report_id}/insights",
            records="data",
            pager=Pager(Paging.NEXT_URL, cursor_path="paging.next"),
        ),
    )
    request = Request(
        "/act_{account_id}/insights",
        "POST",
        body={"level": "ad", "time_range": '{"since":"{window_start_date}"}', "fields": "{fields}"},
        form=True,
        report=report,
    )
    polls = iter([("Job Running", 40), ("Job Completed", 99), ("Job Completed", 100)])

    def answer(asked: Asked) -> Answer:
        if asked.method == "POST":
            return Answer({"report_run_id": 6023920149050})
        if asked.path.endswith("/insights"):
            here = f"{acme.vendor.base_url}/6023920149050/insights?after=B"
            paging = {} if "after" in asked.query else {"next": here}
            return Answer({"data": [{"id": asked.query.get("after", "A")}], "paging": paging})
        status, percent = next(polls)
        return Answer({"async_status": status, "async_percent_completion": percent})

    acme.vendor.handler = answer
    acme.accounts = ["1"]
    fields = (Field("id"), Field("spend", omitted_when_empty=True))
    acme.extract(
        a_stream(kind=Kind.REPORT, request=request, fields=fields, per_account=True), window=WEEK
    )
    assert acme.landed() == [["A", "B"]]
    assert acme.vendor.asked[0].target == "/api/act_1/insights"
    assert acme.vendor.asked[0].form == {
        "level": "ad",
        "time_range": '{"since":"2026-11-01"}',
        "fields": "id,spend",
    }


def test_one_account_without_its_report_does_not_stop_the_others(reporting: Reporting) -> None:
    """The second account lands; the first is named."""
    reporting.acme.accounts = ["1", "2"]
    reporting.polls = ["Error", "Success"]
    extraction = reporting.acme.extract(ad_days(), window=WEEK)
    assert [item.account_id for item in extraction.slices] == ["2"]
    (failure,) = extraction.failures
    assert (failure.account_id, failure.kind) == ("1", FailureKind.REPORT_FAILED)
    assert "account 1" in failure.message
    assert "Next: " in failure.message


def test_a_header_that_holds_the_secret(acme: Acme) -> None:
    """Klaviyo and TikTok take their key in a header with their own name."""
    acme.auth = Auth.HEADER
    acme.connector = {"headers": {"Authorization": "Klaviyo-API-Key {secret:token}", "x": "1"}}
    acme.vendor.handler = lambda asked: Answer({"items": []})
    acme.extract(a_stream())
    assert acme.vendor.asked[0].headers["authorization"] == f"Klaviyo-API-Key {TOKEN}"
    acme.vendor.handler = lambda asked: Answer({"said": asked.headers["authorization"]}, 401)
    with pytest.raises(ExtractionFailed) as caught:
        acme.extract(a_stream())
    assert TOKEN not in str(caught.value)
