"""How a vendor's access token is requested.

Belongs here: the types that describe a token request beyond its kind (``stream.Auth``).
Does not belong here: sending it, or keeping tokens (``extract``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Assertion:
    """A signed statement (JWT, RS256) that is exchanged for an access token.

    Every text may hold ``{secret:NAME}`` and ``{option:NAME}``.

    Attributes:
        issuer: ``iss``: the signer (Salesforce: the consumer key; Google: the service account).
        audience: ``aud``: the intended recipient.
        subject: ``sub``: the user it acts for; left out when empty.
        claims: Further claims (Google's ``scope``).
        lifetime_seconds: How long it is valid (Salesforce: at most 180; Google: 3600).
        private_key: The secret that holds the RSA key in PEM. Line breaks may be written as
            a backslash and an n, because not every environment keeps real ones.
    """

    issuer: str
    audience: str
    subject: str = ""
    claims: Mapping[str, str] = field(default_factory=dict)
    lifetime_seconds: int = 180
    private_key: str = "private_key"


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """What a token request contains besides the grant and the credentials.

    Attributes:
        params: Further parameters of the form (``scope``, ``audience``), with ``{option:NAME}``.
        basic: Send the client's id and secret as HTTP Basic, not in the form.
        assertion: For OAUTH_JWT.
    """

    params: Mapping[str, str] = field(default_factory=dict)
    basic: bool = False
    assertion: Assertion | None = None
