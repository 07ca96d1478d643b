"""Takes secrets and people's addresses and numbers out of text.

Belongs here: which secrets there are, and how they may be spelled. Does not belong here: how
addresses and numbers look (``text.py``), or cells and column names (``messages.py``).
"""

from __future__ import annotations

import base64
import json
import os
import re
from urllib.parse import quote, unquote

from orchestration.configuration.secrets import Secret
from orchestration.configuration.settings import Settings
from orchestration.privacy.text import hide

_CREDENTIAL = re.compile(
    r"\b(Bearer|Basic)\s+[\w.~+/=-]+|\b((?:access_|refresh_)?token(?:_auth)?|client_secret|api_?key)"
    r"([\"']?\s*[=:]\s*[\"']?)[^\s\"'&,}]+",
    re.IGNORECASE,
)
_PASSWORD = re.compile(
    r"\bpassword\s*=\s*(?:'((?:[^'\\]|\\.)*)'|([^\s&']+))|://[^:/@\s]*:([^@\s]+)@"
)


class Redactor:
    """Removes secrets from text: those it was given, and whatever looks like a credential.

    It also removes e-mail addresses and telephone numbers, because an unexpected answer may repeat
    them.
    """

    def __init__(self) -> None:
        self._secrets: set[str] = set()

    def learn(self, secret: str) -> None:
        """From now on remove this text, also as part of a URL or of JSON, or in Base64."""
        if secret:
            encoded = base64.b64encode(secret.encode()).decode()
            quoted = json.dumps(secret)[1:-1]
            self._secrets |= {secret, quote(secret, safe=""), encoded, quoted}
            self._secrets.add(quoted.replace("/", "\\/"))

    def clean(self, text: str) -> str:
        """The text with every secret, e-mail address and telephone number replaced."""
        for secret in sorted(self._secrets, key=len, reverse=True):
            text = text.replace(secret, "***")
        text = hide(text)
        return _CREDENTIAL.sub(
            lambda match: f"{match[1]} ***" if match[1] else f"{match[2]}{match[3]}***", text
        )


def knowing_all_secrets(settings: Settings) -> Redactor:
    """A redactor that knows every secret that the configuration names and that is set."""
    config = settings.config
    secrets: list[Secret | None] = [config.company.identity_key, config.alerts.webhook]
    for connector in config.connectors.values():
        secrets += connector.secrets.values()
    if config.serving.postgres is not None:
        secrets.append(config.serving.postgres.connection)
    secrets += [
        entry.query.place
        for entry in config.inbox
        if entry.query is not None and isinstance(entry.query.place, Secret)
    ]
    redactor = Redactor()
    for secret in secrets:
        if secret is not None:
            value = os.environ.get(secret.variable, "")
            redactor.learn(value)
            # Of a connection, errors repeat parts.
            for found in _PASSWORD.finditer(value):
                password = next(filter(None, found.groups()), "")
                redactor.learn(password)
                redactor.learn(unquote(password))
    return redactor
