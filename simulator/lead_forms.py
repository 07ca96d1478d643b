"""A company's lead forms at Meta, and who filled them in.

Belongs here: what the platform knows, and its answer at a given time. Does not belong here: Meta's
wire format (``vendors/meta_leads``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from simulator.crm import Contact
from simulator.social import SocialAd

KEPT = timedelta(days=90)
"""Afterwards Meta answers for a lead no more."""


@dataclass(frozen=True, slots=True)
class LeadForm:
    """One form of the page; an archived one still has its leads."""

    form_id: str
    name: str
    locale: str
    status: str = "ACTIVE"


@dataclass(slots=True)
class FormLead:
    """One filled-in form.

    Attributes:
        contact: Who it was; its ``contact_id`` is the lead's id.
        ad: Where the form was opened; ``None`` for a lead of the page itself.
        is_ad_hidden: It is in an account whose ads the page's token may not see.
        platform: ``fb`` or ``ig``.
        agreed: Whether the box for marketing by e-mail was ticked.
        is_test: Sent by the tool that tests forms.
    """

    form_id: str
    contact: Contact
    ad: SocialAd | None
    platform: str
    agreed: bool = True
    is_test: bool = False
    is_ad_hidden: bool = False

    def is_shown(self, now: datetime) -> bool:
        """Whether Meta answers for it at a given time."""
        return now - KEPT < self.contact.created_at <= now
