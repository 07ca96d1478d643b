"""Companies, named people, and visitors who never give their name.

Belongs here: identities, and the visits of those who stay anonymous. Does not belong here: leads
and their journeys (``leads``).
"""

from __future__ import annotations

import random
from itertools import accumulate

from simulator.crm import Organisation
from simulator.generation import words
from simulator.generation.calendar import DAY, END, START, as_moment, draw_moment
from simulator.generation.touches import Scribe
from simulator.world import Person, World

_ANONYMOUS = {
    "organic_search": 36, "direct": 20, "paid_search": 12, "organic_social": 9, "paid_social": 7,
    "display": 4, "cross_network": 4, "referral_site": 4, "ai_assistant": 4, "paid_video": 2,
}  # fmt: skip


class Register:
    """Everybody so far; names, addresses and identifiers are unique."""

    def __init__(self, rng: random.Random, world: World) -> None:
        self.world = world
        self._rng = rng
        self._emails: set[str] = set()
        self._names: set[str] = set()

    def organisation(self, created: int) -> Organisation:
        """A new company."""
        rng = self._rng
        name = f"{rng.choice(words.COMPANY_HEADS)} {rng.choice(words.COMPANY_TAILS)}"
        number = len(self.world.organisations) + 1
        name = f"{name} AB" if name not in self._names else f"{name} {number} AB"
        self._names.add(name.removesuffix(" AB"))
        plain = name.removesuffix(" AB").lower().replace(" ", "-")
        company = Organisation(
            company_id=f"{10_400_000_000 + number}",
            name=name,
            domain=f"{_ascii(plain)}.example",
            country=rng.choices(("SE", "NO", "FI", "DK", "DE", "US"), (60, 10, 9, 8, 7, 6))[0],
            industry=rng.choice(words.INDUSTRIES),
            employees=int(rng.lognormvariate(4.2, 1.1)) + 2,
            created_at=as_moment(created - 1),
        )
        self.world.organisations.append(company)
        return company

    def person(self, created: int, visitors: int) -> Person:
        """A person with a name, an address, usually a company, and the given number of browsers."""
        rng = self._rng
        person = Person(
            person_id=len(self.world.people),
            first_name=rng.choice(words.FIRST_NAMES),
            last_name=rng.choice(words.LAST_NAMES),
            visitor_ids=self.visitor_ids(visitors),
        )
        domain = "post.example"
        if rng.random() < 0.87:
            existing = self.world.organisations
            if existing and rng.random() < 0.45:
                company = existing[int(rng.random() * len(existing))]
                company.created_at = min(company.created_at, as_moment(created - 1))
            else:
                company = self.organisation(created)
            person.company_id, person.country = company.company_id, company.country
            domain = company.domain
        person.emails = (self._email(person, domain),)
        if rng.random() < 0.5:
            person.phone = f"+4670{rng.randint(1_000_000, 9_999_999)}"
        self.world.people.append(person)
        return person

    def _email(self, person: Person, domain: str) -> str:
        plain = _ascii(f"{person.first_name}.{person.last_name}".lower())
        email = f"{plain}@{domain}"
        if email in self._emails:
            email = f"{plain}{len(self._emails)}@{domain}"
        self._emails.add(email)
        return email

    def visitor_ids(self, count: int) -> tuple[str, ...]:
        """Ids of new browsers."""
        return tuple(f"{self._rng.getrandbits(64):016x}" for _ in range(count))


def visit_anonymously(rng: random.Random, register: Register, scribe: Scribe, count: int) -> None:
    """Visitors who never identify themselves: journeys without any conversion."""
    people = register.world.people
    sources, weights = list(_ANONYMOUS), list(accumulate(_ANONYMOUS.values()))
    for _ in range(count):
        person = Person(len(people), visitor_ids=register.visitor_ids(1))
        people.append(person)
        at = draw_moment(rng)
        for _ in range(1 + int(rng.expovariate(0.5))):
            source = rng.choices(sources, cum_weights=weights)[0]
            scribe.visit(person, at, source, person.visitor_ids[0])
            at += 1200 + int(rng.expovariate(1 / (6 * DAY)))
            if at > END:
                break
    # A monitoring probe that visits day and night: one person, very many touches.
    probe = Person(len(people), visitor_ids=register.visitor_ids(1))
    people.append(probe)
    for step in range(count // 20):
        scribe.visit(probe, START + step * 11 * 3600, "direct", probe.visitor_ids[0])


def _ascii(text: str) -> str:
    return text.translate(str.maketrans("åäöéøæ'", "aaoeoa-"))
