"""Meta's wire format for ads: entities, creatives, and insights that are prepared as reports.

Belongs here: versions, tokens, fields, pages and reports as Meta has them. Does not belong here:
the contents of records (``meta_ads_rows``).

As at Meta: every id and figure is text, what has no value is left out, deleted objects come only
when their status is asked for, an error is a 400 with its code in the body, the last page has no
``next``, and figures of more than a week by ad are prepared as a report, which fails without a
reason when it is too long.
"""

from __future__ import annotations

import base64
import binascii
import json
import threading
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from simulator.http import Clock, Request, Response, Route, json_response
from simulator.social import SocialAccount
from simulator.vendors.meta_ads_rows import ENTITIES, Rows
from simulator.world import World

REVOKED_TOKEN = "revoked"
"""The access token of somebody who withdrew it."""
UNREADY_POLLS = 0
"""How often a report is not ready yet; tests raise it, so that the demo need not wait."""

_VERSIONS = ("v25.0", "v26.0", "v27.0")
_EDGES = {
    "campaigns": "campaign",
    "adsets": "adset",
    "ads": "ad",
    "adcreatives": "creative",
}
_LEVELS = ("account", "campaign", "ad")
_HISTORY = timedelta(days=1127)
_SYNC_DAYS = 7
_LONGEST_REPORT = 400
"""Days by ad for which a report fails."""
_LIMIT = 25
_USAGE = {"90210": [{"type": "ads_insights", "call_count": 1, "total_cputime": 1, "total_time": 1,
                     "estimated_time_to_regain_access": 0,
                     "ads_api_access_tier": "standard_access"}]}  # fmt: skip


class _Refused(Exception):
    """A request that Meta answers with an error."""

    def __init__(self, code: int, message: str, subcode: int = 0, status: int = 400) -> None:
        super().__init__(message)
        self._status = status
        self._error: dict[str, Any] = {
            "message": f"(#{code}) {message}", "type": "OAuthException", "code": code,
            "fbtrace_id": "AbCdEf123456",
        }  # fmt: skip
        if subcode:
            self._error["error_subcode"] = subcode

    def response(self) -> Response:
        return json_response({"error": self._error}, self._status)


@dataclass(slots=True)
class _Report:
    """One report: what was asked for, and how often somebody asked whether it is ready."""

    account: SocialAccount
    asked: dict[str, str]
    polls: int = 0


def routes(world: World, clock: Clock) -> list[Route]:
    """Accounts, their edges, and reports."""
    platform = _Platform(world, clock)
    version = r"/(?P<version>v\d+\.\d+)"
    account = rf"{version}/act_(?P<account>\w+)"
    return [
        Route("GET", f"{account}/?", platform.account),
        Route("GET", rf"{account}/(?P<edge>campaigns|adsets|ads|adcreatives)", platform.edge),
        Route("GET", rf"{account}/insights", platform.insights),
        Route("POST", rf"{account}/insights", platform.submit),
        Route("GET", rf"{version}/(?P<report>\d+)/?", platform.poll),
        Route("GET", rf"{version}/(?P<report>\d+)/insights", platform.download),
    ]


class _Platform:
    def __init__(self, world: World, clock: Clock) -> None:
        self._rows = Rows(world)
        self._clock = clock
        self._reports: dict[str, _Report] = {}
        self._lock = threading.Lock()

    def account(self, request: Request) -> Response:
        """The account itself."""
        return self._answered(request, self._account_node)

    def edge(self, request: Request) -> Response:
        """A page of campaigns, ad sets, ads or creatives."""
        return self._answered(request, self._edge_page)

    def insights(self, request: Request) -> Response:
        """Figures at once, which Meta gives for short windows alone."""
        return self._answered(request, self._insights_page)

    def submit(self, request: Request) -> Response:
        """Asks for a report."""
        return self._answered(request, self._submitted)

    def poll(self, request: Request) -> Response:
        """Whether a report is ready."""
        return self._answered(request, self._polled)

    def download(self, request: Request) -> Response:
        """A page of a report."""
        return self._answered(request, self._downloaded)

    def _answered(self, request: Request, answer: Any) -> Response:
        try:
            self._admit(request)
            return json_response(
                answer(request), headers={"X-Business-Use-Case-Usage": json.dumps(_USAGE)}
            )
        except _Refused as refused:
            return refused.response()

    def _admit(self, request: Request) -> None:
        token = request.bearer or request.arg("access_token")
        token = token or (request.form().get("access_token", "") if request.body else "")
        if token in ("", REVOKED_TOKEN):
            raise _Refused(190, "Error validating access token: it has been revoked.", 460)
        if request.params["version"] not in _VERSIONS:
            raise _Refused(2635, "You are calling a deprecated version of the Ads API.")

    def _account(self, request: Request) -> SocialAccount:
        account = self._rows.accounts.get(request.params["account"])
        if account is None:
            name = f"act_{request.params['account']}"
            raise _Refused(100, f"Object with ID '{name}' does not exist or is not yours.", 33)
        return account

    # Entities

    def _account_node(self, request: Request) -> dict[str, Any]:
        node = self._rows.account_node(self._account(request))
        return _chosen(node, _names(request.arg("fields")), ENTITIES["account"], ("id",))

    def _edge_page(self, request: Request) -> dict[str, Any]:
        kind = _EDGES[request.params["edge"]]
        nodes = self._rows.nodes(kind, self._account(request), self._clock.now())
        statuses = _list(request.arg("effective_status"))
        found = [
            node
            for node in nodes
            if kind == "creative"
            or (
                node["effective_status"] in statuses
                if statuses
                else node["effective_status"] not in ("DELETED", "ARCHIVED")
            )
        ]
        names = _names(request.arg("fields"))
        return _page(request, [_chosen(each, names, ENTITIES[kind], ("id",)) for each in found])

    # Insights

    def _insights_page(self, request: Request) -> dict[str, Any]:
        asked = {name: values[0] for name, values in request.query.items()}
        account = self._account(request)
        start, end = self._days(asked)
        if asked.get("level", "account") == "ad" and (end - start).days >= _SYNC_DAYS:
            raise _Refused(100, "Please reduce the amount of data you're asking for.", 1504018)
        return _page(request, self._figures(account, asked))

    def _submitted(self, request: Request) -> dict[str, Any]:
        account, asked = self._account(request), request.form()
        self._days(asked)
        _known(_names(asked.get("fields", "")), ENTITIES["insights"])
        with self._lock:
            number = f"60239201{len(self._reports) + 1:05d}"
            self._reports[number] = _Report(account, asked)
        return {"report_run_id": number}

    def _report(self, request: Request) -> _Report:
        report = self._reports.get(request.params["report"])
        if report is None:
            raise _Refused(100, f"Object with ID '{request.params['report']}' does not exist.", 33)
        return report

    def _polled(self, request: Request) -> dict[str, Any]:
        report = self._report(request)
        start, end = self._days(report.asked)
        report.polls += 1
        is_ready = report.polls > UNREADY_POLLS
        status, percent = ("Job Completed", 100) if is_ready else ("Job Running", 40)
        if report.asked.get("level") == "ad" and (end - start).days >= _LONGEST_REPORT:
            status, percent = "Job Failed", 0
        return {
            "id": request.params["report"],
            "account_id": report.account.account_id,
            "time_ref": int(self._clock.now().timestamp()),
            "async_status": status,
            "async_percent_completion": percent,
            "date_start": start.isoformat(),
            "date_stop": end.isoformat(),
        }

    def _downloaded(self, request: Request) -> dict[str, Any]:
        report = self._report(request)
        return _page(request, self._figures(report.account, report.asked))

    def _figures(self, account: SocialAccount, asked: dict[str, str]) -> list[dict[str, Any]]:
        level = asked.get("level", "account")
        if level not in _LEVELS:
            raise _Refused(100, f"Param level must be one of {{{', '.join(_LEVELS)}}}")
        names = _names(asked.get("fields", ""))
        rows = self._rows.insights(
            level, account, *self._days(asked), _statuses(asked, level), self._clock.now()
        )
        return [
            _chosen(row, names, ENTITIES["insights"], ("date_start", "date_stop")) for row in rows
        ]

    def _days(self, asked: dict[str, str]) -> tuple[date, date]:
        """The days asked for, both included."""
        today = self._clock.now().date()
        if asked.get("date_preset") == "yesterday":
            return today - timedelta(days=1), today - timedelta(days=1)
        try:
            days = json.loads(asked["time_range"])
            start, end = date.fromisoformat(days["since"]), date.fromisoformat(days["until"])
        except (KeyError, TypeError, ValueError):
            raise _Refused(100, "Must be a dictionary of since and until: time_range") from None
        if end < start:
            raise _Refused(100, "The end date must not be before the start date.", 1487534)
        if start < today - _HISTORY:
            raise _Refused(3018, "The start date of the time range cannot be beyond 37 months.")
        return start, end


def _statuses(asked: dict[str, str], level: str) -> set[str]:
    """The statuses that a filter names; empty without one."""
    found: set[str] = set()
    for each in _list(asked.get("filtering", "")):
        if each.get("field") != f"{level}.effective_status" or each.get("operator") != "IN":
            raise _Refused(100, f"Filtering field {each.get('field')!r} is invalid.")
        found.update(each["value"])
    return found


def _list(text: str) -> list[Any]:
    try:
        value = json.loads(text) if text else []
    except ValueError:
        raise _Refused(100, f"Not JSON: {text[:80]}") from None
    return value if isinstance(value, list) else []


def _names(text: str) -> list[str]:
    """The fields asked for, joined by commas or as a list in JSON."""
    listed = _list(text) if text.startswith("[") else text.split(",")
    return [str(name) for name in listed if name]


def _known(names: list[str], known: frozenset[str]) -> None:
    for name in names:
        if name not in known:
            raise _Refused(100, f"Tried accessing nonexisting field ({name})")


def _chosen(
    node: dict[str, Any], names: list[str], known: frozenset[str], always: tuple[str, ...]
) -> dict[str, Any]:
    """The fields asked for that have a value, and those that always come."""
    _known(names, known)
    return {
        name: node[name]
        for name in dict.fromkeys((*names, *always))
        if node.get(name) not in (None, "")
    }


def _page(request: Request, records: list[dict[str, Any]]) -> dict[str, Any]:
    """A page from the cursor on; ``next`` only where one follows."""
    limit = int(request.arg("limit") or _LIMIT)
    start = _position(request.arg("after"))
    shown = records[start : start + limit]
    if not shown:
        return {"data": []}
    after = _cursor(start + len(shown))
    paging: dict[str, Any] = {"cursors": {"before": _cursor(start), "after": after}}
    if start + len(shown) < len(records):
        query = {name: values[0] for name, values in request.query.items()} | {"after": after}
        paging["next"] = f"{request.base_url}{request.path}?{urlencode(query)}"
    return {"data": shown, "paging": paging}


def _cursor(position: int) -> str:
    return base64.urlsafe_b64encode(f"p{position}".encode()).decode().rstrip("=")


def _position(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        return int(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()[1:])
    except (binascii.Error, ValueError):
        raise _Refused(100, "Invalid cursors values", 2018001) from None
