"""Exit statuses that mean something, and errors that say what to do."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from orchestration.cli import main
from orchestration.commands.doctor import findings
from orchestration.configuration.settings import load_settings
from orchestration.foundation.disk import NoRoom
from orchestration.publication.publish import publish
from orchestration.quality.checks import Verdict
from orchestration.warehouse.space import publish_needs, require_space, run_needs


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A home and a configuration of the test's own."""
    monkeypatch.setenv("TRIBUTARY_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TRIBUTARY_CONFIG", str(tmp_path / "tributary.yaml"))


def status(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    """The exit status of ``tributary`` with these arguments."""
    monkeypatch.setattr(sys, "argv", ["tributary", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)


def test_a_wrong_configuration_ends_with_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A scheduler can distinguish 'fix the file' from 'the run failed'."""
    (tmp_path / "tributary.yaml").write_text("compnay: {}\n")
    assert status(monkeypatch, "run") == 2
    told = capsys.readouterr().err
    assert "compnay" in told
    assert "line 1" in told
    assert "Next:" in told


def test_asking_before_anything_was_published_ends_with_1(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Not an empty answer: nothing is published yet, and the message says how to publish."""
    (tmp_path / "tributary.yaml").write_text("company: {}\n")
    assert status(monkeypatch, "sql", "select 1") == 1
    assert "tributary run" in capfd.readouterr().err


def test_the_doctor_names_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing secret, a missing file and a vendor that does not answer, each with a remedy."""
    monkeypatch.delenv("NO_SUCH_KEY", raising=False)
    (tmp_path / "tributary.yaml").write_text(
        "connectors:\n  hubspot:\n    service_key: ${env:NO_SUCH_KEY}\n"
        "    base_url: http://127.0.0.1:9\n"
        "inbox:\n  - path: none.csv\n    stream: costs\n"
    )
    unhealthy = {found.subject: found for found in findings() if not found.healthy}
    assert set(unhealthy) == {"secret hubspot.service_key", "inbox costs", "HubSpot CRM answers"}
    assert "NO_SUCH_KEY" in unhealthy["secret hubspot.service_key"].saw
    assert "none.csv" in unhealthy["inbox costs"].saw
    assert all(found.remedy for found in unhealthy.values())


def test_the_doctor_the_run_and_the_publish_share_one_rule_for_disk_space(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that the doctor calls good must not stop the run that follows."""
    (tmp_path / "tributary.yaml").write_text("company: {}\n")
    settings = load_settings()
    settings.build_dir.mkdir(parents=True)
    settings.warehouse_path.write_bytes(bytes(3_000_000))
    needed = sum(run_needs(settings).values())
    assert run_needs(settings).items() > publish_needs(settings).items()
    usage = shutil.disk_usage(tmp_path)
    for free, healthy in ((needed, True), (needed - 1, False)):
        there = usage._replace(free=free)
        monkeypatch.setattr(shutil, "disk_usage", lambda folder, there=there: there)
        (disk,) = [found for found in findings() if found.subject == "disk"]
        assert disk.healthy is healthy
    assert f"about {needed / 1e6:,.0f} MB are needed" in disk.saw
    assert "Make room there" in disk.remedy
    with pytest.raises(NoRoom) as refused:
        require_space(settings)
    assert disk.saw.startswith(refused.value.what)
    publishing = sum(publish_needs(settings).values())
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: usage._replace(free=publishing - 1))
    with pytest.raises(NoRoom, match="Too little disk space to publish"):
        publish(settings, Verdict("run", (), ()))


def test_the_doctor_is_content_with_a_company_of_files(tmp_path: Path) -> None:
    """A new home needs no more than its configuration and its files."""
    (tmp_path / "costs.csv").write_text("date_day,amount,currency\n")
    (tmp_path / "tributary.yaml").write_text("inbox:\n  - path: costs.csv\n    stream: costs\n")
    assert [found.subject for found in findings() if not found.healthy] == []


def test_the_doctor_points_at_rules_that_cannot_match(tmp_path: Path) -> None:
    """A dead rule stops no run, so nothing else would ever speak of it; a good one is silent."""
    (tmp_path / "tributary.yaml").write_text(
        "classification:\n  rules:\n"
        "    - {rule_id: typo, source_category: serch, lead_source: partner, lead_channel: other}\n"
        "    - {rule_id: podcast, utm_source: podden, lead_source: audio, lead_channel: audio_ad}\n"
    )
    found = [finding for finding in findings() if finding.subject.startswith("rule ")]
    assert [(f.subject, f.healthy, f.doubtful) for f in found] == [("rule typo", True, True)]
    assert "source_category serch does not exist" in found[0].saw
    assert found[0].remedy
