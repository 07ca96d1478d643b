"""A file of the inbox lists who is to be erased."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from orchestration.configuration.settings import Settings, load_settings
from orchestration.erasing import carrying_out
from orchestration.erasing.asked_by_file import ask_from_files
from orchestration.erasing.finding import WhoIsMeant
from orchestration.extract.landing import Landing
from orchestration.inbox.reader import land_entry
from orchestration.privacy.erasures import held_back
from tests.kit.scan import found

NOW = datetime(2026, 3, 1, tzinfo=UTC)
CONFIG = """
company: {name: A}
inbox:
  - {path: leads.csv, stream: leads}
  - {path: erasures.csv, stream: erasures}
"""
LEADS = (
    "lead_id,created_at,email\nLead-0001,2026-01-01,anna@x.example\nL2,2026-01-01,bo@x.example\n"
)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A company that has landed its leads."""
    (tmp_path / "tributary.yaml").write_text(CONFIG)
    (tmp_path / "leads.csv").write_text(LEADS)
    home, config = tmp_path / "home", tmp_path / "tributary.yaml"
    settings = load_settings({"TRIBUTARY_HOME": str(home), "TRIBUTARY_CONFIG": str(config)})
    land(settings)
    return settings


def land(settings: Settings) -> None:
    """Read the leads as a run does."""
    landing = Landing(settings.landing_dir, held_back(settings))
    land_entry(settings.config.inbox[0], landing, settings.config.company, NOW)


def listed(settings: Settings, *rows: str) -> int:
    """What a run does with these rows first; how many requests are new."""
    settings.config.inbox[1].path.write_text("\n".join(["person,kind,reason", *rows]) + "\n")
    asked = ask_from_files(settings)
    carrying_out.begin(settings)
    carrying_out.complete(settings, 1)
    return len(asked)


def test_each_person_once(settings: Settings) -> None:
    """The list only grows; a rebuild for everybody who ever asked would be one every day."""
    rows = ["Anna@X.example,,letter of 3 March", "anna@x.example,,"]
    assert listed(settings, *rows) == 1
    assert listed(settings, *rows) == 0
    land(settings)
    assert found(settings.home, ["anna@x.example", "Lead-0001", "Anna@X"]) == {}
    assert listed(settings, *rows, "L2,,") == 1
    assert listed(settings, *rows, "L2,,") == 0
    assert found(settings.home, ["bo@x.example"]) == {}


def test_somebody_who_was_never_landed(settings: Settings) -> None:
    """Their record may come with the next export."""
    assert listed(settings, "cia@x.example,,", "L3,lead,") == 2
    assert listed(settings, "cia@x.example,,", "L3,lead,") == 0
    leads = settings.config.inbox[0].path
    leads.write_text(LEADS + "L3,2026-01-02,\nL4,2026-01-02,CIA@x.example\n")
    land(settings)
    assert found(settings.home, ["cia@x.example", "CIA@"]) == {}


@pytest.mark.parametrize(
    ("row", "says"), [(" ,,", "line 2"), ("L2,customer,", "kind of identifier"), ("a,b", "line 2")]
)
def test_a_row_that_names_nobody_ends_the_run(settings: Settings, row: str, says: str) -> None:
    """Whoever typed it believes that the person is gone."""
    with pytest.raises(WhoIsMeant) as error:
        listed(settings, row)
    assert says in str(error.value)
    assert str(settings.config.inbox[1].path) in error.value.where


def test_every_file_of_a_pattern_is_read(settings: Settings, tmp_path: Path) -> None:
    """A list for each month: the pattern was taken for the name of a file, and the run ended."""
    (tmp_path / "tributary.yaml").write_text(CONFIG.replace("erasures.csv", "gone-*.csv"))
    (tmp_path / "gone-1.csv").write_text("person\nanna@x.example\n")
    (tmp_path / "gone-2.csv").write_text("person\nbo@x.example\n")
    monthly = load_settings(
        {
            "TRIBUTARY_HOME": str(settings.home),
            "TRIBUTARY_CONFIG": str(tmp_path / "tributary.yaml"),
        }
    )
    assert len(ask_from_files(monthly)) == 2
