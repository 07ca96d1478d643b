"""What LinkedIn's products share: the version of the API, its headers, and how to sign in.

Facts of the vendor that the declarations rest on:

- A version is a month and lives for about a year; a request in one that has ended is a 426.
- Queries are in Rest.li's notation, ``(start:1,end:2)`` and ``List(a,b)``. Its parentheses, colons
  and commas must not be encoded; those inside a value, as in a URN, must be. Without the header
  of the protocol ``List()`` is refused.
- An access token lives for 60 days. A refresh token lives for a year from the day on which a person
  signed in, and the new one that comes with every access token ends on that same day.
- Calls are counted per application and person until midnight UTC. A 429 has no ``Retry-After``.
"""

from __future__ import annotations

from orchestration.connectors.stream import Auth, SignIn

VERSION = "202608"
BASE_URL = "https://api.linkedin.com"
HEADERS = {"LinkedIn-Version": VERSION, "X-Restli-Protocol-Version": "2.0.0"}
TOKEN_PATH = "https://www.linkedin.com/oauth/v2/accessToken"
CLIENT = ("client_id", "client_secret", "refresh_token")
ACCESS_TOKEN = SignIn(Auth.BEARER, ("access_token",))
"""For applications that LinkedIn gives no refresh tokens."""
