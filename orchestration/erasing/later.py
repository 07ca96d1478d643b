"""What becomes known later of somebody who was erased: a new id on a record with their address.

Belongs here: noticing it while records land, and taking it out of what was landed before. Does not
belong here: what is left of a record (``privacy``), or a request's steps (``carrying_out.py``).

Only the record that comes in shows both the address, which is held back, and the new id: once it
has landed, neither is there. So what is new is written down as a request of its own before the
slice can be seen, and the same run carries it out before it loads anything more.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from orchestration.configuration.settings import Settings
from orchestration.connectors.landed import REJECT
from orchestration.connectors.stream import Stream
from orchestration.erasing.carrying_out import begin, is_begun, pending, write_down
from orchestration.erasing.finding import MOST, aliases, is_role, landed_names
from orchestration.extract.keeping import Keeping, keeping
from orchestration.extract.landing import Landing
from orchestration.foundation.durable import make_directories, write_durably
from orchestration.loading.slices import load_pending
from orchestration.privacy.address_kinds import address_kind_words
from orchestration.privacy.erasures import held_back
from orchestration.privacy.hashes import identity_key
from orchestration.privacy.holding import TOKEN, Change, Guard, Held
from orchestration.privacy.people import Identifier, Names
from orchestration.privacy.role_mailboxes import ROLE_MAILBOXES
from orchestration.warehouse.build import prepare_build
from orchestration.warehouse.connection import connect

REASON = "known later of somebody who was erased"
_APART = ".apart.json"
"""In the folder of erasures: hashes of what turned out to be other people's as well."""


class Following:
    """Keeps people out of new slices, and writes down what else their records say they are.

    Args:
        settings: Whose home.
        people: Those who are held back.
        guard: What may land of a record.
    """

    def __init__(self, settings: Settings, people: Held, guard: Keeping) -> None:
        self._settings, self._people, self._guard = settings, people, guard
        self._roles = ROLE_MAILBOXES.union(settings.config.identity.role_mailboxes)
        self._apart = Held(identity_key(settings), _apart(settings))
        self._met: list[set[Identifier]] = []

    def change(self, connector: str, stream: Stream) -> Change:
        """What may land of a stream's records."""
        change, names = self._guard.change(connector, stream), Names(connector, stream)

        def following(record: dict[str, Any]) -> dict[str, Any]:
            kept = change(record)
            if kept is not record and REJECT not in record:
                self._notice({item for _, item in names.of(record)})
            return kept

        return following

    def before_landing(self) -> None:
        """Write down what was met in a slice before it can be seen."""
        if not self._met:
            return
        groups, self._met = self._met, []
        own, apart = _belonging(Landing(self._settings.landing_dir), groups, self._is_new)
        if apart:
            _keep_apart(self._settings, self._people.hashes(apart))
        if own:
            write_down(self._settings, own, REASON, shared=len(apart))
        # Whatever was decided, it is not new any more.
        self._apart = Held(
            identity_key(self._settings), [*_apart(self._settings), *self._people.hashes(own)]
        )

    def _notice(self, names: set[Identifier]) -> None:
        is_held = any(not item.is_shared and self._people.holds(item) for item in names)
        if is_held and (met := set(filter(self._is_new, names))):
            self._met.append(met)

    def _is_new(self, item: Identifier) -> bool:
        return not (
            self._people.holds(item)
            or self._apart.holds(item)
            or item.value.startswith(TOKEN)
            or is_role(item, self._roles)
        )


def following(settings: Settings) -> Guard | None:
    """What decides about new slices; ``None`` for a company that keeps everybody."""
    guard, people = keeping(settings), held_back(settings)
    return guard if guard is None or people is None else Following(settings, people, guard)


def catch_up(settings: Settings, streams: Iterable[tuple[str, Stream]]) -> int:
    """Carry out what was met while this run read; the caller holds the writer's lease.

    What other streams had landed of it before is rewritten, and the warehouse is discarded and
    loaded from landing again, so that nothing of it is published or left in a freed page.

    Args:
        settings: Whose home.
        streams: What to load again; the caller loads the stream that it has just read.

    Returns:
        How many requests were carried out.
    """
    if not any(item.reason == REASON and not is_begun(item) for item in pending(settings)):
        return 0
    with connect(settings.warehouse_path, settings=settings) as con:
        failed = con.execute("select * from ops.accounts_failed").fetchall()
    carried_out = begin(settings)
    prepare_build(settings)
    identity = settings.config.identity
    with connect(settings.warehouse_path, settings=settings) as con:
        for row in failed:
            con.execute("insert into ops.accounts_failed values (?, ?, ?, ?, ?)", row)
        load_pending(
            con,
            Landing(settings.landing_dir),
            streams,
            identity_key=identity_key(settings),
            role_mailboxes=identity.role_mailboxes,
            made_up=identity.made_up,
            kinds=address_kind_words(settings.config.internal, settings.config.lead_quality.test),
        )
    return len(carried_out)


def _belonging(
    landing: Landing, groups: Iterable[set[Identifier]], is_new: Callable[[Identifier], bool]
) -> tuple[set[Identifier], set[Identifier]]:
    """What is somebody's own of what was met of them, and what they share with others.

    A number, a browser or a click that was landed with somebody else is shared. So is everything of
    a group that grows beyond what one person can have: its id is a placeholder.
    """
    owner = {item: number for number, group in enumerate(groups) for item in group}
    sizes = Counter(number for item, number in owner.items() if not item.is_shared)
    apart: set[Identifier] = set()
    fresh = set(owner)
    while fresh:
        beside = _beside(landing, fresh)
        found: dict[Identifier, int] = {}
        for item in sorted(fresh):
            number = owner[item]
            others = {other for other in beside[item] if owner.get(other) != number}
            others = set(filter(is_new, others))
            if not item.is_shared:
                found |= dict.fromkeys(others.difference(owner), number)
            elif any(not other.is_shared for other in others):
                apart.add(item)
        sizes.update(number for item, number in found.items() if not item.is_shared)
        owner |= found
        fresh = {item for item, number in found.items() if sizes[number] <= MOST}
    apart |= {item for item, number in owner.items() if sizes[number] > MOST}
    own = owner.keys() - apart
    return own | set(filter(is_new, aliases(landing, own))), apart


def _beside(landing: Landing, items: set[Identifier]) -> dict[Identifier, set[Identifier]]:
    """What occurs on the same landed records as each of some identifiers."""
    found: dict[Identifier, set[Identifier]] = defaultdict(set)
    for names in landed_names(landing):
        for item in names & items:
            found[item] |= names - {item}
    return found


def _apart(settings: Settings) -> list[str]:
    path = settings.erasures_dir / _APART
    kept: list[str] = json.loads(path.read_text("utf-8")) if path.exists() else []
    return kept


def _keep_apart(settings: Settings, hashes: Iterable[str]) -> None:
    make_directories(settings.erasures_dir)
    kept = sorted({*_apart(settings), *hashes})
    write_durably(settings.erasures_dir / _APART, json.dumps(kept).encode())
