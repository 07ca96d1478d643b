"""Promise 7 for reports, files, field parts and cursors in headers: landed whole, or not at all.

Each scripted vendor has the shape of one that is yet to come. Every fault meets each of its
requests, once and for ever.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from orchestration.configuration.model import ConnectorConfig
from orchestration.configuration.secrets import Secret
from orchestration.connectors.answer import Csv, Throttle
from orchestration.connectors.field import Field
from orchestration.connectors.report import Report
from orchestration.connectors.stream import (
    Auth,
    Connector,
    Kind,
    Pager,
    Paging,
    Parts,
    Request,
    Stream,
)
from orchestration.extract.failures import ExtractionFailed, FailureKind
from orchestration.extract.landing import Landing
from orchestration.extract.patience import Patience
from orchestration.extract.stream import Extraction, extract_stream
from orchestration.extract.window import Window
from tests.kit.extract.vendor import Answer, Asked, Loopback
from tests.kit.faults.report import Result

pytestmark = pytest.mark.exhaustive
ROW = Result(
    "7 vendors",
    "each fault at each request of reports, zipped files, field parts and cursors in headers",
    "cases",
    "landed whole, or not at all and the account named",
    ".venv/bin/pytest tests/faults/test_vendor_reports.py -m 'slow or exhaustive'",
)

NOW = datetime(2026, 7, 1, 6, tzinfo=UTC)
WEEK = Window(date(2026, 6, 1), date(2026, 6, 8))
FIGURES = ("clicks", "cost", "leads")
THROTTLE = Throttle("error.code", ("17",))

Broken = Callable[[Answer], Answer]
PASSING: dict[str, tuple[Broken, FailureKind]] = {
    "reset": (lambda good: Answer(fault="reset"), FailureKind.UNREACHABLE),
    "cut": (lambda good: replace(good, fault="cut"), FailureKind.INCOMPLETE),
    "half": (
        lambda good: replace(good, body=good.content[: len(good.content) // 2]),
        FailureKind.INCOMPLETE,
    ),
    "empty": (lambda good: replace(good, body=b""), FailureKind.INCOMPLETE),
    "page": (lambda good: Answer(b"<html>Log in</html>"), FailureKind.NOT_JSON),
    "500": (lambda good: Answer({}, 500), FailureKind.SERVER_ERROR),
    "429": (lambda good: Answer({}, 429), FailureKind.THROTTLED),
    "throttle in a 400": (
        lambda good: Answer({"error": {"code": 17}}, 400),
        FailureKind.THROTTLED,
    ),
    "throttle in a 200": (lambda good: Answer({"error": {"code": 17}}), FailureKind.THROTTLED),
}
"""What is worth another attempt, and what it is called when it stays."""
LASTING: dict[str, Broken] = {
    "400": lambda good: Answer({"error": {"code": 100}}, 400),
    "403": lambda good: Answer({}, 403),
    "404": lambda good: Answer({}, 404),
    "nothing in it": lambda good: replace(good, body={}),
}
"""What is not."""


def zipped(text: str) -> bytes:
    """An archive with one file."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("report.csv", text.encode("utf-8-sig"))
    return packed.getvalue()


@dataclass(frozen=True)
class Shape:
    """A stream, and how its vendor answers; ``here`` is the vendor's address."""

    request: Request
    answer: Callable[[Asked, str], Answer]
    fields: tuple[str, ...] = ("id", "cost")


def microsoft(asked: Asked, here: str) -> Answer:
    """Submit, poll, and a zipped file elsewhere."""
    if asked.path.endswith("/Submit"):
        return Answer({"report": "7"})
    if asked.path.endswith("/Poll"):
        return Answer({"status": "Success", "url": f"{here}/file.zip?sig=1"})
    rows = "".join(f'"{n}","{n}.50"\n' for n in range(50))
    return Answer(zipped(f'"Rows: 50"\n\n"id","cost"\n{rows}\n"© Microsoft"\n'))


def salesforce(asked: Asked, here: str) -> Answer:
    """Submit, poll, and pages of CSV behind a cursor in a header."""
    if asked.method == "POST" or not asked.path.endswith("/results"):
        return Answer({"report": "7", "status": "Success"})
    page = int(asked.query.get("locator", "0"))
    rows = "".join(f'"{page}-{n}","{n}"\n' for n in range(20))
    headers = {"Locator": str(page + 1) if page < 2 else "null", "Count": "20"}
    return Answer(f'"id","cost"\n{rows}'.encode(), headers=headers)


def linkedin(asked: Asked, here: str) -> Answer:
    """A part for each figure; rows that lack it are left out."""
    name = asked.query["fields"].split(",")[-1]
    rows = [{"id": n, name: n} for n in range(30) if n % (2 + FIGURES.index(name))]
    return Answer({"elements": rows})


def meta(asked: Asked, here: str) -> Answer:
    """Submit, poll, and pages of JSON that name the next one in a header."""
    if asked.method == "POST" or not asked.path.endswith("/insights"):
        return Answer({"report": 7, "status": "Success"})
    page = int(asked.query.get("page", "0"))
    link = f'<{here}/7/insights?page={page + 1}>; rel="next"' if page < 2 else ""
    rows = [{"id": f"{page}-{n}", "cost": n} for n in range(10)]
    return Answer({"elements": rows}, headers={"Link": link} if link else {})


def report(download: Request, url_path: str = "") -> Report:
    """A report with that download."""
    return Report(
        id_path="report",
        poll=Request("/Poll/{report_id}" if not url_path else "/Poll"),
        status_path="status",
        done=("Success",),
        running=("Pending",),
        failed=("Error",),
        url_path=url_path,
        download=download,
    )


FILE = Csv(preamble=True, footer=("©",), count_prefix="Rows:")
PAGES = Pager(Paging.CURSOR, cursor_param="locator", cursor_header="Locator", cursor_end=("null",))
SHAPES = {
    "microsoft": Shape(
        Request(
            "/Submit", "POST", report=report(Request("{report_url}", csv=FILE, packed=True), "url")
        ),
        microsoft,
    ),
    "salesforce": Shape(
        Request(
            "/jobs",
            "POST",
            report=report(
                Request("/jobs/{report_id}/results", csv=Csv(count_header="Count"), pager=PAGES)
            ),
        ),
        salesforce,
    ),
    "linkedin": Shape(
        Request("/analytics?fields={fields}", records="elements", parts=Parts(1, ("id",))),
        linkedin,
        ("id", *FIGURES),
    ),
    "meta": Shape(
        Request(
            "/act/insights",
            "POST",
            report=report(
                Request(
                    "/{report_id}/insights",
                    records="elements",
                    pager=Pager(Paging.NEXT_URL, cursor_header="Link"),
                )
            ),
        ),
        meta,
    ),
}


def extract(shape: Shape, vendor: Loopback, landing: Landing) -> Extraction:
    """Ask for the stream as a run does; waits are not slept."""
    fields = tuple(Field(name, omitted_when_empty=name in FIGURES[:1]) for name in shape.fields)
    stream = Stream("days", "Days.", Kind.REPORT, shape.request, fields, ("id",), per_account=False)
    connector = Connector(
        name="acme",
        title="Acme",
        base_url="",
        api_version="1",
        auth=Auth.BEARER,
        secrets=("token",),
        streams=(stream,),
        ping=Request("/ping"),
        throttles=(THROTTLE,),
    )
    config = ConnectorConfig(
        base_url=vendor.base_url, secrets={"token": Secret("VENDOR_FAULTS_SECRET", "token")}
    )
    patience = Patience(attempts=3, read=5, sleep=lambda seconds: None)
    return extract_stream(connector, stream, config, landing, WEEK, NOW, patience=patience)


class Struck:
    """A vendor that answers well but for some requests, counted from 1."""

    def __init__(self, shape: Shape, vendor: Loopback) -> None:
        """Begin without a fault."""
        self.shape = shape
        self.vendor = vendor
        self.broken: Broken | None = None
        self.first, self.times = 1, 1
        vendor.handler = self

    def meets(self, broken: Broken, first: int, times: int) -> None:
        """Break so many answers from the first one on, and forget what was asked."""
        self.broken, self.first, self.times = broken, first, times
        self.vendor.asked.clear()

    def __call__(self, asked: Asked) -> Answer:
        """Answer."""
        good = self.shape.answer(asked, self.vendor.base_url)
        number = len(self.vendor.asked)
        if self.broken and self.first <= number < self.first + self.times:
            return self.broken(good)
        return good


def nothing_landed(landing: Landing) -> bool:
    """Whether there is neither a slice nor part of one."""
    return landing.slices() == [] and not list(landing.root.rglob("*.zst*"))


@pytest.mark.parametrize("name", SHAPES)
def test_every_fault_at_every_request(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Passing trouble costs waiting, lasting trouble the whole slice; never a part of one."""
    monkeypatch.setenv("VENDOR_FAULTS_SECRET", "secret")
    vendor = Loopback()
    vendor_of = Struck(SHAPES[name], vendor)
    try:
        (whole,) = extract(vendor_of.shape, vendor, Landing(tmp_path / "whole")).slices
        assert whole.row_count >= 20
        requests = len(vendor.asked)
        assert requests >= 3
        tried = 0
        for at in range(1, requests + 1):
            for fault, (broken, kind) in PASSING.items():
                for times, lands in ((2, True), (1000, False)):
                    tried += 1
                    vendor_of.meets(broken, at, times)
                    landing = Landing(tmp_path / f"{tried}")
                    if lands:
                        (item,) = extract(vendor_of.shape, vendor, landing).slices
                        assert item.content_sha256 == whole.content_sha256, (at, fault)
                        continue
                    with pytest.raises(ExtractionFailed) as caught:
                        extract(vendor_of.shape, vendor, landing)
                    assert caught.value.failures[0].kind is kind, (at, fault)
                    assert "Next: " in caught.value.failures[0].message
                    assert nothing_landed(landing), (at, fault)
            for fault, broken in LASTING.items():
                tried += 1
                vendor_of.meets(broken, at, 1000)
                landing = Landing(tmp_path / f"{tried}")
                with pytest.raises(ExtractionFailed):
                    extract(vendor_of.shape, vendor, landing)
                assert nothing_landed(landing), (at, fault)
    finally:
        vendor.close()
