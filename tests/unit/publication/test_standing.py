"""What counts as a change since the published generation, and what does not."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from orchestration.configuration.inbox import InboxEntry
from orchestration.configuration.model import Company, Config, ConnectorConfig
from orchestration.configuration.privacy import KeepDays, Privacy
from orchestration.configuration.settings import Settings
from orchestration.privacy.hashes import identity_key
from orchestration.privacy.holding import Held
from orchestration.publication import standing

NOW = datetime(2026, 7, 1, 6, tzinfo=UTC)
RUN = "run-1"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A home in which a run read one file and published generation 3."""
    file = tmp_path / "leads.csv"
    file.write_text("lead_id\nL1\n", encoding="utf-8")
    entry = InboxEntry(path=file, written_path="leads.csv", stream="leads")
    result = Settings(tmp_path, None, Config(inbox=[entry]), fixed_now=NOW)
    for folder in (result.landing_dir, result.build_dir, result.published_dir):
        folder.mkdir()
    (result.landing_dir / "manifest.jsonl").write_text("{}\n", encoding="utf-8")
    result.published_path.write_bytes(b"generation 3")
    standing.begin(result, RUN, reads=True)
    warehouse(result)
    assert load(result, RUN) is None
    standing.note(result, RUN, 3)
    return result


def warehouse(settings: Settings) -> None:
    """A warehouse in which a run loaded and built."""
    with duckdb.connect(str(settings.warehouse_path)) as con:
        con.execute("create schema ops; create schema core; create table core.fct_leads (i int)")
        con.execute(
            "create table ops.accounts_failed "
            "(connector text, stream text, account_id text, failed_at timestamp, message text)"
        )


def load(settings: Settings, run_id: str, *, failing: str = "") -> int | None:
    """The generation that a run finds unchanged after loading."""
    with duckdb.connect(str(settings.warehouse_path)) as con:
        con.execute("delete from ops.accounts_failed")
        if failing:
            values = ["google_ads", "ad_days", failing, NOW.replace(tzinfo=None), "revoked"]
            con.execute("insert into ops.accounts_failed values (?, ?, ?, ?, ?)", values)
        found = standing.loaded(settings, run_id, con)
    return found.generation if found else None


def stands(settings: Settings) -> int | None:
    """The generation that stands before a run begins."""
    found = standing.unchanged(settings)
    return found.generation if found else None


def test_nothing_changed(settings: Settings) -> None:
    """Neither the day, nor when somebody looked last, changes a figure."""
    assert stands(settings) == 3
    assert stands(replace(settings, fixed_now=NOW + timedelta(days=400))) == 3


def _file(settings: Settings) -> None:
    (settings.home / "leads.csv").write_text("lead_id\nL2\n", encoding="utf-8")


def _no_file(settings: Settings) -> None:
    (settings.home / "leads.csv").unlink()


def _landing(settings: Settings) -> None:
    (settings.landing_dir / "manifest.jsonl").write_text("{}\n{}\n", encoding="utf-8")


def _set_aside(settings: Settings) -> None:
    (settings.landing_dir / "set_aside.json").write_text("{}", encoding="utf-8")


def _key(settings: Settings) -> None:
    (settings.home / "identity.key").write_text("ab" * 32, encoding="ascii")


def _refusal(settings: Settings) -> None:
    settings.erasures_dir.mkdir()
    (settings.erasures_dir / ".refused.json").write_text("{}", encoding="utf-8")


def _erasure(settings: Settings) -> None:
    settings.erasures_dir.mkdir()
    key = Held.fingerprint(identity_key(settings))
    facts = {"request": "r", "requested_at": NOW.isoformat(), "reason": "", "key": key}
    facts |= {"held": ["h"], "identifiers": {}}
    (settings.erasures_dir / "r.json").write_text(json.dumps(facts), encoding="utf-8")


def _publication(settings: Settings) -> None:
    settings.published_path.write_bytes(b"a generation that was put back")


def _no_publication(settings: Settings) -> None:
    settings.published_path.unlink()


def _warehouse(settings: Settings) -> None:
    settings.warehouse_path.write_bytes(b"nothing")


def _no_build(settings: Settings) -> None:
    for path in settings.build_dir.iterdir():
        path.unlink()


@pytest.mark.parametrize(
    "change",
    [
        _file, _no_file, _landing, _set_aside, _key, _refusal, _erasure, _publication,
        _no_publication, _warehouse, _no_build,
    ],
)  # fmt: skip
def test_whatever_a_run_works_with_is_a_change(
    settings: Settings, change: Callable[[Settings], None]
) -> None:
    """A change that is not seen leaves readers with old figures, and the command says all is well.

    What was published or built counts too: whoever removes it wants it made again.
    """
    change(settings)
    assert stands(settings) is None


def test_a_changed_configuration_is_a_change(settings: Settings) -> None:
    """Any of it, and the code: nobody keeps a list of what may change a figure."""
    config = settings.config
    company = Company(reporting_currency="SEK")
    assert stands(replace(settings, config=config.model_copy(update={"company": company}))) is None
    vendor = {"matomo": ConnectorConfig()}
    assert (
        stands(replace(settings, config=config.model_copy(update={"connectors": vendor}))) is None
    )


def test_people_come_of_age(settings: Settings) -> None:
    """What is kept of them ends by the calendar, so a run is due although nobody wrote a file."""
    privacy = Privacy(keep_days=KeepDays(events=400))
    aging = replace(settings, config=settings.config.model_copy(update={"privacy": privacy}))
    standing.begin(aging, "run-2", reads=True)
    assert load(aging, "run-2") is None
    standing.note(aging, "run-2", 3)
    assert stands(aging) == 3
    assert stands(replace(aging, fixed_now=NOW + timedelta(days=40))) is None


def test_a_file_that_was_only_written_again_is_read_once(settings: Settings) -> None:
    """It is read, lands nothing, and the run ends there; the next one need not read it."""
    (settings.home / "leads.csv").touch()
    assert stands(settings) is None
    standing.begin(settings, "run-2", reads=True)
    assert load(settings, "run-2") == 3
    standing.note(settings, "run-2", 3)
    assert stands(settings) == 3


def test_a_file_that_changes_while_a_run_works_has_changed(settings: Settings) -> None:
    """The run may have read the half of it."""
    standing.begin(settings, "run-2", reads=True)
    _file(settings)
    load(settings, "run-2")
    standing.note(settings, "run-2", 4)
    assert stands(settings) is None


def test_a_vendor_that_refuses_is_a_change(settings: Settings) -> None:
    """It is named in ``meta.sources``, which is published."""
    standing.begin(settings, "run-2", reads=True)
    assert load(settings, "run-2", failing="77") is None
    assert load(settings, "run-2") == 3


def test_a_warehouse_without_models_is_built(settings: Settings) -> None:
    """One that was damaged is set aside, and everything is loaded into a new one."""
    settings.warehouse_path.unlink()
    warehouse(settings)
    with duckdb.connect(str(settings.warehouse_path)) as con:
        con.execute("drop table core.fct_leads")
    standing.begin(settings, "run-2", reads=True)
    assert load(settings, "run-2") is None


def test_what_was_accepted_once_is_asked_again(settings: Settings) -> None:
    """``--accept-losses`` is for one run."""
    standing.forget(settings)
    assert stands(settings) is None


def test_a_run_of_a_part_notes_nothing(settings: Settings) -> None:
    """Somebody who starts single assets on the page publishes from what is unknown here."""
    standing.note(settings, "another", 4)
    assert stands(settings) is None


def _is_pending(settings: Settings) -> None:
    standing.begin(settings, "run-2", reads=True)
    _erasure(settings)


def _is_set_aside(settings: Settings) -> None:
    standing.begin(settings, "run-2", reads=True)
    _set_aside(settings)


@pytest.mark.parametrize("change", [_is_pending, _is_set_aside])
def test_what_somebody_asks_for_while_a_run_works_is_done_by_the_next(
    settings: Settings, change: Callable[[Settings], None]
) -> None:
    """Both commands answer that the next run does it; that run said that nothing had changed."""
    change(settings)
    load(settings, "run-2")
    standing.note(settings, "run-2", 3)
    assert stands(settings) is None
    assert load(settings, "run-2") is None


def test_code_that_is_replaced_while_a_run_works_was_not_run(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A company that installs a new version in the night gets its figures from the next run."""
    standing.begin(settings, "run-2", reads=True)
    monkeypatch.setattr(standing, "_code", lambda: "another version")
    assert load(settings, "run-2") is None
    standing.note(settings, "run-2", 4)
    assert stands(settings) is None


def test_who_refused_is_looked_up_in_what_was_landed_last(settings: Settings) -> None:
    """A run looks before it reads, so the next one may not end before it looks.

    A visitor's id that was landed with the address of somebody who refused stayed in the touches.
    """
    consents = InboxEntry(
        path=settings.home / "leads.csv", written_path="leads.csv", stream="consents"
    )
    refusing = replace(settings, config=settings.config.model_copy(update={"inbox": [consents]}))
    standing.begin(refusing, "run-2", reads=True)
    _landing(refusing)
    load(refusing, "run-2")
    standing.note(refusing, "run-2", 3)
    assert stands(refusing) is None
    standing.begin(refusing, "run-3", reads=True)
    assert load(refusing, "run-3") == 3
    standing.note(refusing, "run-3", 3)
    assert stands(refusing) == 3
