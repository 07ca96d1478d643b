"""Finds the currency of a file's money where its lines do not state it.

Belongs here: currencies in headers, and columns of currencies that an entry does not take. Does not
belong here: lines that leave out a currency that others state (``loading/whole_files.py``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from orchestration.configuration.inbox import InboxEntry
from orchestration.connectors.stream import Stream
from orchestration.foundation.currencies import CURRENCIES
from orchestration.inbox.files import InboxError

_DOLLARS = {"USD", "AUD", "CAD", "NZD", "SGD", "HKD", "MXN", "CLP", "ARS", "COP", "TWD"}
_SIGNS = {
    "€": {"EUR"}, "euro": {"EUR"}, "euros": {"EUR"},
    "£": {"GBP"}, "zł": {"PLN"}, "₹": {"INR"}, "₺": {"TRY"}, "₴": {"UAH"}, "₩": {"KRW"},
    "₽": {"RUB"}, "руб": {"RUB"}, "₪": {"ILS"}, "฿": {"THB"}, "₫": {"VND"}, "₱": {"PHP"},
    "₦": {"NGN"}, "kč": {"CZK"}, "лв": {"BGN"},
    "$": _DOLLARS, "dollar": _DOLLARS, "dollars": _DOLLARS,
    "us$": {"USD"}, "usd$": {"USD"}, "a$": {"AUD"}, "au$": {"AUD"}, "c$": {"CAD"}, "ca$": {"CAD"},
    "nz$": {"NZD"}, "s$": {"SGD"}, "hk$": {"HKD"}, "mx$": {"MXN"}, "nt$": {"TWD"}, "r$": {"BRL"},
    "kr": {"SEK", "NOK", "DKK", "ISK"}, "kronor": {"SEK"}, "kroner": {"NOK", "DKK"},
    "franken": {"CHF"}, "sfr": {"CHF"},
    "¥": {"JPY", "CNY"},
}  # fmt: skip
_IN_BRACKETS = _SIGNS | {
    "ft": {"HUF"}, "fr": {"CHF"}, "rm": {"MYR"}, "rp": {"IDR"}, "lei": {"RON"},
}  # fmt: skip
"""With signs that are also words: they are read in brackets, or at the end."""
_OTHER_UNITS = re.compile(
    r"\b(?:micros?|cents?|pence|öre|thousands?|tausend|tusental|tusen|millions?|millionen|miljoner"
    r"|mio|mln|1[.,\s]?000|'?000s?|[tmk]kr)\b",
    re.IGNORECASE,
)
_MULTIPLE = re.compile(r"[TKMtkm](?P<unit>[A-Z]{3}|[€$£])|(?P<sign>[€$£])[kKmM]")
"""A thousand or a million of a currency: ``TEUR``, ``k€``, ``$M``."""
_CAMEL = re.compile(r"[a-z]([A-Z]{3})")
_WORDS = {"ALL", "BAM", "BOB", "COP", "CUP", "GEL", "LAK", "MAD", "MOP", "PEN", "RON", "SOS"}
_WORDS |= {"TOP", "TRY"}
"""Codes that are also words or names, in a header such as "All conversions"."""

_NAMES = re.compile(
    r"currency|currencies|ccy|valut[ae]n?|valuutta|waluta|w(ä|ae?)hrung|devise|monnaie|moneda|moeda"
    r"|pénznem|měna|mena|парична|валюта|para birimi|通貨|货币|iso.?4217",
    re.IGNORECASE,
)
_BRACKETS = re.compile(r"[(\[{<]([^)\]}>]*)[)\]}>]")
_PARTS = re.compile(r"[^\w€£$¥₹₺₴₩₽₪฿₫₱₦]+|_")


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
    _refuse_other_units(entry, name, line)
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
        remedy="Say which one it is: constants: {currency: " + _likeliest(found) + "}.",
    )


def refuse_unstated_signs(
    entry: InboxEntry,
    stated: str | None,
    reporting: str,
    cells: Iterable[tuple[int, str]],
) -> None:
    """Stop where signs of a currency in the money's cells contradict what the entry says of it.

    Args:
        entry: The inbox entry, which has no column of currencies.
        stated: The currency of every line; ``None`` where it is the reporting one.
        reporting: The reporting currency.
        cells: The money's cells, with their lines.

    Raises:
        InboxError: A sign is that of another currency, or of another one than the line before.
    """
    signs = {sign: meant for sign in entry.format.signs if (meant := _of_sign(sign))}
    longest = sorted(signs, key=len, reverse=True)
    may_be = {stated or reporting} if stated or not signs else set()
    for line, cell in cells if signs else ():
        sign = next((sign for sign in longest if sign in cell), None)
        if sign is None:
            continue
        meant = signs[sign]
        if may_be and not meant & may_be:
            said = f"constants.currency says {stated}" if stated else "other lines say otherwise"
            raise InboxError(
                f"The amount carries the sign of {'/'.join(sorted(meant))}, and {said}.",
                where=f"{entry.path}, line {line}",
                remedy="State the currency of each line in a column and map it, or correct "
                "constants: {currency: ...} of this inbox entry.",
            )
        may_be = (may_be & meant) or meant
    if stated is None and may_be and reporting not in may_be:
        raise InboxError(
            f"The amounts carry the sign of {'/'.join(sorted(may_be))}, and the entry does not say "
            f"their currency: they would count as {reporting}.",
            where=str(entry.path),
            remedy="Say it: constants: {currency: " + _likeliest(may_be) + "}.",
        )


def _of_sign(sign: str) -> set[str]:
    text = sign.strip().rstrip(".")
    return {text.upper()} if text.upper() in CURRENCIES else _IN_BRACKETS.get(text.lower(), set())


def _likeliest(found: set[str]) -> str:
    return "USD" if "USD" in found else min(found)


def _refuse_other_units(entry: InboxEntry, name: str, line: int) -> None:
    """Stop at a header that says thousands or cents: the money would be off by that factor."""
    parts = _PARTS.split(_BRACKETS.sub(lambda found: f" {found[1]} ", name))
    multiples = [
        found["unit"] or found["sign"] for part in parts if (found := _MULTIPLE.fullmatch(part))
    ]
    if _OTHER_UNITS.search(name.replace("_", " ")) or any(
        unit in CURRENCIES - _WORDS or unit in _SIGNS for unit in multiples
    ):
        raise InboxError(
            f"The column {name!r} says that its amounts are thousands or fractions of the "
            "currency, which no setting multiplies.",
            where=f"{entry.path}, line {line}",
            remedy="Write the amounts in units of the currency, or, where they are, the header "
            "without that word.",
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
        if text.lower().rstrip(".") in _IN_BRACKETS:
            return _IN_BRACKETS[text.lower().rstrip(".")]
    parts = [part for part in _PARTS.split(_BRACKETS.sub(" ", name)) if part]
    codes = {part for part in parts if part in CURRENCIES}
    codes |= set(_CAMEL.findall(name)) & CURRENCIES - _WORDS
    last = parts[-1].upper() if parts else ""
    if not codes and "_" in name and last in CURRENCIES - _WORDS:
        codes = {last}
    if len(codes) == 1:
        return codes
    signs = [_SIGNS[part.lower()] for part in parts if part.lower() in _SIGNS]
    if not signs and last.lower() in _IN_BRACKETS:
        signs = [_IN_BRACKETS[last.lower()]]
    return signs[0] if len(signs) == 1 and not codes else set()


def _has_digit(cell: str) -> bool:
    return any(sign.isdigit() for sign in cell)
