"""Meta Lead Ads, Graph API v26: the forms of a page, and who filled them in.

Facts of the vendor that the declarations rest on:

- Forms belong to a page, so accounts are page ids, and the token is the page's own.
- A lead can be read for 90 days; then it is gone for good.
- The answers are a list of names and values, and ``values`` is a list even of one. Names of own
  questions are what the form's author wrote; every form has others.
- A lead without an ad (from a post, or the page itself) is ``is_organic`` and has no ids of ads.
- A test lead answers ``<test lead: dummy data for email>``, and alike for every question.
- ``leads_count`` of a form changes with every lead, so it is not asked for.
- A box that nobody ticked is a ``custom_disclaimer_responses`` with an empty ``is_checked``.
"""

from __future__ import annotations

from orchestration.connectors import graph_api
from orchestration.connectors.field import Costs, Field, Person, Type
from orchestration.connectors.refusal import Refusal
from orchestration.connectors.stream import Auth, Connector, Kind, Parent, Request, Stream

_DAYS = 90


def _unset(name: str, path: str = "", kind: Type = Type.STRING) -> Field:
    """A field that Meta leaves out when it has no value."""
    return Field(name, path, kind, omitted_when_empty=True)


def _answer(name: str, key: str = "", kind: Type = Type.STRING, *, judged: bool = False) -> Field:
    """The answer to a question; a form need not ask it."""
    return Field(name, f"answers.{key or name}", kind, omitted_when_empty=True, judged=judged)


FORMS = Stream(
    name="forms",
    description="Lead forms, archived ones too. One record per form.",
    kind=Kind.ENTITY_SNAPSHOT,
    request=Request(
        path=f"{graph_api.VERSION}/{{account_id}}/leadgen_forms",
        params={"fields": "{fields}"},
        records="data",
        pager=graph_api.pages(100),
    ),
    fields=(
        Field("form_id", "id", required=True),
        Field("name"),
        _unset("status"),
        _unset("locale"),
    ),
    natural_key=("form_id",),
)

LEADS = Stream(
    name="leads",
    description="People who filled in a form. One record per lead.",
    kind=Kind.EVENT,
    request=Request(
        path=f"{graph_api.VERSION}/{{parent_id}}/leads",
        params={
            "fields": "id,created_time,ad_id,ad_name,adset_id,campaign_id,campaign_name,form_id,"
            "is_organic,platform,field_data,custom_disclaimer_responses",
            "filtering": '[{"field":"time_created","operator":"GREATER_THAN",'
            '"value":{window_start_seconds}}]',
        },
        records="data",
        pager=graph_api.pages(100),
        parent=Parent("forms"),
        pairs={"answers": "field_data"},
    ),
    fields=(
        Field("lead_id", "id", required=True, person=Person.LEAD),
        Field("created_at", "created_time", Type.TIMESTAMP, required=True, not_future=True),
        Field("form_id", required=True),
        _unset("ad_id"),
        _unset("ad_name"),
        _unset("adset_id"),
        _unset("campaign_id"),
        _unset("campaign_name"),
        Field(
            "is_organic",
            type=Type.BOOLEAN,
            omitted_when_empty=True,
            costs=Costs.CELL,
        ),
        _unset("platform"),
        _answer("email", kind=Type.EMAIL, judged=True),
        _answer("work_email", kind=Type.EMAIL, judged=True),
        _answer("phone", "phone_number", Type.PHONE),
        _answer("work_phone", "work_phone_number", Type.PHONE),
        _answer("company_name"),
        _answer("country"),
        # Own questions, under the names that other forms give them, too.
        _answer("how_did_you_hear_about_us"),
        _answer("segment"),
    ),
    natural_key=("lead_id",),
    max_history_days=_DAYS,
    ignored=(
        "answers.city", "answers.first_name", "answers.full_name", "answers.job_title",
        "answers.last_name", "answers.post_code", "answers.province", "answers.state",
        "answers.street_address", "answers.zip_code", "custom_disclaimer_responses", "field_data",
    ),
    refusals=(Refusal("custom_disclaimer_responses", ("", "0", "false"), each="is_checked"),),
)  # fmt: skip

META_LEADS = Connector(
    name="meta_leads",
    title="Meta Lead Ads",
    base_url=graph_api.BASE_URL,
    api_version=graph_api.VERSION,
    auth=Auth.BEARER,
    secrets=("access_token",),
    throttles=graph_api.THROTTLES,
    error_codes=graph_api.ERROR_CODES,
    error_path=graph_api.ERROR_PATH,
    streams=(FORMS, LEADS),
    ping=Request(
        path=f"{graph_api.VERSION}/{{account_id}}/leadgen_forms",
        params={"fields": "id", "limit": "1"},
        records="data",
    ),
)
