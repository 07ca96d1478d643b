"""The demo company's e-mail marketing: the list, its members, campaigns and their activity.

Belongs here: what the e-mail platform knows. Does not belong here: Mailchimp's wire format
(``vendors/mailchimp``). A click here and the web visit that follows it are two touches.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

LIST_ID = "5c3a7f09e1"
LIST_NAME = "Fjordbase readers"


@dataclass(slots=True)
class Member:
    """One address on the list.

    Attributes:
        email: As written at sign-up; may have capitals.
        status: ``subscribed``, ``unsubscribed`` (since ``changed_at``) or ``cleaned``.
        changed_at: The time of the last change, such as an unsubscription.
    """

    email: str
    person_id: int
    first_name: str
    last_name: str
    opted_in_at: datetime
    status: str
    changed_at: datetime

    @property
    def member_id(self) -> str:
        """Mailchimp's id of the address: the MD5 of its lower case."""
        return hashlib.md5(self.email.lower().encode(), usedforsecurity=False).hexdigest()

    def status_at(self, now: datetime) -> str:
        """The status as known at ``now``."""
        return self.status if self.changed_at <= now else "subscribed"


@dataclass(slots=True)
class EmailCampaign:
    """One mail-out.

    Attributes:
        campaign_id: Ten hexadecimal digits.
        campaign_type: ``regular``, or ``automation`` for one e-mail of a nurture series.
        utm_medium: ``email``, ``newsletter`` or ``nurture``; used in its links.
        links: The distinct URLs in the mail, with their UTM parameters.
        sent_at: When it was sent to everybody; for an automation, when the series started: each
            recipient gets it some days after signing up (see ``EmailActivity``).
        automation_id: The series; empty for ``regular``.
        automation_title: Its name.
        position: The e-mail's place in its series, from 1.
    """

    campaign_id: str
    web_id: int
    campaign_type: str
    title: str
    subject_line: str
    preview_text: str
    utm_medium: str
    utm_campaign: str
    links: tuple[str, ...]
    sent_at: datetime
    automation_id: str = ""
    automation_title: str = ""
    position: int = 0


@dataclass(slots=True)
class EmailActivity:
    """One thing that happened to one address and one mail-out.

    Attributes:
        action: ``sent``, ``open``, ``click``, ``bounce`` or ``unsubscribe``.
        url: The link, for a click.
        bounce_type: ``hard`` or ``soft``, for a bounce.
        ip: The reader's address; opens often come from image proxies.
        touch_id: The touch that represents a click; empty otherwise.
    """

    campaign_id: str
    email: str
    action: str
    at: datetime
    url: str = ""
    bounce_type: str = ""
    ip: str = ""
    touch_id: str = ""
