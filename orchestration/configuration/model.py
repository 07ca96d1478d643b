"""The shape of ``tributary.yaml``: typed, complete, and strict about unknown keys.

Belongs here: the models of the configuration. Does not belong here: reading the file or the
environment (``reader.py``, ``settings.py``).
"""

from __future__ import annotations

import os
import re
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator, model_validator

from orchestration.foundation.currencies import CURRENCIES
from orchestration.foundation.errors import TributaryError
from orchestration.foundation.repository import read_seed, seed_columns

DEFAULT_LOOKBACK_DAYS: dict[str, float] = {
    "visit": 90,
    "ad_click": 90,
    "ad_view": 1,
    "email_click": 30,
    "form": 90,
    "content_download": 90,
    "chat": 90,
    "call": 180,
    "meeting": 180,
    "event": 180,
    "webinar": 180,
    "direct_mail": 180,
    "referral": 180,
    "sms": 90,
    "push": 90,
    "crm_record": 36500,
}
"""Days before a conversion in which a touch of a type may earn credit. ``email_open`` is absent:
opens come from image proxies as often as from people, so no open ever earns credit. A
``crm_record`` states the origin itself, which does not fade: 36,500 days means no limit.
"""


class MissingSecret(TributaryError):
    """An environment variable named in the configuration is not set."""


class Secret:
    """A reference to an environment variable; the value is read only when needed.

    Args:
        variable: The environment variable's name.
        key: The configuration key, for errors.
        line: Its line in the file, for errors.
    """

    def __init__(self, variable: str, key: str, line: int | None = None) -> None:
        self.variable = variable
        self.key = key
        self.line = line

    def reveal(self) -> str:
        """The secret's value.

        Raises:
            MissingSecret: The variable is unset or empty.
        """
        value = os.environ.get(self.variable, "")
        if not value:
            line = f", line {self.line}" if self.line else ""
            raise MissingSecret(
                f"The secret {self.key} is missing: environment variable {self.variable} "
                "is not set.",
                where=f"configuration key {self.key}{line}",
                remedy=f"Set it, for example: export {self.variable}=...",
            )
        return value

    def __repr__(self) -> str:
        return f"Secret(${{env:{self.variable}}})"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


def _known_currency(value: str) -> str:
    if value not in CURRENCIES:
        raise ValueError(f"{value!r} is not an ISO 4217 currency code")
    return value


def _known_zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError(f"{value!r} is not an IANA time zone") from error
    return value


class Company(_Strict):
    """The company that owns the warehouse.

    Attributes:
        name: Shown in the page and the demo's tables.
        reporting_currency: ISO 4217; every published amount without ``_native`` is in it.
        reporting_timezone: IANA name; it defines the marts' days and months.
        domains: The company's own web domains: a referrer on them is a self-referral.
        history_start: The first day to read on a first run; default: 548 days back.
        identity_key: Key of the hash that replaces e-mail addresses and phone numbers;
            default: a random key, kept in ``TRIBUTARY_HOME/identity.key``.
    """

    name: str = "the company"
    reporting_currency: str = "EUR"
    reporting_timezone: str = "UTC"
    domains: list[str] = []
    history_start: date | None = None
    identity_key: Secret | None = None

    _currency = field_validator("reporting_currency")(_known_currency)
    _zone = field_validator("reporting_timezone")(_known_zone)


class ConnectorConfig(_Strict):
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


class FileFormat(_Strict):
    """The format of a file in the inbox; nothing is guessed.

    Attributes:
        delimiter: One character.
        encoding: A Python codec name.
        quote: One character.
        header_row: The line that holds the column names, counted from 1.
        decimal: ``.`` or ``,``.
        date_format: strptime pattern of dates; default ISO 8601.
        datetime_format: strptime pattern of moments; default ISO 8601.
        timezone: IANA zone of moments without one; default: the reporting time zone.
    """

    delimiter: str = Field(default=",", min_length=1, max_length=1)
    encoding: str = "utf-8"
    quote: str = Field(default='"', min_length=1, max_length=1)
    header_row: int = Field(default=1, ge=1)
    decimal: str = Field(default=".", pattern=r"^[.,]$")
    date_format: str | None = None
    datetime_format: str | None = None
    timezone: str | None = None

    @field_validator("timezone")
    @classmethod
    def _zone(cls, value: str | None) -> str | None:
        return value if value is None else _known_zone(value)

    @field_validator("encoding")
    @classmethod
    def _codec(cls, value: str) -> str:
        try:
            "".encode(value)
        except LookupError as error:
            raise ValueError(f"{value!r} is not an encoding that Python knows") from error
        return value


DEFAULT_KEEP: dict[str, Literal["first", "last"]] = {
    "leads": "last",
    "opportunities": "last",
    "conversions": "first",
}
"""Which of several lines with one id counts, for streams whose lines have an id: a later line
corrects a record, while a repeated event keeps its earliest time.
"""


class InboxEntry(_Strict):
    """A file that people drop into the inbox.

    Attributes:
        path: Absolute after loading; relative ones start at the configuration file's folder.
        written_path: The path as written in the configuration; part of the entry's identity.
        stream: The canonical stream of its rows.
        format: Its format.
        columns: Canonical column: header in the file.
        values: Canonical column: {value in the file: our value, or null for "nothing"}.
        constants: Canonical column: the value for every row.
        keep: Which line counts when an id occurs twice: the one with the earliest time, or the
            last; ``None`` means ``DEFAULT_KEEP``. All entries of a stream agree.
    """

    path: Path
    written_path: str
    stream: str
    format: FileFormat = FileFormat()
    columns: dict[str, str] = {}
    values: dict[str, dict[str, str | None]] = {}
    constants: dict[str, str] = {}
    keep: Literal["first", "last"] | None = None

    @model_validator(mode="after")
    def _keep_needs_an_id(self) -> Self:
        if self.keep is not None and self.stream not in DEFAULT_KEEP:
            raise ValueError(
                f"keep: lines of {self.stream} have no id that could occur twice; "
                f"streams with one are: {', '.join(DEFAULT_KEEP)}"
            )
        return self

    @property
    def keeps(self) -> Literal["first", "last"]:
        """Which line counts when an id occurs twice."""
        return self.keep or DEFAULT_KEEP.get(self.stream, "last")

    @property
    def entry_id(self) -> str:
        """The entry's identity over time: its newer file supersedes the older one."""
        return f"{self.stream}:{self.written_path}"


def known_attribution_models() -> list[str]:
    """The touch- and channel-level models that this version computes, in seed order."""
    return [row["attribution_model"] for row in read_seed("attribution_models")]


def _touch_type(value: str) -> str:
    if value == "email_open":
        raise ValueError("email_open never earns credit: opens are inflated by proxies")
    if value not in DEFAULT_LOOKBACK_DAYS:
        raise ValueError(
            f"unknown touch type {value!r}; known are: {', '.join(DEFAULT_LOOKBACK_DAYS)}"
        )
    return value


TOUCH_ROLES = ("first", "lead", "opportunity", "customer", "last", "middle")
"""Roles of a touch: the first, the last before each milestone, the last, and those between."""


def _touch_role(value: str) -> str:
    if value not in TOUCH_ROLES:
        raise ValueError(f"unknown role {value!r}; known are: {', '.join(TOUCH_ROLES)}")
    return value


class Attribution(_Strict):
    """How credit is given (docs/attribution.md).

    Attributes:
        models: The models to compute; default: all models of this version.
        lookback_days: Touch type: days before the conversion in which it may earn credit.
        half_life_days: The half-life of ``time_decay``, in days.
        custom_weights: Weights of the ``custom`` model by role (``TOUCH_ROLES``), in any unit; a
            touch with several roles has their sum, and those without a role share the middle.
            Without weights the model does not exist.
        visit_minutes: The pause that ends a visit. Within one, what shows no origin of its own
            belongs to the touch before it.
        fold_hits: Whether hits of one visit that show the same origin are one touch.
        account_scope: Whether opportunity and customer conversions take the touches of every
            person of the account.
        lookback_restarts: Whether a later conversion of the same lead and type looks back only to
            the one before it.
        resamples: How often people are resampled for the 90 % intervals of the channel-level
            models; 0 leaves the intervals out.
        seed: The seed of those resamples: the same seed gives the same intervals.
    """

    models: list[str] = []
    lookback_days: dict[
        Annotated[str, AfterValidator(_touch_type)], Annotated[float, Field(gt=0)]
    ] = {}
    half_life_days: float = Field(default=7.0, gt=0)
    custom_weights: dict[
        Annotated[str, AfterValidator(_touch_role)],
        Annotated[float, Field(ge=0, allow_inf_nan=False)],
    ] = {}
    visit_minutes: float = Field(default=30.0, ge=0, le=1440)
    fold_hits: bool = True
    account_scope: bool = True
    lookback_restarts: bool = False
    resamples: int = Field(default=200, ge=0, le=10_000)
    seed: int = Field(default=20, ge=0)

    @field_validator("models")
    @classmethod
    def _models(cls, value: list[str]) -> list[str]:
        known = known_attribution_models()
        for name in value:
            if name not in known:
                raise ValueError(f"unknown model {name!r}; known are: {', '.join(known)}")
        if not value:
            raise ValueError("name at least one model")
        return list(dict.fromkeys(value))

    @model_validator(mode="before")
    @classmethod
    def _every_model(cls, data: dict[str, Any]) -> dict[str, Any]:
        """By default every model; ``custom`` is one only if it has weights."""
        return {
            "models": [
                name
                for name in known_attribution_models()
                if name != "custom" or data.get("custom_weights")
            ],
            **data,
        }

    @model_validator(mode="after")
    def _custom_has_weights(self) -> Self:
        if "custom" in self.models and not any(self.custom_weights.values()):
            raise ValueError("the model 'custom' needs custom_weights with one above 0")
        return self

    @property
    def lookbacks(self) -> dict[str, float]:
        """Every touch type that may earn credit, with its look-back in days."""
        return DEFAULT_LOOKBACK_DAYS | self.lookback_days


def _rule(rule: dict[str, str | int | None]) -> dict[str, str | int | None]:
    """Without this check a misspelt column would be ignored, and the rule match every touch."""
    columns = seed_columns("classification_rules")
    for name in rule:
        if name not in columns:
            raise ValueError(f"a rule has no column {name!r}; known are: {', '.join(columns)}")
    if not any(rule.get(name) for name in ("lead_source", "lead_channel")):
        raise ValueError("a rule names a lead_source, a lead_channel or both")
    for part in str(rule.get("landing_parameter") or "").split("|"):
        if part.strip() and not re.match(r"[^=*]+=", part.strip()):
            raise ValueError(
                f"landing_parameter names a parameter and its value, as in ref=partner*: {part!r}"
            )
    if not isinstance(rule.get("priority", 0), int | None):
        raise ValueError(f"priority is a whole number, not {rule['priority']!r}")
    return rule


def _host(value: str) -> str:
    """A host alone: a URL or a path would never match a referrer's host."""
    if not re.fullmatch(r"(\*\.)?[^\s/:@?#*]+\.[^\s/:@?#*]+", value):
        raise ValueError(f"{value!r} is not a host such as booking.example.com")
    return value


class Classification(_Strict):
    """The company's own classification rules, tried before the declared ones.

    Attributes:
        rules: Rows with the columns of ``seeds/classification_rules.csv``. ``rules.py`` finds those
            that cannot do what was meant.
        unwanted_referrers: Hosts that are not an origin, with everything below them: a booking
            system, a form provider, an intranet.
        brand_terms: Words by which people search for the company itself; they define a rule's
            ``keyword_kind``.
    """

    unwanted_referrers: list[Annotated[str, AfterValidator(_host)]] = []
    brand_terms: list[Annotated[str, Field(pattern=r"\S")]] = []
    rules: list[Annotated[dict[str, str | int | None], AfterValidator(_rule)]] = []

    @field_validator("rules")
    @classmethod
    def _names_differ(
        cls, value: list[dict[str, str | int | None]]
    ) -> list[dict[str, str | int | None]]:
        names = [str(rule["rule_id"]) for rule in value if rule.get("rule_id") is not None]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"two rules are called {name!r}")
        return value


class Identity(_Strict):
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
    """

    max_leads: int = Field(default=25, ge=1)
    max_leads_of_shared: int = Field(default=1, ge=1)
    max_emails: int = Field(default=10, ge=1)
    max_users: int = Field(default=10, ge=1)
    max_visitors: int = Field(default=500, ge=1)
    max_people_per_account: int = Field(default=1000, ge=1)
    role_mailboxes: list[
        Annotated[str, Field(pattern=r"^[^@\s+]+$"), AfterValidator(str.lower)]
    ] = []


class Quality(_Strict):
    """Thresholds of the checks.

    Attributes:
        max_quarantine_share: The share of a slice that may go to quarantine before the run
            fails; unset: 0.01 for vendors, no limit for files in the inbox.
        fx_max_age_days: How many days an exchange rate may be carried forward.
        volume_change: How far a slice's row count may lie from the median of the earlier ones
            before the volume check warns; 0.5 is half or one and a half times as many.
        max_unknown_share: The share of leads with unknown source above which a check warns.
    """

    max_quarantine_share: float | None = Field(default=None, ge=0, le=1)
    fx_max_age_days: int = Field(default=7, ge=0)
    volume_change: float = Field(default=0.5, gt=0)
    max_unknown_share: float = Field(default=0.25, ge=0, le=1)


class Alerts(_Strict):
    """Where to report failed runs and stale data.

    Attributes:
        webhook: The address that takes ``{"text": ...}`` as JSON. Anyone who knows it can write to
            the channel behind it, so it is a secret. ``None`` sends no alerts.
    """

    webhook: Secret | None = None


class Config(_Strict):
    """The whole of ``tributary.yaml``."""

    company: Company = Company()
    connectors: dict[str, ConnectorConfig] = {}
    inbox: list[InboxEntry] = []
    attribution: Attribution = Field(default_factory=Attribution)
    classification: Classification = Classification()
    identity: Identity = Identity()
    quality: Quality = Quality()
    alerts: Alerts = Alerts()

    @model_validator(mode="after")
    def _entries_differ(self) -> Config:
        seen: set[str] = set()
        for entry in self.inbox:
            if entry.entry_id in seen:
                raise ValueError(f"inbox: {entry.written_path} is listed twice as {entry.stream}")
            seen.add(entry.entry_id)
        return self

    @model_validator(mode="after")
    def _entries_keep_alike(self) -> Config:
        """Lines with one id may come from several files, so a stream has only one rule."""
        for stream in DEFAULT_KEEP:
            kept = {entry.keeps for entry in self.inbox if entry.stream == stream}
            if len(kept) > 1:
                raise ValueError(f"inbox: the entries of {stream} disagree about keep")
        return self
