"""Identifiers that rows show together: hand-made cases and a random graph, as raw rows.

Belongs here: making rows and writing them, and who must be one person by plain search.
Does not belong here: what the models made of them (``test_identity``).
"""

from __future__ import annotations

import hashlib
import random
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from duckdb import DuckDBPyConnection

from tests.kit.models.company import START, Company, write_company

KINDS = ("lead", "email", "user", "visitor", "phone", "click")
"""The order in which an identifier names its person."""


@dataclass
class Rows:
    """Rows of the streams that show identifiers."""

    leads: list[dict[str, Any]] = field(default_factory=list)
    touches: list[dict[str, Any]] = field(default_factory=list)
    visits: list[tuple[str, str | None]] = field(default_factory=list)
    """Matomo's visitor and user."""
    contacts: list[dict[str, Any]] = field(default_factory=list)
    """HubSpot's contacts, each in its own slice, in this order."""
    archived: list[str] = field(default_factory=list)
    """Contacts in HubSpot's recycle bin."""

    def lead(self, lead_id: str, **shown: str) -> None:
        """A line in a file of leads."""
        self.leads.append({"lead_id": lead_id, "created_at": START, **shown})

    def touch(self, **shown: str) -> None:
        """A line in a file of touchpoints."""
        name = f"t{len(self.touches)}"
        self.touches.append({"touchpoint_id": name, "occurred_at": START, **shown})

    def visit(self, visitor: str, user: str | None = None) -> None:
        """A visit that Matomo saw."""
        self.visits.append((visitor, user))

    def contact(self, contact_id: str, merged: str | None = None, **shown: str) -> None:
        """A contact in HubSpot, with those that were merged into it."""
        self.contacts.append({"contact_id": contact_id, "hs_merged_object_ids": merged, **shown})


class Groups:
    """Who is one person, searched from one identifier to the next: no caps, labels or SQL."""

    def __init__(self) -> None:
        self._met: dict[str, set[str]] = defaultdict(set)

    def join(self, left: str, right: str) -> None:
        """A row shows both."""
        self._met[left].add(right)
        self._met[right].add(left)

    def groups(self) -> list[set[str]]:
        """All people.

        Names that meet are one. A device of one lead belongs to the lead; one of several leads
        belongs to none. What is left hangs together by names and devices, and joins the lead whose
        devices alone it meets.
        """
        names = self._reached([node for node in self._met if not _is_device(node)], _is_name_pair)
        group_of = {node: place for place, group in enumerate(names) for node in group}
        leads = {place for place, group in enumerate(names) if any(map(_is_lead, group))}
        seen = {
            device: {group_of[node] for node in met if group_of.get(node) in leads}
            for device, met in self._met.items()
            if _is_device(device)
        }
        people = {place: set(names[place]) for place in leads}
        nobodies = [{device} for device, owners in seen.items() if len(owners) > 1]
        for device, owners in seen.items():
            if len(owners) == 1:
                people[min(owners)].add(device)
        loose = [
            node
            for node in self._met
            if not seen.get(node) and (_is_device(node) or group_of[node] not in leads)
        ]
        for group in self._reached(loose, lambda left, right: True):
            companions = {
                min(seen[device])
                for node in group
                for device in self._met[node]
                if len(seen.get(device, ())) == 1
            }
            if len(companions) == 1:
                people[companions.pop()] |= group
            else:
                nobodies.append(group)
        return [*people.values(), *nobodies]

    def _reached(
        self, nodes: Iterable[str], may_join: Callable[[str, str], bool]
    ) -> list[set[str]]:
        """Groups of these nodes that hang together."""
        waiting, found = set(nodes), []
        while waiting:
            group, front = set(), [waiting.pop()]
            while front:
                node = front.pop()
                group.add(node)
                onward = {met for met in self._met[node] & waiting if may_join(node, met)}
                waiting -= onward
                front += onward
            found.append(group)
        return found


def _is_device(node: str) -> bool:
    return node.startswith("visitor:")


def _is_lead(node: str) -> bool:
    return node.startswith("lead:")


def _is_name_pair(left: str, right: str) -> bool:
    return not _is_device(left) and not _is_device(right)


def key_of(group: Iterable[str]) -> str:
    """The key of the person who has these identifiers."""
    first = min(group, key=lambda node: (KINDS.index(node.split(":")[0]), node))
    return hashlib.md5(f"{len(first)}:{first}".encode()).hexdigest()


def random_graph(rng: random.Random, rows: Rows, size: int, chain: int) -> Groups:
    """Add random pairs of ``size`` identifiers per kind, and one chain of scrambled names."""
    groups = Groups()

    def name(prefix: str) -> str:
        return f"{prefix}{rng.randrange(size):03}"

    for _ in range(size):
        lead, email, visitor, user = name("rl"), name("re"), name("rv"), name("ru")
        for shown in rng.sample(["visit", "touch", "lead"], k=rng.choice([1, 1, 2])):
            if shown == "visit":
                rows.visit(visitor, user)
                groups.join(f"visitor:{visitor}", f"user:{user}")
            elif shown == "touch":
                rows.touch(email_hash=email, visitor_id=visitor)
                groups.join(f"email:{email}", f"visitor:{visitor}")
            else:
                rows.touch(lead_id=lead, email_hash=email)
                groups.join(f"lead:inbox:{lead}", f"email:{email}")
    links = [f"{rng.getrandbits(64):016x}" for _ in range(chain)]
    for place, link in enumerate(links[:-1]):
        visitor, user = (link, links[place + 1]) if place % 2 == 0 else (links[place + 1], link)
        rows.visit(visitor, user)
        groups.join(f"visitor:{visitor}", f"user:{user}")
    return groups


def write_rows(con: DuckDBPyConnection, rows: Rows, order: random.Random | None = None) -> None:
    """Write the rows, in another order if one is given; merges keep theirs."""
    leads, touches, visits = list(rows.leads), list(rows.touches), list(rows.visits)
    if order is not None:
        for part in (leads, touches, visits):
            order.shuffle(part)
    write_company(con, Company(leads=leads, touchpoints=touches))
    _insert(
        con,
        "matomo__visits",
        {
            "visit_id": [f"visit:{number}" for number, _ in enumerate(visits)],
            "visitor_id": [visitor for visitor, _ in visits],
            "user_id": [user for _, user in visits],
            "_sequence": [1] * len(visits),
        },
        "started_at",
    )
    shown = ("contact_id", "hs_merged_object_ids", "email_hash", "phone_hash", "matomo_visitor_id")
    _insert(
        con,
        "hubspot__contacts",
        {name: [contact.get(name) for contact in rows.contacts] for name in shown}
        | {"_sequence": list(range(1, len(rows.contacts) + 1))},
        "createdate",
    )
    _insert(
        con,
        "hubspot__archived_contacts",
        {"contact_id": rows.archived, "_sequence": [1000] * len(rows.archived)},
        "_extracted_at",
    )


def _insert(
    con: DuckDBPyConnection, table: str, columns: dict[str, list[Any]], moment: str
) -> None:
    """Insert whole columns at once: row by row would take DuckDB seconds."""
    values = ", ".join(f"unnest(${name}) as {name}" for name in columns)
    con.execute(
        f"insert into raw.{table} by name select {values}, $start as {moment}, '1' as _account_id",
        {**columns, "start": START},
    )
