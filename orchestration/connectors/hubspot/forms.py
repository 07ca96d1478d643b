"""HubSpot's forms and the answers that people gave."""

from __future__ import annotations

from orchestration.connectors.field import Field, Person, TimeFormat, Type
from orchestration.connectors.hubspot.language import LIST, VERSION
from orchestration.connectors.stream import Kind, Pager, Paging, Parent, Request, Stream

HIDDEN_FIELDS = (
    "matomo_visitor_id", "referrer", "utm_source", "utm_medium", "utm_campaign", "utm_term",
    "utm_content", "gclid", "gbraid", "wbraid", "msclkid", "fbclid", "li_fat_id", "ttclid",
)  # fmt: skip
"""What a form's script fills in about the visit."""

_CLICK_IDS = ("gclid", "gbraid", "wbraid", "msclkid", "fbclid", "li_fat_id", "ttclid")
_FORM_PAGES = Pager(
    paging=Paging.CURSOR,
    page_size=50,
    limit_param="limit",
    cursor_param="after",
    cursor_path="paging.next.after",
)


def _hidden_field(name: str) -> Field:
    person = Person.CLICK if name in _CLICK_IDS else Person.NOBODY
    if name == "matomo_visitor_id":
        person = Person.VISITOR
    return Field(name, path=f"answers.{name}", omitted_when_empty=True, person=person)


FORMS = Stream(
    name="forms",
    description="Forms of every type. One row per form and extraction.",
    kind=Kind.ENTITY_SNAPSHOT,
    per_account=False,
    request=Request(
        path=f"/marketing/forms/{VERSION}",
        params={"formTypes": "all"},
        records="results",
        pager=LIST,
    ),
    fields=(
        Field("form_id", path="id", required=True),
        Field("name"),
        Field("form_type", path="formType", omitted_when_empty=True),
        Field("archived", type=Type.BOOLEAN, omitted_when_empty=True),
    ),
    natural_key=("form_id",),
    ignored=(
        "archivedAt", "configuration", "createdAt", "displayOptions", "fieldGroups",
        "legalConsentOptions", "updatedAt",
    ),
)  # fmt: skip

FORM_SUBMISSIONS = Stream(
    name="form_submissions",
    description="Answers to forms. One row per submission.",
    kind=Kind.EVENT,
    per_account=False,
    request=Request(
        # The date-based API version has no endpoint for submissions yet.
        path="/form-integrations/v1/submissions/forms/{parent_id}",
        records="results",
        pager=_FORM_PAGES,
        parent=Parent("forms"),
        copy={"form_id": "{parent_id}"},
        pairs={"answers": "values"},
        newest_first="submittedAt",
        not_found_is_empty=True,
    ),
    fields=(
        Field("submission_id", path="conversionId", required=True),
        Field("form_id", required=True),
        Field(
            "submitted_at",
            path="submittedAt",
            type=Type.TIMESTAMP,
            required=True,
            not_future=True,
            time_format=TimeFormat.ISO_OR_EPOCH_MILLIS,
        ),
        Field("page_url", path="pageUrl", omitted_when_empty=True),
        Field("email", path="answers.email", type=Type.EMAIL, omitted_when_empty=True),
        Field("phone", path="answers.phone", type=Type.PHONE, omitted_when_empty=True),
        *(_hidden_field(name) for name in HIDDEN_FIELDS),
    ),
    natural_key=("submission_id",),
    touches=True,
    ignored=(
        "answers.company", "answers.firstname", "answers.jobtitle", "answers.lastname",
        "answers.message", "values",
    ),
)  # fmt: skip
