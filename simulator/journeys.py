"""People and what they did: a ``Touch`` per interaction, with the truth beside the evidence.

Belongs here: persons, touches, forms. Does not belong here: CRM records (``crm``), e-mail
(``mail``), or which vendor shows a touch (``world``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from urllib.parse import urlencode

DOMAIN = "www.fjordbase.example"
"""Host of the company's own web site."""


@dataclass(slots=True)
class Person:
    """One human being, known or not.

    Attributes:
        visitor_ids: Matomo visitor ids (16 hexadecimal digits), one per browser.
        user_id: The product's user id (``u-000123``); empty without an account.
        emails: The main address first; empty for anonymous visitors.
        contact_ids: CRM records, in order of creation; more than one when they were merged.
    """

    person_id: int
    first_name: str = ""
    last_name: str = ""
    emails: tuple[str, ...] = ()
    phone: str = ""
    company_id: str = ""
    country: str = "SE"
    user_id: str = ""
    visitor_ids: tuple[str, ...] = ()
    contact_ids: tuple[str, ...] = ()


@dataclass(slots=True)
class Touch:
    """One interaction of one person with marketing, with the true answer beside the evidence.

    Attributes:
        touch_id: Unique, in order of time (``t000123``).
        number: The id as a number; Matomo's ``idVisit``.
        kind: One of the touch types of ``seeds/touch_types.csv``.
        via: The vendor or file that shows it; see ``world``.
        lead_source: True source code.
        lead_channel: True channel code.
        email: The address it is recorded under; empty for most visits.
        referrer: Full URL.
        landing_page: URL without parameters.
        utm_id: Google Ads campaign id that the ad wrote into the URL.
        click_id_type: ``gclid``, ``li_fat_id``, ``fbclid`` ...
        campaign_platform: ``google_ads``, ``mailchimp``, ``linkedin_ads`` ...; ``utm`` where only
            a ``utm_campaign`` of no known platform names the campaign; or empty.
        campaign_id: The platform's campaign as far as the evidence can tell: empty when only a
            click id names it and the platform no longer answers for that day. For ``utm``, the
            name as a code.
        code: Event, mailing or referral code of the CSV files.
        label: The campaign or event by name, in the CSV files.
        cost: What the touch itself cost, with two decimals, in ``currency``.
        pages: Pages seen, for a visit.
        seconds: The length of a visit.
    """

    touch_id: str
    number: int
    person_id: int
    at: datetime
    kind: str
    via: str
    lead_source: str
    lead_channel: str
    visitor_id: str = ""
    user_id: str = ""
    email: str = ""
    utm_source: str = ""
    utm_medium: str = ""
    utm_campaign: str = ""
    utm_term: str = ""
    utm_content: str = ""
    utm_id: str = ""
    referrer: str = ""
    landing_page: str = ""
    click_id: str = ""
    click_id_type: str = ""
    campaign_platform: str = ""
    campaign_id: str = ""
    keyword: str = ""
    form_id: str = ""
    code: str = ""
    label: str = ""
    cost: Decimal | None = None
    currency: str = ""
    pages: int = 1
    seconds: int = 0

    @property
    def parameters(self) -> dict[str, str]:
        """UTM parameters and click id, as in the landing page's URL."""
        pairs = {
            "utm_source": self.utm_source,
            "utm_medium": self.utm_medium,
            "utm_campaign": self.utm_campaign,
            "utm_term": self.utm_term,
            "utm_content": self.utm_content,
            "utm_id": self.utm_id,
        }
        if self.click_id:
            pairs[self.click_id_type] = self.click_id
        return {name: value for name, value in pairs.items() if value}

    @property
    def landing_url(self) -> str:
        """The first page's URL with its parameters."""
        parameters = self.parameters
        return f"{self.landing_page}?{urlencode(parameters)}" if parameters else self.landing_page


@dataclass(slots=True)
class Form:
    """One form of the web site, as listed by HubSpot."""

    form_id: str
    name: str
    landing_page: str
