"""How to request the next page, and how to recognise the last one.

Belongs here: dlt paginators for each ``connectors.stream.Paging``, with the checks that dlt's own
lack: a repeated cursor, a shrinking total, a page that is empty too early. Does not belong here:
sending (``session``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any
from urllib.parse import urljoin, urlsplit

from dlt.sources.helpers.rest_client.paginators import BasePaginator, SinglePagePaginator
from requests import Request as HttpRequest
from requests import Response
from requests.utils import parse_header_links

from orchestration.connectors.stream import Pager, Paging
from orchestration.extract.answers import dig
from orchestration.extract.failures import FailureKind, ListMoved, RequestFailed
from orchestration.extract.session import answer_of

Render = Callable[[str], Any]
"""The body of the request for the records after an id."""


class PageSizes:
    """What the pages seen so far reveal about the longest page that the vendor returns.

    Without a total, a page shorter than requested may be the last, or cut to the vendor's own
    limit. A page shorter than an earlier one is certainly the last; only a page as long as the
    longest so far needs one more request.
    """

    def __init__(self) -> None:
        self._longest = 0

    def is_last(self, length: int) -> bool:
        """Whether no page can follow one of this length."""
        last = length < self._longest or length == 0
        self._longest = max(self._longest, length)
        return last


def _place(request: HttpRequest, name: str, value: Any) -> None:
    """Set a parameter in the query or body, wherever the request has its parameters."""
    if request.method == "GET":
        request.params = {**(request.params or {}), name: value}
    elif request.data:
        request.data = {**request.data, name: value}
    else:
        request.json = {**(request.json or {}), name: value}


class _Paginator(BasePaginator):  # type: ignore[misc]  # dlt's paginators carry no types
    def __init__(self, pager: Pager) -> None:
        super().__init__()
        self.pager = pager

    def init_request(self, request: HttpRequest) -> None:
        if self.pager.limit_param:
            _place(request, self.pager.limit_param, self.pager.page_size)
        self.update_request(request)

    def update_request(self, request: HttpRequest) -> None:
        pass

    def total(self, response: Response) -> int | None:
        """The total that the answer states.

        Raises:
            RequestFailed: INCOMPLETE, when it should state one but does not.
        """
        if not self.pager.total_path:
            return None
        value = dig(answer_of(response), self.pager.total_path)
        try:
            return int(value)
        except (TypeError, ValueError):
            raise RequestFailed(
                FailureKind.INCOMPLETE,
                f"The answer states no total at {self.pager.total_path!r}.",
            ) from None


class OffsetPaginator(_Paginator):
    """Advances by the records received, not requested: vendors cut pages to their own limits."""

    def __init__(self, pager: Pager, sizes: PageSizes) -> None:
        super().__init__(pager)
        self._sizes = sizes
        self._offset = 0
        self._total: int | None = None
        self._page = b""

    def update_state(self, response: Response, data: list[Any] | None = None) -> None:
        """Learn from an answer whether and where to go on.

        Raises:
            RequestFailed: CURSOR, when the same page came twice: the vendor ignores the offset,
                and would be asked for ever.
        """
        came = len(data or ())
        page = hashlib.sha256(response.content).digest()
        if came and page == self._page:
            raise RequestFailed(
                FailureKind.CURSOR,
                f"The page at offset {self._offset} repeats the one before it.",
            )
        self._page = page
        self._offset += came
        total = self.total(response)
        if total is None:
            self._has_next_page = not self._sizes.is_last(came)
            return
        if self._total is not None and total < self._total:
            raise ListMoved(f"the total fell from {self._total} to {total} between pages")
        if not came and self._offset < total:
            raise ListMoved(f"a page is empty after {self._offset} of {total}")
        self._total = total
        self._has_next_page = self._offset < total

    def update_request(self, request: HttpRequest) -> None:
        """Make the request ask for the next page."""
        _place(request, self.pager.offset_param, self._offset)


class _Advancing(_Paginator):
    """Paging by references, none of which may occur twice."""

    def __init__(self, pager: Pager) -> None:
        super().__init__(pager)
        self.reference: str = ""
        self._seen: set[str] = set()

    def advance(self, reference: str) -> None:
        """Go on to a reference.

        Raises:
            RequestFailed: CURSOR, when it occurred before.
        """
        if reference in self._seen:
            raise RequestFailed(
                FailureKind.CURSOR,
                f"The cursor does not advance: after {len(self._seen)} pages it came again.",
            )
        self._seen.add(reference)
        self.reference = reference


class CursorPaginator(_Advancing):
    """A cursor of the answer goes into the next request; no cursor means the end."""

    def update_state(self, response: Response, data: list[Any] | None = None) -> None:
        """Learn from an answer whether and where to go on.

        Raises:
            RequestFailed: CURSOR, when it occurred before; INCOMPLETE, when the answer should mark
                the last page but does not.
        """
        cursor = self._cursor(response)
        if cursor in (None, "", False):
            if self.pager.cursor_end:
                raise RequestFailed(
                    FailureKind.INCOMPLETE, "The answer does not say whether a page follows."
                )
            self._has_next_page = False
            return
        self._has_next_page = str(cursor) not in self.pager.cursor_end
        if self._has_next_page:
            self.advance(str(cursor))

    def _cursor(self, response: Response) -> Any:
        name = self.pager.cursor_header
        if not name:
            return dig(answer_of(response), self.pager.cursor_path)
        value = response.headers.get(name)
        return _next_link(value) if value and name.lower() == "link" else value

    def update_request(self, request: HttpRequest) -> None:
        """Make the request ask for the next page."""
        if self.reference:
            _place(request, self.pager.cursor_param, self.reference)


def _next_link(header: str) -> str | None:
    """The target with the relation ``next`` (RFC 8288: among others, in upper or lower case).

    ``Response.links`` keeps relations as written, so it would miss ``next last``.
    """
    for link in parse_header_links(header):
        written = {name.lower(): text for name, text in link.items()}
        if "next" in written.get("rel", "").lower().split():
            return written["url"]
    return None


class NextUrlPaginator(CursorPaginator):
    """The answer gives the next page's URL, which must be the vendor's, as it gets the token."""

    def update_request(self, request: HttpRequest) -> None:
        """Make the request ask for the next page."""
        if not self.reference:
            return
        url = urljoin(request.url, self.reference)
        if urlsplit(url)[:2] != urlsplit(request.url)[:2]:
            raise RequestFailed(
                FailureKind.CURSOR,
                f"The next page is at another host, {urlsplit(url).netloc!r}; it is not requested.",
            )
        request.url = url
        request.params = {}


class LastIdPaginator(_Advancing):
    """Requests the records after the page's last id, in the order of ids."""

    def __init__(self, pager: Pager, sizes: PageSizes, render: Render) -> None:
        super().__init__(pager)
        self._sizes = sizes
        self._render = render
        self.reference = "0"

    def update_state(self, response: Response, data: list[Any] | None = None) -> None:
        """Learn from an answer whether and where to go on."""
        records = data or []
        total = self.total(response)
        if total is None:
            self._has_next_page = not self._sizes.is_last(len(records))
        else:
            self._has_next_page = len(records) < total
            if self._has_next_page and not records:
                raise ListMoved(f"a page is empty although {total} records follow")
        if self._has_next_page:
            self.advance(self._highest(records))

    def _highest(self, records: list[Any]) -> str:
        before = self.reference
        for record in records:
            found = dig(record, self.pager.id_path)
            if found is None or not str(found).isdigit():
                raise RequestFailed(
                    FailureKind.CURSOR, f"A record has no numeric id at {self.pager.id_path!r}."
                )
            if int(str(found)) <= int(before):
                raise RequestFailed(
                    FailureKind.CURSOR,
                    f"The ids do not advance: {found} came after {before}.",
                )
            before = str(found)
        return before

    def update_request(self, request: HttpRequest) -> None:
        """Make the request ask for the next page."""
        limit = (request.json or {}).get(self.pager.limit_param)
        request.json = self._render(self.reference)
        if limit is not None:
            request.json[self.pager.limit_param] = limit


def paginator(pager: Pager, sizes: PageSizes, render: Render) -> BasePaginator:
    """The paginator that a pager declares, at its first page."""
    match pager.paging:
        case Paging.NONE:
            return SinglePagePaginator()
        case Paging.OFFSET:
            return OffsetPaginator(pager, sizes)
        case Paging.CURSOR:
            return CursorPaginator(pager)
        case Paging.NEXT_URL:
            return NextUrlPaginator(pager)
        case Paging.LAST_ID:
            return LastIdPaginator(pager, sizes, render)
