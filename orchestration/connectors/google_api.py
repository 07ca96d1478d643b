"""What Google's products share: where access tokens come from, and service accounts.

Facts of the vendor that the declarations rest on:

- A refresh token is exchanged with the id and secret of the OAuth client that it was issued to. A
  service account has neither: its private key signs who asks and for which scope, for an hour at
  most. Its address must be given access to the account, like a person's.
- The file with a service account's key has ``client_email`` and ``private_key``, whose line breaks
  are written as a backslash and an n.
"""

from __future__ import annotations

from orchestration.connectors.auth import Assertion, TokenRequest
from orchestration.connectors.stream import Auth, SignIn

TOKEN_PATH = "https://oauth2.googleapis.com/token"
CLIENT = ("client_id", "client_secret", "refresh_token")
"""The secrets of an OAuth client that a person gave access."""


def service_account(scope: str) -> SignIn:
    """Signing in as a service account, for one scope."""
    assertion = Assertion(
        issuer="{secret:client_email}",
        audience=TOKEN_PATH,
        claims={"scope": scope},
        lifetime_seconds=3600,
    )
    return SignIn(
        Auth.OAUTH_JWT, ("client_email", "private_key"), TokenRequest(assertion=assertion)
    )
