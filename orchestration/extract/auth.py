"""How requests authenticate.

Belongs here: the kinds of ``connectors.stream.Auth`` that dlt lacks. Does not belong here: where
secrets come from (``configuration``).
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from urllib.parse import urlencode

from requests import PreparedRequest
from requests.auth import AuthBase


class Renewable(AuthBase):
    """An access token that is fetched when first needed and renewed when refused.

    Args:
        url: Where tokens come from; a 401 from there is final.
        fetch: Fetches a token.
    """

    def __init__(self, url: str, fetch: Callable[[], str]) -> None:
        self.url = url
        self.token: str | None = None
        self._fetch = fetch
        self._lock = threading.Lock()

    def renew(self, refused: str | None) -> None:
        """Replace the token, unless another thread did so since it was ``refused``."""
        with self._lock:
            if self.token == refused:
                self.token = self._fetch()

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        """Sign a request."""
        if self.token is None:
            self.renew(None)
        request.headers["Authorization"] = f"Bearer {self.token}"
        return request


class BodyToken(AuthBase):
    """A token in the body of a POST, next to the parameters (Matomo 5).

    Args:
        name: The parameter.
        token: Its value.
    """

    def __init__(self, name: str, token: str) -> None:
        self._name = name
        self._token = token

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        """Add the token to a request."""
        body = request.body or b""
        text = body if isinstance(body, str) else bytes(body).decode()
        if "json" in request.headers.get("Content-Type", ""):
            text = json.dumps({**json.loads(text or "{}"), self._name: self._token})
        else:
            text = "&".join(filter(None, (text, urlencode({self._name: self._token}))))
            request.headers["Content-Type"] = "application/x-www-form-urlencoded"
        request.body = text.encode()
        request.prepare_content_length(request.body)
        return request
