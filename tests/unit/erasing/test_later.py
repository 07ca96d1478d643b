"""Who was erased stays so under every id that becomes known of them later."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from orchestration.configuration.inbox import InboxEntry
from orchestration.configuration.model import Config
from orchestration.configuration.settings import Settings
from orchestration.configuration.streams import configured_streams
from orchestration.connectors.inbox import INBOX
from orchestration.erasing.asked_by_file import ask_from_files
from orchestration.erasing.carrying_out import begin, complete
from orchestration.erasing.later import REASON, catch_up, following
from orchestration.extract.landing import Landing
from orchestration.inbox.reader import land_entry
from orchestration.loading.slices import load_pending
from orchestration.privacy.erasures import erasures
from orchestration.privacy.hashes import identity_key
from orchestration.warehouse.build import prepare_build
from orchestration.warehouse.connection import connect
from tests.kit.scan import found

NAMES = ("touchpoints", "leads", "erasures")
TOUCHES = """\
occurred_at,lead_id,visitor_id,email,utm_source
2026-01-05,Lead-00009,visitor-aaaa,,google
2026-01-06,,visitor-aaaa,,news
2026-01-07,Lead-00002,visitor-bbbb,,google
"""
LEADS = "lead_id,created_at,email,phone\nLead-00002,2026-01-01,bo@x.example,+46 8 111 22 33\n"
ANNA = "Lead-00009,2026-01-02,Anna@x.example,+46 70 123 45 67\n"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A company whose list of erasures names somebody of whom nothing has landed."""
    inbox = [
        InboxEntry(path=tmp_path / f"{name}.csv", written_path=f"{name}.csv", stream=name)
        for name in NAMES
    ]
    now = datetime(2026, 3, 1, tzinfo=UTC)
    settings = Settings(tmp_path / "home", None, Config(inbox=inbox), "500MB", 1, fixed_now=now)
    write(settings, "erasures", "person\nanna@x.example\n")
    write(settings, "leads", LEADS)
    write(settings, "touchpoints", TOUCHES)
    return settings


def write(settings: Settings, name: str, text: str) -> None:
    """A new export."""
    settings.config.inbox[NAMES.index(name)].path.write_text(text, "utf-8")


def run(settings: Settings) -> int:
    """What a run does up to the publish; how many requests it carried out while it read."""
    ask_from_files(settings)
    begin(settings)
    settings.build_dir.mkdir(exist_ok=True)
    prepare_build(settings)
    caught = 0
    streams = configured_streams(settings)
    for entry in settings.config.inbox[:2]:
        land_entry(
            entry,
            Landing(settings.landing_dir, following(settings)),
            settings.config.company,
            settings.now(),
        )
        this = (INBOX.name, INBOX.stream(entry.stream))
        caught += catch_up(settings, [each for each in streams if each != this])
        with connect(settings.warehouse_path, settings=settings) as con:
            load_pending(
                con,
                Landing(settings.landing_dir),
                [this],
                identity_key=identity_key(settings),
            )
    complete(settings, 1)
    return caught


def test_what_landed_before_under_another_id_goes_too(settings: Settings) -> None:
    """The list names an address; the next export says whose lead that is, and touches had it."""
    run(settings)
    held = ["Lead-00009", "visitor-aaaa", "nna@x.example", "123 45 67"]
    assert set(found(settings.home, held)) > {"build/warehouse.duckdb"}
    write(settings, "leads", LEADS + ANNA)
    assert run(settings) == 1
    assert found(settings.home, held) == {}
    assert set(found(settings.home, ["Lead-00002", "visitor-bbbb"])) > {"build/warehouse.duckdb"}
    with connect(settings.warehouse_path, settings=settings) as con:
        leads = "select count(*) from raw.inbox__leads"
        assert con.execute(leads).fetchall() == [(3,)], "one of the first file, two of the second"
        assert con.execute("select count(*) from raw.inbox__touchpoints").fetchall() == [(3,)]
    later = [item for item in erasures(settings) if item.reason == REASON]
    assert [item.is_done for item in later] == [True]
    assert later[0].identifiers == {"lead:inbox": 1, "phone": 1, "visitor": 1}
    assert run(settings) == 0
    assert len(erasures(settings)) == 2


def test_what_comes_afterwards_under_another_id_is_held_back(settings: Settings) -> None:
    """Files are read one after another: the lead's record may come first."""
    settings.config.inbox[:2] = reversed(settings.config.inbox[:2])
    settings.config.inbox[0].path.write_text(LEADS + ANNA, "utf-8")
    run(settings)
    assert found(settings.home, ["Lead-00009", "nna@x.example", "123 45 67"]) == {}


def test_a_lead_who_never_landed_can_be_listed_in_an_empty_home(settings: Settings) -> None:
    """The list may be older than the first file; the kind of an id is no reason to stop the run."""
    write(settings, "erasures", "person,kind\nLead-00009,lead\nvisitor-cccc,\n")
    write(settings, "leads", LEADS + ANNA)
    run(settings)
    assert found(settings.home, ["Lead-00009", "nna@x.example", "123 45 67"]) == {}
    assert set(found(settings.home, ["bo@x.example"])) != set()


def test_what_others_have_too_stays_theirs(settings: Settings) -> None:
    """A switchboard and a placeholder on an erased person's record must not take others along."""
    others = "".join(f"Lead-0000,2026-01-03,p{n}@x.example,\n" for n in range(60))
    write(settings, "leads", LEADS + others)
    run(settings)
    placeholder = "Lead-0000,2026-01-02,anna@x.example,+46 8 111 22 33\n"
    write(settings, "leads", LEADS + others + placeholder)
    run(settings)
    assert found(settings.home, ["anna@x.example"]) == {}
    held = found(settings.home, ["p7@x.example", "bo@x.example", "8 111 22 33"])
    assert {name for names in held.values() for name in names} == {
        "p7@x.example",
        "bo@x.example",
        "8 111 22 33",
    }
    assert [item.reason for item in erasures(settings)] == ["erasures.csv"]
    before = (settings.erasures_dir / ".apart.json").read_bytes()
    run(settings)
    assert (settings.erasures_dir / ".apart.json").read_bytes() == before
