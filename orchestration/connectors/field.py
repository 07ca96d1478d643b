"""The declaration language of connectors: what a field of a record is.

Belongs here: types, spellings and rules of one value. Does not belong here: how a value is read in
SQL (``loading``), or the stream around it (``stream.py``).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Type(StrEnum):
    """The type of a field in ``raw``; the loader casts to it and quarantines what does not fit."""

    STRING = "string"
    INTEGER = "integer"
    """BIGINT."""
    DECIMAL = "decimal"
    """DECIMAL(18,6) unless ``scale`` says otherwise, money or a fractional count; a value with
    more decimals than that is quarantined."""
    DOUBLE = "double"
    """DOUBLE, for vendor figures that are floating point at the source; must be finite."""
    BOOLEAN = "boolean"
    DATE = "date"
    TIMESTAMP = "timestamp"
    """TIMESTAMP in UTC. Beside it, ``<name>_zone`` holds the zone at the source, and
    ``<name>_until`` (without ``_at``) the end of the day where the source gave a date alone."""
    JSON = "json"
    """A nested value kept as JSON text; staging takes it apart."""
    EMAIL = "email"
    """Personal: stored only as ``<name>_hash``, hmac_sha256(key, trimmed lower-cased value),
    prefixed with ``role:`` for role mailboxes (``info@``).
    """
    EMAILS = "emails"
    """Personal: addresses separated by semicolons, stored only as ``<name>_hashes``, likewise."""
    PHONE = "phone"
    """Personal: stored only as ``<name>_hash``, hmac_sha256(key, digits with leading +)."""


class Person(StrEnum):
    """Whom a field names, where it is an id and no address or number (docs/privacy.md)."""

    NOBODY = ""
    LEAD = "lead"
    """The record's person as a lead or contact of this source."""
    LEADS = "leads"
    """Likewise, several ids separated by semicolons: what was merged into the record."""
    MEMBER = "member"
    """Likewise, as a recipient of a mailing tool."""
    USER = "user"
    VISITOR = "visitor"
    CLICK = "click"
    ANOTHER = "another"
    """Somebody else than the record's person, by any of these ids or an address."""


class Costs(StrEnum):
    """What a value that cannot be read costs."""

    ROW = "row"
    """Its record: keys, money, and the moments that place a fact."""
    CELL = "cell"
    """Itself: it becomes null and is counted (``ops.cells_cleared``); the record stays."""


_HELPS = (Type.STRING, Type.INTEGER, Type.DOUBLE, Type.EMAIL, Type.EMAILS, Type.PHONE)
"""Types whose values describe a record: texts, counts, addresses."""


class TimeFormat(StrEnum):
    """How a DATE or TIMESTAMP field is written at the source."""

    ISO = "iso"
    """ISO 8601; an offset with or without a colon, or ``Z``; without one, UTC."""
    EPOCH_SECONDS = "epoch_seconds"
    EPOCH_MILLIS = "epoch_millis"
    ISO_OR_EPOCH_MILLIS = "iso_or_epoch_millis"
    """HubSpot mixes both in one property."""
    COMPACT_DATE = "compact_date"
    """``20230424``."""


@dataclass(frozen=True, slots=True)
class Field:
    """One value taken from a vendor's record into one column of ``raw``.

    Attributes:
        name: The column in ``raw`` (snake_case; personal ones end in ``_hash`` or ``_hashes``).
        path: Where it is in the record, keys joined by dots; default: the name.
        type: What it must be.
        required: Absent, null or empty goes to quarantine as ``missing_key``.
        omitted_when_empty: The vendor omits the key when it has no value, so its absence from a
            whole slice does not break the contract. Google Ads omits defaults.
        time_format: For DATE and TIMESTAMP.
        scale: Decimals of a DECIMAL: DECIMAL(18, scale). Exchange rates need 9.
        rounded: A DECIMAL that the vendor calculates (a third of 10,000): more decimals than are
            kept are rounded, and counted as repaired cells.
        exponents: The vendor writes large decimals with an exponent and all of their digits
            (Salesforce: ``1.25E7``). Elsewhere that is a spreadsheet's abbreviation.
        non_negative: A negative value goes to quarantine as ``negative_amount``.
        positive: Zero or less goes to quarantine as ``not_positive``.
        not_future: A timestamp over a day ahead of extraction goes to quarantine as
            ``future_timestamp``, one before 1980 (an unset clock) as ``placeholder_timestamp``.
        not_future_if: The same for a moment that has passed where this other field is true: a deal
            that is won was not won tomorrow.
        foreseeable: A moment over twenty years ahead of extraction goes to quarantine as
            ``future_timestamp``: it was mistyped, and no rate or plan reaches so far.
        currency: Must be an ISO 4217 code, else quarantine as ``unknown_currency``.
        person: Whom the value names; what erases people needs to know.
        entities: The vendor escapes the text for HTML (``&amp;``, ``&#039;``); it is loaded as
            people wrote it.
        null_values: Texts that the vendor writes for "no value" (TikTok's ``-``).
        judged: Of an EMAIL that is a lead's: ``<name>_kind`` beside it says whether the address is
            the company's own (``internal``) or a ``test``.
        costs: What a value that cannot be read costs; default: a text, a count, an address or a
            phone number costs its cell, everything else its row. A required value and a part of
            the natural key always cost the row.
    """

    name: str
    path: str = ""
    type: Type = Type.STRING
    required: bool = False
    omitted_when_empty: bool = False
    time_format: TimeFormat = TimeFormat.ISO
    scale: int = 6
    rounded: bool = False
    exponents: bool = False
    non_negative: bool = False
    positive: bool = False
    not_future: bool = False
    not_future_if: str = ""
    foreseeable: bool = False
    currency: bool = False
    person: Person = Person.NOBODY
    entities: bool = False
    null_values: tuple[str, ...] = ()
    judged: bool = False
    costs: Costs | None = None

    @property
    def costs_its_cell(self) -> bool:
        """Whether a value that cannot be read becomes null, and its record stays."""
        if self.required or self.currency:
            return False
        if self.costs is None:
            return self.type in _HELPS
        return self.costs is Costs.CELL

    @property
    def keys(self) -> tuple[str, ...]:
        """The path as its keys."""
        return tuple((self.path or self.name).split("."))

    @property
    def column(self) -> str:
        """The column's name in ``raw``."""
        if self.type is Type.EMAILS:
            return f"{self.name}_hashes"
        return f"{self.name}_hash" if self.is_personal else self.name

    @property
    def is_personal(self) -> bool:
        """Whether the value itself must not be stored."""
        return self.type in (Type.EMAIL, Type.EMAILS, Type.PHONE)
