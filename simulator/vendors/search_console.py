"""Search Console's wire format: sites, and search analytics in pages of rows.

Belongs here: requests as strictly as Google reads them, and answers as it writes them. Does not
belong here: what people searched for (``search``), or tokens (``google_tokens``).

As at Google: ``keys`` has the dimensions in the order asked for, figures are doubles, an answer
without rows has no ``rows``, rows come in the order of their clicks, rare terms are left out as
soon as the term is a dimension, a page is a dimension by page alone, and with ``dataState`` ``all``
the answer says from which day on figures may still change.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from threading import Lock
from typing import Any

import orjson

from simulator.http import Clock, Request, Response, Route, json_response
from simulator.search import FINAL_AFTER, SEARCH_ZONE, SITE, Search, shown
from simulator.vendors.google_tokens import Tokens
from simulator.world import World

_SCOPE = "https://www.googleapis.com/auth/webmasters.readonly"
_MOST_ROWS = 25_000
_MOST_ROWS_OF_A_DAY = 50_000
_USUAL_ROWS = 1_000
_BODY = {
    "startDate", "endDate", "dimensions", "type", "searchType", "dataState", "aggregationType",
    "rowLimit", "startRow", "dimensionFilterGroups",
}  # fmt: skip
_TYPES = ("web", "image", "video", "news", "discover", "googleNews")
_STATES = ("final", "all")
_AGGREGATIONS = ("auto", "byPage", "byProperty")
_VALUES: dict[str, Callable[[Search], str]] = {
    "date": lambda line: line.day.isoformat(),
    "query": lambda line: line.term,
    "page": lambda line: line.page,
    "country": lambda line: line.country,
}


class _Refused(Exception):
    """A request that Google answers with an error."""

    def __init__(self, status: int, reason: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.reason = reason

    def response(self) -> Response:
        error = {
            "code": self.status,
            "message": str(self),
            "errors": [{"message": str(self), "domain": "global", "reason": self.reason}],
        }
        return json_response({"error": error}, self.status)


def routes(world: World, clock: Clock) -> list[Route]:
    """The token address, the list of sites, and search analytics."""
    console = _Console(world, clock)
    site = r"/webmasters/v3/sites/(?P<site>.+)"
    return [
        Route("POST", r"/token", console.tokens.token),
        Route("GET", r"/webmasters/v3/sites", console.sites),
        Route("POST", rf"{site}/searchAnalytics/query", console.query),
    ]


class _Console:
    def __init__(self, world: World, clock: Clock) -> None:
        self.tokens = Tokens(clock, _SCOPE)
        self._searches = world.searches
        self._clock = clock
        self._lock = Lock()
        self._reports: dict[Any, dict[date, list[dict[str, Any]]]] = {}

    def sites(self, request: Request) -> Response:
        """The sites that the credentials may read."""
        return self._answered(request, self._sites)

    def query(self, request: Request) -> Response:
        """Rows of figures."""
        return self._answered(request, self._rows)

    def _answered(self, request: Request, answer: Callable[[Request], Any]) -> Response:
        try:
            if not self.tokens.accepts(request):
                raise _Refused(401, "authError", "Request had invalid authentication credentials.")
            return Response(body=orjson.dumps(answer(request)))
        except _Refused as refused:
            return refused.response()

    def _sites(self, request: Request) -> dict[str, Any]:
        return {"siteEntry": [{"siteUrl": SITE, "permissionLevel": "siteFullUser"}]}

    def _rows(self, request: Request) -> dict[str, Any]:
        site = request.params["site"]
        if site != SITE:
            raise _Refused(
                403, "forbidden", f"User does not have sufficient permission for site '{site}'. "
                "See also: https://support.google.com/webmasters/answer/2451999.",
            )  # fmt: skip
        asked = request.json()
        if not isinstance(asked, dict) or asked.keys() - _BODY:
            raise _invalid("Invalid JSON payload received. Unknown name.")
        start, end = _days(asked)
        dimensions = tuple(asked.get("dimensions", ()))
        if set(dimensions) - _VALUES.keys():
            raise _invalid(f"Invalid value at 'dimensions': {dimensions}")
        state = _one_of(asked, "dataState", _STATES)
        if _one_of(asked, "type", _TYPES) != "web":
            return {"responseAggregationType": "byProperty"}
        by_page = self._by_page(asked, dimensions)
        rows = self._found(dimensions, by_page, state == "final", start, end)
        limit, offset = asked.get("rowLimit", _USUAL_ROWS), asked.get("startRow", 0)
        if not 0 < limit <= _MOST_ROWS or offset < 0:
            raise _invalid(f"Row limit must be between 1 and {_MOST_ROWS}.")
        page = rows[offset : offset + limit]
        answer: dict[str, Any] = {"rows": page} if page else {}
        answer["responseAggregationType"] = "byPage" if by_page else "byProperty"
        if state == "all":
            answer["metadata"] = self._fresh(end)
        return answer

    def _by_page(self, asked: dict[str, Any], dimensions: tuple[str, ...]) -> bool:
        aggregation = _one_of(asked, "aggregationType", _AGGREGATIONS)
        if aggregation == "byProperty" and "page" in dimensions:
            raise _invalid("'byProperty' is not a valid aggregation type with the page dimension.")
        return aggregation == "byPage" or "page" in dimensions

    def _fresh(self, end: date) -> dict[str, str]:
        """From which of the days asked for figures may still change."""
        today = self._clock.now().astimezone(SEARCH_ZONE).date()
        first = today - timedelta(days=FINAL_AFTER)
        return {"first_incomplete_date": first.isoformat()} if first <= end else {}

    def _found(
        self, dimensions: tuple[str, ...], by_page: bool, only_final: bool, start: date, end: date
    ) -> list[dict[str, Any]]:
        """The rows of the days, those with the most clicks first."""
        now = self._clock.now()
        key = (dimensions, by_page, only_final, now)
        with self._lock:
            if key not in self._reports:
                lines = shown(self._searches, now, only_final=only_final)
                self._reports[key] = _by_day(lines, dimensions, by_page)
        days = self._reports[key]
        if "date" in dimensions:
            span = (start + timedelta(days=n) for n in range((end - start).days + 1))
            found = [row for day in span for row in days.get(day, ())[:_MOST_ROWS_OF_A_DAY]]
        else:
            lines = shown(self._searches, now, only_final=only_final)
            inside = [line for line in lines if start <= line.day <= end]
            found = _grouped(inside, dimensions, by_page)
        return sorted(found, key=lambda row: (-row["clicks"], row["keys"]))


def _invalid(message: str) -> _Refused:
    return _Refused(400, "invalidParameter", message)


def _one_of(asked: dict[str, Any], name: str, known: tuple[str, ...]) -> str:
    """A word of the request; the first known one where it is not given."""
    value = asked.get(name, known[0])
    if value not in known:
        raise _invalid(f"Invalid value at '{name}': {value}")
    return str(value)


def _days(asked: dict[str, Any]) -> tuple[date, date]:
    try:
        start, end = (date.fromisoformat(asked[name]) for name in ("startDate", "endDate"))
    except (KeyError, TypeError, ValueError):
        raise _invalid("Start date and end date must be given as YYYY-MM-DD.") from None
    if end < start:
        raise _invalid("Start date must not be after end date.")
    return start, end


def _by_day(
    lines: Iterable[Search], dimensions: tuple[str, ...], by_page: bool
) -> dict[date, list[dict[str, Any]]]:
    of_day: dict[date, list[Search]] = defaultdict(list)
    for line in lines:
        of_day[line.day].append(line)
    return {day: _grouped(found, dimensions, by_page) for day, found in of_day.items()}


def _grouped(
    lines: Iterable[Search], dimensions: tuple[str, ...], by_page: bool
) -> list[dict[str, Any]]:
    """One row for each combination of the dimensions' values."""
    values = [_VALUES[dimension] for dimension in dimensions]
    shows_terms = "query" in dimensions
    cells: dict[tuple[str, ...], list[Any]] = {}
    for line in lines:
        if (shows_terms and line.is_rare) or (line.is_second and not by_page):
            continue
        cell = cells.setdefault(tuple(value(line) for value in values), [0, 0, 0])
        cell[0] += line.clicks
        cell[1] += line.impressions
        cell[2] += line.position * line.impressions
    rows = [
        {
            "keys": list(keys),
            "clicks": float(clicks),
            "impressions": float(impressions),
            "ctr": clicks / impressions,
            "position": float(places / impressions),
        }
        for keys, (clicks, impressions, places) in cells.items()
    ]
    return sorted(rows, key=lambda row: (-row["clicks"], row["keys"]))
