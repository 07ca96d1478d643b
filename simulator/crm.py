"""The demo company's CRM: contacts, companies, deals, their histories, merges and deletions.

Belongs here: what the CRM knows, and its state at a given time. Does not belong here: HubSpot's
wire format (``vendors/hubspot``).

Merged contacts: at ``merged_at`` the record ``contact_id`` disappears into ``merged_into``. From
then on the survivor lists the other's id (``hs_merged_object_ids``) and its address
(``hs_additional_emails``, never more than one), and its creation is the earlier of the two
(``World.contact_created_at``). Deals and form submissions of the vanished record belong to the
survivor (``World.survivor_id``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

LIFECYCLE_STAGES = (
    "subscriber",
    "lead",
    "marketingqualifiedlead",
    "salesqualifiedlead",
    "opportunity",
    "customer",
)
"""HubSpot's lifecycle stages, in order."""

PIPELINE_ID = "default"
PIPELINE_LABEL = "Sales Pipeline"

DEAL_STAGES: tuple[tuple[str, str, float, bool, bool], ...] = (
    ("appointmentscheduled", "Appointment Scheduled", 0.2, False, False),
    ("qualifiedtobuy", "Qualified To Buy", 0.4, False, False),
    ("presentationscheduled", "Presentation Scheduled", 0.6, False, False),
    ("decisionmakerboughtin", "Decision Maker Bought-In", 0.8, False, False),
    ("contractsent", "Contract Sent", 0.9, False, False),
    ("closedwon", "Closed Won", 1.0, True, True),
    ("closedlost", "Closed Lost", 0.0, True, False),
)
"""(stage id, label, probability, is closed, is won) of the one pipeline."""

ANALYTICS_SOURCE_CODES: dict[str, str | None] = {
    "ORGANIC_SEARCH": "organic_search",
    "PAID_SEARCH": "paid_search",
    "EMAIL_MARKETING": "email",
    "SOCIAL_MEDIA": "organic_social",
    "PAID_SOCIAL": "paid_social",
    "REFERRALS": "referral_site",
    "OTHER_CAMPAIGNS": "other",
    "DIRECT_TRAFFIC": "direct",
    "AI_REFERRALS": "ai_assistant",
    "OFFLINE": None,
}
"""``hs_analytics_source`` as a lead source. OFFLINE carries no information: HubSpot writes it on
every contact that it did not see arrive (imports, the API, sales), whatever its origin.
"""


@dataclass(slots=True)
class StageChange:
    """A record's entry into a stage (a lifecycle stage, or a deal's)."""

    stage: str
    at: datetime


@dataclass(slots=True)
class Contact:
    """One CRM contact record. Empty text means that the property is not set.

    A contact's stated source (``crm_lead_source`` of staging) is ``lead_source`` when set, else
    ``ANALYTICS_SOURCE_CODES[analytics_source]``; its stated channel is ``lead_channel``.

    Attributes:
        contact_id: Eleven digits, in order of creation.
        person_id: The person; two contacts of one person were (or will be) merged.
        created_at: When this record was created; see ``World.contact_created_at`` for survivors of
            merges.
        stages: Lifecycle history in order of time; some contacts skip stages.
        analytics_source: ``hs_analytics_source``; with ``_data_1`` and ``_data_2`` its details.
        first_url: ``hs_analytics_first_url``; empty for records that sales or an import created.
        lead_source: Custom property ``lead_source``, as sales people typed it
            (``Outbound Sales``); normalise to a code.
        lead_channel: Custom property ``lead_channel``, likewise.
        self_reported_source: Custom property ``how_did_you_hear_about_us``: free text.
        matomo_visitor_id: Custom property; one of the person's visitor ids.
        user_id: Custom property; equals the user id of logged-in web visits.
        referred_by: Custom property; the contact id of the customer who recommended us.
        lead_status: ``hs_lead_status``, as sales people set it.
        disqualification_reason: Custom property; free text.
        quality: What the lead truly is; no vendor knows it.
        utm_source: With the other ``utm_*`` and ``gclid`` (``hs_google_click_id``), set only on
            contacts that a partner form created through the API. These have their own touch, at
            ``created_at``, with ``via`` ``hubspot_contact``.
        archived_at: From then on it is only in the list of archived records (restorable for 90
            days).
        erased_at: From then on it is in no list (deletion under the GDPR).
        merged_into: The surviving contact's id, from ``merged_at`` on.
    """

    contact_id: str
    person_id: int
    email: str
    first_name: str
    last_name: str
    created_at: datetime
    stages: list[StageChange] = field(default_factory=list)
    phone: str = ""
    company_id: str = ""
    analytics_source: str = "OFFLINE"
    analytics_source_data_1: str = ""
    analytics_source_data_2: str = ""
    first_url: str = ""
    lead_source: str = ""
    lead_channel: str = ""
    self_reported_source: str = ""
    matomo_visitor_id: str = ""
    user_id: str = ""
    referred_by: str = ""
    segment: str = ""
    lead_status: str = ""
    disqualification_reason: str = ""
    quality: str = "valid"
    country: str = "SE"
    utm_source: str = ""
    utm_medium: str = ""
    utm_campaign: str = ""
    utm_term: str = ""
    utm_content: str = ""
    gclid: str = ""
    landing_page: str = ""
    archived_at: datetime | None = None
    erased_at: datetime | None = None
    merged_into: str = ""
    merged_at: datetime | None = None

    def stage_at(self, stage: str, now: datetime) -> datetime | None:
        """When the contact first entered a lifecycle stage, as known at ``now``."""
        for change in self.stages:
            if change.stage == stage and change.at <= now:
                return change.at
        return None

    def is_live(self, now: datetime) -> bool:
        """Created, and neither merged away, archived nor erased, at ``now``."""
        return (
            self.created_at <= now
            and (self.merged_at is None or self.merged_at > now)
            and not self.is_archived(now)
            and not self.is_erased(now)
        )

    def is_archived(self, now: datetime) -> bool:
        """In the list of archived records at ``now``."""
        return self.archived_at is not None and self.archived_at <= now and not self.is_erased(now)

    def is_erased(self, now: datetime) -> bool:
        """Permanently deleted at ``now``."""
        return self.erased_at is not None and self.erased_at <= now


@dataclass(slots=True)
class Organisation:
    """One company of the CRM; the account of attribution with account scope."""

    company_id: str
    name: str
    domain: str
    country: str
    industry: str
    employees: int
    created_at: datetime


@dataclass(slots=True)
class Deal:
    """One deal of the CRM.

    The lead of a deal is its earliest created live contact; with several contacts the ids are in
    order of creation. A deal without contacts belongs to its company only.

    Attributes:
        contact_ids: As associated at its creation; map each through ``World.survivor_id``.
        amount: Two decimals; negative for a refund, which is a separate won deal.
        stages: Stage history in order of time.
        archived_at: From then on it is only in the list of archived deals.
    """

    deal_id: str
    name: str
    company_id: str
    contact_ids: tuple[str, ...]
    amount: Decimal
    currency: str
    created_at: datetime
    stages: list[StageChange]
    archived_at: datetime | None = None

    def stage(self, now: datetime) -> StageChange:
        """The stage at ``now``; before the first one, the first."""
        current = self.stages[0]
        for change in self.stages:
            if change.at <= now:
                current = change
        return current

    def closed_at(self, now: datetime) -> datetime | None:
        """When it was won or lost, as known at ``now``."""
        change = self.stage(now)
        return change.at if change.stage in ("closedwon", "closedlost") else None

    def is_won(self, now: datetime) -> bool:
        """Won, as known at ``now``."""
        return self.stage(now).stage == "closedwon"

    def is_live(self, now: datetime) -> bool:
        """Created and not archived at ``now``."""
        return self.created_at <= now and (self.archived_at is None or self.archived_at > now)
