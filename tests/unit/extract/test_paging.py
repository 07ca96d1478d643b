"""Paging: every record once, and no list that only looks complete."""

from __future__ import annotations

from typing import Any

import pytest

from orchestration.connectors.stream import Pager, Paging, Request
from orchestration.extract.failures import ExtractionFailed, FailureKind
from tests.kit.extract.acme import Acme, a_stream
from tests.kit.extract.vendor import Answer, Asked

OFFSET = Pager(Paging.OFFSET, 10, "count", "offset", total_path="total_items")
BLIND = Pager(Paging.OFFSET, 10, "count", "offset")
CURSOR = Pager(Paging.CURSOR, 10, "limit", cursor_param="after", cursor_path="paging.next.after")
LAST_ID = Pager(Paging.LAST_ID, 10, "limit")


def listing(total: int, cap: int = 10) -> Any:
    """A vendor with records 0..total-1 that returns at most ``cap`` per page."""

    def answer(asked: Asked) -> Answer:
        size = min(int(asked.query["count"]), cap)
        start = int(asked.query["offset"])
        ids = range(start, min(start + size, total))
        return Answer({"items": [{"id": n} for n in ids], "total_items": total})

    return answer


def paged(pager: Pager, **changes: Any) -> Request:
    """A request with that paging."""
    return Request("/things", records="items", pager=pager, **changes)


def kind_of(acme: Acme, request: Request) -> FailureKind:
    """Why the extraction failed; nothing may have landed."""
    with pytest.raises(ExtractionFailed) as caught:
        acme.extract(a_stream(request=request))
    assert acme.landing.slices() == []
    return caught.value.failures[0].kind


@pytest.mark.parametrize("total", [0, 1, 9, 10, 11, 20, 25])
@pytest.mark.parametrize("cap", [4, 10])
def test_offset_with_a_total(acme: Acme, total: int, cap: int) -> None:
    """If a vendor cuts pages to its own limit, no records may be skipped."""
    acme.vendor.handler = listing(total, cap)
    acme.extract(a_stream(request=paged(OFFSET)))
    assert acme.landed() == [list(range(total))]
    assert len(acme.vendor.asked) == max(1, -(-total // cap))


@pytest.mark.parametrize("total", [0, 1, 9, 10, 11, 20, 25])
@pytest.mark.parametrize("cap", [4, 10])
def test_offset_without_a_total(acme: Acme, total: int, cap: int) -> None:
    """A page shorter than asked for is not the last one: the vendor may have cut it."""
    acme.vendor.handler = listing(total, cap)
    acme.extract(a_stream(request=paged(BLIND)))
    assert acme.landed() == [list(range(total))]


def test_a_total_that_grows(acme: Acme) -> None:
    """Entries that arrive while pages are read come at the end and are read too."""
    totals = iter([15, 25, 25])
    acme.vendor.handler = lambda asked: listing(next(totals))(asked)
    acme.extract(a_stream(request=paged(OFFSET)))
    assert acme.landed() == [list(range(25))]


def test_a_total_that_shrinks_is_read_again(acme: Acme) -> None:
    """Entries that leave move others to a page that was read already: those would be lost."""
    totals = iter([25, 24])
    acme.vendor.handler = lambda asked: listing(next(totals, 24))(asked)
    acme.extract(a_stream(request=paged(OFFSET)))
    assert acme.landed() == [list(range(24))]
    assert [asked.query["offset"] for asked in acme.vendor.asked] == ["0", "10", "0", "10", "20"]


def test_a_list_that_never_holds_still(acme: Acme) -> None:
    """Reading again is bounded, and then nothing lands."""
    totals = iter(range(100, 0, -1))
    acme.vendor.handler = lambda asked: listing(next(totals))(asked)
    assert kind_of(acme, paged(OFFSET)) is FailureKind.INCOMPLETE
    assert len(acme.vendor.asked) == 6


def test_a_page_that_is_empty_too_early(acme: Acme) -> None:
    """A total of 25 and no records after ten is half an answer."""

    def answer(asked: Asked) -> Answer:
        ids = range(10) if asked.query["offset"] == "0" else ()
        return Answer({"items": [{"id": n} for n in ids], "total_items": 25})

    acme.vendor.handler = answer
    assert kind_of(acme, paged(OFFSET)) is FailureKind.INCOMPLETE


def test_a_missing_total(acme: Acme) -> None:
    """Without the total that the vendor documents, the end is a guess."""
    acme.vendor.handler = lambda asked: Answer({"items": [{"id": 1}]})
    assert kind_of(acme, paged(OFFSET)) is FailureKind.INCOMPLETE


def test_cursor(acme: Acme) -> None:
    """The cursor goes back as it came, the limit with every page."""
    pages = {"": (0, "x+/="), "x+/=": (1, "b"), "b": (2, None)}

    def answer(asked: Asked) -> Answer:
        number, after = pages[asked.query.get("after", "")]
        follow = {"paging": {"next": {"after": after}}} if after else {}
        return Answer({"items": [{"id": number}], **follow})

    acme.vendor.handler = answer
    acme.extract(a_stream(request=paged(CURSOR, params={"fixed": "1"})))
    assert acme.landed() == [[0, 1, 2]]
    assert {asked.query["limit"] for asked in acme.vendor.asked} == {"10"}
    assert {asked.query["fixed"] for asked in acme.vendor.asked} == {"1"}


@pytest.mark.parametrize("cursors", [["a", "a"], ["a", "b", "a"]])
def test_a_cursor_that_repeats(acme: Acme, cursors: list[str]) -> None:
    """Paging that runs in a circle never ends and lands everything twice."""
    follow = iter(cursors)
    acme.vendor.handler = lambda asked: Answer(
        {"items": [{"id": 1}], "paging": {"next": {"after": next(follow)}}}
    )
    assert kind_of(acme, paged(CURSOR)) is FailureKind.CURSOR
    assert len(acme.vendor.asked) == len(cursors)


def test_next_url(acme: Acme) -> None:
    """The vendor names the next page, absolutely or from the root."""
    pager = Pager(Paging.NEXT_URL, cursor_path="next")
    follow = {"1": f"{acme.vendor.base_url}/things?page=2", "2": "/api/things?page=3", "3": None}

    def answer(asked: Asked) -> Answer:
        page = asked.query.get("page", "1")
        return Answer({"items": [{"id": page}], "next": follow[page]})

    acme.vendor.handler = answer
    acme.extract(a_stream(request=paged(pager, params={"first": "1"})))
    assert acme.landed() == [["1", "2", "3"]]
    assert [("first" in asked.query) for asked in acme.vendor.asked] == [True, False, False]


def test_next_url_at_another_host(acme: Acme) -> None:
    """A next page elsewhere would be sent the token."""
    pager = Pager(Paging.NEXT_URL, cursor_path="next")
    acme.vendor.handler = lambda asked: Answer({"items": [], "next": "http://localhost:1/steal"})
    assert kind_of(acme, paged(pager)) is FailureKind.CURSOR
    assert len(acme.vendor.asked) == 1


def search(ids: list[int]) -> Request:
    """A search sorted by id, as HubSpot's, against a vendor with those records."""
    return Request(
        "/things",
        "POST",
        body={"filters": [{"name": "id", "operator": "GT", "value": "{last_id}"}], "fixed": 1},
        records="items",
        pager=LAST_ID,
    )


@pytest.mark.parametrize("count", [0, 9, 10, 11, 25])
def test_last_id(acme: Acme, count: int) -> None:
    """A search stops at 10,000 results; asking for ids above the last one never gets there."""
    ids = [n * 3 + 7 for n in range(count)]

    def answer(asked: Asked) -> Answer:
        after = int(asked.json["filters"][0]["value"])
        found = [n for n in ids if n > after][: asked.json["limit"]]
        return Answer({"items": [{"id": str(n)} for n in found]})

    acme.vendor.handler = answer
    acme.extract(a_stream(request=search(ids)))
    assert acme.landed() == [[str(n) for n in ids]]
    assert {asked.json["fixed"] for asked in acme.vendor.asked} == {1}


@pytest.mark.parametrize("ids", [["9", "10", "10"], ["9", "8"], ["nine"], [None]])
def test_last_id_that_does_not_advance(acme: Acme, ids: list[str]) -> None:
    """Ids out of order would skip records; compared as text, 9 comes after 10."""
    acme.vendor.handler = lambda asked: Answer({"items": [{"id": n} for n in ids]})
    assert kind_of(acme, search([])) is FailureKind.CURSOR
