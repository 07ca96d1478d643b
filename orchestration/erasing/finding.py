"""Finds the identifiers by which a person is known, starting from one of them.

Belongs here: what belongs to one person and what is shared. Does not belong here: taking it out
(``carrying_out.py``).

A record's identifiers belong together. A number, a browser or a click that also occurs with
somebody else's address or lead is shared, and left alone; so is a role mailbox. Landing is read,
not the warehouse: it holds whatever could come back.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from orchestration.connectors.field import Person
from orchestration.connectors.inbox import INBOX
from orchestration.connectors.registry import all_streams
from orchestration.connectors.stream import Kind, Request, Stream
from orchestration.extract.landing import Landing
from orchestration.foundation.errors import TributaryError
from orchestration.privacy.people import (
    ADDRESS,
    OF_A_SOURCE,
    PHONE,
    Identifier,
    Names,
    spelled,
)

_EVERYWHERE = (ADDRESS, PHONE)
MOST = 50
"""A person with more addresses and leads than this is probably a shared mailbox."""


class WhoIsMeant(TributaryError):
    """It is not clear whom to erase."""


class NobodyLanded(WhoIsMeant):
    """Nobody with that id was landed."""


@dataclass(slots=True)
class Found:
    """What a person is known by.

    Attributes:
        own: Their identifiers.
        shared: Identifiers that occur with theirs and with somebody else's.
    """

    own: set[Identifier]
    shared: set[Identifier] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class _Seen:
    """The identifiers of one record, and that which the record defines, if any."""

    names: frozenset[Identifier]
    defined: Identifier | None


def possible(landing: Landing, who: str, kind: str = "") -> set[Identifier]:
    """Everything that a text may mean.

    Raises:
        WhoIsMeant: The kind is not known.
    """
    known = _kinds(landing)
    if len(known) == len(_EVERYWHERE) or (kind and not any(_is(kind, each) for each in known)):
        # Somebody may be held back before anything of them has landed.
        known |= _declared()
    if kind and not any(_is(kind, each) for each in known):
        raise WhoIsMeant(
            f"There is no kind of identifier {kind!r} here.",
            where="--kind",
            remedy=f"Use one of: {', '.join(sorted(known))}.",
        )
    if not kind and "@" in who:
        kind = ADDRESS
    return {
        Identifier(each, value)
        for each in known
        if not kind or _is(kind, each)
        if (value := spelled(each, who))
        if each != PHONE or kind or not any(map(str.isalpha, who))
    }


def resolve(landing: Landing, who: str, kind: str = "") -> set[Identifier]:
    """What a text on the command line means.

    Args:
        landing: Where people are looked for.
        who: An address, a number or an id.
        kind: Its kind, where the text alone does not say; ``lead`` or ``lead:hubspot``.

    Raises:
        WhoIsMeant: It could be several people, or the kind is not known.
    """
    wanted = possible(landing, who, kind)
    if len(wanted) < 2:
        return wanted
    hit: set[Identifier] = set()
    defined: set[Identifier] = set()
    for seen in _records(landing):
        hit |= seen.names & wanted
        if seen.defined in wanted:
            defined.add(seen.defined)
    if not hit and not kind:
        raise NobodyLanded(
            "Nobody with that id was landed.",
            remedy="Check it; or say what it is with --kind, then it is held back from now on.",
        )
    if not hit:
        return wanted
    leads = {item for item in hit if item.kind.partition(":")[0] == Person.LEAD.value}
    if hit == leads and len(defined) < 2:
        return hit
    if len(hit) > 1:
        raise WhoIsMeant(
            "That identifies different things: " + ", ".join(sorted(i.kind for i in hit)) + ".",
            remedy=f"Say which: --kind {min(item.kind for item in hit)}",
        )
    return hit


def find(landing: Landing, start: set[Identifier], roles: frozenset[str]) -> Found:
    """Everything that one person is known by.

    Args:
        landing: The landed slices.
        start: What is known of the person.
        roles: Names of role mailboxes: what is sent from them belongs to nobody.

    Raises:
        WhoIsMeant: So much belongs together that it cannot be one person.
    """
    own = set(start)
    while True:
        met: set[Identifier] = set()
        for seen in _records(landing):
            if seen.names & own:
                met |= seen.names
        met = {item for item in met - own if not is_role(item, roles)}
        new = {item for item in met if not item.is_shared}
        new |= aliases(landing, own | new) - own
        if not new:
            new = met - _with_others(landing, met, own)
        if not new:
            return Found(own, met)
        own |= new
        if sum(not item.is_shared for item in own) > MOST:
            raise WhoIsMeant(
                f"More than {MOST} addresses and leads belong together here; nothing was changed.",
                remedy="It is a shared mailbox or device. Name each lead: --file LIST, one to a "
                "line.",
            )


def owners(landing: Landing, people: set[Identifier]) -> set[Identifier]:
    """Identifiers, and what occurs on the same records and is nobody else's."""
    found, beside = set(people), set[Identifier]()
    for seen in _records(landing) if people else ():
        if seen.names & people:
            found |= {item for item in seen.names if not item.is_shared}
            beside |= {item for item in seen.names if item.is_shared}
    return found | (beside - _with_others(landing, beside, found))


def _with_others(landing: Landing, met: set[Identifier], own: set[Identifier]) -> set[Identifier]:
    """Those that also occur with an identifier of somebody else."""
    others: set[Identifier] = set()
    if met:
        for seen in _records(landing):
            if any(not name.is_shared and name not in own for name in seen.names):
                others |= seen.names & met
    return others


def aliases(landing: Landing, own: set[Identifier]) -> set[Identifier]:
    """The leads of a file that mean a lead of the CRM, and the other way round: they share an id.

    Where both sources have a lead of that id, these are two leads.
    """
    kinds = [kind for kind in _kinds(landing) if kind.startswith(f"{Person.LEAD.value}:")]
    ours = f"{Person.LEAD.value}:{INBOX.name}"
    pairs = {
        (item, Identifier(kind, item.value))
        for item in own
        if item.kind in kinds
        for kind in kinds
        if kind != item.kind and ours in (kind, item.kind)
    }
    if not pairs:
        return set()
    defined = {seen.defined for seen in _records(landing) if seen.defined}
    return {other for item, other in pairs if not {item, other} <= defined}


def _is(kind: str, each: str) -> bool:
    return kind in (each, each.partition(":")[0])


def is_role(item: Identifier, roles: frozenset[str]) -> bool:
    """Whether it is the address of a role mailbox, which is nobody's."""
    return item.kind == ADDRESS and item.value.split("@")[0].split("+")[0] in roles


@cache
def _streams() -> dict[tuple[str, str], Stream]:
    return {(connector, stream.name): stream for connector, stream in all_streams()}


def stream_of(connector: str, name: str) -> Stream:
    """A landed stream's declaration; one that is no longer declared has no fields."""
    gone = Stream(name, "", Kind.ENTITY_SNAPSHOT, Request(path=""), (), ())
    return _streams().get((connector, name), gone)


def _kinds(landing: Landing) -> set[str]:
    """The kinds of identifiers that landed streams can hold."""
    kinds = set(_EVERYWHERE)
    for item in landing.slices():
        stream = stream_of(item.connector, item.stream)
        kinds.update(kind for _, kind in Names(item.connector, stream).fields)
    return kinds


@cache
def _declared() -> frozenset[str]:
    """The kinds of identifiers that any declared stream can hold."""
    return frozenset(
        kind
        for (connector, _), stream in _streams().items()
        for _, kind in Names(connector, stream).fields
    )


def landed_names(landing: Landing) -> Iterator[frozenset[Identifier]]:
    """The identifiers of every landed record that has any."""
    for seen in _records(landing):
        yield seen.names


def _records(landing: Landing) -> Iterator[_Seen]:
    """The identifiers of every landed record that has any."""
    for item in landing.slices():
        stream = stream_of(item.connector, item.stream)
        names = Names(item.connector, stream)
        for record in landing.own(item) if names.fields else ():
            if seen := _seen(names, stream, record):
                yield seen


def _seen(names: Names, stream: Stream, record: dict[str, Any]) -> _Seen | None:
    found, defined = set(), None
    for where, name in names.of(record):
        found.add(name)
        if where.person in OF_A_SOURCE and stream.natural_key == (where.name,):
            defined = name
    return _Seen(frozenset(found), defined) if found else None
