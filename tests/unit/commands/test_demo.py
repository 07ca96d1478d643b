"""The demo meets its company at an entry point, and never another company's data."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path

import pytest
from rich.console import Console

from orchestration.commands import demo
from orchestration.commands.doctor import findings
from orchestration.configuration.document import SettingsError
from orchestration.configuration.settings import load_settings
from orchestration.foundation.errors import TributaryError
from simulator import company


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of the test's own; no variable but its own names anything."""
    for name in [name for name in os.environ if name.startswith("TRIBUTARY_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("TRIBUTARY_HOME", str(tmp_path))
    return tmp_path


def keep(home: Path, configuration: str) -> None:
    """A home that holds data and that configuration."""
    (home / "landing").mkdir()
    (home / "tributary.yaml").write_text(configuration)


def refusal() -> TributaryError:
    """Why the demo does not run."""
    with pytest.raises(TributaryError) as caught:
        demo.run_demo(Console())
    return caught.value


def test_the_package_offers_the_company() -> None:
    """The product's code names no company: the entry point of the installed package does."""
    assert demo.demo_company() is company


def test_without_a_company_the_message_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """An installation of before the entry point existed has none until it is installed again."""
    monkeypatch.setattr(metadata, "entry_points", lambda **_: ())
    assert "not installed" in refusal().what
    assert "make setup" in refusal().remedy


def test_a_home_of_another_company_is_refused(home: Path) -> None:
    """Demo people mixed with real ones could not be separated afterwards."""
    keep(home, "company: {name: Real AB}\n")
    assert "another company's data" in refusal().what
    assert "TRIBUTARY_HOME=" in refusal().remedy
    assert (home / "tributary.yaml").read_text() == "company: {name: Real AB}\n"


def test_data_that_nothing_names_is_refused(home: Path) -> None:
    """Homes of versions before 0.1.0 kept no configuration; the message says what to do."""
    (home / "landing").mkdir()
    (home / "demo").mkdir()
    assert "no configuration that says whose" in refusal().what
    assert "demo of an earlier version" in refusal().remedy
    assert not (home / "tributary.yaml").exists()


def test_a_company_that_cannot_be_served_is_an_error_with_its_reason(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The company is not part of the product, so it cannot raise the product's errors."""

    @contextmanager
    def fails(folder: Path) -> Iterator[dict[str, str]]:
        raise company.CompanyDidNotStart("no port is free")
        yield {}

    monkeypatch.setattr(company, "serve", fails)
    assert "no port is free" in refusal().where


def test_a_demo_home_keeps_the_size_that_it_began_with(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two sizes have different people under the same keys."""
    (home / "demo").mkdir()
    (home / "demo" / "scale").write_text("0.05")
    assert "size 0.05, not 1" in refusal().where


def test_the_demos_home_needs_no_variables(home: Path) -> None:
    """After ``tributary demo``, ``explain``, ``sql`` and ``doctor`` find its configuration."""
    shutil.copy(company.CONFIGURATION, home / "tributary.yaml")
    settings = load_settings()
    assert settings.config_path == home / "tributary.yaml"
    assert settings.config.company.name == "Fjordbase AB"
    found = next(findings())
    assert (found.subject, found.healthy) == ("configuration", True)
    assert "only while the demo runs" in found.saw


def test_a_run_of_ones_own_does_not_mix_with_the_demo(home: Path, tmp_path: Path) -> None:
    """README's order is demo first, own configuration second, and the default home is the same."""
    keep(home, company.CONFIGURATION.read_text(encoding="utf-8"))
    own = tmp_path / "own.yaml"
    own.write_text("company: {name: Real AB}\n")
    settings = load_settings({"TRIBUTARY_HOME": str(home), "TRIBUTARY_CONFIG": str(own)})
    with pytest.raises(SettingsError) as caught:
        settings.require_config()
    assert "Fjordbase AB" in caught.value.what
    assert "a home of its own" in caught.value.remedy
