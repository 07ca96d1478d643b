"""Google's token address: refresh tokens and service accounts become access tokens for an hour.

Belongs here: what all of Google's products accept and refuse alike. Does not belong here: what one
product does with a token (``google_ads``, ``search_console``).
"""

from __future__ import annotations

import hashlib
import time
from datetime import datetime, timedelta
from typing import Any

import jwt

from simulator.http import Clock, Request, Response, json_response

REVOKED_TOKEN = "revoked"
"""The refresh token of someone who withdrew their consent."""

_AUDIENCE = "https://oauth2.googleapis.com/token"
_ASSERTED = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_SECONDS = 3600
_SKEW = 300
"""Seconds that the signer's clock may differ."""


class _Refused(Exception):
    """A token request that Google answers with an error."""

    def __init__(self, status: int, code: str, description: str = "") -> None:
        super().__init__(description)
        self.status = status
        self.answer = {"error": code} | ({"error_description": description} if description else {})


class Tokens:
    """The tokens that one product's double gave out.

    Args:
        clock: Tokens end an hour after they were issued.
        scope: What a token must be for.
    """

    def __init__(self, clock: Clock, scope: str) -> None:
        self._clock = clock
        self._scope = scope
        self._issued: dict[str, datetime] = {}

    def token(self, request: Request) -> Response:
        """Answers a token request."""
        try:
            who = self._asserted(request.form()) or self._refreshed(request.form())
        except _Refused as refused:
            return json_response(refused.answer, refused.status)
        seed = f"{who} {len(self._issued)}".encode()
        access_token = f"ya29.{hashlib.sha256(seed).hexdigest()}"
        self._issued[access_token] = self._clock.now()
        return json_response(
            {
                "access_token": access_token,
                "expires_in": _SECONDS - 1,
                "scope": self._scope,
                "token_type": "Bearer",
            }
        )

    def accepts(self, request: Request) -> bool:
        """Whether a request has a token that is still good."""
        issued = self._issued.get(request.bearer)
        return issued is not None and self._clock.now() < issued + timedelta(seconds=_SECONDS)

    def _refreshed(self, form: dict[str, str]) -> str:
        """Whom a refresh token is of."""
        if not (form.get("client_id") and form.get("client_secret")):
            raise _Refused(401, "invalid_client")
        if form.get("grant_type") != "refresh_token":
            raise _Refused(400, "unsupported_grant_type")
        refresh_token = form.get("refresh_token", "")
        if refresh_token in ("", REVOKED_TOKEN):
            raise _Refused(400, "invalid_grant", "Token has been expired or revoked.")
        return refresh_token

    def _asserted(self, form: dict[str, str]) -> str:
        """The service account that signed an assertion; empty for another grant.

        The key is known to Google alone, so the signature is not looked at.
        """
        if form.get("grant_type") != _ASSERTED:
            return ""
        try:
            claims: dict[str, Any] = jwt.decode(
                form.get("assertion", ""), options={"verify_signature": False}
            )
            header = jwt.get_unverified_header(form.get("assertion", ""))
        except jwt.PyJWTError:
            raise _Refused(400, "invalid_grant", "Bad Request") from None
        if header["alg"] != "RS256" or claims.get("aud") != _AUDIENCE:
            raise _Refused(400, "invalid_grant", "Invalid JWT Signature.")
        # Assertions are signed at the real time, whatever the clock shows.
        issued, ends = claims["iat"], claims["exp"]
        if abs(time.time() - issued) > _SKEW or ends > issued + _SECONDS:
            raise _Refused(
                400, "invalid_grant", "Invalid JWT: Token must be a short-lived token (60 minutes)."
            )
        if claims.get("scope") != self._scope:
            raise _Refused(400, "invalid_scope", f"Bad scope: {claims.get('scope')}")
        return str(claims.get("iss", ""))
