"""Compares two simulated worlds.

Belongs here: comparing worlds. Does not belong here: making them (``simulator``).
"""

from __future__ import annotations

import hashlib
from dataclasses import fields

from simulator.world import World


def digest(world: World) -> str:
    """A hash over everything in a world."""
    hashed = hashlib.sha256()
    for field in fields(world):
        hashed.update(f"{field.name}={getattr(world, field.name)!r}\n".encode())
    return hashed.hexdigest()
