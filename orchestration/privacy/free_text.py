"""Judges whether a text may be published: whether it shows anybody's address, number or hash.

Belongs here: how people are written in free text, and how a landing page is reduced to what may be
shown. Does not belong here: how texts are encoded (``decoding.py``), which columns are judged
(``publication/hiding.py``), or the patterns for messages (``text.py``).

A text passes as a whole or not at all: what surrounds an address says whose it is.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Set

from orchestration.foundation.repository import read_seed
from orchestration.foundation.unseen import visible
from orchestration.privacy.bank_accounts import has_bank_account
from orchestration.privacy.decoding import decoded, inner_texts

TAGS = ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content", "utm_id")
"""The parameters of a landing page that are published."""

_AT_WORDS = (
    "snabel-?a|arroba|klammeraffe|chiocciola|apenstaartje|kr[øo]llalfa|alfakr[øo]ll|miukumauku|"
    "ma[lł]pa|zavin[aá][cč]"
)
"""What @ is called where it is not ``at``."""

CANDIDATE = (
    r"(?i)@|[%&=\\][0-9a-z#{]|u\+[0-9a-f]|[^\x00-\x7F]|mailto|\bat\b|_at_|-at-|_[a-z0-9-]+\.[a-z]"
    rf"|[(\[{{<|*]\s*a|{_AT_WORDS}|=\r?\n|\+AEA"
    r"|[0-9a-z+/]{12}|[0-9a-z_-]{43}|[0-9a-f]{2}[: -][0-9a-f]{2}[: -]|[0-9a-f]{4}[ -][0-9a-f]{4}"
    r"|[0-9a-z+/_-]{22}="
    r"|[0-9](?:[^0-9A-Za-z]{0,8}[0-9x]){6}|[0-9oil]{9}"
    r"|[a-z]{2}\s?[0-9]{2}\s?[0-9]{2}\s?[0-9]{2}\s?[a-d]|[a-z]{2}[0-9]{2}[ ._-][0-9a-z]{4}[ ._-]"
)
"""What every text that does not pass contains, for RE2: most texts need no closer look."""

HIDDEN_SEGMENT = "***"

_SIGNS = str.maketrans(
    {"。": ".", "․": ".", "·": ".", "‐": "-", "‑": "-", "–": "-", "—": "-", "ⓐ": "@", "Ⓐ": "@"}
)

_DOMAINS = "com|net|org|info|biz|edu|gov|example|test|app|dev|[a-z]{2}"
_DOT_WORDS = "dot|punkt|punto|punt|ponto|point|piste|kropka"
_DOT = rf"\s*(?:\.|[(\[{{<]\s*(?:{_DOT_WORDS})\s*[)\]}}>]|\s(?:{_DOT_WORDS})\s)\s*"
_AT = re.compile(
    r"[^\s/(\[{<@]@"
    rf"|\S\s+@\s*[\w-]+{_DOT}\w"
    r"|\w\s\w\s?@\s?\w\s\w\s\w"
    rf"|[(\[{{<]\s*(?:at|ät|@|{_AT_WORDS})\s*[)\]}}>]"
    rf"|\w\s*[(\[{{<|*]\s*(?:a|at|ät)\s*[)\]}}>|*]\s*[\w-]+{_DOT}\w{{2}}"
    rf"|\w\s+(?:at|{_AT_WORDS})\s+[\w-]+{_DOT}\w{{2}}"
    rf"|[a-z0-9]-at-[a-z0-9-]{{1,80}}(?:-(?:{_DOT_WORDS})-|\.)(?:{_DOMAINS})(?![a-z0-9_])"
    rf"|[a-z0-9]_at_[a-z0-9_]{{1,80}}_(?:{_DOMAINS})(?![a-z0-9_])"
    rf"|[a-z0-9]_[a-z0-9-]+\.(?:{_DOMAINS})(?![a-z0-9_.])"
    r"|mailto:"
)
_DIGEST = re.compile(
    r"(?<![0-9A-Fa-f])(?:(?i:[0-9a-f]{32})|(?i:(?:[0-9a-f]{2}[: -]){15}[0-9a-f]{2})"
    r"|(?i:(?:[0-9a-f]{4}[: -]){7}[0-9a-f]{4}))"
    r"|(?<![0-9A-Za-z+/_-])[0-9A-Za-z+/_-]{22}(?:==|[0-9A-Za-z+/_-]{5}=|[0-9A-Za-z+/_-]{21}="
    r"|[0-9A-Za-z+/_-]{64}==)(?!=)"
    r"|(?<![0-9A-Za-z_-])(?=[0-9a-z_-]{0,42}[A-Z])(?=[0-9A-Z_-]{0,42}[a-z])"
    r"(?=[A-Za-z_-]{0,42}[0-9])[0-9A-Za-z_-]{43}(?![0-9A-Za-z_-])"
)
"""An unkeyed hash in hexadecimal or Base64; whoever has a list of addresses has theirs."""
_UUID = re.compile(
    r"(?<![0-9A-Fa-f-])[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-([0-9A-Fa-f])[0-9A-Fa-f]{3}-([0-9A-Fa-f])"
    r"[0-9A-Fa-f]{3}-[0-9A-Fa-f]{12}(?![0-9A-Fa-f-])"
)
_RANDOM_UUID = ("14678", "89abAB")
"""Version and variant of those that no name was hashed for."""
_MOMENT = re.compile(
    r"(?<!\d)\d{4}-\d\d-\d\d(?:[ t]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:z|[+-]\d\d:?\d\d)?)?"
    r"(?![-\s]?\d)"
    r"|(?<!\d)(?:19|20)\d\d,?\s(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?(?![\d:])"
)
_RUN = re.compile(r"(?:(?<![0-9a-z])\+|(?<!\d)00)?\d(?:(?:\s{1,8}|[\s()./_+-]{0,4})\d)*")
_LED = re.compile(r"(?<![0-9a-z.,:])(?:\+\s?\d|0\d{2})(?:[\s()./_+,:|*~#'x-]{0,4}\d){6,12}(?!\d)")
"""A number that begins as telephone numbers do may be parted by anything."""
_ALIKE = re.compile(r"(?<![0-9a-z])[0-9oil]{9,13}(?![0-9a-z])")
_NAMED_NUMBER = re.compile(
    r"(?<![0-9a-z])(?:[a-z]{2}\s?\d\d\s?\d\d\s?\d\d\s?[a-d]"
    r"|[a-z]{6}\d\d[a-z]\d\d[a-z]\d{3}[a-z])(?![0-9a-z])"
)
"""A British insurance number, an Italian tax code."""
_PART = re.compile(r"\d+")
_DAY = re.compile(r"(?:19|20)\d\d(?:(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])?)?")
_LONG_ID = 14
"""Digits of a number that is longer than any telephone number in use and any personal number."""
_SHORT = 7
"""Digits of the shortest telephone number with its country code."""
_NATIONAL = 8
"""Digits of the shortest one without."""

_PEOPLE = frozenset(
    (
        "u", "user", "users", "profile", "profiles", "member", "members", "account", "accounts",
        "customer", "customers", "client", "clients", "contact", "contacts", "patient",
        "patients", "person", "persons", "lead", "leads", "guest", "guests", "employee",
        "employees", "anvandare", "kund", "kunder", "konto", "medlem", "medlemmar", "profil",
        "kunde", "kunden", "benutzer", "mitglied", "bruker", "brukere", "medlemmer",
        "utilisateur", "usuario", "cliente",
    )
)  # fmt: skip
"""What comes before a person in a path."""
_TOKEN = re.compile(r"(?=.*\d)(?=.*[a-z])[\w.~-]{24,}", re.IGNORECASE)


def click_parameters() -> tuple[str, ...]:
    """The parameters in which platforms count a click (``privacy.click_ids``)."""
    return tuple(row["click_id_type"] for row in read_seed("click_id_types"))


def shows_a_person(text: str, known: Set[str] = frozenset(), *, is_click: bool = False) -> bool:
    """Whether a text shows an address, a telephone or personal number, or an unkeyed hash.

    Args:
        text: Any text.
        known: Ids of campaigns, ad groups, ads and ad accounts: numbers that may be shown.
        is_click: Whether it is a click's id, which may look like a hash.
    """
    plain = decoded(text)
    return _shows(plain, text in known, known, is_click=is_click) or any(
        _shows(decoded(inner), False, known, is_click=False) for inner in inner_texts(plain)
    )


def shown_page(page: str, known: Set[str] = frozenset()) -> str:
    """A landing page as it may be shown: path and campaign tags.

    Segments of the path that show a person, name one by their place or are a token are blotted out;
    a tag that shows a person is left out.

    Args:
        page: An address without parameters other than ``TAGS`` and ``click_parameters``.
        known: As in ``shows_a_person``.
    """
    before, _, query = page.partition("?")
    scheme, mark, rest = before.rpartition("//") if "//" in before else ("", "", before)
    host, *segments = rest.split("/")
    if mark and "/" in scheme:
        scheme, mark, host, segments = "", "", before.split("/")[0], before.split("/")[1:]
    if mark:
        host = host.rpartition("@")[2]
    shown = []
    earlier = ""
    for segment in segments:
        read = _read(decoded(segment))
        hidden = segment and (
            earlier in _PEOPLE or _TOKEN.fullmatch(read) or shows_a_person(segment, known)
        )
        shown.append(HIDDEN_SEGMENT if hidden else segment)
        earlier = read
    host = HIDDEN_SEGMENT if shows_a_person(host, known) else host
    kept = [tag for tag in query.split("&") if tag and _may_be_shown(tag, known)]
    return scheme + mark + "/".join([host, *shown]) + ("?" + "&".join(kept) if kept else "")


def _may_be_shown(tag: str, known: Set[str]) -> bool:
    name, _, value = tag.partition("=")
    # A plus sign is a space to forms, and itself to programs.
    return not any(
        shows_a_person(each, known, is_click=name not in TAGS)
        for each in (value, value.replace("+", " "))
    )


def _shows(plain: str, is_known: bool, known: Set[str], *, is_click: bool) -> bool:
    read = _read(plain)
    return (
        _AT.search(read) is not None
        or (not is_click and _has_digest(plain))
        or (not is_known and _has_number(read, known))
    )


def _has_digest(text: str) -> bool:
    if _DIGEST.search(text) is not None:
        return True
    versions, variants = _RANDOM_UUID
    return any(
        version not in versions or variant not in variants
        for version, variant in _UUID.findall(text)
    )


def _read(text: str) -> str:
    """A text as a person reads it, in lower case."""
    read = unicodedata.normalize("NFKC", visible(text).translate(_SIGNS))
    read = read.translate(_SIGNS).lower()
    return read if read.isascii() else "".join(map(_digit, read))


def _digit(char: str) -> str:
    """The ASCII digit for a digit of any alphabet."""
    return str(unicodedata.digit(char)) if char.isdigit() else char


def _has_number(read: str, known: Set[str]) -> bool:
    read = _MOMENT.sub(" ", _UUID.sub(" ", read))
    for run in _RUN.findall(read):
        parts = [p for p in _PART.findall(run) if len(p) < _LONG_ID and p not in known]
        digits = sum(map(len, parts))
        least = _SHORT if run[0] == "+" else _NATIONAL
        days = [part for part in parts if _DAY.fullmatch(part)]
        others = [part for part in parts if part not in days and (len(part) > 1 or not days)]
        if digits >= least and others:
            return True
    if _NAMED_NUMBER.search(read) or has_bank_account(read):
        return True
    if any(
        sum(map(str.isdigit, run)) >= _SHORT for run in _ALIKE.findall(read) if run not in known
    ):
        return True
    return any(_NATIONAL < sum(map(str.isdigit, run)) < _LONG_ID for run in _LED.findall(read))
