"""The spellings of ad platforms that files may use."""

from __future__ import annotations

import re

import pytest

from orchestration.foundation.repository import read_seed
from tests.kit.places import REPOSITORY

SPELLINGS = {row["spelling"]: row["platform"] for row in read_seed("ad_platforms")}


def test_the_documentation_lists_every_spelling() -> None:
    """Whoever exports a file looks there for what the platform may be called."""
    text = (REPOSITORY / "docs/inbox.md").read_text(encoding="utf-8")
    table = text.partition("| platform | also written |")[2].partition("\n\n")[0]
    listed = {}
    for platform, spellings in re.findall(r"^\| `(\w+)` \| (.*) \|$", table, re.MULTILINE):
        listed |= dict.fromkeys([platform, *filter(None, spellings.split(", "))], platform)
    assert listed == SPELLINGS


@pytest.mark.parametrize(
    ("spelling", "platform"),
    [
        ("facebook", "meta_ads"),
        ("fb", "meta_ads"),
        ("adwords", "google_ads"),
        ("bing", "microsoft_ads"),
        ("linkedin", "linkedin_ads"),
        ("twitter", "x_ads"),
    ],
)
def test_usual_names_mean_a_platform(spelling: str, platform: str) -> None:
    """Spend of "Facebook" had no lead source, and met that of `meta_ads` nowhere."""
    assert SPELLINGS[spelling] == platform


def test_every_spelling_is_a_code_and_every_platform_means_itself() -> None:
    """A name is compared after it became a code; a code must stay what it is."""
    for spelling, platform in SPELLINGS.items():
        assert re.fullmatch(r"[a-z0-9]+(_[a-z0-9]+)*", spelling), spelling
        assert SPELLINGS[platform] == platform
