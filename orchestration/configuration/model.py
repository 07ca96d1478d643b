"""The shape of ``tributary.yaml``: typed, complete, and strict about unknown keys.

Belongs here: the whole and its smaller sections; larger ones have files of their own beside this
one. Does not belong here: reading the file or the environment (``reader.py``, ``settings.py``).
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, field_validator, model_validator

from orchestration.configuration.attribution import Attribution
from orchestration.configuration.classification import Classification
from orchestration.configuration.content import ContentPages
from orchestration.configuration.funnel import Funnel
from orchestration.configuration.inbox import DEFAULT_KEEP, InboxEntry, is_pattern, names_file
from orchestration.configuration.lead_quality import LeadQuality
from orchestration.configuration.privacy import Privacy
from orchestration.configuration.secrets import Secret
from orchestration.configuration.serving import Serving
from orchestration.configuration.strict import Strict, known_currency, known_zone
from orchestration.foundation.regular import identity_of

INBOX_NAME = "inbox"
"""What ``quality.max_loss_of`` calls all files together."""


class Company(Strict):
    """The company that owns the warehouse.

    Attributes:
        name: Shown in the page and the demo's tables.
        reporting_currency: ISO 4217; every published amount without ``_native`` is in it.
        reporting_timezone: IANA name; it defines the marts' days and months.
        domains: The company's own web domains: a referrer on them is a self-referral.
        fiscal_year_month: The month in which the fiscal year begins, 1 to 12.
        history_start: The first day to read on a first run; default: 548 days back.
        identity_key: Key of the hash that replaces e-mail addresses and phone numbers;
            default: a random key, kept in ``TRIBUTARY_HOME/identity.key``.
    """

    name: str = "the company"
    reporting_currency: str = "EUR"
    reporting_timezone: str = "UTC"
    domains: list[str] = []
    fiscal_year_month: int = Field(default=1, ge=1, le=12)
    history_start: date | None = None
    identity_key: Secret | None = None

    _currency = field_validator("reporting_currency")(known_currency)
    _zone = field_validator("reporting_timezone")(known_zone)


class ConnectorConfig(Strict):
    """One vendor's settings, split according to the connector's declaration.

    Attributes:
        base_url: Replaces the vendor's own address; ``None`` keeps it.
        accounts: The accounts to read; empty if the vendor has none.
        secrets: The declared secrets, by configuration key.
        options: The declared options, by configuration key.
        streams: The streams to read; ``None`` for all.
    """

    base_url: str | None = None
    accounts: list[str] = []
    secrets: dict[str, Secret] = {}
    options: dict[str, str] = {}
    streams: list[str] | None = None


class Identity(Strict):
    """When an identifier has too many owners to belong to one person (docs/identity.md).

    An identifier that exceeds these limits joins no records. Merges made by the CRM itself are
    followed without limit.

    Attributes:
        max_leads: Leads that an e-mail address, user, visitor or click id may join.
        max_leads_of_shared: Leads that a telephone number or a role mailbox may join.
        max_emails: E-mail addresses that a user, visitor or click id may join.
        max_users: Users that an e-mail address, visitor or click id may join.
        max_visitors: Visitors that an e-mail address, user or click id may join.
        max_people_per_account: People of an account whose touches count together.
        role_mailboxes: Names of role mailboxes, in addition to the built-in ones: ``info`` in
            ``info@example.com``.
        made_up: Addresses that are nobody's, or domains written ``@example.com``, in addition to
            the built-in ones.
    """

    max_leads: int = Field(default=25, ge=1, le=1_000_000)
    max_leads_of_shared: int = Field(default=1, ge=1, le=1_000_000)
    max_emails: int = Field(default=10, ge=1, le=1_000_000)
    max_users: int = Field(default=10, ge=1, le=1_000_000)
    max_visitors: int = Field(default=500, ge=1, le=1_000_000)
    max_people_per_account: int = Field(default=1000, ge=1, le=1_000_000)
    role_mailboxes: list[
        Annotated[str, Field(pattern=r"^[^@\s+]+$"), AfterValidator(str.lower)]
    ] = []
    made_up: list[
        Annotated[str, Field(pattern=r"^[^@\s]*@[^@\s]+$"), AfterValidator(str.lower)]
    ] = []


class Quality(Strict):
    """Thresholds of the checks.

    Attributes:
        max_loss: The share of a source's rows, or of its money, that may be refused before the run
            fails.
        max_loss_of: The same by source: a file's path as written, ``connector`` or
            ``connector.stream``.
        fx_max_age_days: How many days an exchange rate may be carried forward.
        volume_change: How far a slice's row count may lie from the median of the earlier ones
            before the volume check warns; 0.5 is half or one and a half times as many.
        max_unknown_share: The share of leads with unknown source above which a check warns.
    """

    max_loss: float = Field(default=0.02, ge=0, le=1)
    max_loss_of: dict[str, Annotated[float, Field(ge=0, le=1)]] = {}
    fx_max_age_days: int = Field(default=7, ge=0, le=36_500)
    volume_change: float = Field(default=0.5, gt=0, le=1_000_000)
    max_unknown_share: float = Field(default=0.25, ge=0, le=1)

    def loss_limit(self, connector: str, stream: str, account_id: str) -> float:
        """The share of a source that may be refused; the most exact name counts."""
        path = account_id.removeprefix(f"{stream}:") if connector == INBOX_NAME else ""
        patterns = [
            name
            for name in self.max_loss_of
            if path and is_pattern(name) and names_file(name.removeprefix(f"{stream}:"), path)
        ]
        for name in (account_id, path, *patterns, f"{connector}.{stream}", connector):
            if name in self.max_loss_of:
                return self.max_loss_of[name]
        return self.max_loss


class Alerts(Strict):
    """Where to report failed runs and stale data.

    Attributes:
        webhook: The address that takes ``{"text": ...}`` as JSON. Anyone who knows it can write to
            the channel behind it, so it is a secret. ``None`` sends no alerts.
    """

    webhook: Secret | None = None


class Report(Strict):
    """The report that is written at publication (docs/report.md).

    Attributes:
        language: Of its texts, numbers and names: ``en`` or ``sv``.
        url: Where people find it, for the digest; ``None`` names the file.
        digest_day: The weekday on which the digest is posted; ``None`` for none.
    """

    language: Literal["en", "sv"] = "en"
    url: Annotated[str, Field(pattern=r"^https?://\S+$")] | None = None
    digest_day: (
        Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] | None
    ) = None


class Config(Strict):
    """The whole of ``tributary.yaml``.

    Attributes:
        vocabulary: The lead sources and channels to report by: ``detailed``, or ``broad``, where
            everything that comes by the web is ``website_visits`` and its channels are SEO, PPC,
            social media and newsletters.
    """

    company: Company = Company()
    vocabulary: Literal["detailed", "broad"] = "detailed"
    connectors: dict[str, ConnectorConfig] = {}
    inbox: list[InboxEntry] = []
    attribution: Attribution = Field(default_factory=Attribution)
    classification: Classification = Classification()
    content: list[ContentPages] = []
    identity: Identity = Identity()
    funnel: Funnel = Funnel()
    lead_quality: LeadQuality = LeadQuality()
    quality: Quality = Quality()
    alerts: Alerts = Alerts()
    report: Report = Report()
    serving: Serving = Serving()
    privacy: Privacy = Privacy()

    @property
    def internal(self) -> list[str]:
        """Domains and addresses of the company's own people."""
        return [*self.company.domains, *self.lead_quality.internal]

    @property
    def unwanted_referrers(self) -> list[str]:
        """Hosts that are not an origin."""
        return [*self.classification.unwanted_referrers, *self.lead_quality.internal_hosts]

    @model_validator(mode="after")
    def _entries_differ(self) -> Config:
        seen: dict[tuple[str, object], str] = {}
        for entry in self.inbox:
            key = (entry.stream, identity_of(entry.path))
            if key in seen:
                also = f", also as {seen[key]}" if seen[key] != entry.written_path else ""
                raise ValueError(
                    f"inbox: {entry.written_path} is listed twice as {entry.stream}{also}"
                )
            seen[key] = entry.written_path
        return self

    @model_validator(mode="after")
    def _limits_name_sources(self) -> Config:
        """A limit that names nothing would be without effect."""
        files = {name for entry in self.inbox for name in (entry.entry_id, entry.written_path)}
        for name in self.quality.max_loss_of:
            if name not in files and name.split(".")[0] not in {*self.connectors, INBOX_NAME}:
                known = sorted(
                    {*self.connectors, INBOX_NAME} | {entry.written_path for entry in self.inbox}
                )
                raise ValueError(
                    f"quality.max_loss_of: {name} is no source; sources are: {', '.join(known)}"
                )
        return self

    @model_validator(mode="after")
    def _digest_has_a_webhook(self) -> Config:
        if self.report.digest_day is not None and self.alerts.webhook is None:
            raise ValueError("report: digest_day needs alerts.webhook, to which it is posted")
        return self

    @model_validator(mode="after")
    def _entries_keep_alike(self) -> Config:
        """Lines with one id may come from several files, so a stream has only one rule."""
        for stream in DEFAULT_KEEP:
            kept = {entry.keeps for entry in self.inbox if entry.stream == stream}
            if len(kept) > 1:
                raise ValueError(f"inbox: the entries of {stream} disagree about keep")
        return self
