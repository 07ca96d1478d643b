"""Touches of people who refused marketing lose their person.

Belongs here: who refuses now, by the company's list and by vendors, and taking them out of what was
landed. Does not belong here: what is landed from now on (``extract/keeping.py``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from orchestration.configuration.inbox import InboxEntry
from orchestration.configuration.inbox_files import inbox_files
from orchestration.configuration.settings import Settings
from orchestration.connectors.inbox import CONSENTS, INBOX
from orchestration.connectors.landed import LINE, REJECT
from orchestration.connectors.registry import CONNECTORS
from orchestration.connectors.stream import Stream
from orchestration.erasing.finding import WhoIsMeant, owners, stream_of
from orchestration.extract.landing import Landing
from orchestration.extract.parents import moment
from orchestration.extract.rewriting import rewrite
from orchestration.inbox.reader import read_entry
from orchestration.privacy.consent import CONSENT, Refused, consenting, refused, who_refused
from orchestration.privacy.hashes import identity_key
from orchestration.privacy.holding import TOKEN, Held
from orchestration.privacy.people import Identifier, Names, leaf
from orchestration.warehouse.build import discard_build

_NO_TIME = datetime(1, 1, 1)  # noqa: DTZ001 - as the times that it is compared with


def apply_consents(settings: Settings) -> int:
    """Read who refuses, and take those who are new out of the touches that were landed.

    The caller holds the writer's lease. If records changed, the warehouse is discarded: the run
    builds it again from landing.

    Returns:
        How many touches lost their person.

    Raises:
        WhoIsMeant: A row does not say who agreed or refused.
        InboxError: The file as a whole cannot be used.
    """
    before = refused(settings)
    listed = any(entry.stream == CONSENTS.name for entry in settings.config.inbox)
    vendors = settings.config.privacy.refusals_of
    if not listed and not vendors and not before.known:
        return 0
    landing = Landing(settings.landing_dir)
    people = {item for item, granted in _latest(settings).items() if not granted}
    people |= _refused_at(landing, vendors)
    now = _now(settings, before, people, owners(landing, people))
    if now == before:
        return 0
    replace(now, done=False).save(settings)
    changed = _rewrite(settings, landing)
    # A rewrite that was killed leaves nothing to change and a warehouse from before.
    if changed or not before.done:
        discard_build(settings)
    now.save(settings)
    return changed


def _now(
    settings: Settings, before: Refused, people: set[Identifier], known: set[Identifier]
) -> Refused:
    """Who refuses, and what is known of them.

    A touch without its person does not say any more what belongs to them, so what was known stays
    until somebody agrees; then it is found anew.
    """
    held = Held(identity_key(settings), ())
    stated, hashes = held.hashes(people), held.hashes(known)
    if stated.issuperset(before.stated):
        hashes |= set(before.known)
    return Refused(tuple(sorted(stated)), tuple(sorted(hashes)))


def _rewrite(settings: Settings, landing: Landing) -> int:
    people = who_refused(settings)
    why = {"reason": CONSENT, "at": settings.now().isoformat(), "requests": []}
    changed = 0
    for item in landing.slices() if people else ():
        stream = stream_of(item.connector, item.stream)
        if people and stream.touches:
            change = consenting(people, item.connector, stream)
            changed += rewrite(landing, item, change, why)
    return changed


def _refused_at(landing: Landing, vendors: Iterable[str]) -> set[Identifier]:
    """Who refuses in every record that a vendor has of them, each in its newest version.

    Somebody who left one list of a mailing tool and is on another has not refused.
    """
    found: set[Identifier] = set()
    for vendor in vendors:
        for stream in CONNECTORS[vendor].streams:
            if stream.refusals:
                found |= _refused_in(landing, vendor, stream)
    return found


def _refused_in(landing: Landing, vendor: str, stream: Stream) -> set[Identifier]:
    names = Names(vendor, stream)
    keys = [field.keys for field in stream.fields if field.name in stream.natural_key]
    newest: dict[tuple[str, ...], tuple[frozenset[Identifier], bool]] = {}
    for item in landing.slices(vendor, stream.name):
        for record in landing.records(item):
            people = frozenset(
                who for _, who in names.of(record) if not who.is_shared and TOKEN not in who.value
            )
            key = tuple(str(leaf(record, at)) for at in keys)
            newest[key] = people, any(refusal.is_in(record) for refusal in stream.refusals)
    agreed = {who for people, refuses in newest.values() if not refuses for who in people}
    return {who for people, refuses in newest.values() if refuses for who in people - agreed}


def _latest(settings: Settings) -> dict[Identifier, bool]:
    """What each person said last; of two rows without a time the later one counts."""
    said: dict[Identifier, tuple[datetime, bool]] = {}
    for who, granted, at in _statements(settings):
        if who not in said or said[who][0] <= at:
            said[who] = at, granted
    return {who: granted for who, (_, granted) in said.items()}


def _statements(settings: Settings) -> Iterator[tuple[Identifier, bool, datetime]]:
    for entry in inbox_files(settings.config.inbox):
        if entry.stream == CONSENTS.name:
            for people, granted, at in listed(settings, entry):
                for who in people:
                    yield who, granted, at


def listed(
    settings: Settings, entry: InboxEntry
) -> Iterator[tuple[list[Identifier], bool, datetime]]:
    """The rows of a file of consents: by which identifiers who said what, and when.

    Raises:
        WhoIsMeant: A row does not say who agreed or refused.
        InboxError: The file as a whole cannot be used.
    """
    names = Names(INBOX.name, CONSENTS)
    for record in read_entry(entry, CONSENTS, settings.config.company):
        people = [item for _, item in names.of(record)]
        granted = record.get("is_granted")
        if REJECT in record or not people or granted is None:
            raise WhoIsMeant(
                "A row does not say who agreed or refused.",
                where=f"{entry.path}, line {record.get(LINE)}",
                remedy="Fill is_granted, and one of email, phone, lead_id or visitor_id.",
            )
        yield people, granted == "true", moment(record.get("stated_at")) or _NO_TIME
