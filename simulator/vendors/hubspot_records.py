"""HubSpot's records at a given time: properties, histories and associations.

Belongs here: turning the world's CRM into HubSpot's properties. Does not belong here: paths,
paging and limits (``hubspot``).

As at HubSpot: every property is text, times are ISO in one and epoch milliseconds in the next, and
a merged record appears only in its survivor's ``hs_merged_object_ids``.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from simulator.crm import PIPELINE_ID, Contact, Deal, Organisation, StageChange
from simulator.world import World

Properties = dict[str, str | None]

_EXPECTED_DEAL_DAYS = 60
"""The expected close of an open deal, as sellers hope."""
_DATED_STAGES = ("lead", "marketingqualifiedlead", "salesqualifiedlead", "opportunity", "customer")


def iso(moment: datetime) -> str:
    """A time as HubSpot writes it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def millis(moment: datetime) -> int:
    """Epoch milliseconds."""
    return int(moment.timestamp() * 1000)


@dataclass(slots=True)
class Record:
    """One CRM record at a given time.

    Attributes:
        archived_at: When it was moved to the recycle bin; ``None`` for an active one.
        history: Values of a property over time, newest first.
        associations: Ids of associated records by their type.
    """

    record_id: str
    created_at: datetime
    updated_at: datetime
    properties: Properties
    archived_at: datetime | None = None
    history: dict[str, list[StageChange]] = field(default_factory=dict)
    associations: dict[str, list[str]] = field(default_factory=dict)

    @property
    def number(self) -> int:
        """The id as a number, by which HubSpot sorts."""
        return int(self.record_id)

    def rendered(self, names: list[str]) -> dict[str, object]:
        """The record with the requested properties that the account has defined."""
        unasked = ["hs_object_id", "createdate", "lastmodifieddate", "hs_lastmodifieddate"]
        wanted = [name for name in [*unasked, *names] if name in self.properties]
        value: dict[str, object] = {
            "id": self.record_id,
            "properties": {name: self.properties[name] for name in wanted},
            "createdAt": iso(self.created_at),
            "updatedAt": iso(self.updated_at),
            "archived": self.archived_at is not None,
        }
        if self.archived_at is not None:
            value["archivedAt"] = iso(self.archived_at)
        return value


def following(records: list[Record], number: int) -> list[Record]:
    """The records after an id, of records in the order of their ids."""
    return records[bisect_right(records, number, key=lambda record: record.number) :]


class Records:
    """Every record of every type at a given time, archived ones included."""

    def __init__(self, world: World, now: datetime) -> None:
        self.now = now
        self._world = world
        self._builders: dict[str, Callable[[], list[Record]]] = {
            "contacts": self._contacts,
            "companies": self._companies,
            "deals": self._deals,
        }
        self._listed: dict[tuple[str, bool], list[Record]] = {}
        self._by_id: dict[str, dict[str, Record]] = {}

    def listed(self, object_type: str, *, archived: bool) -> list[Record]:
        """The active or the archived records of a type in the order of their ids.

        Raises:
            KeyError: HubSpot knows no such type here.
        """
        key = (object_type, archived)
        if key not in self._listed:
            records = sorted(self._builders[object_type](), key=lambda record: record.number)
            self._by_id[object_type] = {record.record_id: record for record in records}
            for is_archived in (False, True):
                self._listed[object_type, is_archived] = [
                    each for each in records if (each.archived_at is not None) == is_archived
                ]
        return self._listed[key]

    def find(self, object_type: str, record_id: str) -> Record | None:
        """A living record."""
        self.listed(object_type, archived=False)
        record = self._by_id[object_type].get(record_id)
        return record if record is not None and record.archived_at is None else None

    def _contacts(self) -> list[Record]:
        return [
            self._contact(contact)
            for contact in self._world.contacts
            if contact.is_live(self.now) or self._in_recycle_bin(contact)
        ]

    def _in_recycle_bin(self, contact: Contact) -> bool:
        merged = contact.merged_at is not None and contact.merged_at <= self.now
        return contact.is_archived(self.now) and not merged

    def _contact(self, contact: Contact) -> Record:
        merged = self._world.merged_contacts(contact.contact_id, self.now)
        created_at = self._world.contact_created_at(contact, self.now)
        updated_at = self._world.contact_modified_at(contact, self.now)
        stages = [change for change in contact.stages if change.at <= self.now]
        other_emails = {other.email for other in merged} - {contact.email}
        properties: Properties = {
            "hs_object_id": contact.contact_id,
            "createdate": iso(created_at),
            "lastmodifieddate": iso(updated_at),
            "email": contact.email or None,
            "hs_additional_emails": ";".join(sorted(other_emails)) or None,
            "firstname": contact.first_name or None,
            "lastname": contact.last_name or None,
            "phone": contact.phone or None,
            "country": contact.country or None,
            "associatedcompanyid": contact.company_id or None,
            "lifecyclestage": stages[-1].stage if stages else None,
            "hs_merged_object_ids": ";".join(other.contact_id for other in merged) or None,
            "hs_analytics_source": contact.analytics_source or None,
            "hs_analytics_source_data_1": contact.analytics_source_data_1 or None,
            "hs_analytics_source_data_2": contact.analytics_source_data_2 or None,
            "hs_latest_source": contact.analytics_source or None,
            "hs_analytics_first_url": contact.first_url or None,
            "hs_google_click_id": contact.gclid or None,
            "hs_facebook_click_id": None,
            "matomo_visitor_id": contact.matomo_visitor_id or None,
            "user_id": contact.user_id or None,
            "lead_source": contact.lead_source or None,
            "lead_channel": contact.lead_channel or None,
            "how_did_you_hear_about_us": contact.self_reported_source or None,
            "referred_by": contact.referred_by or None,
            "segment": contact.segment or None,
            "hs_lead_status": contact.lead_status or None,
            "disqualification_reason": contact.disqualification_reason or None,
            "utm_source": contact.utm_source or None,
            "utm_medium": contact.utm_medium or None,
            "utm_campaign": contact.utm_campaign or None,
            "utm_term": contact.utm_term or None,
            "utm_content": contact.utm_content or None,
        }
        for stage in _DATED_STAGES:
            entered_at = contact.stage_at(stage, self.now)
            properties[f"hs_lifecyclestage_{stage}_date"] = (
                _mixed(entered_at, contact.contact_id) if entered_at else None
            )
        archived_at = contact.archived_at if contact.is_archived(self.now) else None
        return Record(
            record_id=contact.contact_id,
            created_at=created_at,
            updated_at=updated_at,
            properties=properties,
            archived_at=archived_at,
            history={"lifecyclestage": stages[::-1]},
            associations={"companies": [contact.company_id] if contact.company_id else []},
        )

    def _companies(self) -> list[Record]:
        return [
            self._company(company)
            for company in self._world.organisations
            if company.created_at <= self.now
        ]

    def _company(self, company: Organisation) -> Record:
        return Record(
            record_id=company.company_id,
            created_at=company.created_at,
            updated_at=company.created_at,
            properties={
                "hs_object_id": company.company_id,
                "createdate": iso(company.created_at),
                "hs_lastmodifieddate": iso(company.created_at),
                "name": company.name,
                "domain": company.domain,
                "industry": company.industry,
                "country": company.country,
                "numberofemployees": str(company.employees),
                "hs_merged_object_ids": None,
            },
        )

    def _deals(self) -> list[Record]:
        return [self._deal(deal) for deal in self._world.deals if deal.created_at <= self.now]

    def _deal(self, deal: Deal) -> Record:
        updated_at = self._world.deal_modified_at(deal, self.now)
        current = deal.stage(self.now)
        closed_at = deal.closed_at(self.now)
        expected = deal.created_at + timedelta(days=_EXPECTED_DEAL_DAYS)
        contacts = self._deal_contacts(deal)
        return Record(
            record_id=deal.deal_id,
            created_at=deal.created_at,
            updated_at=updated_at,
            properties={
                "hs_object_id": deal.deal_id,
                "createdate": iso(deal.created_at),
                "hs_lastmodifieddate": iso(updated_at),
                "dealname": deal.name,
                "amount": _amount(deal.amount),
                "deal_currency_code": deal.currency,
                "dealstage": current.stage,
                "pipeline": PIPELINE_ID,
                "closedate": _mixed(closed_at or expected, deal.deal_id),
                "hs_is_closed": "true" if closed_at else "false",
                "hs_is_closed_won": "true" if deal.is_won(self.now) else "false",
                "hs_merged_object_ids": None,
                "num_associated_contacts": str(len(contacts)),
                "hs_analytics_source": None,
            },
            archived_at=None if deal.is_live(self.now) else deal.archived_at,
            history={
                "dealstage": [change for change in deal.stages if change.at <= self.now][::-1]
            },
            associations={
                "contacts": contacts,
                "companies": [deal.company_id] if deal.company_id else [],
            },
        )

    def _deal_contacts(self, deal: Deal) -> list[str]:
        """Active contacts; a merged one maps to its survivor, archived ones are left out."""
        survivors = dict.fromkeys(
            self._world.survivor_id(contact_id, self.now) for contact_id in deal.contact_ids
        )
        return [
            contact_id
            for contact_id in survivors
            if self._world.contact(contact_id).is_live(self.now)
        ]


def _mixed(moment: datetime, record_id: str) -> str:
    return str(millis(moment)) if int(record_id[-1]) % 2 else iso(moment)


def _amount(amount: Decimal) -> str:
    """As HubSpot writes numbers: without trailing zeros."""
    text = format(amount, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
