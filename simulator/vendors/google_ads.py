"""Google Ads' wire format: ``searchStream`` and its query language, proto3's JSON.

Belongs here: parsing a query as strictly as Google does, and writing its answer. Does not belong
here: the contents of rows (``google_ads_rows``), or tokens (``google_tokens``).

As at Google: 64-bit integers are texts, names are camelCase, unset and zero fields are left out,
rows whose figures are all zero are absent, an answer is an array of chunks (one without ``results``
when nothing was found), and ``click_view`` answers for single days of the last 90.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import orjson

from simulator.http import Clock, Request, Response, Route, json_response
from simulator.vendors.google_ads_rows import Row, Rows
from simulator.vendors.google_tokens import Tokens
from simulator.world import World

_CHUNK_ROWS = 2000
_SCOPE = "https://www.googleapis.com/auth/adwords"
_CLICK_DAYS = 90
_QUERY = re.compile(
    r"SELECT\s+(?P<fields>[\w.,\s]+?)\s+FROM\s+(?P<resource>\w+)"
    r"(?:\s+WHERE\s+(?P<where>.+?))?(?:\s+LIMIT\s+(?P<limit>\d+))?\s*",
    re.DOTALL,
)
_DATES = re.compile(
    r"segments\.date\s+(?:BETWEEN\s+'(?P<start>[\d-]+)'\s+AND\s+'(?P<end>[\d-]+)'"
    r"|=\s+'(?P<day>[\d-]+)')"
)
_RESOURCE_NAMES = {
    "customer": "customers/{customer.id}",
    "campaign": "customers/{customer.id}/campaigns/{campaign.id}",
    "ad_group": "customers/{customer.id}/adGroups/{ad_group.id}",
    "ad_group_ad": "customers/{customer.id}/adGroupAds/{ad_group.id}~{ad_group_ad.ad.id}",
    "ad_group_ad.ad": "customers/{customer.id}/ads/{ad_group_ad.ad.id}",
    "ad_group_criterion": (
        "customers/{customer.id}/adGroupCriteria/{ad_group.id}~{ad_group_criterion.criterion_id}"
    ),
    "keyword_view": (
        "customers/{customer.id}/keywordViews/{ad_group.id}~{ad_group_criterion.criterion_id}"
    ),
    "search_term_view": (
        "customers/{customer.id}/searchTermViews/"
        "{campaign.id}~{ad_group.id}~{search_term_view.resource_name}"
    ),
    "landing_page_view": (
        "customers/{customer.id}/landingPageViews/{landing_page_view.resource_name}"
    ),
    "click_view": "customers/{customer.id}/clickViews/{segments.date}~{click_view.gclid}",
}
_REFERENCE = re.compile(r"\{([\w.]+)\}")


class _Refused(Exception):
    """A request that Google answers with an error."""

    def __init__(self, status: int, name: str, code: dict[str, str], message: str) -> None:
        super().__init__(message)
        self.status = status
        self.name = name
        self.code = code

    def response(self) -> Response:
        failure = {
            "@type": "type.googleapis.com/google.ads.googleads.v26.errors.GoogleAdsFailure",
            "errors": [{"errorCode": self.code, "message": str(self)}],
            "requestId": "sim",
        }
        error = {
            "code": self.status,
            "message": str(self),
            "status": self.name,
            "details": [failure],
        }
        return json_response([{"error": error}], self.status)


def _bad_query(code: str, message: str) -> _Refused:
    return _Refused(400, "INVALID_ARGUMENT", {"queryError": code}, message)


def routes(world: World, clock: Clock) -> list[Route]:
    """The token endpoint and searchStream."""
    platform = _Platform(world, clock)
    return [
        Route("POST", r"/token", platform.tokens.token),
        Route(
            "POST",
            r"/v26/customers/(?P<customer>[^/]+)/googleAds:searchStream",
            platform.search_stream,
        ),
    ]


class _Platform:
    def __init__(self, world: World, clock: Clock) -> None:
        self._rows = Rows(world)
        self._clock = clock
        self.tokens = Tokens(clock, _SCOPE)

    def search_stream(self, request: Request) -> Response:
        """Answers one query with all of its rows."""
        try:
            self._authenticate(request)
            customer = self._customer(request.params["customer"])
            body = request.json()
            if not isinstance(body, dict) or set(body) - {"query", "summaryRowSetting"}:
                raise _bad_query("QUERY_ERROR", "The body holds a field that the request has not.")
            return self._answer(customer, str(body.get("query", "")))
        except _Refused as refused:
            return refused.response()

    def _authenticate(self, request: Request) -> None:
        if not self.tokens.accepts(request):
            raise _Refused(
                401,
                "UNAUTHENTICATED",
                {"authenticationError": "OAUTH_TOKEN_INVALID"},
                "Request had invalid authentication credentials.",
            )

    def _customer(self, customer: str) -> str:
        if not re.fullmatch(r"\d{10}", customer):
            raise _Refused(
                400,
                "INVALID_ARGUMENT",
                {"requestError": "INVALID_CUSTOMER_ID"},
                f"Invalid customer ID '{customer}'.",
            )
        if not self._rows.knows(customer):
            raise _Refused(
                403,
                "PERMISSION_DENIED",
                {"authorizationError": "USER_PERMISSION_DENIED"},
                "User doesn't have permission to access customer.",
            )
        return customer

    def _answer(self, customer: str, query: str) -> Response:
        parsed = _QUERY.fullmatch(query.strip())
        if parsed is None:
            raise _bad_query("QUERY_ERROR", f"Error in query: {query[:200]}")
        fields = [name.strip() for name in parsed["fields"].split(",")]
        resource = parsed["resource"]
        days = self._days(resource, fields, parsed["where"] or "", customer)
        now = self._clock.now()
        if days is None:
            found = self._rows.entities[resource](customer, now)
        else:
            found = self._rows.reports[resource](customer, now, *days)
        limit = int(parsed["limit"]) if parsed["limit"] else None
        chunks = _chunks(resource, fields, list(found)[:limit])
        return Response(body=orjson.dumps(chunks))

    def _days(
        self, resource: str, fields: list[str], where: str, customer: str
    ) -> tuple[date, date] | None:
        """The requested days, both included; None for a query of entities."""
        found = _DATES.search(where)
        has_figures = any(name.startswith(("metrics.", "segments.")) for name in fields)
        if resource not in self._rows.entities and resource not in self._rows.reports:
            raise _bad_query("BAD_RESOURCE_TYPE_IN_FROM_CLAUSE", f"Unknown resource {resource}.")
        if not has_figures and found is None and resource in self._rows.entities:
            return None
        if found is None or resource not in self._rows.reports:
            raise _bad_query("EXPECTED_FILTERS_ON_DATE_RANGE", "Expected filters on date range.")
        try:
            start = date.fromisoformat(found["day"] or found["start"])
            end = date.fromisoformat(found["day"] or found["end"])
        except ValueError:
            raise _bad_query("INVALID_DATE_FORMAT", f"Not a date: {where}") from None
        if end < start:
            raise _bad_query("INVALID_VALUE_WITH_BETWEEN_OPERATOR", f"An empty range: {where}")
        if resource == "click_view":
            today = self._clock.now().astimezone(self._rows.account(customer).zone).date()
            if start != end:
                raise _bad_query("DATE_RANGE_TOO_WIDE", "click_view answers one day per query.")
            if start < today - timedelta(days=_CLICK_DAYS):
                raise _bad_query("INVALID_VALUE_WITH_BETWEEN_OPERATOR", "Over 90 days ago.")
        return start, end


def _chunks(resource: str, fields: list[str], rows: list[Row]) -> list[dict[str, Any]]:
    rest = {"fieldMask": ",".join(map(_camel, fields)), "requestId": "sim"}
    for name in fields:
        if rows and not any(name in row for row in rows):
            raise _bad_query("UNRECOGNIZED_FIELD", f"Unrecognized field in the query: '{name}'.")
    figures = [name for name in fields if name.startswith("metrics.")]
    result = _ResultWriter(resource, fields).result
    results = [result(row) for row in rows if not figures or any(row[name] for name in figures)]
    if not results:
        return [rest]
    return [
        {"results": results[start : start + _CHUNK_ROWS], **rest}
        for start in range(0, len(results), _CHUNK_ROWS)
    ]


class _ResultWriter:
    """Writes rows of one query as proto3 JSON; decides as much as possible once per query."""

    def __init__(self, resource: str, fields: list[str]) -> None:
        self._values = [(name, *_place(name)) for name in fields]
        owners = {resource, *(name.rpartition(".")[0] for name in fields)} & set(_RESOURCE_NAMES)
        self._names = []
        for owner in sorted(owners):
            pattern = _RESOURCE_NAMES[owner]
            references = _REFERENCE.findall(pattern)
            place = _place(f"{owner}.resource_name")
            self._names.append((_REFERENCE.sub("%s", pattern), references, *place))

    def result(self, row: Row) -> dict[str, Any]:
        """One row; unset and zero fields and missing resources are left out."""
        result: dict[str, Any] = {}
        for pattern, references, parents, last in self._names:
            ids = [row.get(name) for name in references]
            if all(ids):
                _at(result, parents)[last] = pattern % tuple(ids)
        for name, parents, last in self._values:
            value = row.get(name)
            if value:
                _at(result, parents)[last] = str(value) if type(value) is int else value
        return result


def _place(name: str) -> tuple[list[str], str]:
    """The place of a value in a result: its parents' keys and its own."""
    *parents, last = _camel(name).split(".")
    return parents, last


def _at(result: dict[str, Any], parents: list[str]) -> dict[str, Any]:
    for parent in parents:
        result = result.setdefault(parent, {})
    return result


def _camel(name: str) -> str:
    return re.sub(r"_([a-z])", lambda match: match[1].upper(), name)
