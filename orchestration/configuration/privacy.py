"""The privacy section of ``tributary.yaml``: for how long people are kept, and what is shown.

Belongs here: the keys and their meaning. Does not belong here: applying them
(``extract/keeping.py`` for what is landed, ``runs/janitor.py`` for other files, ``publication``).
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, field_validator

from orchestration.configuration.strict import Strict
from orchestration.connectors.registry import CONNECTORS

Days = Annotated[int, Field(ge=31, le=36_500)]
"""Landing is looked through once a month, so fewer days than a month cannot be promised."""


class KeepDays(Strict):
    """After how many days people are taken out; ``None`` keeps them. Days and sums stay.

    Attributes:
        landing: Lists of people that a newer list of the same source has replaced.
        events: What people did: visits, mailings, forms. By the day on which it happened.
        quarantine: Rows that could not be read.
        generations: Earlier versions of the published file.
        logs: Log files, and Dagster's runs.
        vendors: By connector: everything that it delivered, by the day on which it was read.
    """

    landing: Days | None = None
    events: Days | None = None
    quarantine: Days | None = None
    generations: int | None = Field(default=None, ge=1, le=36_500)
    logs: int | None = Field(default=None, ge=1, le=36_500)
    vendors: dict[str, Days] = {}

    @field_validator("vendors")
    @classmethod
    def _known(cls, value: dict[str, int]) -> dict[str, int]:
        for name in value:
            if name not in CONNECTORS:
                raise ValueError(
                    f"there is no connector {name!r}; known are: {', '.join(sorted(CONNECTORS))}"
                )
        return value


class Privacy(Strict):
    """What the company promises about people.

    Attributes:
        keep_days: For how long they are kept.
        click_ids: Whether published landing pages keep the ids that platforms give to clicks.
        refusals_of: Connectors whose unsubscribed people have refused marketing.
    """

    keep_days: KeepDays = KeepDays()
    click_ids: bool = False
    refusals_of: list[str] = []

    @field_validator("refusals_of")
    @classmethod
    def _state_them(cls, value: list[str]) -> list[str]:
        able = [
            name
            for name, connector in sorted(CONNECTORS.items())
            if any(stream.refusals for stream in connector.streams)
        ]
        for name in value:
            if name not in able:
                raise ValueError(
                    f"{name!r} states no refusals; connectors that do are: {', '.join(able)}"
                )
        return value
