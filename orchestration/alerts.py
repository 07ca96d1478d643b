"""Sends alerts to people through a webhook.

Belongs here: the message and sending it. Does not belong here: detecting problems
(``defs/alerts``).

The address of a webhook lets whoever knows it write to the channel, so it is a secret. Neither it
nor any other secret or person's address appears in alerts, errors or logs.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from orchestration.configuration.settings import Settings
from orchestration.foundation.errors import TributaryError
from orchestration.privacy.redaction import knowing_all_secrets

_ATTEMPTS = 3
_SECONDS = 5.0
"""Timeout of one attempt; all attempts must fit into the minute that Dagster gives a sensor."""


class AlertFailed(TributaryError):
    """The webhook did not take an alert."""


@dataclass(frozen=True, slots=True)
class Alert:
    """One message.

    Attributes:
        kind: ``run_failed`` or ``stale``.
        text: The text for people; chat systems show this key.
        facts: The same facts for programs.
    """

    kind: str
    text: str
    facts: dict[str, str | list[str]] = field(default_factory=dict)


def send(settings: Settings, alert: Alert, *, sleep: Callable[[float], None] = time.sleep) -> None:
    """Post an alert as JSON to the configured webhook; without one, do nothing.

    Args:
        settings: The company's.
        alert: What to say; secrets and e-mail addresses are taken out.
        sleep: How to wait between attempts.

    Raises:
        AlertFailed: The webhook did not take it.
        MissingSecret: The webhook's variable is not set.
    """
    import requests

    webhook = settings.config.alerts.webhook
    if webhook is None:
        return
    address = webhook.reveal()
    redactor = knowing_all_secrets(settings)
    facts = {
        name: [redactor.clean(each) for each in value]
        if isinstance(value, list)
        else redactor.clean(value)
        for name, value in alert.facts.items()
    }
    payload = {"text": redactor.clean(alert.text), "kind": alert.kind, **facts}
    saw = ""
    for attempt in range(_ATTEMPTS):
        if attempt:
            sleep(2.0**attempt)
        try:
            answer = requests.post(address, json=payload, timeout=_SECONDS, allow_redirects=False)
        except requests.RequestException as error:
            # The exception's text contains the address.
            saw = type(error).__name__
        else:
            if 200 <= answer.status_code < 300:
                return
            saw = f"status {answer.status_code}"
    raise AlertFailed(
        f"The webhook did not take the alert: {saw}, tried {_ATTEMPTS} times.",
        where=f"configuration key {webhook.key}, environment variable {webhook.variable}",
        remedy="Check the address and the network; Dagster's page shows what the alert was about.",
    ) from None
