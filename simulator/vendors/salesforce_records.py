"""Salesforce's records at a given time, with the fields that a query may name.

Belongs here: turning the bought company's CRM into Salesforce's objects. Does not belong here:
queries, jobs and tokens (``salesforce``).

As at Salesforce: ids have 18 characters, what is deleted stays for 15 days and says so, what was
merged names its master, a converted lead names what it became, and dates are of the organisation's
own calendar.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from simulator.crm import Contact
from simulator.salesforce import HOME, STAGES, long_id
from simulator.world import World

Row = dict[str, Any]

_BIN = timedelta(days=15)
_SOURCES = {
    "": "Web", "event": "Trade Show", "partner": "Partner Referral", "phone": "Phone Inquiry",
    "outbound_sales": "Outbound Sales", "webinar": "Webinar",
}  # fmt: skip
_EPOCH = datetime(2024, 1, 8, 8, tzinfo=UTC)

_SYSTEM = {"Id": "id", "IsDeleted": "boolean", "SystemModstamp": "datetime"}
_CREATED = {**_SYSTEM, "CreatedDate": "datetime"}
_PERSON = {
    **_CREATED, "Email": "email", "Phone": "phone", "MobilePhone": "phone", "FirstName": "string",
    "LastName": "string", "HasOptedOutOfEmail": "boolean", "LeadSource": "picklist",
    "MasterRecordId": "reference",
}  # fmt: skip

FIELDS: dict[str, dict[str, str]] = {
    "Account": {
        **_CREATED, "Name": "string", "Website": "url", "ParentId": "reference",
        "MasterRecordId": "reference",
    },
    "Contact": {
        **_PERSON, "AccountId": "reference", "MailingCountry": "string",
        "MailingAddress": "address",
    },
    "Lead": {
        **_PERSON, "Company": "string", "Status": "picklist", "Country": "string",
        "Address": "address", "IsConverted": "boolean", "ConvertedDate": "date",
        "ConvertedContactId": "reference", "ConvertedAccountId": "reference",
        "ConvertedOpportunityId": "reference", "GCLID__c": "string",
        # As whoever made the field spelled it.
        "UTM_Source__c": "string", "utm_medium__c": "string", "utm_campaign__c": "string",
        "Score__c": "double",
    },
    "Opportunity": {
        **_CREATED, "Name": "string", "AccountId": "reference", "StageName": "picklist",
        "Amount": "currency", "CurrencyIsoCode": "picklist", "IsClosed": "boolean",
        "IsWon": "boolean", "CloseDate": "date", "CampaignId": "reference",
    },
    "OpportunityContactRole": {
        **_CREATED, "OpportunityId": "reference", "ContactId": "reference", "Role": "picklist",
        "IsPrimary": "boolean",
    },
    "OpportunityHistory": {
        **_CREATED, "OpportunityId": "reference", "StageName": "picklist", "Amount": "currency",
        "CloseDate": "date", "Probability": "percent",
    },
    "OpportunityStage": {
        "Id": "id", "ApiName": "string", "MasterLabel": "string", "IsActive": "boolean",
        "IsClosed": "boolean", "IsWon": "boolean", "SortOrder": "int",
        "SystemModstamp": "datetime",
    },
    "Campaign": {
        **_CREATED, "Name": "string", "Type": "picklist", "Status": "picklist",
        "StartDate": "date", "EndDate": "date", "BudgetedCost": "currency",
        "ActualCost": "currency", "CurrencyIsoCode": "picklist", "ParentId": "reference",
    },
    "CampaignMember": {
        **_CREATED, "CampaignId": "reference", "LeadId": "reference", "ContactId": "reference",
        "Status": "picklist", "HasResponded": "boolean", "FirstRespondedDate": "date",
    },
}  # fmt: skip
"""The fields of each object that the organisation has, with their types."""

COMPOUND = {"Address", "MailingAddress"}


class Records:
    """Every object's rows at a given time, deleted ones included.

    Values are Python's: aware times, dates, decimals, booleans, texts and None.
    """

    def __init__(self, world: World, now: datetime) -> None:
        self.now = now
        self._world = world
        self._crm = world.acquired
        self._read: dict[str, Callable[[], Iterator[Row]]] = {
            "Account": self._accounts,
            "Contact": self._contacts,
            "Lead": self._leads,
            "Opportunity": self._opportunities,
            "OpportunityContactRole": self._roles,
            "OpportunityHistory": self._history,
            "OpportunityStage": self._stages,
            "Campaign": self._campaigns,
            "CampaignMember": self._members,
        }
        self._rows: dict[str, list[Row]] = {}

    def rows(self, name: str) -> list[Row]:
        """The rows of an object, by their last change and id."""
        if name not in self._rows:
            blank = dict.fromkeys(FIELDS[name])
            rows = [blank | row for row in self._read[name]()]
            rows.sort(key=lambda row: (row["SystemModstamp"], row["Id"]))
            self._rows[name] = rows
        return self._rows[name]

    def _stages(self) -> Iterator[Row]:
        for number, (_, name, label, closed, won) in enumerate(STAGES, 1):
            yield {
                "Id": f"01J5g00000000{number:02d}AAA", "ApiName": name, "MasterLabel": label,
                "IsActive": True, "IsClosed": closed, "IsWon": won, "SortOrder": number,
                "SystemModstamp": _EPOCH,
            }  # fmt: skip

    def _accounts(self) -> Iterator[Row]:
        for company in self._crm.organisations:
            if company.created_at <= self.now:
                yield {
                    **_system(company.company_id, company.created_at), "Name": company.name,
                    "Website": f"https://{company.domain}/",
                }  # fmt: skip

    def _leads(self) -> Iterator[Row]:
        for lead in self._crm.contacts:
            if lead.contact_id.startswith("00Q") and self._is_there(lead):
                yield self._lead(lead)

    def _is_there(self, contact: Contact) -> bool:
        """Created, and neither erased nor deleted for longer than the recycle bin keeps it."""
        if contact.created_at > self.now or contact.is_erased(self.now):
            return False
        gone = self._gone_at(contact)
        return gone is None or self.now < gone + _BIN

    def _gone_at(self, contact: Contact) -> datetime | None:
        """When it was deleted, or merged into another record."""
        moments = [contact.archived_at]
        if contact.contact_id not in self._crm.conversions:
            moments.append(contact.merged_at)
        return min((at for at in moments if at is not None and at <= self.now), default=None)

    def _person(self, contact: Contact) -> Row:
        gone = self._gone_at(contact)
        merged = [
            other
            for other in self._world.merged_contacts(contact.contact_id, self.now)
            if other.contact_id not in self._crm.conversions
        ]
        created = min([contact.created_at, *(other.created_at for other in merged)])
        changes = [contact.created_at, gone, *(other.merged_at for other in merged)]
        is_merged = gone is not None and bool(contact.merged_into)
        return {
            "Id": long_id(contact.contact_id),
            "IsDeleted": gone is not None,
            "CreatedDate": created,
            "SystemModstamp": max(each for each in changes if each is not None),
            "Email": contact.email or None,
            "Phone": contact.phone or None,
            "FirstName": contact.first_name,
            "LastName": contact.last_name,
            "HasOptedOutOfEmail": False,
            "LeadSource": _SOURCES[contact.lead_source],
            "MasterRecordId": long_id(contact.merged_into) if is_merged else None,
        }

    def _lead(self, lead: Contact) -> Row:
        row = self._person(lead) | {
            "Company": self._crm.companies.get(lead.contact_id, f"Asiakas {lead.person_id} Oy"),
            "Status": lead.lead_status or "Open - Not Contacted",
            "Country": lead.country,
            "IsConverted": False,
            "GCLID__c": lead.gclid or None,
            "UTM_Source__c": lead.utm_source or None,
            "utm_medium__c": lead.utm_medium or None,
            "utm_campaign__c": lead.utm_campaign or None,
        }
        became = self._crm.conversions.get(lead.contact_id)
        if became is not None and became.at <= self.now:
            row |= {
                "IsConverted": True,
                "ConvertedDate": became.at.astimezone(HOME).date(),
                "ConvertedContactId": long_id(became.contact_id),
                "ConvertedAccountId": long_id(became.account_id),
                "ConvertedOpportunityId": long_id(became.deal_id) if became.deal_id else None,
                "SystemModstamp": max(row["SystemModstamp"], became.at),
            }
        return row

    def _contacts(self) -> Iterator[Row]:
        for contact in self._crm.contacts:
            if contact.contact_id.startswith("003") and self._is_there(contact):
                yield self._person(contact) | {
                    "AccountId": long_id(contact.company_id), "MailingCountry": contact.country,
                }  # fmt: skip
                continue
            became = self._crm.conversions.get(contact.contact_id)
            if became is None or became.at > self.now or not became.deal_id:
                continue
            row = self._person(contact)
            yield row | {
                "Id": long_id(became.contact_id),
                "CreatedDate": became.at,
                "SystemModstamp": became.at,
                "AccountId": long_id(became.account_id),
                "MailingCountry": contact.country,
            }

    def _opportunities(self) -> Iterator[Row]:
        names = {code: (name, closed, won) for code, name, _, closed, won in STAGES}
        for deal in self._crm.deals:
            if deal.created_at > self.now:
                continue
            change = deal.stage(self.now)
            name, closed, won = names[change.stage]
            hoped = deal.created_at + timedelta(days=60)
            yield {
                **_system(deal.deal_id, deal.created_at),
                "SystemModstamp": max(deal.created_at, change.at),
                "Name": deal.name,
                "AccountId": long_id(deal.company_id),
                "StageName": name,
                "Amount": deal.amount,
                "CurrencyIsoCode": deal.currency,
                "IsClosed": closed,
                "IsWon": won,
                "CloseDate": (change.at if closed else hoped).astimezone(HOME).date(),
            }

    def _roles(self) -> Iterator[Row]:
        for deal in self._crm.deals:
            if deal.created_at > self.now:
                continue
            became = self._crm.conversions[deal.contact_ids[0]]
            yield {
                **_system(_like("00K", deal.deal_id), deal.created_at),
                "OpportunityId": long_id(deal.deal_id),
                "ContactId": long_id(became.contact_id),
                "Role": "Decision Maker",
                "IsPrimary": True,
            }

    def _history(self) -> Iterator[Row]:
        names = {code: name for code, name, *_ in STAGES}
        for deal in self._crm.deals:
            for number, change in enumerate(deal.stages):
                if change.at > self.now:
                    continue
                row = {
                    **_system(_like(f"00{number}", deal.deal_id), change.at),
                    "OpportunityId": long_id(deal.deal_id),
                    "StageName": names[change.stage],
                    "Amount": deal.amount,
                }
                yield row
                later = change.at + timedelta(hours=1)
                if number == 0 and later <= self.now:
                    # A change of the amount alone.
                    yield row | _system(_like("009", deal.deal_id), later)

    def _campaigns(self) -> Iterator[Row]:
        today = self.now.astimezone(HOME).date()
        for campaign in self._crm.campaigns:
            if campaign.created_at <= self.now:
                yield {
                    **_system(campaign.campaign_id, campaign.created_at),
                    "Name": campaign.name,
                    "Type": campaign.kind,
                    "Status": "Planned" if campaign.day > today else "Completed",
                    "StartDate": campaign.day,
                    "EndDate": campaign.day,
                    "ActualCost": campaign.cost,
                    "CurrencyIsoCode": campaign.currency,
                }

    def _members(self) -> Iterator[Row]:
        for member in self._crm.memberships:
            if member.created_at > self.now:
                continue
            contact = self._world.contact(member.contact_id)
            if contact.is_erased(self.now) or not self._is_there(contact):
                continue
            gone = self._gone_at(contact)
            became = self._crm.conversions.get(member.contact_id)
            converted = became is not None and became.at <= self.now
            is_lead = member.contact_id.startswith("00Q")
            yield {
                **_system(member.member_id, member.created_at),
                "IsDeleted": gone is not None,
                "SystemModstamp": max(member.created_at, gone or member.created_at),
                "CampaignId": long_id(member.campaign_id),
                "LeadId": long_id(member.contact_id) if is_lead else None,
                "ContactId": (
                    long_id(became.contact_id)
                    if became is not None and converted
                    else None if is_lead else long_id(member.contact_id)
                ),
                "Status": member.status,
                "HasResponded": member.has_responded,
                "FirstRespondedDate": member.responded,
            }  # fmt: skip


def _system(short: str, at: datetime) -> Row:
    return {
        "Id": long_id(short), "IsDeleted": False, "CreatedDate": at, "SystemModstamp": at,
    }  # fmt: skip


def _like(prefix: str, short: str) -> str:
    return prefix + short[3:]


def as_json(value: Any) -> Any:
    """A value as a query answers it: amounts are doubles, times have an offset."""
    if isinstance(value, datetime):
        moment = value.astimezone(UTC)
        return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}+0000"
    if isinstance(value, date):
        return value.isoformat()
    return float(value) if isinstance(value, Decimal) else value


def as_csv(value: Any) -> str:
    """A value as a job writes it: nothing for null, ``Z``, and Java's doubles."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case datetime():
            return str(as_json(value)).replace("+0000", "Z")
        case Decimal() | float():
            return _java(float(value))
        case _:
            return str(as_json(value))


def _java(number: float) -> str:
    """Java's spelling of a double: an exponent from ten millions on."""
    if abs(number) < 1e7:
        return repr(number)
    digits, _, exponent = f"{number:.16e}".partition("e")
    shortest = next(
        text
        for places in range(1, 17)
        if float(text := f"{number:.{places}e}") == number or places == 16
    )
    digits = shortest.partition("e")[0].rstrip("0")
    return f"{digits}0E{int(exponent)}" if digits.endswith(".") else f"{digits}E{int(exponent)}"
