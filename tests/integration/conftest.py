"""One small demo company, run once through the whole road and shared by all tests that read it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console

from orchestration.commands.run import run_refresh
from orchestration.configuration.settings import Settings, load_settings
from orchestration.plan import RunPlan
from simulator import company
from simulator.generation.calendar import DEMO_NOW
from simulator.generator import generate
from simulator.http import Clock
from simulator.inbox_files import write_inbox_files
from simulator.server import SimulatorServer
from simulator.truth import compute_truth
from simulator.world import World
from tests.kit.demo import Demo

SCALE = 0.05
HOME = "TRIBUTARY_TRUTH_HOME"
"""The environment variable for the home of a published demo of full size, which is only read."""


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """The demo company at a twentieth of its size, published once; or the one of ``make truth``."""
    published = os.environ.get(HOME)
    home = Path(published) if published else tmp_path_factory.mktemp("demo")
    inbox = home / "demo" / "inbox"
    world = generate(scale=1 if published else SCALE)
    with SimulatorServer(world, Clock(DEMO_NOW)) as server, pytest.MonkeyPatch.context() as patch:
        for name, value in company.environment(server.url, inbox).items():
            patch.setenv(name, value)
        patch.setenv("TRIBUTARY_HOME", str(home))
        patch.setenv("TRIBUTARY_CONFIG", str(company.CONFIGURATION))
        settings = load_settings(os.environ)
        shown = "" if published else _published(settings, world, inbox)
        assert server.errors == []
        yield Demo(settings, world, compute_truth(world, DEMO_NOW), server, inbox, shown)


def _published(settings: Settings, world: World, inbox: Path) -> str:
    """Run the company once; what the command printed."""
    inbox.mkdir(parents=True)
    write_inbox_files(world, inbox, DEMO_NOW)
    console = Console(record=True, width=160)
    status = run_refresh(settings, RunPlan(), console)
    shown = console.export_text()
    assert status == 0, shown
    return shown
