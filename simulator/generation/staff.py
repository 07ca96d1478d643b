"""The company's own people, who open its site from their own tools.

Belongs here: their visits, which have no origin. Does not belong here: the forms that some of them
filled in (``quality``).
"""

from __future__ import annotations

import random

from simulator.generation.calendar import DAY, END, START, office_hour
from simulator.generation.people import Register
from simulator.generation.touches import Scribe
from simulator.generation.words import LANDING_PAGES
from simulator.world import DOMAIN, Person

TOOLS = ("https://intra.fjordbase.example/start", "https://fjordbase.workspace.example/sales")
"""Where they come from: a host below the company's domain, and one that its configuration names."""

_PEOPLE = 30
_VISITS = 20


def visit_as_staff(rng: random.Random, register: Register, scribe: Scribe, scale: float) -> None:
    """Visits of our own people by a link in one of their tools."""
    people = register.world.people
    for _ in range(max(3, round(_PEOPLE * scale))):
        person = Person(len(people), visitor_ids=register.visitor_ids(1))
        people.append(person)
        for _ in range(_VISITS):
            at = office_hour(rng, START + DAY + int(rng.random() * (END - START - 8 * DAY)))
            scribe.write(
                person, at, "visit", "matomo", ("direct", "website"),
                visitor_id=person.visitor_ids[0], referrer=rng.choice(TOOLS),
                landing_page=f"https://{DOMAIN}{rng.choice(LANDING_PAGES)}",
            )  # fmt: skip
