"""LinkedIn's wire format for ads: accounts, their entities, posts, and figures per day.

Belongs here: paths, queries and their limits as LinkedIn has them. Does not belong here: the
contents of records (``linkedin_ads_rows``), tokens and notation (``linkedin_api``).

As at LinkedIn: figures have no pages, are cut off without a word, and of an account that one may
not read they are empty; other paths refuse it.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from simulator.http import Clock, Request, Route
from simulator.social import SocialAccount
from simulator.vendors.linkedin_ads_rows import FIGURES, Rows, urn
from simulator.vendors.linkedin_api import Door, Refused, Value, page, query
from simulator.world import World

MOST_ROWS = 15_000
"""Where figures are cut off; tests lower it."""
FORBIDDEN_POSTS = False
"""Whether the token lacks the scope for posts; tests set it."""

_MOST_FIELDS = 20
_PIVOTS = ("ACCOUNT", "CAMPAIGN", "CREATIVE")
_STATUSES = (
    "ACTIVE", "PAUSED", "ARCHIVED", "COMPLETED", "CANCELED", "DRAFT", "PENDING_DELETION", "REMOVED",
)  # fmt: skip


def routes(world: World, clock: Clock) -> list[Route]:
    """Tokens, accounts and what is in them, posts, figures."""
    door = Door(clock)
    platform = _Platform(world, clock)
    account = r"/rest/adAccounts/(?P<account>\d+)"
    return [
        Route("POST", "/oauth/v2/accessToken", door.token),
        Route("GET", account, door.answered(platform.account)),
        Route("GET", f"{account}/adCampaignGroups", door.answered(platform.groups)),
        Route("GET", f"{account}/adCampaigns", door.answered(platform.campaigns)),
        Route("GET", f"{account}/creatives", door.answered(platform.creatives)),
        Route("GET", r"/rest/posts/(?P<post>urn:li:\w+:\d+)", door.answered(platform.post)),
        Route("GET", "/rest/adAnalytics", door.answered(platform.analytics)),
    ]


class _Platform:
    def __init__(self, world: World, clock: Clock) -> None:
        self._rows = Rows(world)
        self._clock = clock

    def account(self, request: Request) -> dict[str, Any]:
        """The account itself."""
        return self._rows.account(self._account(request))

    def groups(self, request: Request) -> dict[str, Any]:
        """A page of campaign groups."""
        return _searched(request, self._rows.groups(self._account(request)))

    def campaigns(self, request: Request) -> dict[str, Any]:
        """A page of campaigns."""
        return _searched(request, self._rows.campaigns(self._account(request)))

    def creatives(self, request: Request) -> dict[str, Any]:
        """A page of creatives."""
        if query(request).get("q") != "criteria":
            raise Refused(400, "ILLEGAL_ARGUMENT", "No such finder")
        if request.headers.get("x-restli-method", "").upper() != "FINDER":
            raise Refused(400, "ILLEGAL_ARGUMENT", "The method of the request is not known")
        creatives = self._rows.creatives(self._account(request), self._clock.now())
        return page(request, creatives, 100)

    def post(self, request: Request) -> dict[str, Any]:
        """A post."""
        if FORBIDDEN_POSTS:
            said = "Not enough permissions to access: partnerApiPostsExternal.GET"
            raise Refused(403, "ACCESS_DENIED", said, 100)
        found = self._rows.post(request.params["post"], self._clock.now())
        if found is None:
            raise Refused(404, "NOT_FOUND", "Post not found")
        return found

    def analytics(self, request: Request) -> dict[str, Any]:
        """Figures per day."""
        asked = query(request)
        pivots = _pivots(asked)
        if asked.get("timeGranularity") != "DAILY":
            raise Refused(400, "ILLEGAL_ARGUMENT", "Invalid value for timeGranularity")
        start, end = _days(asked.get("dateRange"))
        fields = _fields(asked.get("fields"))
        accounts = asked.get("accounts")
        if not isinstance(accounts, list) or not accounts:
            raise Refused(400, "ILLEGAL_ARGUMENT", "At least one facet is required")
        elements = [
            row
            for account in self._rows.accounts.values()
            if urn("Account", account.account_id) in accounts
            for row in self._rows.analytics(account, pivots, start, end, fields, self._clock.now())
        ]
        return {"paging": {"start": 0, "count": 10, "links": []}, "elements": elements[:MOST_ROWS]}

    def _account(self, request: Request) -> SocialAccount:
        account = self._rows.accounts.get(request.params["account"])
        if account is None:
            name = urn("Account", request.params["account"])
            raise Refused(403, "ACCESS_DENIED", f"No role on {name}", 100)
        return account


def _searched(request: Request, records: list[dict[str, Any]]) -> dict[str, Any]:
    """A page of what has one of the statuses asked for."""
    asked = query(request)
    search = asked.get("search")
    status = search.get("status") if isinstance(search, dict) else None
    wanted = status.get("values") if isinstance(status, dict) else ["ACTIVE"]
    if asked.get("q") != "search" or not isinstance(wanted, list):
        raise Refused(400, "ILLEGAL_ARGUMENT", "Invalid query parameters passed to request")
    for name in wanted:
        if name not in _STATUSES:
            raise Refused(400, "ILLEGAL_ARGUMENT", f"No enum constant {name}")
    return page(request, [each for each in records if each["status"] in wanted], 1000)


def _pivots(asked: dict[str, Value]) -> list[str]:
    """The pivots of either finder."""
    one = asked.get("pivot")
    if isinstance(one, dict):
        one = one.get("value")
    many = asked.get("pivots") if asked.get("q") == "statistics" else [one or ""]
    if asked.get("q") not in ("analytics", "statistics") or not isinstance(many, list):
        raise Refused(400, "ILLEGAL_ARGUMENT", "Invalid query parameters passed to request")
    found = [str(each) for each in many]
    if not 1 <= len(found) <= 3 or not {*found} <= {*_PIVOTS}:
        raise Refused(400, "ILLEGAL_ARGUMENT", "Invalid value for pivots")
    return found


def _days(asked: Value | None) -> tuple[date, date]:
    """The days asked for, both included."""
    ends = asked if isinstance(asked, dict) else {}
    start, end = _day(ends.get("start")), _day(ends.get("end"))
    if end < start:
        raise Refused(400, "ILLEGAL_ARGUMENT", "Start date must be before end date")
    return start, end


def _day(asked: Value | None) -> date:
    parts = asked if isinstance(asked, dict) else {}
    try:
        return date(*(int(str(parts[name])) for name in ("year", "month", "day")))
    except (KeyError, ValueError):
        raise Refused(400, "ILLEGAL_ARGUMENT", "Invalid value for dateRange") from None


def _fields(asked: Value | None) -> list[str]:
    """The fields asked for; two without any."""
    if asked is None:
        return ["impressions", "clicks"]
    names = str(asked).split(",")
    for name in names:
        if name not in FIGURES and name not in ("dateRange", "pivotValues"):
            raise Refused(400, "ILLEGAL_ARGUMENT", f"Invalid field: {name}")
    if len(names) > _MOST_FIELDS:
        raise Refused(400, "ILLEGAL_ARGUMENT", f"More than {_MOST_FIELDS} fields were asked for")
    return names
