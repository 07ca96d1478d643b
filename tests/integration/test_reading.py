"""Commands that only read leave a home as it was."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

from orchestration.cli import main
from orchestration.commands.doctor import findings
from tests.kit.demo import Demo

READING = (
    ("sql", "select count(*) from marts.leads"),
    ("metrics", "leads", "--by", "month"),
    ("explain", "paid_search"),
    ("explain", "nobody@example.com"),
    ("digest",),
    ("report", "--path"),
    ("export", "csv", "{out}", "--table", "lead_quality"),
    ("quarantine",),
    ("slices",),
)


@pytest.fixture
def home(demo: Demo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home that has only what was published, as somebody is given it."""
    home = tmp_path / "home"
    shutil.copytree(demo.settings.published_dir, home / "published", copy_function=os.link)
    monkeypatch.setenv("TRIBUTARY_HOME", str(home))
    return home


def listing(home: Path) -> dict[str, tuple[int, int]]:
    """Every path below the home, with its size and when it changed."""
    return {
        path.relative_to(home).as_posix(): (path.stat().st_size, path.stat().st_mtime_ns)
        for path in [home, *home.rglob("*")]
    }


@pytest.mark.parametrize("arguments", READING, ids=lambda arguments: arguments[0])
def test_a_reading_command_writes_nothing(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    """``explain`` made the key of a company that had none."""
    given = [each.format(out=tmp_path / "out") for each in arguments]
    monkeypatch.setattr(sys, "argv", ["tributary", *given])
    before = listing(home)
    with pytest.raises(SystemExit) as ended:
        main()
    has_nothing = arguments in (("explain", "nobody@example.com"), ("quarantine",))
    assert bool(ended.value.code) == has_nothing
    assert listing(home) == before


def test_looking_for_a_person_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It, too, made the key."""
    monkeypatch.setenv("TRIBUTARY_HOME", str(tmp_path))
    monkeypatch.setattr(sys, "argv", ["tributary", "erase", "--check", "nobody@example.com"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert not ended.value.code
    assert list(tmp_path.iterdir()) == []


def test_the_doctor_writes_nothing(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It took the writer's lease, and so made the folder of a warehouse that nobody builds here.

    A company of files: what a vendor issues to be asked again must be kept.
    """
    (tmp_path / "tributary.yaml").write_text("company: {}\n")
    monkeypatch.setenv("TRIBUTARY_CONFIG", str(tmp_path / "tributary.yaml"))
    before = listing(home)
    assert "no run is writing" in {found.saw for found in findings()}
    assert listing(home) == before
