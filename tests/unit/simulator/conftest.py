"""A small world for every test of the simulator, and a way to tell two worlds apart."""

from __future__ import annotations

import hashlib
from dataclasses import fields

import pytest

from simulator.generator import generate
from simulator.world import World


def digest(world: World) -> str:
    """A hash over everything in a world."""
    hashed = hashlib.sha256()
    for field in fields(world):
        hashed.update(f"{field.name}={getattr(world, field.name)!r}\n".encode())
    return hashed.hexdigest()


@pytest.fixture(scope="session")
def small_world() -> World:
    """A twentieth of the demo. Tests must not change it."""
    return generate(scale=0.05)
