"""Exchanges a company's configured credentials for an access token (OAuth 2).

Belongs here: the three grants of ``connectors.stream.Auth`` and their token request.
Does not belong here: signing requests with the token (``auth``), or keeping tokens (``tokens``).
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from requests import Request as HttpRequest

from orchestration.connectors.auth import Assertion
from orchestration.connectors.stream import Auth, Connector
from orchestration.extract.answers import dig
from orchestration.extract.failures import FailureKind, RequestFailed
from orchestration.extract.placeholders import fill
from orchestration.extract.session import PatientSession, answer_of
from orchestration.extract.tokens import Exchange, TokenStore
from orchestration.privacy.redaction import Redactor

_GRANTS = {
    Auth.OAUTH_REFRESH: "refresh_token",
    Auth.OAUTH_CLIENT: "client_credentials",
    Auth.OAUTH_JWT: "urn:ietf:params:oauth:grant-type:jwt-bearer",
}
_CLIENT = ("client_id", "client_secret")


class Grant:
    """How one connector obtains access tokens.

    Args:
        connector: Its declarations.
        url: The token address.
        secrets: The configured secrets, by name.
        values: Placeholders: options and secrets.
        session: Sends the request.
        redactor: Learns every token.
        tokens: Keeps refresh tokens that the vendor replaces; with None they last as long as this
            object.
    """

    def __init__(
        self,
        connector: Connector,
        url: str,
        secrets: Mapping[str, str],
        values: Mapping[str, str],
        session: PatientSession,
        redactor: Redactor,
        tokens: TokenStore | None,
    ) -> None:
        self._connector = connector
        self._url = url
        self._secrets = secrets
        self._values = values
        self._session = session
        self._redactor = redactor
        self._tokens = tokens
        self._refresh = secrets.get("refresh_token", "")
        if connector.token_request.basic:
            redactor.learn(":".join(secrets[name] for name in _CLIENT))

    @property
    def url(self) -> str:
        """The address as sent."""
        return self._session.prepare_request(HttpRequest("POST", self._url)).url or self._url

    def fetch(self) -> str:
        """Request an access token.

        Raises:
            RequestFailed: UNAUTHORIZED, when no token is issued; its text holds no secret.
        """
        if self._connector.auth is not Auth.OAUTH_REFRESH:
            return self._access_token(self._ask({}))
        with self._exchange() as exchange:
            refresh = exchange.current if exchange else self._refresh
            self._redactor.learn(refresh)
            answer = self._ask({"refresh_token": refresh})
            replacement = dig(answer, "refresh_token")
            if isinstance(replacement, str) and replacement:
                self._redactor.learn(replacement)
                self._refresh = replacement
                if exchange:
                    exchange.keep(replacement)
            return self._access_token(answer)

    def _exchange(self) -> AbstractContextManager[Exchange | None]:
        if self._tokens is None:
            return nullcontext()
        return self._tokens.exchange(self._connector.name, self._secrets["refresh_token"])

    def _ask(self, form: Mapping[str, str]) -> Any:
        asked = self._connector.token_request
        sent = {"grant_type": _GRANTS[self._connector.auth], **form}
        sent |= {name: fill(text, self._values) for name, text in asked.params.items()}
        client = tuple(self._secrets.get(name, "") for name in _CLIENT)
        if self._connector.auth is Auth.OAUTH_JWT:
            if asked.assertion is None:
                raise ValueError(f"{self._connector.name} declares no assertion")
            sent["assertion"] = self._signed(asked.assertion)
        elif not asked.basic:
            sent |= dict(zip(_CLIENT, client, strict=True))
        request = HttpRequest("POST", self._url, data=sent, auth=client if asked.basic else None)
        try:
            return answer_of(self._session.send(self._session.prepare_request(request)))
        except RequestFailed as failure:
            if failure.kind is not FailureKind.REJECTED:
                raise
            raise RequestFailed(
                FailureKind.UNAUTHORIZED,
                f"The configured credentials were refused an access token. {failure.what}",
                failure.where,
            ) from None

    def _access_token(self, answer: Any) -> str:
        token = dig(answer, "access_token")
        if not isinstance(token, str) or not token or not token.isprintable():
            raise RequestFailed(
                FailureKind.UNAUTHORIZED,
                "The token address answered without an access_token.",
                self._connector.name,
            )
        self._redactor.learn(token)
        return token

    def _signed(self, assertion: Assertion) -> str:
        """The assertion as a JWT, valid from now on.

        Raises:
            RequestFailed: UNAUTHORIZED, when the private key is not valid.
        """
        import jwt

        now = int(time.time())
        claims: dict[str, Any] = {
            "iss": fill(assertion.issuer, self._values),
            "aud": fill(assertion.audience, self._values),
            **{name: fill(text, self._values) for name, text in assertion.claims.items()},
            "iat": now,
            "exp": now + assertion.lifetime_seconds,
        }
        if assertion.subject:
            claims["sub"] = fill(assertion.subject, self._values)
        key = self._secrets[assertion.private_key].replace("\\n", "\n")
        try:
            signed = jwt.encode(claims, key, algorithm="RS256")
        except (ValueError, TypeError, jwt.PyJWTError):
            # The exception's text may repeat a part of the key.
            raise RequestFailed(
                FailureKind.UNAUTHORIZED,
                f"The secret {assertion.private_key} is not an RSA private key in PEM.",
                self._connector.name,
            ) from None
        self._redactor.learn(signed)
        return signed
