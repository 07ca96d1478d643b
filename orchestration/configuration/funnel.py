"""The funnel section of ``tributary.yaml``: the steps on the way from a visit to a customer.

Belongs here: the shape of the section and the steps that are known without it. Does not belong
here: who reached a step (``models/marts/funnel_steps.sql``).
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, field_validator

from orchestration.configuration.strict import Strict
from orchestration.foundation.codes import code

_WEB = {
    "visit": ("Visit", "Besök"),
    "landing": ("Landing page", "Landningssida"),
    "form": ("Form", "Formulär"),
}
_STAGES = {
    "lead": ("Lead", "Lead"),
    "mql": ("MQL", "MQL"),
    "sql": ("SQL", "SQL"),
    "opportunity": ("Opportunity", "Affärsmöjlighet"),
    "customer": ("Customer", "Kund"),
}


class Funnel(Strict):
    """The steps of ``marts.funnel_steps``, in their order (docs/marts.md, question 11).

    Attributes:
        steps: ``visit``, ``landing`` and ``form`` before ``lead``; behind it ``mql``, ``sql``,
            ``opportunity``, ``customer``, and conversion types and stages of the company's own. A
            step that nobody ever reached is left out.
        landing_pages: Paths of the pages that are to capture leads; ``*`` means any text, and a
            final slash makes no difference. Without one there is no step ``landing``.
    """

    steps: list[str] = [*_WEB, *_STAGES]
    landing_pages: list[Annotated[str, Field(pattern=r"^/[^*]*(\*[^*]*){0,2}$")]] = []

    @field_validator("steps")
    @classmethod
    def _in_order(cls, written: list[str]) -> list[str]:
        steps = [code(step) for step in written]
        if len(set(steps)) < len(steps) or "" in steps:
            raise ValueError("a step is listed twice, or is empty")
        if "lead" not in steps:
            raise ValueError("steps must have lead, which parts visitors from leads")
        before = steps[: steps.index("lead")]
        if before != [step for step in _WEB if step in before]:
            raise ValueError(
                f"before lead there may be {', '.join(_WEB)}, in this order; other steps follow it"
            )
        behind = steps[len(before) :]
        for step in _WEB:
            if step in behind:
                raise ValueError(f"{step} must come before lead")
        return steps

    @property
    def rows(self) -> list[tuple[int, str, str, str, bool, str | None]]:
        """Position, step, names, whether visitors take it, and a landing page's pattern."""
        names = _WEB | _STAGES
        rows: list[tuple[int, str, str, str, bool, str | None]] = []
        for position, step in enumerate(self.steps, start=1):
            own = step.replace("_", " ").capitalize()
            english, swedish = names.get(step, (own, own))
            pages: list[str | None] = [None]
            if step == "landing":
                pages = [*self.landing_pages]
            for page in pages:
                rows.append((position, step, english, swedish, step in _WEB, page))
        return rows
