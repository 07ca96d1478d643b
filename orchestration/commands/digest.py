"""``tributary digest``: the last whole week, printed, and posted to the webhook when asked."""

from __future__ import annotations

from rich.console import Console

from orchestration.alerts import send
from orchestration.configuration.document import SettingsError
from orchestration.configuration.settings import Settings
from orchestration.foundation.terminal import shown
from orchestration.publication.digest import weekly


def run_digest(settings: Settings, console: Console, *, post: bool = False) -> None:
    """Print the digest, and post it.

    Args:
        settings: Locates the published file and the webhook.
        console: Where it is shown.
        post: Whether to post it, too.

    Raises:
        NotPublished: Nothing was published yet.
        SettingsError: It is to be posted and no webhook is configured.
        AlertFailed: The webhook did not take it.
    """
    if post and settings.config.alerts.webhook is None:
        raise SettingsError(
            "There is no webhook to post to.",
            where=str(settings.config_path or "configuration"),
            remedy="Add to the configuration: alerts: {webhook: ${env:TRIBUTARY_ALERT_WEBHOOK}}",
        )
    message = weekly(settings)
    console.print(shown(message.text, lines=True), soft_wrap=True)
    if post:
        send(settings, message)
        console.print("Posted.", style="dim")
