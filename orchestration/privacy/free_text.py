"""Judges whether a text may be published: whether it shows anybody's address, number or hash.

Belongs here: how people are written in free text, however it was encoded, and how a landing page is
reduced to what may be shown. Does not belong here: which columns are judged
(``publication/hiding.py``), or the patterns for messages (``text.py``).

A text passes as a whole or not at all: what surrounds an address says whose it is.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Set
from urllib.parse import unquote

from orchestration.foundation.repository import read_seed
from orchestration.foundation.unseen import visible

TAGS = ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content", "utm_id")
"""The parameters of a landing page that are published."""

CANDIDATE = (
    r"(?i)@|[%&=\\][0-9a-z#]|[^\x00-\x7F]|mailto|\bat\b|_at_|_[a-z0-9-]+\.[a-z]|[(\[{<]\s*a"
    r"|[0-9a-f]{32}|[0-9a-z+/]{22}="
    r"|[0-9](?:[^0-9A-Za-z]{0,4}[0-9]){6}"
)
"""What every text that does not pass contains, for RE2: most texts need no closer look."""

HIDDEN_SEGMENT = "***"

_ROUNDS = 4
_ESCAPED = re.compile(r"\\(?:u|x00|x)([0-9a-f]{4}|[0-9a-f]{2})", re.IGNORECASE)
_QUOTED_PRINTABLE = re.compile(r"=([2-7][0-9a-f])", re.IGNORECASE)
_DOTS = str.maketrans({"。": ".", "․": ".", "·": ".", "‐": "-", "‑": "-", "–": "-", "—": "-"})

_DOMAINS = "com|net|org|info|biz|edu|gov|example|test|app|dev|[a-z]{2}"
_DOT = r"\s*(?:\.|[(\[{<]\s*(?:dot|punkt|punto|point)\s*[)\]}>]|\s(?:dot|punkt|punto)\s)\s*"
_AT = re.compile(
    r"[^\s/(\[{<@]@"
    rf"|\S\s+@\s*[\w-]+{_DOT}\w"
    r"|[(\[{<]\s*(?:at|ät|@|arroba|snabel-?a|klammeraffe)\s*[)\]}>]"
    rf"|\w\s+at\s+[\w-]+{_DOT}\w{{2}}"
    rf"|[a-z0-9]_at_[a-z0-9_]{{1,80}}_(?:{_DOMAINS})(?![a-z0-9_])"
    rf"|[a-z0-9]_[a-z0-9-]+\.(?:{_DOMAINS})(?![a-z0-9_.])"
    r"|mailto:"
)
_DIGEST = re.compile(
    r"(?<![0-9A-Fa-f])(?:[0-9a-f]{32}|[0-9A-F]{32})"
    r"|(?<![0-9A-Za-z+/])[0-9A-Za-z+/]{22}(?:==|[0-9A-Za-z+/]{5}=|[0-9A-Za-z+/]{21}="
    r"|[0-9A-Za-z+/]{64}==)(?!=)"
)
"""An unkeyed hash in hexadecimal or Base64; whoever has a list of addresses has theirs."""
_MOMENT = re.compile(
    r"(?<!\d)\d{4}-\d\d-\d\d(?:[ t]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:z|[+-]\d\d:?\d\d)?)?"
    r"(?![-\s]?\d)"
)
_RUN = re.compile(r"(?:(?<![0-9a-z])\+|(?<!\d)00)?\d(?:[\s()./_+-]{0,4}\d)*")
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
    decoded = _decoded(text)
    read = _read(decoded)
    return (
        _AT.search(read) is not None
        or (not is_click and _DIGEST.search(decoded) is not None)
        or (text not in known and _has_number(read, known))
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
        read = _read(_decoded(segment))
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
    return not shows_a_person(value.replace("+", " "), known, is_click=name not in TAGS)


def _decoded(text: str) -> str:
    """A text decoded as often as it was encoded."""
    for _ in range(_ROUNDS):
        before = text
        text = _QUOTED_PRINTABLE.sub(_sign, _ESCAPED.sub(_sign, unquote(html.unescape(text))))
        if text == before:
            break
    return text


def _read(decoded: str) -> str:
    """A text as a person reads it, in lower case."""
    read = unicodedata.normalize("NFKC", visible(decoded)).translate(_DOTS).lower()
    return read if read.isascii() else "".join(map(_digit, read))


def _digit(char: str) -> str:
    """The ASCII digit for a digit of any alphabet."""
    return str(unicodedata.digit(char)) if char.isdigit() else char


def _sign(match: re.Match[str]) -> str:
    return chr(int(match[1], 16))


def _has_number(read: str, known: Set[str]) -> bool:
    for run in _RUN.findall(_MOMENT.sub(" ", read)):
        parts = [p for p in _PART.findall(run) if len(p) < _LONG_ID and p not in known]
        digits = sum(map(len, parts))
        least = _SHORT if run[0] == "+" else _NATIONAL
        days = [part for part in parts if _DAY.fullmatch(part)]
        others = [part for part in parts if part not in days and (len(part) > 1 or not days)]
        if digits >= least and others:
            return True
    return False
