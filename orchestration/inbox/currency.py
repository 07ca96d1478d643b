"""Finds the currency of a file's money where its lines do not state it.

Belongs here: currencies in headers, and columns of currencies that an entry does not take. Does not
belong here: lines that leave out a currency that others state (``loading/whole_files.py``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from orchestration.configuration.inbox import InboxEntry
from orchestration.connectors.stream import Stream
from orchestration.foundation.currencies import CURRENCIES
from orchestration.inbox.files import InboxError

_SIGNS = {
    "€": {"EUR"},
    "£": {"GBP"},
    "zł": {"PLN"},
    "₹": {"INR"},
    "₺": {"TRY"},
    "₴": {"UAH"},
    "₩": {"KRW"},
    "$": {"USD", "AUD", "CAD", "NZD", "SGD", "HKD", "MXN", "CLP", "ARS", "COP", "TWD"},
    "kr": {"SEK", "NOK", "DKK", "ISK"},
    "¥": {"JPY", "CNY"},
}
_WORDS = {"ALL", "BAM", "BOB", "COP", "CUP", "GEL", "LAK", "MAD", "MOP", "PEN", "RON", "SOS"}
_WORDS |= {"TOP", "TRY"}
"""Codes that are also words or names, in a header such as "All conversions"."""

_NAMES = re.compile(
    r"currency|currencies|ccy|valut[ae]n?|valuutta|waluta|w(ä|ae?)hrung|devise|monnaie|moneda|moeda"
    r"|pénznem|měna|mena|парична|валюта|para birimi|通貨|货币|iso.?4217",
    re.IGNORECASE,
)
_BRACKETS = re.compile(r"[(\[{<]([^)\]}>]*)[)\]}>]")
_PARTS = re.compile(r"[^\w€£$¥₹₺₴₩]+|_")


def file_currency(
    entry: InboxEntry,
    stream: Stream,
    header: Sequence[str],
    line: int,
    given: Mapping[str, str | None],
    reporting: str,
) -> str | None:
    """The currency that the header of the money column states; ``None`` where it states none.

    Args:
        entry: The inbox entry.
        stream: Its canonical stream.
        header: The names of the file's columns.
        line: Their line.
        given: The entry's constants.
        reporting: The reporting currency, which decides between the countries of a sign.

    Raises:
        InboxError: The header contradicts the entry, or its sign is that of several currencies.
    """
    name = entry.columns.get(stream.money, stream.money).strip()
    if not stream.money or stream.money in given or name not in header:
        return None
    found = _stated(name)
    constant = given.get("currency")
    if not found or (constant is not None and constant in found):
        return None
    where = f"{entry.path}, line {line}"
    if constant is not None:
        raise InboxError(
            f"The column {name!r} says {'/'.join(sorted(found))}, but constants.currency of this "
            f"entry says {constant}.",
            where=where,
            remedy="Take currency out of the entry's constants, or correct the file's header.",
        )
    if len(found) == 1:
        return next(iter(found))
    if reporting in found:
        return reporting
    raise InboxError(
        f"The column {name!r} has a sign of several currencies: {', '.join(sorted(found))}.",
        where=where,
        remedy="Say which one it is: constants: {currency: " + sorted(found)[0] + "}.",
    )


def refuse_untaken_currency(
    entry: InboxEntry,
    header: Sequence[str],
    line: int,
    taken: set[int],
    rows: Sequence[Sequence[str]],
) -> None:
    """Stop at a column of currencies that the entry does not take; money would change its unit.

    Args:
        entry: The inbox entry, which states no currency.
        header: The names of the file's columns.
        line: Their line.
        taken: The positions of the columns that are taken.
        rows: The file's first rows.

    Raises:
        InboxError: There is such a column.
    """
    for index, name in enumerate(header):
        cells = {row[index].strip() for row in rows} - {""}
        if index in taken or not cells:
            continue
        by_name = _NAMES.search(name) and not any(map(_has_digit, cells))
        if by_name or cells <= CURRENCIES - _WORDS:
            raise InboxError(
                f"The column {name!r} holds currencies, and the entry does not take it: its money "
                "would count as the reporting currency.",
                where=f"{entry.path}, line {line}",
                remedy=f"Map it, columns: {{currency: {name!r}}}; or say the currency of every "
                "line, such as constants: {currency: EUR}.",
            )


def _stated(name: str) -> set[str]:
    """The currencies that a header may mean; empty where it names none."""
    for inside in _BRACKETS.findall(name):
        text = inside.strip()
        if text.upper() in CURRENCIES:
            return {text.upper()}
        if text.lower().rstrip(".") in _SIGNS:
            return _SIGNS[text.lower().rstrip(".")]
    parts = [part for part in _PARTS.split(_BRACKETS.sub(" ", name)) if part]
    codes = {part for part in parts if part in CURRENCIES}
    last = parts[-1].upper() if parts else ""
    if not codes and "_" in name and last in CURRENCIES - _WORDS:
        codes = {last}
    if len(codes) == 1:
        return codes
    signs = [_SIGNS[part.lower()] for part in parts if part.lower() in _SIGNS]
    return signs[0] if len(signs) == 1 and not codes else set()


def _has_digit(cell: str) -> bool:
    return any(sign.isdigit() for sign in cell)
