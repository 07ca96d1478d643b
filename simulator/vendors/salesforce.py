"""Salesforce's wire format: tokens, descriptions, queries with their pages, and jobs.

Belongs here: paths, SOQL as far as it is needed, pages, jobs and errors. Does not belong here: the
contents of records (``salesforce_records``).

As at Salesforce: an error is a list, a query gives 2,000 records and the address of the next ones,
a job gives CSV with a locator in a header, a retired version is 410, and a field or an object that
is not there is refused by name.
"""

from __future__ import annotations

import base64
import binascii
import csv
import io
import json
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from simulator.http import Clock, Request, Response, Route, json_response
from simulator.vendors.salesforce_records import COMPOUND, FIELDS, Records, Row, as_csv, as_json
from simulator.world import World

REVOKED_SECRET = "revoked"
"""The secret of an app that was removed."""
BATCH = 2_000
"""Records in an answer to a query; tests make it small."""
UNREADY_POLLS = 0
"""How often a job is not ready yet; tests raise it, so that the demo need not wait."""

_VERSIONS = range(31, 69)
_JWT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_AUDIENCES = ("https://login.salesforce.com", "https://test.salesforce.com")
_SOQL = re.compile(
    r"SELECT (?P<fields>[\w., ]+?) FROM (?P<object>\w+)"
    r"(?: WHERE SystemModstamp >= (?P<since>\S+))?"
    r"(?: ORDER BY (?P<order>[\w, ]+?))?(?: LIMIT (?P<limit>\d+))?",
)


class _Refused(Exception):
    """A request that Salesforce answers with an error."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self._status, self._code = status, code

    def response(self) -> Response:
        return json_response([{"message": str(self), "errorCode": self._code}], self._status)


@dataclass(frozen=True, slots=True)
class _Found:
    """The answer to a query, however it is read."""

    name: str
    fields: list[str]
    rows: list[Row]


@dataclass(slots=True)
class _Job:
    query: str
    operation: str
    found: _Found
    polls: int = 0


def routes(world: World, clock: Clock) -> list[Route]:
    """Tokens, descriptions, queries and jobs."""
    org = _Organisation(world, clock)
    data = r"/services/data/v(?P<version>\d+)\.0"
    job = rf"{data}/jobs/query/(?P<job>\w+)"
    return [
        Route("POST", r"/services/oauth2/token", org.token),
        Route("GET", rf"{data}/sobjects/(?P<object>\w+)/describe/?", org.answered(org.describe)),
        Route("GET", rf"{data}/(?P<operation>query|queryAll)/?", org.answered(org.query)),
        Route("GET", rf"{data}/query/(?P<locator>\w+)-(?P<start>\d+)", org.answered(org.more)),
        Route("POST", rf"{data}/jobs/query/?", org.answered(org.submit)),
        Route("GET", job, org.answered(org.poll)),
        Route("GET", rf"{job}/results", org.answered(org.results)),
    ]


class _Organisation:
    def __init__(self, world: World, clock: Clock) -> None:
        self._world, self._clock = world, clock
        self._records = Records(world, clock.now())
        self._cursors: dict[str, _Found] = {}
        self._jobs: dict[str, _Job] = {}
        self._tokens: set[str] = set()
        self._lock = threading.Lock()

    def records(self) -> Records:
        """The records at the clock's time; rebuilt when the clock moved."""
        now = self._clock.now()
        current = self._records
        if current.now != now:
            current = self._records = Records(self._world, now)
        return current

    def answered(self, answer: Callable[[Request], Response]) -> Callable[[Request], Response]:
        """A handler behind the version, the token and the errors."""

        def handler(request: Request) -> Response:
            try:
                version = int(request.params["version"])
                if version not in _VERSIONS:
                    old = version < _VERSIONS.start
                    status, code = (410, "UNSUPPORTED_API_VERSION") if old else (404, "NOT_FOUND")
                    raise _Refused(status, code, f"v{version}.0 is not available")
                if request.bearer not in self._tokens:
                    raise _Refused(401, "INVALID_SESSION_ID", "Session expired or invalid")
                return answer(request)
            except _Refused as refused:
                return refused.response()

        return handler

    def token(self, request: Request) -> Response:
        """A token for an app's secret, or for what an app's key signed."""
        form = request.form()
        if not (
            _is_app(request, form)
            if form.get("grant_type") == "client_credentials"
            else form.get("grant_type") == _JWT and _is_signed(form.get("assertion", ""))
        ):
            error = {"error": "invalid_grant", "error_description": "authentication failure"}
            return json_response(error, 400)
        with self._lock:
            token = f"00D5g0000004abc!AQ.{len(self._tokens) + 1:06d}"
            self._tokens.add(token)
        issued = str(int(self._clock.now().timestamp() * 1000))
        return json_response(
            {
                "access_token": token,
                "signature": "c2lnbmF0dXJl",
                "scope": "api",
                "instance_url": request.base_url,
                "token_type": "Bearer",
                "issued_at": issued,
                "id": "https://login.salesforce.com/id/00D5g0000004abcEAA/0055g000001xyzAAA",
            }
        )

    def describe(self, request: Request) -> Response:
        """The fields that the user may see."""
        name = request.params["object"]
        if name not in FIELDS:
            raise _Refused(404, "NOT_FOUND", "The requested resource does not exist")
        fields = [
            {
                "name": field, "type": kind, "custom": field.endswith("__c"), "label": field,
                "calculated": False, "compoundFieldName": None, "nillable": field != "Id",
                "length": 18 if kind in ("id", "reference") else 255,
            }
            for field, kind in FIELDS[name].items()
        ]  # fmt: skip
        return _counted({"name": name, "custom": False, "queryable": True, "fields": fields})

    # Queries

    def query(self, request: Request) -> Response:
        """The first page of a query."""
        found = self._find(request.arg("q"), request.params["operation"])
        with self._lock:
            locator = f"01g5g{len(self._cursors) + 1:010d}"
            self._cursors[locator] = found
        return self._page(request, locator, 0)

    def more(self, request: Request) -> Response:
        """A further page."""
        return self._page(request, request.params["locator"], int(request.params["start"]))

    def _page(self, request: Request, locator: str, start: int) -> Response:
        found = self._cursors.get(locator)
        if found is None:
            raise _Refused(400, "INVALID_QUERY_LOCATOR", "invalid query locator")
        version = request.params["version"]
        shown = found.rows[start : start + BATCH]
        path = f"/services/data/v{version}.0"
        answer: dict[str, Any] = {"totalSize": len(found.rows), "done": True, "records": []}
        for row in shown:
            url = f"{path}/sobjects/{found.name}/{row['Id']}"
            answer["records"].append(
                {"attributes": {"type": found.name, "url": url}}
                | {name: as_json(row[name]) for name in found.fields}
            )
        if start + len(shown) < len(found.rows):
            answer["done"] = False
            root = urlsplit(request.base_url).path
            answer["nextRecordsUrl"] = f"{root}{path}/query/{locator}-{start + BATCH}"
        return _counted(answer)

    def _find(self, soql: str, operation: str) -> _Found:
        asked = _SOQL.fullmatch(soql)
        if asked is None:
            raise _Refused(400, "MALFORMED_QUERY", f"unexpected token: {soql[:80]}")
        name = asked["object"]
        if name not in FIELDS:
            raise _Refused(400, "INVALID_TYPE", f"sObject type '{name}' is not supported.")
        known = {field.lower(): field for field in FIELDS[name] if field not in COMPOUND}
        fields = []
        for each in asked["fields"].split(","):
            field = known.get(each.strip().lower())
            if field is None:
                raise _Refused(400, "INVALID_FIELD", f"No such column '{each}' on entity '{name}'.")
            if field in fields:
                raise _Refused(400, "MALFORMED_QUERY", f"duplicate field selected: {field}")
            fields.append(field)
        rows = self.records().rows(name)
        if asked["since"]:
            start = datetime.fromisoformat(asked["since"])
            rows = [row for row in rows if row["SystemModstamp"] >= start]
        if operation == "query":
            rows = [row for row in rows if not row.get("IsDeleted")]
        if asked["order"] == "Id":
            rows = sorted(rows, key=lambda row: str(row["Id"]))
        return _Found(name, fields, rows[: int(asked["limit"] or len(rows))])

    # Jobs

    def submit(self, request: Request) -> Response:
        """A job for a query."""
        body = request.json()
        operation, query = body["operation"], body["query"]
        if operation not in ("query", "queryAll"):
            raise _Refused(400, "API_ERROR", f"unknown operation {operation}")
        job = _Job(query, operation, self._find(query, operation))
        with self._lock:
            number = f"7505g{len(self._jobs) + 1:010d}AAA"
            self._jobs[number] = job
        return json_response(self._shown(number, job, "UploadComplete", request))

    def poll(self, request: Request) -> Response:
        """How far a job is."""
        number, job = self._job(request)
        job.polls += 1
        state = "JobComplete" if job.polls > UNREADY_POLLS else "InProgress"
        return json_response(self._shown(number, job, state, request))

    def results(self, request: Request) -> Response:
        """A part of a job's rows."""
        _, job = self._job(request)
        start = int(base64.b64decode(request.arg("locator"))) if request.arg("locator") else 0
        most = int(request.arg("maxRecords", "50000"))
        rows = job.found.rows[start : start + most]
        text = io.StringIO()
        writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n")
        writer.writerow(job.found.fields)
        writer.writerows([as_csv(row[name]) for name in job.found.fields] for row in rows)
        end = start + len(rows)
        follows = end < len(job.found.rows)
        locator = base64.b64encode(str(end).encode()).decode() if follows else "null"
        return Response(
            200,
            text.getvalue().encode(),
            "text/csv",
            {"Sforce-Locator": locator, "Sforce-NumberOfRecords": str(len(rows))},
        )

    def _job(self, request: Request) -> tuple[str, _Job]:
        number = request.params["job"]
        if number not in self._jobs:
            raise _Refused(404, "NOT_FOUND", "The requested resource does not exist")
        return number, self._jobs[number]

    def _shown(self, number: str, job: _Job, state: str, request: Request) -> dict[str, Any]:
        moment = as_json(self._clock.now())
        return {
            "id": number, "operation": job.operation, "object": job.found.name, "state": state,
            "createdById": "0055g000001xyzAAA", "createdDate": moment, "systemModstamp": moment,
            "concurrencyMode": "Parallel", "contentType": "CSV", "lineEnding": "LF",
            "apiVersion": float(request.params["version"]), "columnDelimiter": "COMMA",
            "numberRecordsProcessed": len(job.found.rows), "retries": 0,
        }  # fmt: skip


def _counted(answer: dict[str, Any]) -> Response:
    return json_response(answer, headers={"Sforce-Limit-Info": "api-usage=18/100000"})


def _is_app(request: Request, form: dict[str, str]) -> bool:
    """Whether the id and the secret of an app came, as HTTP Basic or in the form."""
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    key, secret = form.get("client_id", ""), form.get("client_secret", "")
    if scheme.lower() == "basic":
        try:
            key, _, secret = base64.b64decode(given).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return False
    return bool(key) and secret not in ("", REVOKED_SECRET)


def _is_signed(assertion: str) -> bool:
    """Whether a statement says what Salesforce wants to hear; its signature is believed."""
    try:
        head, claims = (
            json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
            for part in assertion.split(".")[:2]
        )
    except (ValueError, binascii.Error):
        return False
    return (
        head.get("alg") == "RS256"
        and claims.get("aud") in _AUDIENCES
        and bool(claims.get("iss"))
        and bool(claims.get("sub"))
    )
