"""An installed package: built, installed beside nothing, and run from a folder of the user's.

Slow and with the package index at hand: ``make wheel`` runs it.
"""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

import pytest

from orchestration.configuration.settings import load_settings
from orchestration.foundation.repository import REPOSITORY
from orchestration.publication.reader import query
from simulator.generation.calendar import DEMO_NOW
from simulator.generator import generate
from simulator.truth import Measures, compute_truth
from tests.kit.page import served

pytestmark = pytest.mark.slow

SCALE = 0.05
UV = Path(sys.executable).parent / "uv"


def environment() -> dict[str, str]:
    """The environment without anything that points at the checkout."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("TRIBUTARY_") and name not in ("PYTHONPATH", "VIRTUAL_ENV")
    }
    return kept | {"TRIBUTARY_DEMO_SCALE": str(SCALE)}


@dataclass(frozen=True)
class Installation:
    """A wheel in a virtual environment, and a folder in which its commands are called.

    Attributes:
        venv: The environment.
        folder: The user's folder.
    """

    venv: Path
    folder: Path

    @property
    def project(self) -> Path:
        """The files that the wheel carries besides the code."""
        (found,) = self.venv.glob("lib/python*/site-packages/orchestration/_project")
        return found

    def tributary(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Call the command in the user's folder."""
        return subprocess.run(
            [self.venv / "bin" / "tributary", *arguments],
            cwd=self.folder,
            env=environment(),
            capture_output=True,
            text=True,
            check=False,
        )

    def files(self) -> set[str]:
        """Every file below the project's folder."""
        return {
            str(path.relative_to(self.project))
            for path in self.project.rglob("*")
            if path.is_file()
        }


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """The wheel of this checkout, by way of its sdist, with the locked versions."""
    root = tmp_path_factory.mktemp("wheel")
    subprocess.run([UV, "build", "--quiet", "--out-dir", root / "dist", REPOSITORY], check=True)
    (wheel,) = (root / "dist").glob("*.whl")
    venv = root / "venv"
    subprocess.run([UV, "venv", "--quiet", "--python", sys.executable, venv], check=True)
    locked = REPOSITORY / "requirements.lock"
    python = venv / "bin" / "python"
    subprocess.run(
        [UV, "pip", "install", "--quiet", "--python", python, "--constraint", locked, wheel],
        check=True,
    )
    folder = root / "company"
    folder.mkdir()
    return Installation(venv, folder)


@dataclass(frozen=True)
class Demo:
    """The demo that was run from the wheel.

    Attributes:
        installation: Of the wheel.
        shown: What the command printed.
        added: Files below the package that were not there before.
    """

    installation: Installation
    shown: str
    added: set[str]


@pytest.fixture(scope="module")
def ran(installation: Installation) -> Demo:
    """``tributary demo`` in the user's folder, with no variable that names a path."""
    before = installation.files()
    done = installation.tributary("demo")
    assert done.returncode == 0, done.stdout + done.stderr
    return Demo(installation, done.stdout, installation.files() - before)


def test_nothing_of_the_project_lies_loose_in_site_packages(installation: Installation) -> None:
    """``models`` or ``seeds`` at the top level would shadow the packages of others."""
    top = {path.name for path in installation.project.parents[1].iterdir()}
    assert {"orchestration", "simulator"} <= top
    assert not {"models", "seeds", "dbt_project", "tests", "benchmarks"} & top


def test_an_editable_installation_uses_the_checkouts_files() -> None:
    """A second copy of the models in the environment of a checkout would grow stale unseen."""
    purelib = Path(sysconfig.get_paths()["purelib"])
    assert not (purelib / "orchestration").exists()


def test_without_a_configuration_the_message_fits_an_installation(
    installation: Installation, tmp_path: Path
) -> None:
    """An installed user has no make, and finds the example where the package lies."""
    done = Installation(installation.venv, tmp_path).tributary("run")
    assert done.returncode == 2
    said = done.stderr.replace("\n", "")  # the console folds long paths
    example = installation.project / "tributary.example.yaml"
    assert f"{example}" in said
    assert f"{tmp_path / 'tributary.yaml'}" in said
    assert "make " not in said
    assert example.read_text() == (REPOSITORY / "tributary.example.yaml").read_text()


def test_the_demo_publishes_what_was_planted(ran: Demo) -> None:
    """Every month of every lead source, as in a checkout."""
    planted = compute_truth(generate(scale=SCALE), DEMO_NOW)
    home = ran.installation.folder / ".tributary"
    published = {
        (row[0], row[1]): Measures(*row[2:])
        for row in query(
            load_settings({"TRIBUTARY_HOME": str(home)}),
            "select month, lead_source, leads, mqls, sqls, customers, revenue, ad_spend, "
            "other_costs from marts.lead_source_performance",
            max_rows=100_000,
        ).rows
    }
    assert {key: value for key, value in published.items() if value != Measures()} == {
        key: value for key, value in planted.sources.items() if value != Measures()
    }
    assert sum(value.leads for value in published.values()) == len(planted.leads) > 100
    assert "Published generation 1" in ran.shown


def test_nothing_is_written_below_the_package(ran: Demo) -> None:
    """By default dbt writes target, logs and .user.yml into its project."""
    assert ran.added == set()
    assert {path.name for path in ran.installation.folder.iterdir()} == {".tributary"}


def test_the_demos_home_answers_without_variables(ran: Demo) -> None:
    """The home's own configuration names its company; the folder is the current one."""
    tributary = ran.installation.tributary
    asked = tributary("sql", "--csv", "-", "select count(*) as leads from core.fct_leads")
    assert asked.stdout.split() == [
        "leads",
        str(len(compute_truth(generate(scale=SCALE), DEMO_NOW).leads)),
    ]
    explained = tributary("explain", "webinar")
    assert explained.returncode == 0, explained.stderr
    looked = tributary("doctor")
    assert looked.returncode == 0, looked.stdout
    assert "Fjordbase AB" in looked.stdout


def test_the_page_shows_the_graph(ran: Demo) -> None:
    """Dagster loads the definitions from the package, in a separate process."""
    command = ran.installation.venv / "bin" / "tributary"
    with served(ran.installation.folder / ".tributary", command=command) as page:
        nodes = page.graphql("{ assetNodes { groupName } }").json["data"]["assetNodes"]
    vendors = {
        "google_ads", "hubspot", "linkedin_ads", "mailchimp", "matomo", "meta_ads", "meta_leads",
        "salesforce", "search_console",
    }  # fmt: skip
    assert vendors | {"inbox", "marts"} <= {node["groupName"] for node in nodes}


def test_dagsters_own_commands_find_the_definitions(ran: Demo) -> None:
    """Schedules run in ``dagster-daemon -m orchestration.definitions``, as the runbook says."""
    done = subprocess.run(
        [
            ran.installation.venv / "bin" / "dagster",
            "job",
            "list",
            "-m",
            "orchestration.definitions",
        ],
        cwd=ran.installation.folder,
        env=environment() | {"DAGSTER_HOME": str(ran.installation.folder / ".tributary/dagster")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert {"refresh", "reread", "rebuild"} <= {
        line.removeprefix("Job: ") for line in done.stdout.splitlines()
    }
