"""Google's token address gives a service account a token only for what Google would."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from simulator.http import Clock, Request
from simulator.vendors.google_tokens import Tokens

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
SCOPE = "https://www.googleapis.com/auth/webmasters.readonly"
NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


def ask(tokens: Tokens, algorithm: str = "RS256", **claims: Any) -> dict[str, Any]:
    """The answer to an assertion."""
    issued = int(time.time())
    stated = {
        "iss": "reader@project.iam.gserviceaccount.example", "scope": SCOPE,
        "aud": "https://oauth2.googleapis.com/token", "iat": issued, "exp": issued + 3600,
    } | claims  # fmt: skip
    key: Any = KEY if algorithm == "RS256" else "a text that both sides know, of enough bytes"
    form = {
        "grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer",
        "assertion": jwt.encode(stated, key, algorithm=algorithm),
    }
    answer = tokens.token(Request("POST", "/token", {}, {}, urlencode(form).encode()))
    return dict(json.loads(answer.body), status=answer.status)


def test_an_assertion_becomes_a_token_for_an_hour() -> None:
    """Tokens end by the vendor's clock."""
    clock = Clock(NOON)
    tokens = Tokens(clock, SCOPE)
    answer = ask(tokens)
    assert (answer["status"], answer["expires_in"], answer["scope"]) == (200, 3599, SCOPE)
    signed = Request("GET", "/", {}, {"authorization": f"Bearer {answer['access_token']}"})
    assert tokens.accepts(signed)
    clock.advance(timedelta(hours=1))
    assert not tokens.accepts(signed)


@pytest.mark.parametrize(
    ("claims", "error"),
    [
        ({"aud": "https://accounts.example/token"}, "invalid_grant"),
        ({"scope": "https://www.googleapis.com/auth/adwords"}, "invalid_scope"),
        ({"exp": int(time.time()) + 2 * 3600}, "invalid_grant"),
        ({"iat": int(time.time()) - 3600}, "invalid_grant"),
        ({"algorithm": "HS256"}, "invalid_grant"),
    ],
)
def test_another_assertion_is_refused(claims: dict[str, Any], error: str) -> None:
    """A lenient double would let a wrong connector through."""
    answer = ask(Tokens(Clock(NOON), SCOPE), **claims)
    assert (answer["status"], answer["error"]) == (400, error)
