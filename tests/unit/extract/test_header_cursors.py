"""Paging by response headers: every record once, and no circle."""

from __future__ import annotations

import pytest

from orchestration.connectors.stream import Pager, Paging, Request
from orchestration.extract.failures import ExtractionFailed, FailureKind
from tests.kit.extract.acme import Acme, a_stream
from tests.kit.extract.vendor import Answer, Asked

LINK = Pager(Paging.NEXT_URL, cursor_header="Link")
LOCATOR = Pager(
    Paging.CURSOR,
    2,
    "maxRecords",
    cursor_param="locator",
    cursor_header="Sforce-Locator",
    cursor_end=("null",),
)


def paged(pager: Pager) -> Request:
    """A list with that paging."""
    return Request("/things", records="items", pager=pager)


def kind_of(acme: Acme, pager: Pager) -> FailureKind:
    """Why nothing landed."""
    with pytest.raises(ExtractionFailed) as caught:
        acme.extract(a_stream(request=paged(pager)))
    assert acme.landing.slices() == []
    assert not list(acme.landing.root.rglob("*.zst*"))
    return caught.value.failures[0].kind


def test_link_headers(acme: Acme) -> None:
    """``rel=next`` among others, absolute or from the root, whatever the header's case."""
    links = {
        "1": f'<{acme.vendor.base_url}/things?page=1>; rel="prev", '
        f'<{acme.vendor.base_url}/things?page=2&a=b>; rel="next"',
        "2": '</api/things?page=3>; title="last, but one"; rel=next',
        "3": '</api/things?page=4>; Rel="last Next"',
        "4": f'<{acme.vendor.base_url}/things?page=2>; rel="prev"',
    }

    def answer(asked: Asked) -> Answer:
        page = asked.query.get("page", "1")
        return Answer({"items": [{"id": page}]}, headers={"link": links[page]})

    acme.vendor.handler = answer
    acme.extract(a_stream(request=paged(LINK)))
    assert acme.landed() == [["1", "2", "3", "4"]]
    assert acme.vendor.asked[1].query == {"page": "2", "a": "b"}


def test_no_link_header_is_the_end(acme: Acme) -> None:
    """A list of one page has none."""
    acme.vendor.handler = lambda asked: Answer({"items": [{"id": 1}]})
    acme.extract(a_stream(request=paged(LINK)))
    assert acme.landed() == [[1]]


def test_a_link_that_does_not_advance(acme: Acme) -> None:
    """Two pages that name each other would be read for ever."""
    acme.vendor.handler = lambda asked: Answer(
        {"items": [{"id": 1}]}, headers={"Link": '</api/things?page=2>; rel="next"'}
    )
    assert kind_of(acme, LINK) is FailureKind.CURSOR
    assert len(acme.vendor.asked) == 2


def test_a_link_to_another_host(acme: Acme) -> None:
    """The token would follow it."""
    acme.vendor.handler = lambda asked: Answer(
        {"items": []}, headers={"Link": '<http://localhost:1/steal>; rel="next"'}
    )
    assert kind_of(acme, LINK) is FailureKind.CURSOR
    assert len(acme.vendor.asked) == 1


def test_a_cursor_in_a_header(acme: Acme) -> None:
    """Salesforce Bulk hands out a locator and writes the text ``null`` at the end."""
    follow = {"": "MTA=", "MTA=": "MjA", "MjA": "null"}

    def answer(asked: Asked) -> Answer:
        locator = asked.query.get("locator", "")
        items = [{"id": locator or "first"}]
        return Answer({"items": items}, headers={"Sforce-Locator": follow[locator]})

    acme.vendor.handler = answer
    acme.extract(a_stream(request=paged(LOCATOR)))
    assert acme.landed() == [["first", "MTA=", "MjA"]]
    assert {asked.query["maxRecords"] for asked in acme.vendor.asked} == {"2"}


@pytest.mark.parametrize("cursors", [["a", "a"], ["a", "b", "a"]])
def test_a_cursor_in_a_header_that_repeats(acme: Acme, cursors: list[str]) -> None:
    """As for cursors in a body: a circle never ends and lands everything twice."""
    follow = iter(cursors)
    acme.vendor.handler = lambda asked: Answer(
        {"items": [{"id": 1}]}, headers={"Sforce-Locator": next(follow)}
    )
    assert kind_of(acme, LOCATOR) is FailureKind.CURSOR
    assert len(acme.vendor.asked) == len(cursors)


def test_a_header_that_a_proxy_took_away(acme: Acme) -> None:
    """A vendor that always marks the last page has lost one: half a list would look whole."""
    acme.vendor.queue = [Answer({"items": [{"id": 1}]}, headers={"Sforce-Locator": "a"})]
    acme.vendor.handler = lambda asked: Answer({"items": [{"id": 2}]})
    assert kind_of(acme, LOCATOR) is FailureKind.INCOMPLETE
