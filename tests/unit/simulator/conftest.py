"""A small world for every test of the simulator."""

from __future__ import annotations

import pytest

from simulator.generator import generate
from simulator.world import World


@pytest.fixture(scope="session")
def small_world() -> World:
    """A twentieth of the demo. Tests must not change it."""
    return generate(scale=0.05)
