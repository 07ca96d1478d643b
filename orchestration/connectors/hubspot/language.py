"""What HubSpot's streams have in common: properties, paging, and the ways to read a record type.

Belongs here: fields and streams that several record types have alike. Does not belong here: which
record types are read (``crm.py``, ``forms.py``).
"""

from __future__ import annotations

from dataclasses import replace

from orchestration.connectors.field import Field, Person, TimeFormat, Type
from orchestration.connectors.refusal import Refusal
from orchestration.connectors.stream import Kind, Pager, Paging, Parent, Request, Rest, Stream

VERSION = "2026-09"

HISTORY_BATCH = 50
"""Ids in one batch read with property history: HubSpot's limit (100 without history)."""

EVERYTHING_DAYS = 7300
"""Without a history start, a first run reads all records: HubSpot is younger than 20 years."""

ASSOCIATION_BATCH = 1000
"""Ids in one batch read of associations: HubSpot's limit."""

_SEARCH = Pager(
    paging=Paging.LAST_ID, page_size=200, limit_param="limit", total_path="total", id_path="id"
)
LIST = Pager(
    paging=Paging.CURSOR,
    page_size=100,
    limit_param="limit",
    cursor_param="after",
    cursor_path="paging.next.after",
)
_ASSOCIATED = replace(LIST, page_size=500)
_NOTHING_THERE = ("OBJECT_NOT_FOUND",)
"""The category of a record without any association, and of one that was deleted meanwhile."""

IGNORED = ("archivedAt", "associations", "createdAt", "objectWriteTraceId", "url")
_SENT_UNASKED = ("properties.createdate", "properties.hs_object_id", "properties.lastmodifieddate")
"""Properties that come with every record, requested or not."""


def field_of(
    name: str,
    kind: Type = Type.STRING,
    *,
    custom: bool = False,
    person: Person = Person.NOBODY,
) -> Field:
    """A property of a CRM record; ``custom`` where the account may not have defined it."""
    return Field(
        name,
        path=f"properties.{name}",
        type=kind,
        omitted_when_empty=custom,
        null_values=("",),
        time_format=TimeFormat.ISO_OR_EPOCH_MILLIS if kind is Type.TIMESTAMP else TimeFormat.ISO,
        person=person,
    )


def _id(key: str, path: str = "id") -> Field:
    """The id of a record; that of a contact is a person's."""
    person = Person.LEAD if key == "contact_id" else Person.NOBODY
    return Field(key, path=path, required=True, person=person)


def record(key: str) -> tuple[Field, ...]:
    """What every record type has: its id, whether it is archived, and when it changed."""
    return (
        _id(key),
        Field("archived", type=Type.BOOLEAN, omitted_when_empty=True),
        Field(
            "updated_at",
            path="updatedAt",
            type=Type.TIMESTAMP,
            time_format=TimeFormat.ISO_OR_EPOCH_MILLIS,
        ),
    )


def _properties(fields: tuple[Field, ...]) -> list[str]:
    return [field.keys[1] for field in fields if field.keys[0] == "properties"]


def changes(
    object_type: str,
    changed: str,
    key: str,
    fields: tuple[Field, ...],
    description: str,
    money: str = "",
    refusals: tuple[Refusal, ...] = (),
) -> Stream:
    """Records modified since the window's start, by search."""
    return Stream(
        money=money,
        refusals=refusals,
        name=object_type,
        description=description,
        kind=Kind.ENTITY_CHANGES,
        per_account=False,
        request=Request(
            path=f"/crm/objects/{VERSION}/{object_type}/search",
            method="POST",
            body={
                "filterGroups": [
                    {
                        "filters": [
                            {
                                "propertyName": changed,
                                "operator": "GTE",
                                "value": "{window_start_millis}",
                            },
                            {
                                "propertyName": "hs_object_id",
                                "operator": "GT",
                                "value": "{last_id}",
                            },
                        ]
                    }
                ],
                "sorts": [{"propertyName": "hs_object_id", "direction": "ASCENDING"}],
                "properties": _properties(fields),
            },
            records="results",
            pager=_SEARCH,
        ),
        fields=(*record(key), *fields),
        natural_key=(key,),
        lookback_days=EVERYTHING_DAYS,
        ignored=(*IGNORED, *_SENT_UNASKED),
    )


def history(object_type: str, property_name: str, key: str, name: str) -> Stream:
    """Every value that one property ever had, for the records that changed."""
    return Stream(
        name=name,
        description=(
            f"The values of {property_name} over time, newest first. "
            f"One row per record of {object_type} and version."
        ),
        kind=Kind.ENTITY_CHANGES,
        per_account=False,
        request=Request(
            path=f"/crm/objects/{VERSION}/{object_type}/batch/read",
            method="POST",
            body={
                "properties": [property_name],
                "propertiesWithHistory": [property_name],
                "inputs": "{parent_ids}",
            },
            records="results",
            parent=Parent(object_type, chunk=HISTORY_BATCH, since_path="updatedAt", since_days=0),
            errors="errors.*",
            error_cause="category",
            excused=_NOTHING_THERE,
        ),
        fields=(
            _id(key),
            Field(
                "history",
                path=f"propertiesWithHistory.{property_name}",
                type=Type.JSON,
                omitted_when_empty=True,
            ),
        ),
        natural_key=(key,),
        lookback_days=EVERYTHING_DAYS,
        ignored=(*IGNORED, "archived", "properties", "updatedAt"),
    )


def associations(from_type: str, to_type: str, key: str, name: str) -> Stream:
    """Which records of one type the changed records of another belong to."""
    return Stream(
        name=name,
        description=(
            f"The {to_type} of a record of {from_type}. "
            f"One row per record of {from_type} that has any, and version."
        ),
        kind=Kind.ENTITY_CHANGES,
        per_account=False,
        request=Request(
            path=f"/crm/associations/{VERSION}/{from_type}/{to_type}/batch/read",
            method="POST",
            body={"inputs": "{parent_ids}"},
            records="results",
            parent=Parent(from_type, chunk=ASSOCIATION_BATCH, since_path="updatedAt", since_days=0),
            rest=Rest(
                items="to",
                cursor_path="paging.next.after",
                id_path="from.id",
                request=Request(
                    path=f"/crm/objects/{VERSION}/{from_type}/{{record_id}}/associations/{to_type}",
                    params={"after": "{cursor}"},
                    records="results",
                    pager=_ASSOCIATED,
                ),
            ),
            errors="errors.*",
            error_cause="category",
            excused=_NOTHING_THERE,
        ),
        fields=(
            _id(key, "from.id"),
            Field(
                "associated",
                path="to",
                type=Type.JSON,
                required=True,
                person=Person.LEAD if to_type == "contacts" else Person.NOBODY,
            ),
        ),
        natural_key=(key,),
        lookback_days=EVERYTHING_DAYS,
        ignored=("from", "paging"),
    )


def archived(object_type: str, key: str, name: str) -> Stream:
    """The recycle bin: archived records stay listed for 90 days."""
    return Stream(
        name=name,
        description=f"Archived records of {object_type}. One row per record and extraction.",
        kind=Kind.ENTITY_SNAPSHOT,
        per_account=False,
        request=Request(
            path=f"/crm/objects/{VERSION}/{object_type}",
            params={"archived": "true", "properties": "hs_object_id"},
            records="results",
            pager=LIST,
        ),
        fields=(
            *record(key),
            Field(
                "archived_at",
                path="archivedAt",
                type=Type.TIMESTAMP,
                time_format=TimeFormat.ISO_OR_EPOCH_MILLIS,
            ),
        ),
        natural_key=(key,),
        ignored=(*IGNORED, "properties"),
    )
