"""Cases of GA4's default channel group, from ``tests/fixtures/ga4_channel_groups.csv``.

Belongs here: reading them. Does not belong here: the rules they follow, which Google publishes.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass

from tests.kit.places import FIXTURES


@dataclass(frozen=True)
class ChannelCase:
    """What a link is tagged with, and the group that GA4 puts its visits in."""

    name: str
    source: str
    medium: str
    campaign: str
    group: str


def channel_cases() -> list[ChannelCase]:
    """All cases."""
    with (FIXTURES / "ga4_channel_groups.csv").open(encoding="utf-8", newline="") as file:
        return [ChannelCase(*row.values()) for row in csv.DictReader(file)]
