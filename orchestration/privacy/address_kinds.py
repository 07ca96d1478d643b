"""Addresses of the company's own people, and of tests, which are no leads.

Belongs here: the test, in SQL, and its words. Does not belong here: what counts as a lead of which
quality (``models/intermediate/leads/int_leads__judged.sql``).

Only hashes reach the warehouse, so the loader decides, while it still sees the address.
"""

from __future__ import annotations

from collections.abc import Iterable

_TEST_NAMES = (
    "test test1 test2 test3 test123 tests tester testare testing testuser testkund testperson"
    " testkonto testaccount testmail testlead prova prueba testi"
)
_TEST_DOMAINS = "example.com example.net example.org test.com test.se test.test mailinator.com"


def address_kind_words(internal: Iterable[str] = (), tests: Iterable[str] = ()) -> dict[str, str]:
    """The words of each kind as one text, for the parameters of the SQL here.

    Args:
        internal: Domains and whole addresses of the company's own people.
        tests: Domains, whole addresses and names of mailboxes of tests, besides the known ones.
    """
    own = {word.lower().strip().removeprefix("*.").removeprefix("@") for word in internal}
    known = {*_TEST_NAMES.split(), *_TEST_DOMAINS.split()}
    tested = known | {word.lower().strip().removeprefix("@") for word in tests}
    return {
        "internal_words": _text(own | {word.removeprefix("www.") for word in own}),
        "test_words": _text(tested),
    }


def address_kind(address: str) -> str:
    """The SQL of a lower-case address's kind: ``internal``, ``test`` or null."""
    mailbox = f"split_part({address}, '@', 1)"
    domain = f"split_part({address}, '@', 2)"
    above = f"substr({domain}, strpos({domain}, '.') + 1)"
    names = (address, domain, f"split_part({mailbox}, '+', 1)", f"split_part({mailbox}, '+', 2)")
    is_internal = " or ".join(_in("internal", text) for text in (address, domain, above))
    is_test = " or ".join(_in("test", text) for text in names)
    # Meta's tool for lead forms answers every question with a text that says so.
    is_test = f"{is_test} or {address} like '<test lead: %'"
    return f"case when {is_internal} then 'internal' when {is_test} then 'test' end"


def _text(words: Iterable[str]) -> str:
    return f" {' '.join(sorted(words))} "


def _in(kind: str, text: str) -> str:
    return f"({text} <> '' and contains(${kind}_words, ' ' || {text} || ' '))"
