"""LinkedIn Ads, Marketing API 202608: entities, creatives with their posts, and figures per day.

Facts of the vendor that the declarations rest on:

- A campaign is what others call an ad group, and a campaign group a campaign. LinkedIn's own words
  are kept, as in its exports. A creative is an ad; most of its contents are a post of the company.
- Figures per day come without pages, and are cut off at 15,000 rows without a word. At most 20
  fields may be asked for, the day and the pivots included.
- A row of which all fields that were asked for are zero is left out. So parts of one report have
  different rows, and what a part lacks is zero.
- Figures name neither account nor currency, and who may not read an account gets an answer without
  rows. So the account is read first: it refuses, and it has the currency.
- Money is text, with more decimals than any currency has and, beside a single impression, a
  negative amount of 18 zeros.
- Days are UTC. Conversions count on the day of the click or impression and arrive for 90 days.
- Lists leave out what is archived, cancelled or removed unless its status is asked for.
- ``clicks`` are those that are charged; ``landingPageClicks`` are among them.
- Reach is an estimate and must not be added up.
"""

from __future__ import annotations

from orchestration.connectors import linkedin_api
from orchestration.connectors.field import Costs, Field, TimeFormat, Type
from orchestration.connectors.stream import (
    Account,
    Auth,
    Connector,
    Kind,
    Pager,
    Paging,
    Parent,
    Parts,
    Request,
    Stream,
)

_ACCOUNT = Request("/rest/adAccounts/{account_id}")
_URN = "urn%3Ali%3AsponsoredAccount%3A{account_id}"
_DATE_RANGE = (
    "(end:(day:{window_end_day},month:{window_end_month},year:{window_end_year}),"
    "start:(day:{window_start_day},month:{window_start_month},year:{window_start_year}))"
)
"""In the order of the vendor's own client, so that both send the same bytes."""
_MOST_ROWS = 15_000
_MOST_FIELDS = 20
_PIVOTED = ("pivotValues", "dateRange")

STATUSES = (
    "ACTIVE", "PAUSED", "ARCHIVED", "COMPLETED", "CANCELED", "DRAFT", "PENDING_DELETION", "REMOVED",
)  # fmt: skip
"""Every status of campaigns and their groups, because most come only when asked for."""


def _unset(name: str, path: str = "", kind: Type = Type.STRING) -> Field:
    """A field that LinkedIn leaves out when it has no value or, for a figure, is zero."""
    return Field(name, path, kind, omitted_when_empty=True)


def _time(name: str, path: str) -> Field:
    return Field(
        name, path, Type.TIMESTAMP, omitted_when_empty=True, time_format=TimeFormat.EPOCH_MILLIS,
        costs=Costs.CELL,
    )  # fmt: skip


def _money(name: str, path: str, costs: Costs) -> Field:
    return Field(
        name, path, Type.DECIMAL, omitted_when_empty=True, rounded=True, exponents=True, costs=costs
    )


def _pages(size: int) -> Pager:
    return Pager(
        Paging.CURSOR,
        size,
        limit_param="pageSize",
        cursor_param="pageToken",
        cursor_path="metadata.nextPageToken",
    )


_OF_ACCOUNT = Field("account_id", required=True)
_CHANGED = (
    _time("created_at", "changeAuditStamps.created.time"),
    _time("changed_at", "changeAuditStamps.lastModified.time"),
)
_SCHEDULE = (_time("start_time", "runSchedule.start"), _time("end_time", "runSchedule.end"))


def _report(
    name: str, description: str, pivots: dict[str, str], figures: tuple[Field, ...]
) -> Stream:
    """Figures per day.

    Args:
        name: Of the stream.
        description: Ending in the grain.
        pivots: By LinkedIn's names the columns of their URNs.
        figures: What is asked for.
    """
    keys = tuple(pivots.values())
    return Stream(
        name=name,
        description=description,
        kind=Kind.REPORT,
        request=Request(
            path=f"/rest/adAnalytics?q=statistics&pivots=List({','.join(pivots)})"
            f"&timeGranularity=DAILY&dateRange={_DATE_RANGE}&accounts=List({_URN})"
            "&fields={fields}",
            records="elements",
            positions={"pivotValues": keys},
            dates={"date_day": "dateRange.start"},
            account=Account(_ACCOUNT, {"account_currency": "currency"}),
            copy={"account_id": "{account_id}", "currency": "{account_currency}"},
            parts=Parts(_MOST_FIELDS - len(_PIVOTED), _PIVOTED),
            cut_off_at=_MOST_ROWS,
            max_days=30,
        ),
        fields=(
            Field("date_day", type=Type.DATE, required=True),
            _OF_ACCOUNT,
            Field("currency", required=True, currency=True),
            *(Field(key, required=True) for key in keys),
            *figures,
        ),
        natural_key=("date_day", *keys),
        day_field="date_day",
        ignored=_PIVOTED,
        money="spend",
    )


_FIGURES = (
    _money("spend", "costInLocalCurrency", Costs.ROW),
    _unset("impressions", kind=Type.INTEGER),
    _unset("clicks", kind=Type.INTEGER),
    _unset("leads", "oneClickLeads", Type.INTEGER),
    _unset("website_conversions", "externalWebsiteConversions", Type.INTEGER),
)
_MORE_FIGURES = (
    _unset("landing_page_clicks", "landingPageClicks", Type.INTEGER),
    _unset("lead_form_opens", "oneClickLeadFormOpens", Type.INTEGER),
    _unset("qualified_leads", "qualifiedLeads", Type.INTEGER),
    _unset("work_email_leads", "validWorkEmailLeads", Type.INTEGER),
    _unset("post_click_conversions", "externalWebsitePostClickConversions", Type.INTEGER),
    _unset("post_view_conversions", "externalWebsitePostViewConversions", Type.INTEGER),
    _money("conversion_value", "conversionValueInLocalCurrency", Costs.CELL),
    _unset("member_reach", "approximateMemberReach", Type.INTEGER),
    _unset("likes", kind=Type.INTEGER),
    _unset("comments", kind=Type.INTEGER),
    _unset("shares", kind=Type.INTEGER),
    _unset("reactions", kind=Type.INTEGER),
    _unset("follows", kind=Type.INTEGER),
    _unset("company_page_clicks", "companyPageClicks", Type.INTEGER),
    _unset("video_starts", "videoStarts", Type.INTEGER),
    _unset("video_views", "videoViews", Type.INTEGER),
    _unset("video_completions", "videoCompletions", Type.INTEGER),
)

_ACCOUNTS = Stream(
    name="accounts",
    description="The account with its currency. One record per account.",
    kind=Kind.ENTITY_SNAPSHOT,
    request=Request(path=_ACCOUNT.path, records="$"),
    fields=(
        Field("account_id", "id", required=True),
        Field("name"),
        Field("currency", required=True, currency=True),
        Field("status"),
        _unset("type"),
        _unset("organization_urn", "reference"),
    ),
    natural_key=("account_id",),
    ignored=(
        "changeAuditStamps", "notifiedOnCampaignOptimization", "notifiedOnCreativeApproval",
        "notifiedOnCreativeRejection", "notifiedOnEndOfCampaign", "notifiedOnNewFeaturesEnabled",
        "servingStatuses", "test", "totalBudget", "version",
    ),
)  # fmt: skip


def _entities(
    name: str,
    description: str,
    edge: str,
    fields: tuple[Field, ...],
    ignored: tuple[str, ...],
) -> Stream:
    """A list of the account's, with those of every status."""
    return Stream(
        name=name,
        description=description,
        kind=Kind.ENTITY_SNAPSHOT,
        request=Request(
            path=f"{_ACCOUNT.path}/{edge}?q=search&search=(status:(values:List("
            f"{','.join(STATUSES)})))",
            records="elements",
            pager=_pages(1000),
            copy={"account_id": "{account_id}"},
        ),
        fields=(fields[0], _OF_ACCOUNT, *fields[1:], *_SCHEDULE, *_CHANGED),
        natural_key=(fields[0].name,),
        ignored=(
            "account", "changeAuditStamps.created.actor", "changeAuditStamps.lastModified.actor",
            "servingStatuses", "test", *ignored,
        ),
    )  # fmt: skip


_CAMPAIGN_GROUPS = _entities(
    "campaign_groups",
    "Campaign groups, archived and removed ones too. One record per campaign group.",
    "adCampaignGroups",
    (
        Field("campaign_group_id", "id", required=True),
        Field("campaign_group_name", "name"),
        Field("status"),
        _money("total_budget", "totalBudget.amount", Costs.CELL),
    ),
    ("allowedCampaignTypes", "backfilled", "budgetOptimization", "totalBudget.currencyCode"),
)

_CAMPAIGNS = _entities(
    "campaigns",
    "Campaigns, archived and removed ones too. One record per campaign.",
    "adCampaigns",
    (
        Field("campaign_id", "id", required=True),
        Field("campaign_name", "name"),
        Field("campaign_group_urn", "campaignGroup"),
        Field("status"),
        _unset("type"),
        _unset("format"),
        _unset("objective", "objectiveType"),
        _unset("optimization_target", "optimizationTargetType"),
        _money("daily_budget", "dailyBudget.amount", Costs.CELL),
        _unset("targeting", "targetingCriteria", Type.JSON),
    ),
    (
        "associatedEntity", "audienceExpansionEnabled", "connectedTelevisionOnly",
        "costType", "creativeSelection", "dailyBudget.currencyCode", "locale",
        "offsiteDeliveryEnabled", "offsitePreferences", "pacingStrategy", "politicalIntent",
        "storyDeliveryEnabled", "totalBudget", "unitCost", "version",
    ),
)  # fmt: skip

_CREATIVES = Stream(
    name="creatives",
    description="Creatives, which are LinkedIn's ads. One record per creative.",
    kind=Kind.ENTITY_SNAPSHOT,
    request=Request(
        path=f"{_ACCOUNT.path}/creatives?q=criteria&sortOrder=ASCENDING",
        headers={"X-RestLi-Method": "FINDER"},
        records="elements",
        pager=_pages(100),
        copy={"account_id": "{account_id}"},
    ),
    fields=(
        Field("creative_urn", "id", required=True),
        _OF_ACCOUNT,
        Field("campaign_urn", "campaign", required=True),
        _unset("creative_name", "name"),
        Field("status", "intendedStatus"),
        Field("is_serving", "isServing", Type.BOOLEAN, omitted_when_empty=True, costs=Costs.CELL),
        _unset("content", kind=Type.JSON),
        _unset("lead_form_urn", "leadgenCallToAction.destination"),
        _unset("lead_form_label", "leadgenCallToAction.label"),
        _time("created_at", "createdAt"),
        _time("changed_at", "lastModifiedAt"),
    ),
    natural_key=("creative_urn",),
    ignored=(
        "account", "createdBy", "isTest", "lastModifiedBy", "review", "servingHoldReasons",
    ),
)  # fmt: skip

_POSTS = Stream(
    name="posts",
    description="What creatives show and where they lead. One record per post.",
    kind=Kind.ENTITY_SNAPSHOT,
    request=Request(
        path="/rest/posts/{parent_id}",
        records="$",
        parent=Parent(
            "creatives", "content.reference", begins=("urn:li:share:", "urn:li:ugcPost:")
        ),
        copy={"account_id": "{account_id}"},
        not_found_is_empty=True,
        forbidden_is_empty=True,
    ),
    fields=(
        Field("post_urn", "id", required=True),
        _OF_ACCOUNT,
        _unset("commentary"),
        _unset("call_to_action", "contentCallToActionLabel"),
        _unset("landing_page", "contentLandingPage"),
        _unset("content", kind=Type.JSON),
        _time("created_at", "createdAt"),
        _time("changed_at", "lastModifiedAt"),
    ),
    natural_key=("post_urn",),
    ignored=(
        "adContext", "author", "distribution", "isReshareDisabledByAuthor", "lifecycleState",
        "lifecycleStateInfo", "publishedAt", "reshareContext", "visibility",
    ),
)  # fmt: skip

_ACCOUNT_DAYS = _report(
    "account_days",
    "The account's own totals, which nothing is missing from. One record per day.",
    {"ACCOUNT": "account_urn"},
    _FIGURES,
)

_CAMPAIGN_DAYS = _report(
    "campaign_days",
    "Figures of campaigns. One record per day and campaign.",
    {"CAMPAIGN": "campaign_urn"},
    _FIGURES,
)

_CREATIVE_DAYS = _report(
    "creative_days",
    "Figures of creatives. One record per day, campaign and creative.",
    {"CAMPAIGN": "campaign_urn", "CREATIVE": "creative_urn"},
    (*_FIGURES, *_MORE_FIGURES),
)

LINKEDIN_ADS = Connector(
    name="linkedin_ads",
    title="LinkedIn Ads",
    base_url=linkedin_api.BASE_URL,
    api_version=linkedin_api.VERSION,
    auth=Auth.OAUTH_REFRESH,
    secrets=linkedin_api.CLIENT,
    headers=linkedin_api.HEADERS,
    token_path=linkedin_api.TOKEN_PATH,
    sign_ins=(linkedin_api.ACCESS_TOKEN,),
    streams=(
        _ACCOUNTS,
        _CAMPAIGN_GROUPS,
        _CAMPAIGNS,
        _CREATIVES,
        _POSTS,
        _ACCOUNT_DAYS,
        _CAMPAIGN_DAYS,
        _CREATIVE_DAYS,
    ),
    # An answer without figures is no refusal, so the account itself is asked for.
    ping=_ACCOUNT,
)
