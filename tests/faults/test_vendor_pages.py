"""Promise 7: a list that changes or sticks while it is paged is landed whole or not at all."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from orchestration.configuration.model import ConnectorConfig
from orchestration.configuration.secrets import Secret
from orchestration.connectors.registry import CONNECTORS
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
    "lists that change, shrink or repeat a cursor while they are paged",
    "cases",
    "landed whole, or not at all",
    ".venv/bin/pytest tests/faults/test_vendor_pages.py -m 'slow or exhaustive'",
)

NOW = datetime(2026, 7, 1, 6, tzinfo=UTC)


class Pages:
    """A scripted Mailchimp whose list of audiences is read in pages of a thousand."""

    def __init__(self, total: int) -> None:
        """Begin with that many audiences."""
        self.ids = [f"a{number:05d}" for number in range(total)]
        self.asked = 0
        self.change = ""

    def __call__(self, asked: Asked) -> Answer:
        """Answer one page; before the second, the list changes."""
        self.asked += 1
        if self.asked == 2 or self.change == "restless":
            self._move()
        offset, count = int(asked.query["offset"]), int(asked.query["count"])
        if self.change == "stuck":
            offset = 0
        lists = [_audience(each) for each in self.ids[offset : offset + count]]
        return Answer({"lists": lists, "total_items": len(self.ids)})

    def _move(self) -> None:
        match self.change:
            case "fewer" | "restless":
                del self.ids[0]
            case "more":
                self.ids.append("b00001")


def _audience(key: str) -> dict[str, Any]:
    stats = {"member_count": 1, "unsubscribe_count": 0}
    return {"id": key, "name": key, "date_created": "2026-01-01T00:00:00+00:00", "stats": stats}


@pytest.mark.parametrize(
    ("change", "rows", "requests"), [("", 2500, 3), ("fewer", 2499, 5), ("more", 2501, 3)]
)
def test_a_list_that_changes_while_it_is_paged_is_landed_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: str, rows: int, requests: int
) -> None:
    """One that shrinks would skip an entry: it is read again. None is missing, none is twice."""
    pages = Pages(2500)
    pages.change = change
    extraction, landing = _lists(pages, tmp_path, monkeypatch)
    (item,) = extraction.slices
    ids = [record["id"] for record in landing.records(item)]
    assert ids == pages.ids
    assert (item.row_count, extraction.requests) == (rows, requests)


@pytest.mark.parametrize(
    ("change", "kind"),
    [("restless", FailureKind.INCOMPLETE), ("stuck", None)],
)
def test_a_list_that_never_holds_still_is_not_landed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: str, kind: FailureKind | None
) -> None:
    """A list that always shrinks cannot be read whole; one page for ever does not advance."""
    pages = Pages(2500)
    pages.change = change
    with pytest.raises(ExtractionFailed) as caught:
        _lists(pages, tmp_path, monkeypatch)
    assert caught.value.failures[0].kind is (kind or FailureKind.CURSOR)
    assert Landing(tmp_path).slices() == []
    assert not list(tmp_path.rglob("*.zst*"))
    assert pages.asked < 20


def _lists(
    pages: Pages, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[Extraction, Landing]:
    monkeypatch.setenv("VENDOR_FAULTS_SECRET", "secret")
    vendor = Loopback()
    vendor.handler = pages
    landing = Landing(folder)
    mailchimp = CONNECTORS["mailchimp"]
    try:
        extraction = extract_stream(
            mailchimp,
            mailchimp.stream("lists"),
            ConnectorConfig(
                base_url=vendor.base_url,
                secrets={"api_key": Secret("VENDOR_FAULTS_SECRET", "api_key")},
                options={"server": "us1"},
            ),
            landing,
            None,
            NOW,
            patience=Patience(attempts=1, read=5),
        )
    finally:
        vendor.close()
    return extraction, landing


def test_a_vendor_that_ignores_offsets_is_not_asked_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a total the same full page came again and again, and filled the disk."""
    monkeypatch.setenv("VENDOR_FAULTS_SECRET", "secret")
    vendor = Loopback()
    vendor.handler = lambda asked: Answer([{"idVisit": 1}])
    matomo = CONNECTORS["matomo"]
    with pytest.raises(ExtractionFailed) as caught:
        extract_stream(
            matomo,
            matomo.stream("visits"),
            ConnectorConfig(
                base_url=vendor.base_url,
                accounts=["1"],
                secrets={"token_auth": Secret("VENDOR_FAULTS_SECRET", "token_auth")},
            ),
            Landing(tmp_path),
            Window(date(2026, 2, 10), date(2026, 2, 11)),
            NOW,
            patience=Patience(attempts=1, read=5),
        )
    vendor.close()
    assert caught.value.failures[0].kind is FailureKind.CURSOR
    assert len(vendor.asked) == 2
