"""Addresses and telephone numbers that people make up, and that are therefore nobody's.

Belongs here: the test, in SQL, and its words, which ``seeds/made_up_identifiers.csv`` and
``identity.made_up`` in the configuration hold. Does not belong here: hashing (``hashes``).

Only hashes reach the warehouse, so the loader decides, while it still sees the value. It marks the
hash: the record keeps an identifier, and the models let it join nobody.
"""

from __future__ import annotations

from collections.abc import Iterable

from orchestration.foundation.repository import read_seed
from orchestration.privacy.role_mailboxes import ROLE_PREFIX

MADE_UP_PREFIX = "made_up:"
"""Prefix of the hash of such a number; an address has the prefix of roles before it."""
MADE_UP_ADDRESS = f"{ROLE_PREFIX}{MADE_UP_PREFIX}"
_ALIKE = 7
"""A number is made up when its last digits are all the same."""


def made_up_words(own: Iterable[str] = ()) -> dict[str, str]:
    """The words of each kind as one text, for the parameters of the SQL here.

    Args:
        own: The company's: whole addresses, or domains written ``@example.com``.
    """
    kinds: dict[str, list[str]] = {"own": [word.lower() for word in own]}
    for row in read_seed("made_up_identifiers"):
        kinds.setdefault(row["kind"], []).append(row["word"])
    return {f"made_up_{kind}": f" {' '.join(sorted(words))} " for kind, words in kinds.items()}


def made_up_address(address: str) -> str:
    """The SQL test of a lower-case address."""
    mailbox = f"split_part(split_part({address}, '@', 1), '+', 1)"
    domain = f"split_part({address}, '@', 2)"
    label = f"split_part({domain}, '.', 1)"
    whole_domain = f"'@' || {domain}"
    one_letter = f"replace({mailbox} || {label}, left({label}, 1), '') = ''"
    return (
        f"({_in('mailbox_of_nobody', mailbox)} or {_in('domain_of_nobody', label)}"
        f" or ({_in('mailbox', mailbox)} and {_in('domain', label)})"
        f" or ({one_letter})"
        f" or {_in('own', address)} or {_in('own', whole_domain)})"
    )


def made_up_number(digits: str) -> str:
    """The SQL test of a telephone number's digits."""
    end = f"right({digits}, {_ALIKE})"
    return (
        f"(replace({end}, right({digits}, 1), '') = '' and strlen({digits}) >= 5"
        f" or {_in('number', end)})"
    )


def _in(kind: str, text: str) -> str:
    return f"contains($made_up_{kind}, ' ' || {text} || ' ')"
