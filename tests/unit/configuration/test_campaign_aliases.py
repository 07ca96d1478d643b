"""Names of campaigns that a company lists lead somewhere, in one step."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from orchestration.configuration.classification import Classification


@pytest.mark.parametrize(
    ("aliases", "reason"),
    [
        ({"Stand": "Expo", "Expo": "nx-2026"}, "let 'Stand' mean that"),
        ({"Stand": "Expo", "EXPO ": "nx-2026"}, "let 'Stand' mean that"),
        ({"Stand": "STAND!"}, "are one name already"),
        ({"Stand 4": "a", "stand-4": "b"}, "is listed twice"),
        ({"!": "a"}, "an alias has a name"),
        ({"a": " "}, "an alias has a name"),
    ],
)
def test_a_name_that_leads_nowhere_certain_is_an_error(
    aliases: dict[str, str], reason: str
) -> None:
    """Which of two campaigns a name means would depend on the order of the list."""
    with pytest.raises(ValidationError, match=reason):
        Classification(campaign_aliases=aliases)


def test_several_names_may_mean_one_campaign() -> None:
    """A stand, its hotel and its print are booked under three names."""
    aliases = {"Stand": "nx-2026", "Hotel": "nx-2026", "Print": "NX 2026", "stand": "nx 2026"}
    assert Classification(campaign_aliases=aliases).campaign_aliases == aliases
