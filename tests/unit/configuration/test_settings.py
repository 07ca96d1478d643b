"""The configuration file: strict about unknown keys, silent about secrets."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import ValidationError

from orchestration.configuration.document import SettingsError
from orchestration.configuration.inbox import InboxEntry
from orchestration.configuration.secrets import MissingSecret
from orchestration.configuration.settings import Settings, load_settings

GOOGLE = """
connectors:
  google_ads:
    accounts: ["1234567890"]
    client_id: ${env:G_ID}
    client_secret: ${env:G_SECRET}
    refresh_token: ${env:G_TOKEN}
"""

SERVICE = """
connectors:
  google_ads:
    client_email: ${env:G_EMAIL}
    private_key: ${env:G_KEY}
"""

SERVING = "serving:\n  postgres:\n    connection: ${env:PG}\n"


def load(tmp_path: Path, text: str, **env: str) -> Settings:
    """Settings from a configuration with that text."""
    path = tmp_path / "tributary.yaml"
    path.write_text(text, encoding="utf-8")
    return load_settings(
        {"TRIBUTARY_HOME": str(tmp_path / "home"), "TRIBUTARY_CONFIG": str(path), **env}
    )


@pytest.mark.parametrize(
    ("text", "line", "named"),
    [
        ("company:\n  name: A\n  curency: EUR\n", 3, "company.curency"),
        ("companies:\n  name: A\n", 1, "companies"),
        ("company:\n  reporting_currency: KRONOR\n", 2, "KRONOR"),
        ("company:\n  reporting_timezone: Stockholm\n", 2, "Stockholm"),
        ("company:\n  name: A\n  name: B\n", 3, "appears twice"),
        ("connectors:\n  gogle_ads:\n    accounts: []\n", 2, "gogle_ads"),
        (GOOGLE + "    acounts: [x]\n", 8, "acounts"),
        (GOOGLE.replace("${env:G_SECRET}", "hunter2"), 6, "must not be written in the file"),
        (GOOGLE.replace("    client_secret: ${env:G_SECRET}\n", ""), 3, "client_secret"),
        (GOOGLE + "    streams: [campaign]\n", 8, "campaign"),
        (SERVICE.replace("    client_email: ${env:G_EMAIL}\n", ""), 3, "client_email"),
        (GOOGLE + "    private_key: ${env:G_KEY}\n", 8, "already sign in to Google Ads"),
        ("inbox:\n  - path: a.csv\n    stream: lead\n", 3, "lead"),
        ("inbox:\n  - stream: leads\n", 2, "path"),
        (
            "inbox:\n  - path: a.csv\n    stream: leads\n    columns:\n      leadid: Id\n",
            5,
            "leadid",
        ),
        ("inbox:\n  - path: a.csv\n    stream: leads\n    format: {decimal: ';'}\n", 4, "decimal"),
        ("serving:\n  postgres:\n    connection: host=db\n", 3, "must not be written in the file"),
        ("serving:\n  postgres:\n    prefix: a\n", 2, "connection"),
        (SERVING + "    prefix: A-B\n", 4, "prefix"),
        (SERVING + "    schema: a\n", 4, "schema"),
        ("attribution:\n  models: [linear, linnear]\n", 2, "linnear"),
        ("attribution:\n  models: [custom]\n", 1, "custom_weights"),
        ("attribution:\n  custom_weights: {frist: 1}\n", 2, "frist"),
        ("attribution:\n  custom_weights:\n    first: -1\n", 3, "first"),
        ("attribution:\n  lookback_days:\n    visits: 3\n", 3, "visits"),
        ("attribution:\n  lookback_days:\n    email_open: 3\n", 3, "email_open"),
        ("quality:\n  max_loss: 2\n", 2, "max_loss"),
        ("quality:\n  max_loss_of:\n    nobody.csv: 0.5\n", 1, "nobody.csv"),
        ("identity:\n  max_leads: 5\n  max_emails: 0\n", 3, "identity.max_emails"),
        ("identity:\n  role_mailboxes:\n    - info@kund.se\n", 3, "role_mailboxes"),
        ("company: [", 1, "YAML"),
    ],
)
def test_errors_name_the_key_and_the_line(tmp_path: Path, text: str, line: int, named: str) -> None:
    """A typo in a key must not be read as 'not configured': it names itself and its line."""
    with pytest.raises(SettingsError) as caught:
        load(tmp_path, text)
    assert f"line {line}" in caught.value.where
    assert named in caught.value.what
    assert caught.value.remedy


def test_a_vendor_with_two_ways_to_sign_in_needs_the_secrets_of_one(tmp_path: Path) -> None:
    """A service account of Google's has no client and no refresh token."""
    secrets = load(tmp_path, SERVICE).config.connectors["google_ads"].secrets
    assert set(secrets) == {"client_email", "private_key"}
    with pytest.raises(SettingsError) as caught:
        load(tmp_path, "connectors:\n  google_ads:\n    accounts: ['1']\n")
    assert "Or give client_email, private_key." in caught.value.remedy


def test_custom_is_a_model_only_with_weights(tmp_path: Path) -> None:
    """By default every model is computed, except a custom model without weights."""
    assert "custom" not in load(tmp_path, "attribution: {}\n").config.attribution.models
    attribution = load(tmp_path, "attribution: {custom_weights: {first: 2}}\n").config.attribution
    assert {"custom", "w_shaped", "markov_2"} <= set(attribution.models)


def test_a_secret_never_shows_itself(tmp_path: Path) -> None:
    """Secrets are read from the environment when used and are in no representation."""
    settings = load(tmp_path, GOOGLE)
    secret = settings.config.connectors["google_ads"].secrets["client_secret"]
    assert "G_SECRET" in repr(secret)
    assert "hunter2" not in repr(settings)


def test_a_missing_secret_names_variable_key_and_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Definitions load without secrets; using one that is not set says which and where."""
    monkeypatch.delenv("G_SECRET", raising=False)
    secret = load(tmp_path, GOOGLE).config.connectors["google_ads"].secrets["client_secret"]
    with pytest.raises(MissingSecret) as caught:
        secret.reveal()
    assert "G_SECRET" in caught.value.what
    assert caught.value.where == "configuration key connectors.google_ads.client_secret, line 6"
    monkeypatch.setenv("G_SECRET", "hunter2")
    assert secret.reveal() == "hunter2"


def test_an_unset_variable_outside_of_secrets_is_an_error_only_when_needed(
    tmp_path: Path,
) -> None:
    """Definitions must load anywhere; a run must not ask the address '${env:BASE}'."""
    settings = load(tmp_path, GOOGLE + "    base_url: ${env:BASE}/google\n")
    assert settings.unset == ("connectors.google_ads.base_url (line 8): BASE",)
    with pytest.raises(SettingsError, match="BASE"):
        settings.require_config()
    settings = load(tmp_path, GOOGLE + "    base_url: ${env:BASE}/google\n", BASE="http://x")
    assert settings.config.connectors["google_ads"].base_url == "http://x/google"
    settings.require_config()


def test_inbox_paths_start_at_the_configuration(tmp_path: Path) -> None:
    """A relative path must not depend on the folder that a scheduler happens to start in."""
    settings = load(
        tmp_path,
        "inbox:\n  - path: exports/leads.csv\n    stream: leads\n"
        "    values: {is_customer: {yes: true, no: no}, lead_source: {Select: null, 1: event}}\n",
    )
    (entry,) = settings.config.inbox
    assert entry.path == tmp_path / "exports" / "leads.csv"
    assert entry.entry_id == "leads:exports/leads.csv"
    assert entry.values == {
        "is_customer": {"yes": "true", "no": "false"},
        "lead_source": {"Select": None, "1": "event"},
    }


def test_the_same_file_twice_is_an_error(tmp_path: Path) -> None:
    """Listed twice, its rows would count twice."""
    entry = "  - path: a.csv\n    stream: costs\n"
    with pytest.raises(SettingsError, match="listed twice"):
        load(tmp_path, "inbox:\n" + entry + entry)


def test_a_relative_home_is_refused() -> None:
    """A relative path would write a second warehouse in whatever folder the process runs."""
    with pytest.raises(SettingsError, match="absolute"):
        load_settings({"TRIBUTARY_HOME": "data"})


def test_the_clock_can_be_fixed(tmp_path: Path) -> None:
    """The demo asks its vendors on a fixed day, so that its answers are the same every time."""
    settings = load(tmp_path, "company: {}\n", TRIBUTARY_NOW="2026-07-01T08:00:00+02:00")
    assert settings.now() == datetime(2026, 7, 1, 6, tzinfo=UTC)


def test_without_a_configuration_nothing_runs(tmp_path: Path) -> None:
    """A run without a configuration must not publish an empty warehouse over a full one."""
    settings = Settings(home=tmp_path, config_path=None, config=load(tmp_path, "{}\n").config)
    with pytest.raises(SettingsError, match="no configuration"):
        settings.require_config()


def test_only_files_whose_lines_have_no_id_add_up() -> None:
    """A second file of leads corrects the first; ``additive`` there would be without effect."""
    spend = {"path": "/a.csv", "written_path": "a.csv", "stream": "ad_spend", "additive": True}
    assert InboxEntry.model_validate(spend).additive
    with pytest.raises(
        ValidationError, match="streams whose files can add up are: ad_spend, costs"
    ):
        InboxEntry.model_validate(spend | {"stream": "leads"})
