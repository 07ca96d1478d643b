"""Recognises secrets that somebody typed into ``tributary.yaml`` where no secret is expected.

Belongs here: how credentials look. Does not belong here: the keys that hold secrets by declaration,
whose values must be references to the environment (``secrets.py``).
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Iterator
from typing import Any

_ISSUED = re.compile(
    r"\bpat-(?:na|eu|ap)\d-[0-9a-f]{8}-"  # HubSpot
    r"|\b[0-9a-f]{32}-us\d{1,2}\b"  # Mailchimp
    r"|\bpk_[0-9a-f]{30,}"  # Klaviyo
    r"|\b(?:sk|rk)_(?:live|test)_\w{10,}|\bwhsec_\w{10,}"  # Stripe
    r"|\bxox[abeoprs]-[\w-]{10,}|hooks\.slack\.com/services/\w"
    r"|discord(?:app)?\.com/api/webhooks/\d|\.webhook\.office\.com/webhookb2/"
    r"|\bAIza[\w-]{30,}|\bya29\.[\w-]{20,}|\b1//0[\w-]{20,}|\bGOCSPX-[\w-]{20,}"  # Google
    r"|\bEAA[A-Za-z0-9]{40,}"  # Meta
    r"|\bgh[oprsu]_[A-Za-z0-9]{30,}|\bgithub_pat_\w{20,}|\bglpat-[\w-]{20,}"
    r"|\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"
    r"|\bSG\.[\w-]{16,}\.[\w-]{16,}"  # SendGrid
    r"|\bsk-(?:proj-|ant-)?[A-Za-z0-9_]{24,}"
    r"|\bshp(?:at|ss|ca|pa)_[0-9a-f]{20,}"  # Shopify
    r"|\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\."  # JSON Web Token
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----"
)
"""Credentials with a form of their own."""

_NAMED = re.compile(
    r"\b(?:Bearer|Basic)\s+[\w.~+/=-]{12,}"
    r"|\b(?:password|passwd|pwd|client_secret|api_?key|(?:access_|refresh_|auth_)?token(?:_auth)?)"
    r"[\"']?\s*[=:]\s*[\"']?[^\s\"'&,}$]{6,}"
    r"|://[^/\s:@$]{1,64}:[^/\s@$]{1,200}@",
    re.IGNORECASE,
)
"""What is introduced as a credential."""

_RANDOM = re.compile(
    r"(?<![A-Za-z0-9])(?=[A-Za-z]*[0-9])(?=[0-9]*[A-Za-z])[A-Za-z0-9+/]{32,}={0,2}(?![A-Za-z0-9])"
)
"""Letters and digits without a word's end: no label of anything."""
_FEW_DIGITS = 4

_PUBLISHED = ("constants", "values", "columns")
"""Parts of an inbox entry whose texts are labels."""
_SHORT = 8


def typed_secrets(
    data: Any, known: Iterable[str] = (), at: tuple[Hashable, ...] = ()
) -> Iterator[tuple[Hashable, ...]]:
    """The keys whose text is a secret.

    Args:
        data: A configuration, or a part of it.
        known: Values of the secrets that the environment holds.
        at: The keys that lead to the part.
    """
    if isinstance(data, dict):
        for key, value in data.items():
            yield from typed_secrets(value, known, (*at, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from typed_secrets(value, known, (*at, index))
    elif isinstance(data, str) and _is_secret(
        data, known, is_label=not {*at}.isdisjoint(_PUBLISHED)
    ):
        yield at


def _is_secret(text: str, known: Iterable[str], *, is_label: bool) -> bool:
    if _ISSUED.search(text) or _NAMED.search(text):
        return True
    if any(len(secret) >= _SHORT and secret in text for secret in known):
        return True
    return is_label and any(
        sum(map(str.isdigit, found)) >= _FEW_DIGITS for found in _RANDOM.findall(text)
    )
