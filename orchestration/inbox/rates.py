"""Exchange rates that a file states the other way round.

Belongs here: inverting a rate, and noticing one that looks inverted. Does not belong here: how a
number is written (``numbers``), or how old a rate may be (the models).
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from math import log
from typing import Any

from orchestration.configuration.inbox import InboxEntry
from orchestration.connectors.landed import LINE, REJECT
from orchestration.inbox.files import InboxError

_DECIMALS = Decimal(1).scaleb(-9)

PER_EURO = {
    "AED": 4.2, "ARS": 1500, "AUD": 1.75, "BDT": 140, "BGN": 1.96, "BRL": 6.3, "CAD": 1.6,
    "CHF": 0.94, "CLP": 1050, "CNY": 8, "COP": 4600, "CZK": 25, "DKK": 7.46, "EGP": 56, "EUR": 1,
    "GBP": 0.86, "HKD": 9, "HUF": 395, "IDR": 19000, "ILS": 3.9, "INR": 102, "ISK": 145,
    "JPY": 170, "KES": 150, "KRW": 1650, "MXN": 21.5, "MYR": 4.9, "NGN": 1700, "NOK": 11.7,
    "NZD": 2, "PEN": 4, "PHP": 67, "PKR": 325, "PLN": 4.25, "QAR": 4.2, "RON": 5.1, "RSD": 117,
    "SAR": 4.3, "SEK": 11, "SGD": 1.5, "THB": 38, "TRY": 48, "TWD": 35, "UAH": 48, "USD": 1.15,
    "VND": 30000, "ZAR": 20,
}  # fmt: skip
"""Roughly how many units one euro is; enough to tell a rate from its inverse."""
_APART = 3.0
"""From here on, a rate and its inverse differ by a factor of nine and more."""
_NEAR = 2.5
"""How far a currency may have moved since the list above was written."""


def as_stated(
    entry: InboxEntry, reporting: str, records: Iterator[dict[str, Any]]
) -> Iterator[dict[str, Any]]:
    """The records of exchange rates, inverted where the entry says so.

    Args:
        entry: The file.
        reporting: The reporting currency.
        records: The file's records.

    Raises:
        InboxError: The entry says nothing, and a rate is what its inverse should be.
    """
    for record in records:
        if entry.inverse and REJECT not in record:
            yield {**record, "rate": _inverse(record.get("rate"))}
            continue
        if entry.inverse is None and _looks_inverted(record, reporting):
            currency, rate = record["currency"], record["rate"]
            raise InboxError(
                f"1 {currency} is not {rate} {reporting}: the rate looks like units of {currency} "
                f"for one {reporting}.",
                where=f"{entry.path}, line {record.get(LINE)}",
                remedy="Set inverse: true at this inbox entry, or inverse: false if the rate is "
                "right.",
            )
        if entry.inverse is None and _looks_like_a_hundred(record, reporting):
            currency, rate = record["currency"], record["rate"]
            raise InboxError(
                f"1 {currency} is not {rate} {reporting}: the rate looks like that of 100 "
                f"{currency}.",
                where=f"{entry.path}, line {record.get(LINE)}",
                remedy="Write the rate of one unit into the file; or set inverse: false at this "
                "inbox entry if the rate is right.",
            )
        yield record


def _inverse(text: str | None) -> str | None:
    """One divided by a rate; what is no positive number stays as it is, for the loader."""
    rate = _number(text)
    if rate is None or rate <= 0:
        return text
    return format((1 / rate).quantize(_DECIMALS, ROUND_HALF_EVEN), "f")


def _looks_inverted(record: dict[str, Any], reporting: str) -> bool:
    usual, rate = _usual_and_stated(record, reporting)
    if not usual or max(usual, 1 / usual) < _APART:
        return False
    # A rate of a hundred yen is near the inverse of a rate of one.
    return 1 / _NEAR < rate * usual < _NEAR and not (
        _looks_like_a_hundred(record, reporting)
        and abs(log(rate / usual / 100)) < abs(log(rate * usual))
    )


def _looks_like_a_hundred(record: dict[str, Any], reporting: str) -> bool:
    """Central banks state some currencies by the hundred."""
    usual, rate = _usual_and_stated(record, reporting)
    return usual > 0 and 1 / _NEAR < rate / usual / 100 < _NEAR


def _usual_and_stated(record: dict[str, Any], reporting: str) -> tuple[float, float]:
    """About what a rate should be, and what it is; 0 where either is not known."""
    rate = _number(record.get("rate"))
    ours, theirs = PER_EURO.get(reporting), PER_EURO.get(str(record.get("currency")))
    if rate is None or rate <= 0 or ours is None or theirs is None:
        return 0.0, 0.0
    return ours / theirs, float(rate)


def _number(text: str | None) -> Decimal | None:
    try:
        number = Decimal(text) if text else None
    except InvalidOperation:
        return None
    return number if number is not None and number.is_finite() else None
