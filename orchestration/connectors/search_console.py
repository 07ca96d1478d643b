"""Google Search Console, API v1: how Google's results showed a site without payment, by day.

Facts of the vendor that the declarations rest on:

- A site is a domain property (``sc-domain:example.com``), which has every host and protocol of the
  domain, or a URL prefix (``https://www.example.com/``), which has what begins so. The same clicks
  are in both.
- Days are Pacific time. Figures are final after two or three days, and kept for 16 months. With
  ``dataState`` ``all``, fresh days come too, as far as they are known, and change until then.
- As soon as a search term is a dimension, terms that few people searched for are left out, and
  their clicks with them. So the totals are read without terms as well: what is missing is known.
- By property a search that shows two pages of a site is one impression, at the place of the higher
  one; by page it is one for each. Figures with a page are always by page.
- Of a day and dimensions at most 50,000 rows come, those with the most clicks, 25,000 per page.
  After the last page an empty one may follow; an answer without rows has no ``rows``.
- ``keys`` has the dimensions' values in the order asked for; figures are doubles, also counts.
- Too many requests are a 403 or a 429 with a reason. Long ranges by page and term cost most.
"""

from __future__ import annotations

from orchestration.connectors import google_api
from orchestration.connectors.answer import Throttle
from orchestration.connectors.field import Field, Type
from orchestration.connectors.stream import Auth, Connector, Kind, Pager, Paging, Request, Stream

_QUERY = "webmasters/v3/sites/{account_id}/searchAnalytics/query"
_HISTORY_DAYS = 480
"""Of 16 months, whose length varies."""
_NAMES = {"date": "date_day", "query": "search_term", "page": "page", "country": "country"}


def _report(
    name: str, description: str, dimensions: tuple[str, ...], aggregation: str, max_days: int
) -> Stream:
    """Figures per day by dimensions.

    Args:
        name: Of the stream.
        description: Ending in the grain.
        dimensions: As Google calls them.
        aggregation: ``byProperty`` or ``byPage``.
        max_days: How many days to ask for at once.
    """
    keys = tuple(_NAMES[dimension] for dimension in dimensions)
    return Stream(
        name=name,
        description=description,
        kind=Kind.REPORT,
        request=Request(
            path=_QUERY,
            method="POST",
            body={
                "startDate": "{window_start_date}",
                "endDate": "{window_end_date}",
                "dimensions": list(dimensions),
                "type": "web",
                "dataState": "{option:data_state}",
                "aggregationType": aggregation,
            },
            records="rows",
            empty_beside="responseAggregationType",
            positions={"keys": keys},
            copy={"site_url": "{account_id}"},
            pager=Pager(Paging.OFFSET, 25_000, limit_param="rowLimit", offset_param="startRow"),
            max_days=max_days,
        ),
        fields=(
            Field("date_day", type=Type.DATE, required=True),
            Field("site_url", required=True),
            *(Field(key, required=True) for key in keys if key != "date_day"),
            *_FIGURES,
        ),
        natural_key=("date_day", "site_url", *keys[1:]),
        day_field="date_day",
        lookback_days=10,
        max_history_days=_HISTORY_DAYS,
        ignored=("keys", "ctr"),
    )


_FIGURES = (
    Field("clicks", type=Type.DECIMAL, required=True, non_negative=True),
    Field("impressions", type=Type.DECIMAL, required=True, non_negative=True),
    Field("position", type=Type.DOUBLE, required=True, non_negative=True),
)

_SITE_DAYS = _report(
    "site_days",
    "All searches that showed the site, those with rare terms included. One record per day, site "
    "and country.",
    ("date", "country"),
    "byProperty",
    90,
)

_SEARCH_TERM_DAYS = _report(
    "search_term_days",
    "What people searched for; rare terms are withheld by Google. One record per day, site, term "
    "and country.",
    ("date", "query", "country"),
    "byProperty",
    7,
)

_PAGE_DAYS = _report(
    "page_days",
    "Pages that were shown, those for rare terms included. One record per day, site, page and "
    "country.",
    ("date", "page", "country"),
    "byPage",
    7,
)

_SEARCH_TERM_PAGE_DAYS = _report(
    "search_term_page_days",
    "Which page was shown for which term; rare terms are withheld by Google. One record per day, "
    "site, term, page and country.",
    ("date", "query", "page", "country"),
    "byPage",
    1,
)

SEARCH_CONSOLE = Connector(
    name="search_console",
    title="Google Search Console",
    base_url="https://searchconsole.googleapis.com",
    api_version="v1",
    auth=Auth.OAUTH_REFRESH,
    secrets=google_api.CLIENT,
    options={"data_state": "final"},
    token_path=google_api.TOKEN_PATH,
    sign_ins=(google_api.service_account("https://www.googleapis.com/auth/webmasters.readonly"),),
    throttles=(
        Throttle(
            "error.errors.*.reason",
            ("rateLimitExceeded", "userRateLimitExceeded", "quotaExceeded", "dailyLimitExceeded"),
            wait_seconds=20,
        ),
    ),
    error_path="error",
    streams=(_SITE_DAYS, _SEARCH_TERM_DAYS, _PAGE_DAYS, _SEARCH_TERM_PAGE_DAYS),
    # Whoever may see that there is a site may not always see its figures.
    ping=Request(
        path=_QUERY,
        method="POST",
        body={
            "startDate": "2026-01-01",
            "endDate": "2026-01-01",
            "dataState": "{option:data_state}",
            "rowLimit": 1,
        },
    ),
)
