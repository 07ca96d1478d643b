"""What Salesforce's streams have in common: fields, queries, and jobs for long answers.

Belongs here: the ways to read an object. Does not belong here: which objects are read
(``objects.py``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from orchestration.connectors.answer import Csv
from orchestration.connectors.field import Costs, Field, Person, Type
from orchestration.connectors.refusal import Refusal
from orchestration.connectors.report import Report
from orchestration.connectors.stream import (
    Described,
    Kind,
    Larger,
    Pager,
    Paging,
    Request,
    Stream,
)

VERSION = "67.0"
DATA = f"/services/data/v{VERSION}"

EVERYTHING_DAYS = 10_000
"""Without a history start, a first run reads all records: Salesforce began in 1999."""

_MOST_BY_QUERY = 10_000
"""Records above which a job is cheaper: a query gives 2,000 for each call of the day's limit."""

_PAGES = Pager(Paging.NEXT_URL, cursor_path="nextRecordsUrl")

_JOB = Report(
    id_path="id",
    poll=Request(f"{DATA}/jobs/query/{{report_id}}"),
    status_path="state",
    done=("JobComplete",),
    running=("UploadComplete", "InProgress"),
    failed=("Failed", "Aborted"),
    reason_path="errorMessage",
    limit_seconds=7200.0,
    download=Request(
        f"{DATA}/jobs/query/{{report_id}}/results",
        headers={"Accept": "text/csv"},
        csv=Csv(count_header="Sforce-NumberOfRecords"),
        pager=Pager(
            Paging.CURSOR,
            page_size=20_000,
            limit_param="maxRecords",
            cursor_param="locator",
            cursor_header="Sforce-Locator",
            cursor_end=("null",),
        ),
    ),
)


def key(name: str, person: Person = Person.NOBODY) -> Field:
    """The record's id: 18 characters, of which the last three are a checksum."""
    return Field(name, "Id", required=True, person=person)


def text(name: str, path: str, person: Person = Person.NOBODY) -> Field:
    """A field that every user of the object may see."""
    return Field(name, path, null_values=("",), person=person)


def own(
    name: str, path: str = "", kind: Type = Type.STRING, person: Person = Person.NOBODY
) -> Field:
    """A field that an organisation may not have, or may hide."""
    return Field(name, path or f"{name}__c", kind, omitted_when_empty=True, null_values=("",),
                 person=person)  # fmt: skip


def moment(name: str, path: str) -> Field:
    """A time in UTC, or a date of the organisation's calendar."""
    return Field(name, path, Type.TIMESTAMP)


def helpful_day(name: str, path: str) -> Field:
    """Likewise, of which a mistyped one costs itself alone."""
    return Field(name, path, Type.TIMESTAMP, costs=Costs.CELL)


def flag(name: str, path: str) -> Field:
    """True or false; never null."""
    return Field(name, path, Type.BOOLEAN)


def money(name: str, path: str) -> Field:
    """An amount in the record's currency; may be calculated."""
    return Field(name, path, Type.DECIMAL, rounded=True, exponents=True)


CURRENCY = (
    replace(own("currency", "CurrencyIsoCode"), currency=True),
    # Of records without their own, as the configuration says.
    Field("corporate_currency", required=True, currency=True),
)
_CHANGED = (
    flag("is_deleted", "IsDeleted"),
    Field("modified_at", "SystemModstamp", Type.TIMESTAMP, required=True),
)


def _read(query: str, operation: str, name: str, order: str, copy: Mapping[str, str]) -> Request:
    """A query of everything that may be seen; a job, where that is much."""
    return Request(
        path=f"{DATA}/{operation}/",
        params={"q": f"{query} ORDER BY {order}"},
        records="records",
        pager=_PAGES,
        copy=copy,
        described=Described(Request(f"{DATA}/sobjects/{name}/describe"), "fields.*.name"),
        larger=Larger(
            total_path="totalSize",
            above=_MOST_BY_QUERY,
            # Without an order, so that Salesforce can divide the job.
            request=Request(
                path=f"{DATA}/jobs/query",
                method="POST",
                body={
                    "operation": operation,
                    "query": query,
                    "columnDelimiter": "COMMA",
                    "lineEnding": "LF",
                },
                report=_JOB,
            ),
        ),
        # Who may not see an object is told that there is none.
        not_found_is_empty=True,
    )


def changes(
    name: str,
    object_name: str,
    fields: tuple[Field, ...],
    description: str,
    *,
    amount: str = "",
    refusals: tuple[Refusal, ...] = (),
    touches: bool = False,
) -> Stream:
    """Records modified since the window's start, deleted ones included."""
    copy = {"corporate_currency": "{option:currency}"} if CURRENCY[1] in fields else {}
    return Stream(
        name=name,
        description=description,
        kind=Kind.ENTITY_CHANGES,
        per_account=False,
        request=_read(
            f"SELECT {{fields}} FROM {object_name} WHERE SystemModstamp >= {{window_start_iso}}",
            "queryAll",
            object_name,
            "SystemModstamp, Id",
            copy,
        ),
        fields=(*fields, *_CHANGED),
        natural_key=(fields[0].name,),
        lookback_days=EVERYTHING_DAYS,
        # Changes of one transaction appear some minutes after the moment that they state.
        overlap_hours=1,
        ignored=("attributes",),
        money=amount,
        refusals=refusals,
        touches=touches,
    )


def snapshot(name: str, object_name: str, fields: tuple[Field, ...], description: str) -> Stream:
    """Every record that exists now."""
    return Stream(
        name=name,
        description=description,
        kind=Kind.ENTITY_SNAPSHOT,
        per_account=False,
        request=_read(f"SELECT {{fields}} FROM {object_name}", "query", object_name, "Id", {}),
        fields=fields,
        natural_key=(fields[0].name,),
        ignored=("attributes",),
    )
