"""Promise 14: the home is its owner's; other accounts read the published file and nothing else."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

import orchestration.foundation.modes as modes
from orchestration.commands.doctor import findings
from orchestration.commands.export import export_csv
from orchestration.configuration.inbox import InboxEntry
from orchestration.configuration.model import Config
from orchestration.configuration.settings import Settings, load_settings
from orchestration.connectors.inbox import INBOX
from orchestration.extract.landing import Landing
from orchestration.foundation.modes import HomeUnusable, keep_private
from orchestration.inbox.reader import land_entry
from orchestration.loading.slices import load_pending
from orchestration.privacy.hashes import identity_key
from orchestration.publication.publish import publish
from orchestration.quality.checks import Verdict
from orchestration.warehouse.build import prepare_build
from orchestration.warehouse.connection import connect, writer_lease
from tests.kit.faults.ordinary_user import as_ordinary_user
from tests.kit.faults.report import Result
from tests.kit.versions import build

pytestmark = pytest.mark.exhaustive
ROW = Result(
    "14 modes",
    "a home made, filled, loaded and published under four umasks, over an open home of an earlier "
    "version, and by an ordinary user; homes that cannot be written",
    "cases",
    "home, landing, build, logs and key for their owner alone, published readable; doctor names "
    "what is open; an unusable home is named before anything is written",
    ".venv/bin/pytest tests/faults/test_modes.py -m exhaustive",
)
NOW = datetime(2026, 7, 1, 6, tzinfo=UTC)
VERDICT = Verdict("run", (), (("core", "fct_leads"), ("marts", "totals"), ("meta", "sources")))


@pytest.fixture(autouse=True)
def umask_as_before() -> Iterator[None]:
    """Each test sets its own."""
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A company with one file."""
    file = tmp_path / "leads.csv"
    file.write_text("lead_id,created_at\nL1,2026-01-01\n")
    entry = InboxEntry(path=file, written_path="leads.csv", stream="leads")
    home = tmp_path / "home"
    return Settings(home=home, config_path=None, config=Config(inbox=[entry]), fixed_now=NOW)


def work(settings: Settings) -> str:
    """What a run does to a home, without Dagster and dbt."""
    settings.prepare_home()
    (settings.home / "logs").mkdir(exist_ok=True)
    (settings.home / "logs" / "run.log").write_text("said\n")
    (entry,) = settings.config.inbox
    landing = Landing(settings.landing_dir)
    land_entry(entry, landing, settings.config.company, NOW)
    with writer_lease(settings, "test"):
        prepare_build(settings)
        with connect(settings.warehouse_path, settings=settings) as con:
            load_pending(
                con,
                landing,
                [(INBOX.name, INBOX.stream("leads"))],
                identity_key=identity_key(settings),
                role_mailboxes=[],
            )
        settings.warehouse_path.unlink()
        build(settings, 1)
        publish(settings, VERDICT)
    return "done"


def wrong_modes(settings: Settings) -> dict[str, str]:
    """The folders and files whose mode is not the promised one."""
    found = {}
    for path in (settings.home, *settings.home.rglob("*")):
        name = path.relative_to(settings.home).as_posix()
        mode = stat.S_IMODE(path.stat().st_mode)
        shared = name.startswith("published") and not path.name.startswith(".")
        right = (0o755 if path.is_dir() else 0o444) if shared else 0o700 if path.is_dir() else 0o600
        if mode != right:
            found[name] = f"{mode:o}"
    return found


@pytest.mark.parametrize("umask", [0o000, 0o002, 0o022, 0o077])
def test_modes_do_not_depend_on_the_umask(settings: Settings, umask: int) -> None:
    """Under a usual umask every account of the machine could read landing and logs."""
    os.umask(umask)
    keep_private()
    work(settings)
    work(settings)
    assert (settings.published_dir / "generations" / "2.duckdb").exists()
    assert wrong_modes(settings) == {}


def test_an_open_home_of_an_earlier_version_is_closed(settings: Settings) -> None:
    """Doctor names what is open; the next run closes it."""
    os.umask(0)
    work(settings)
    settings.home.chmod(0o755)
    settings.published_path.chmod(0o600)
    (finding,) = [each for each in findings_of(settings) if each.subject == "permissions"]
    assert finding.doubtful
    assert "has mode" in finding.saw
    keep_private()
    work(settings)
    assert wrong_modes(settings) == {}
    (finding,) = [each for each in findings_of(settings) if each.subject == "permissions"]
    assert not finding.doubtful


def findings_of(settings: Settings) -> list[object]:
    """Doctor's findings about the home."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("orchestration.commands.doctor.load_settings", lambda: settings)
        patch.setattr(Settings, "require_config", lambda self: None)
        return list(findings())


def test_an_operator_may_let_others_pass_to_the_published_file(settings: Settings) -> None:
    """Passing is not reading: mode 0711 of the home stays as the operator set it."""
    work(settings)
    settings.home.chmod(0o711)
    work(settings)
    assert stat.S_IMODE(settings.home.stat().st_mode) == 0o711


def test_an_ordinary_user_runs_everything_and_another_account_reads_published_only(
    settings: Settings, tmp_path: Path
) -> None:
    """Nothing may need root, neither to write nor to read."""
    keep_private()
    work(Settings(home=tmp_path / "warm", config_path=None, config=settings.config, fixed_now=NOW))
    folder = tmp_path / "theirs"
    folder.mkdir()
    (tmp_path / "leads.csv").chmod(0o644)
    theirs = Settings(home=folder / "home", config_path=None, config=settings.config, fixed_now=NOW)
    assert as_ordinary_user(folder, lambda: work(theirs)) == "done"
    assert wrong_modes(theirs) == {}


def test_an_answer_as_csv_is_written_with_the_mode_that_its_owner_wants(
    settings: Settings, tmp_path: Path
) -> None:
    """What a person exports is the person's, and may be meant for others."""
    work(settings)
    os.umask(0o027)
    keep_private()
    export_csv(settings, "select 1 as a", str(tmp_path / "out.csv"), 10)
    assert stat.S_IMODE((tmp_path / "out.csv").stat().st_mode) == 0o640


@pytest.mark.parametrize("trouble", ["read-only", "a file", "below a file", "another account's"])
def test_a_home_that_cannot_be_used_is_named(settings: Settings, trouble: str) -> None:
    """The system's own error names no remedy, and came after half of the work."""
    home = settings.home
    if trouble == "a file":
        home.write_text("")
    elif trouble == "below a file":
        (home.parent / "file").write_text("")
        home = home.parent / "file" / "home"
    else:
        home.mkdir()
        (home / "logs").mkdir(mode=0o777)
        home.chmod(0o555)
    used = Settings(home=home, config_path=None, config=settings.config)
    if trouble in ("a file", "below a file"):
        with pytest.raises(HomeUnusable) as caught:
            used.prepare_home()
        assert "choose a folder" in caught.value.remedy
    else:
        if trouble == "another account's" and os.geteuid() != 0:
            pytest.skip("only root can give a folder away")
        folder = home if trouble == "read-only" else home.parent / "other"
        folder.mkdir(exist_ok=True)
        said = as_ordinary_user(folder, used.prepare_home)
        assert said.startswith("HomeUnusable: TRIBUTARY_HOME cannot be used: Permission denied.")
        assert str(home) in said


def test_the_umask_that_was_given_is_remembered_once() -> None:
    """The second call finds our own mask, which nobody wanted for an export."""
    os.umask(0o002)
    keep_private()
    keep_private()
    assert modes.given_mode() == 0o664


def test_the_private_paths_are_all_that_a_home_holds(tmp_path: Path) -> None:
    """A folder that is added later must be private or published, not forgotten."""
    settings = load_settings({"TRIBUTARY_HOME": str(tmp_path)})
    names = {path.name for path in settings.private_paths}
    assert {"landing", "build", "logs", "dagster", "tokens", "identity.key"} <= names
