"""Alerts: a failed run and stale data reach the webhook, and no secret goes along."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest

from orchestration.alerts import Alert, AlertFailed, send
from orchestration.configuration.document import SettingsError
from orchestration.configuration.model import Alerts, Config, ConnectorConfig
from orchestration.configuration.secrets import MissingSecret, Secret
from orchestration.configuration.settings import Settings, load_settings
from orchestration.defs.alerts.sensors import alert_sensors, stale_assets
from orchestration.foundation.errors import TributaryError
from orchestration.publication.publish import publish
from orchestration.quality.checks import Verdict
from tests.kit.faults import shelf
from tests.kit.webhook import PATH, Receiver, listening

TOKEN = "canary-of-hubspot-4711"


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """The webhook, whose address is in the environment."""
    with listening() as result:
        monkeypatch.setenv("ALERT_WEBHOOK", result.url)
        monkeypatch.setenv("HUBSPOT", TOKEN)
        yield result


@pytest.fixture
def settings(tmp_path: Path, receiver: Receiver) -> Settings:
    """A company with one connector and a webhook."""
    config = Config(
        alerts=Alerts(webhook=Secret("ALERT_WEBHOOK", "alerts.webhook")),
        connectors={"hubspot": ConnectorConfig(secrets={"service_key": Secret("HUBSPOT", "key")})},
    )
    return Settings(home=tmp_path, config_path=None, config=config)


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    """A Dagster instance on disk."""
    home = tmp_path / "dagster_home"
    home.mkdir()
    with dg.instance_for_test(temp_dir=str(home)) as result:
        yield result


def sensor(settings: Settings, name: str) -> dg.SensorDefinition:
    """One of the sensors."""
    return next(each for each in alert_sensors(settings) if each.name == name)


def failing_job() -> dg.JobDefinition:
    """A job whose step fails with an error that holds a secret and an address."""

    @dg.op
    def load() -> None:
        cause = TributaryError(f"401 for Bearer {TOKEN}, asked by anna@kund.example", "hubspot")
        raise RuntimeError("wrapped") from cause

    @dg.job
    def refresh() -> None:
        load()

    return refresh


def test_a_failed_run_is_told_once(
    settings: Settings, instance: dg.DagsterInstance, receiver: Receiver
) -> None:
    """Job, step, cause and what readers see; runs of the command line count, too."""
    tick = sensor(settings, "alert_run_failed").evaluate_tick
    first = tick(dg.build_sensor_context(instance=instance))
    run = failing_job().execute_in_process(instance=instance, raise_on_error=False)
    second = tick(dg.build_sensor_context(instance=instance, cursor=first.cursor))
    assert second.dagster_run_reactions
    assert second.dagster_run_reactions[0].error is None
    (body,) = receiver.bodies
    assert (body["kind"], body["job"], body["run_id"]) == ("run_failed", "refresh", run.run_id)
    assert body["text"].startswith("Tributary: refresh failed. Nothing is published yet.")
    assert body["steps"] == ["load: 401 for Bearer ***, asked by ***@***\nWhere: hubspot"]
    assert body["steps"][0] in body["text"]
    tick(dg.build_sensor_context(instance=instance, cursor=second.cursor))
    assert len(receiver.bodies) == 1


@pytest.mark.parametrize(
    ("published_by", "said"),
    [
        ("this run", "Generation 1 is published; what failed comes after it."),
        ("an earlier run", "Readers of the file keep generation 1."),
    ],
)
def test_a_failed_run_says_which_generation_readers_have(
    settings: Settings,
    instance: dg.DagsterInstance,
    receiver: Receiver,
    published_by: str,
    said: str,
) -> None:
    """Where only the server failed, "readers keep generation 2" named the new one as the old."""
    tick = sensor(settings, "alert_run_failed").evaluate_tick
    first = tick(dg.build_sensor_context(instance=instance))
    run = failing_job().execute_in_process(instance=instance, raise_on_error=False)
    shelf.build(str(settings.home), 1)
    run_id = run.run_id if published_by == "this run" else "run-0"
    publish(settings, Verdict(run_id, (), shelf.RELATIONS))
    tick(dg.build_sensor_context(instance=instance, cursor=first.cursor))
    (body,) = receiver.bodies
    assert body["text"].startswith(f"Tributary: refresh failed. {said}\n")


def test_no_secret_leaves(settings: Settings, receiver: Receiver) -> None:
    """Anywhere in an alert: the text, a fact, a list; plain or encoded."""
    send(
        settings,
        Alert("run_failed", f"{TOKEN} {receiver.url}", {"job": TOKEN, "steps": [f"x={TOKEN}&"]}),
    )
    told = json.dumps(receiver.bodies)
    assert TOKEN not in told
    assert "CANARY" not in told
    assert receiver.bodies[0]["text"] == "*** ***"


def test_stale_data_is_told_once_and_again_after_it_was_fresh(
    settings: Settings, instance: dg.DagsterInstance, receiver: Receiver
) -> None:
    """With a schedule or a machine switched off, nothing fails, but data gets old."""
    tick = sensor(settings, "alert_stale").evaluate_tick

    def look(settings: Settings, cursor: str | None) -> str | None:
        tick = sensor(settings, "alert_stale").evaluate_tick
        return tick(dg.build_sensor_context(instance=instance, cursor=cursor)).cursor

    assert tick(dg.build_sensor_context(instance=instance)).cursor == "[]"
    assert receiver.bodies == [], "nothing was ever made"
    for key in (["publication"], ["raw", "hubspot", "contacts"]):
        instance.report_runless_asset_event(dg.AssetMaterialization(dg.AssetKey(key)))
    now = datetime.now(UTC)
    keys = [dg.AssetKey("publication"), dg.AssetKey("never_made")]
    assert stale_assets(instance, keys, now + timedelta(hours=53)) == {}
    assert list(stale_assets(instance, keys, now + timedelta(hours=55))) == ["publication"]

    later = Settings(settings.home, None, settings.config, fixed_now=now + timedelta(hours=55))
    cursor = look(settings, "[]")
    assert receiver.bodies == []
    cursor = look(later, cursor)
    (body,) = receiver.bodies
    assert body["kind"] == "stale"
    assert body["assets"] == ["publication", "raw/hubspot/contacts"]
    assert "54 hours" in body["text"]
    cursor = look(later, cursor)
    assert len(receiver.bodies) == 1
    look(later, look(settings, cursor))
    assert len(receiver.bodies) == 2


def test_a_webhook_that_fails_is_tried_again_and_not_named(
    settings: Settings, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Errors of HTTP libraries repeat the address, and Dagster stores errors of sensors."""
    waits: list[float] = []
    receiver.statuses = [500, 503]
    send(settings, Alert("stale", "x"), sleep=waits.append)
    assert (len(receiver.bodies), waits) == (3, [2.0, 4.0])
    receiver.statuses = [302, 302, 302]
    with pytest.raises(AlertFailed, match="status 302, tried 3 times"):
        send(settings, Alert("stale", "x"), sleep=waits.append)
    monkeypatch.setenv("ALERT_WEBHOOK", "http://127.0.0.1:9" + PATH)
    with pytest.raises(AlertFailed) as caught:
        send(settings, Alert("stale", "x"), sleep=waits.append)
    assert "CANARY" not in str(caught.value)
    assert caught.value.__suppress_context__
    assert "ALERT_WEBHOOK" in caught.value.where
    monkeypatch.delenv("ALERT_WEBHOOK")
    with pytest.raises(MissingSecret):
        send(settings, Alert("stale", "x"))


def test_who_configures_nothing_has_no_sensors(tmp_path: Path) -> None:
    """And the address is never written in the file."""
    settings = Settings(home=tmp_path, config_path=None, config=Config())
    assert alert_sensors(settings) == []
    path = tmp_path / "tributary.yaml"
    env = {"TRIBUTARY_HOME": str(tmp_path), "TRIBUTARY_CONFIG": str(path)}
    path.write_text("alerts:\n  webhook: ${env:ALERT_WEBHOOK}\n")
    assert [each.name for each in alert_sensors(load_settings(env))] == [
        "alert_run_failed",
        "alert_stale",
    ]
    path.write_text("alerts:\n  webhook: https://hooks.example/services/T0/B0\n")
    with pytest.raises(SettingsError, match="must not be written in the file") as caught:
        load_settings(env)
    assert "line 2" in caught.value.where
