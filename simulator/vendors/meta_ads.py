"""Meta's wire format for ads: entities, creatives, and insights that are prepared as reports.

Belongs here: edges and reports as Meta has them. Does not belong here: the Graph API as such
(``graph_api``), or the contents of records (``meta_ads_rows``).

As at Meta: every id and figure is text, deleted objects come only when their status is asked for,
and figures of more than a week by ad are prepared as a report, which fails without a reason when
it is too long.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from simulator.http import Clock, Request, Response, Route
from simulator.social import SocialAccount
from simulator.vendors.graph_api import (
    Refused,
    answered,
    chosen,
    field_names,
    page,
    read_list,
    refuse_unknown,
)
from simulator.vendors.meta_ads_rows import ENTITIES, Rows
from simulator.world import World

UNREADY_POLLS = 0
"""How often a report is not ready yet; tests raise it, so that the demo need not wait."""

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
_USAGE = {"90210": [{"type": "ads_insights", "call_count": 1, "total_cputime": 1, "total_time": 1,
                     "estimated_time_to_regain_access": 0,
                     "ads_api_access_tier": "standard_access"}]}  # fmt: skip


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

    def _answered(self, request: Request, answer: Callable[[Request], dict[str, Any]]) -> Response:
        return answered(request, answer, {"X-Business-Use-Case-Usage": json.dumps(_USAGE)})

    def _account(self, request: Request) -> SocialAccount:
        account = self._rows.accounts.get(request.params["account"])
        if account is None:
            name = f"act_{request.params['account']}"
            raise Refused(100, f"Object with ID '{name}' does not exist or is not yours.", 33)
        return account

    # Entities

    def _account_node(self, request: Request) -> dict[str, Any]:
        node = self._rows.account_node(self._account(request))
        return chosen(node, field_names(request.arg("fields")), ENTITIES["account"], ("id",))

    def _edge_page(self, request: Request) -> dict[str, Any]:
        kind = _EDGES[request.params["edge"]]
        nodes = self._rows.nodes(kind, self._account(request), self._clock.now())
        statuses = read_list(request.arg("effective_status"))
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
        names = field_names(request.arg("fields"))
        return page(request, [chosen(each, names, ENTITIES[kind], ("id",)) for each in found])

    # Insights

    def _insights_page(self, request: Request) -> dict[str, Any]:
        asked = {name: values[0] for name, values in request.query.items()}
        account = self._account(request)
        start, end = self._days(asked)
        if asked.get("level", "account") == "ad" and (end - start).days >= _SYNC_DAYS:
            raise Refused(100, "Please reduce the amount of data you're asking for.", 1504018)
        return page(request, self._figures(account, asked))

    def _submitted(self, request: Request) -> dict[str, Any]:
        account, asked = self._account(request), request.form()
        self._days(asked)
        refuse_unknown(field_names(asked.get("fields", "")), ENTITIES["insights"])
        with self._lock:
            number = f"60239201{len(self._reports) + 1:05d}"
            self._reports[number] = _Report(account, asked)
        return {"report_run_id": number}

    def _report(self, request: Request) -> _Report:
        report = self._reports.get(request.params["report"])
        if report is None:
            raise Refused(100, f"Object with ID '{request.params['report']}' does not exist.", 33)
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
        return page(request, self._figures(report.account, report.asked))

    def _figures(self, account: SocialAccount, asked: dict[str, str]) -> list[dict[str, Any]]:
        level = asked.get("level", "account")
        if level not in _LEVELS:
            raise Refused(100, f"Param level must be one of {{{', '.join(_LEVELS)}}}")
        names = field_names(asked.get("fields", ""))
        rows = self._rows.insights(
            level, account, *self._days(asked), _statuses(asked, level), self._clock.now()
        )
        return [
            chosen(row, names, ENTITIES["insights"], ("date_start", "date_stop")) for row in rows
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
            raise Refused(100, "Must be a dictionary of since and until: time_range") from None
        if end < start:
            raise Refused(100, "The end date must not be before the start date.", 1487534)
        if start < today - _HISTORY:
            raise Refused(3018, "The start date of the time range cannot be beyond 37 months.")
        return start, end


def _statuses(asked: dict[str, str], level: str) -> set[str]:
    """The statuses that a filter names; empty without one."""
    found: set[str] = set()
    for each in read_list(asked.get("filtering", "")):
        if each.get("field") != f"{level}.effective_status" or each.get("operator") != "IN":
            raise Refused(100, f"Filtering field {each.get('field')!r} is invalid.")
        found.update(each["value"])
    return found
