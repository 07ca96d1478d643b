"""People as files, links and forms spell them, and the dictionary that tries to recover them.

Belongs here: texts and hashes. Does not belong here: what becomes of them.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator

PEOPLE = (
    "anna@kund.example",
    "ANNA@KUND.EXAMPLE",
    "anna%40kund.example",
    "anna%2540kund.example",
    "anna%252540kund.example",
    "anna(at)kund.example",
    "anna [at] kund [dot] example",
    "anna {at} kund.example",
    "anna at kund dot example",
    "anna at kund.example",
    "anna@räksmörgås.example",
    '"anna ek"@kund.example',
    "anna＠kund.example",
    "anna@localhost",
    "anna@[192.168.1.1]",
    "anna'brien@kund.example",
    "anna&#64;kund.example",
    "anna&#x40;kund.example",
    "anna&commat;kund.example",
    "anna" + "a" * 90 + "@kund.example",
    "anna@xn--rksmrgs-5wao1o.example",
    "anna\\u0040kund.example",
    "anna+tag@kund.example",
    "anna@kund。example",
    "anna @kund.example",
    "anna@ kund.example",
    "anna@kund,example",
    "anna=x@kund.example",
    "anna/ek@kund.example",
    "anna﹫kund.example",
    "anna%EF%BC%A0kund.example",
    "anna=40kund.example",
    "anna_kund.example",
    "anna\u200b@kund.example",
    "mailto:anna",
    "+46701234567",
    "0701234567",
    "0046701234567",
    "46701234567",
    "+46 70 123 45 67",
    "tel:+46-70-123-45-67",
    "%2B46701234567",
    "%252B46701234567",
    "&#43;46701234567",
    "+46/70/1234567",
    "+46\u00a070\u00a01234567",
    "＋46701234567",
    "+46   70   1234567",
    "+46–70–1234567",
    "(+46) 70 1234567",
    "+46_70_1234567",
    "+4912345665",
    "+354 555 5566",
    "41 23 45 67",
    "٠٧٠١٢٣٤٥٦٧",
    "070\u200b1234567",
    "19850101-1234",
    "850101-1234",
    "198501011234",
    "1985-01-01-1234",
    "131052-308T",
    "YW5uYUBrdW5kLmV4YW1wbGU=",
    "YW5uYS5saW5kQGt1bmQuZXhhbXBsZQ",
    "616e6e61406b756e642e6578616d706c65",
    "annaU+0040kund.example",
    "anna\\u{40}kund.example",
    "anna\\100kund.example",
    "anna\\40 kund.example",
    "anna%u0040kund.example",
    "anna%2525252525252525252540kund.example",
    "anna+AEA-kund.example",
    "anna-at-kund-dot-example",
    "anna-at-kund.se",
    "anna|at|kund.example",
    "anna*at*kund.example",
    "anna snabel-a kund.se",
    "anna arroba kund punto es",
    "anna apenstaartje kund.nl",
    "anna (małpa) kund.pl",
    "a n n a @ k u n d . s e",
    "annaⓐkund.se",
    "anna(a)kund.se",
    "anna[a]kund.example",
    "yMnKy8zNzs_Q0dLT1NXW19jZ2tvc3d7f4OHi4-Tl5uc=",
    "5D41402abc4b2A76b9719d911017c592",
    "5d41402a-bc4b-2a76-b971-9d911017c592",
    "5d:41:40:2a:bc:4b:2a:76:b9:71:9d:91:10:17:c5:92",
    "5d41 402a bc4b 2a76 b971 9d91 1017 c592",
    "070x1234567",
    "070,123,45,67",
    "070*1234567",
    "070:123:45:67",
    "070|123|45|67",
    "070'123'45'67",
    "070     123     4567",
    "O7O1234567",
    "07o1234567",
    "𝟎𝟕𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕",
    "QQ 12 34 56 C",
    "RSSMRA85M01H501Z",
    "SE4550000000058398257466",
    "GB29 NWBK 6016 1331 9268 19",
    "de89370400440532013000",
    "MT84-MALT-0110-0001-2345-MTLC-AST0-01S",
    "NO9386011117947",
    "070\u28001234567",
    "anna\u3164@\uffa0kund.example",
)
"""Addresses, telephone numbers and personal numbers, each in another spelling."""

PASSING = (
    "Brand | Search | SE",
    "Höst 2026",
    "spring+20260101",
    "Brand 2025/2026",
    "Q1 2026 - 2027",
    "20241001-20241231",
    "2024-10-01_2024-12-31",
    "2026-01-01T00:00:00+02:00",
    "2026-01-01 10:00:00",
    "120210987654321",
    "https://medium.com/@writer/post",
    "50% off @ home",
    "Follow @fjordbase on X",
    "Look at me",
    "look_at_me_now",
    "Variant (a) red",
    "300x250",
    "banner_300x250.png",
    "1,234,567.89",
    "C++ & Java",
    "spring_sale.v2",
    "30 days | 20% & more",
    "first 0.4 last 0.4 middle 0.2",
    "Email Campaign Archived - Nov 01 2023 12:55 PM",
    "look-at-our-new-range",
    "a-look-at-me.html",
    "brand_search_sweden_generic_2026_q4_broad_exact",
    "BrandSearchSwedenGenericQuarterFour",
    "550e8400-e29b-41d4-a716-446655440000",
    "0.1,0.2,0.3,0.4,0.5,0.6,0.7",
    "2026-11-30T09:15:00 - 2026-12-01T10:30:00",
    "09:00-17:00",
    "1920x1080",
    "(a) or (b)",
    "AB 12 rooms",
    "Cj0KCQiAgP6PBhDmARIsAPWMq6mY9lQ",
    "SE4650000000058398257466",
    "de10 brand search generic broad",
)
"""What companies write into the same places and nobody's person is."""

_SEPARATORS = ("", ":", "|", "\x1f", ";", "-", "_")


def spellings(person: str) -> Iterator[str]:
    """A person as plain text, and as ids of vendors and files write people."""
    yield person
    for prefix in ("lead:inbox:", "visitor:", "email:", "crm:", "lead:", "user:"):
        yield prefix + person
    for text in (person, person.lower(), person.upper()):
        for algorithm in ("md5", "sha1", "sha256", "sha512"):
            digest = hashlib.new(algorithm, text.encode())
            yield digest.hexdigest()
            yield f"campaign7:{digest.hexdigest()}:sent"
            yield base64.b64encode(digest.digest()).decode()


def recovered(people: Iterable[str], values: Iterable[str | None]) -> list[tuple[str, str]]:
    """Who can be recovered from published values by hashing people: person and value.

    Tries each person's spellings, their hashes under every common algorithm, and those of all of
    them behind and before the words that keys are made with, once and twice over.
    """
    parts: dict[str, set[str]] = {}
    for value in {value for value in values if value}:
        for part in {value, value.removeprefix("person-"), *value.replace("|", ":").split(":")}:
            parts.setdefault(part, set()).add(value)
    # The dictionary is millions of hashes, so it is read once and not kept.
    return [
        (person, value)
        for person in people
        for word in _dictionary(person)
        for value in parts.get(word, ())
    ]


def _dictionary(person: str) -> Iterator[str]:
    """All that ``recovered`` tries for a person."""
    texts = set(spellings(person))
    yield from texts
    for word in ("inbox", "mailchimp", "hubspot", "matomo", "true", "sent", "unsubscribe"):
        for text in list(texts)[:64]:
            texts |= {f"{word}{sign}{text}" for sign in _SEPARATORS}
            texts |= {f"{text}{sign}{word}" for sign in _SEPARATORS}
            texts.add(f"{len(word)}:{word}{len(text)}:{text}")
            texts.add(f"{len(text)}:{text}")
    for text in texts:
        encoded = text.encode()
        for algorithm in (hashlib.md5, hashlib.sha1, hashlib.sha256):
            digest = algorithm(encoded).hexdigest()
            yield digest
            yield digest[:16]
            yield hashlib.md5(digest.encode()).hexdigest()
