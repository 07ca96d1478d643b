"""Carries requests out: first in landing, then in everything made from it.

Belongs here: the order of the steps, and the certificate. Does not belong here: who is meant
(``finding.py``) or what is left of a record (``privacy``).

A request is carried out by the next run, whoever starts it: before anything is read, landing is
rewritten and the build folder is discarded; after the publish the earlier generations go. Each step
may be killed and is then done again, so nothing needs to be remembered between them.
"""

from __future__ import annotations

import shutil
import uuid
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace

from orchestration.configuration.inbox_files import inbox_files
from orchestration.configuration.settings import Settings
from orchestration.connectors.inbox import INBOX
from orchestration.erasing.finding import find, stream_of
from orchestration.erasing.stores import clean_stores
from orchestration.extract.landing import Landing
from orchestration.extract.rewriting import rewrite
from orchestration.foundation.fault_points import fault_point
from orchestration.inbox.files import InboxError
from orchestration.inbox.opening import texts_of
from orchestration.privacy.erasures import Erasure, erasures, held_back
from orchestration.privacy.hashes import identity_key
from orchestration.privacy.holding import Held
from orchestration.privacy.people import Identifier
from orchestration.privacy.role_mailboxes import ROLE_MAILBOXES
from orchestration.publication import generations
from orchestration.warehouse.build import discard_build

_BEGUN = "passages"
"""What was removed from logs and stores: in a request, it says that landing is done."""
_SERVER = "serving.postgres"
"""Which generation the server of the company has, in a certificate."""


def request(settings: Settings, start: set[Identifier], reason: str) -> Erasure:
    """Write a request down; from then on the person is held back.

    Args:
        settings: The company's.
        start: What is known of the person.
        reason: Why, for the certificate.

    Raises:
        WhoIsMeant: So much belongs together that it cannot be one person.
    """
    roles = ROLE_MAILBOXES.union(settings.config.identity.role_mailboxes)
    found = find(Landing(settings.landing_dir), start, roles)
    return write_down(settings, found.own, reason, shared=len(found.shared))


def write_down(settings: Settings, own: set[Identifier], reason: str, *, shared: int) -> Erasure:
    """Write a request down, given everything that is known of the person.

    Args:
        settings: The company's.
        own: The person's identifiers.
        reason: Why, for the certificate.
        shared: How many others were left because other people have them too.
    """
    key = identity_key(settings)
    now = settings.now()
    item = Erasure(
        request=f"{now:%Y%m%dT%H%M%S}-{uuid.uuid4().hex[:8]}",
        requested_at=now.isoformat(),
        reason=reason,
        key=Held.fingerprint(key),
        held=tuple(sorted(Held(key, ()).hashes(own))),
        identifiers=dict(Counter(item.kind for item in sorted(own))),
        shared=shared,
    )
    fault_point("erase.request")
    item.save(settings)
    fault_point("erase.requested")
    return item


def pending(settings: Settings) -> list[Erasure]:
    """The requests that are not carried out yet."""
    return [item for item in erasures(settings) if not item.is_done]


def is_begun(item: Erasure) -> bool:
    """Whether landing and what was made from it are already without the person."""
    return _BEGUN in item.removed


def begin(settings: Settings) -> Sequence[Erasure]:
    """Carry out what is pending, up to an empty build folder; the caller holds the writer's lease.

    Args:
        settings: Whose home.

    Returns:
        The requests; empty when there is nothing to do.
    """
    waiting = pending(settings)
    held = held_back(settings) if waiting else None
    if held is None:
        return ()
    _rewrite_landing(settings, waiting, held)
    fault_point("erase.landed")
    passages = clean_stores(settings, held)
    for item in waiting:
        earlier = item.removed.get(_BEGUN, {})
        total = {name: count + earlier.get(name, 0) for name, count in passages.items()}
        item.with_removed(**{_BEGUN: total}).save(settings)
    fault_point("erase.stores")
    _discard(settings)
    fault_point("erase.discarded")
    return waiting


def _rewrite_landing(settings: Settings, waiting: Sequence[Erasure], held: Held) -> None:
    landing = Landing(settings.landing_dir)
    why = {
        "reason": "; ".join(sorted({item.reason for item in waiting})),
        "at": settings.now().isoformat(),
        "requests": [item.request for item in waiting],
    }
    for item in landing.slices():
        change = held.change(item.connector, stream_of(item.connector, item.stream))
        rewrite(landing, item, change, why)


def _discard(settings: Settings) -> None:
    """Remove the warehouse with everything that was spilled from it or set aside."""
    fault_point("erase.build")
    discard_build(settings)
    for folder in (settings.spill_dir, settings.build_dir / "damaged"):
        shutil.rmtree(folder, ignore_errors=True)


def complete(settings: Settings, generation: int) -> list[Erasure]:
    """After a publish: remove the earlier generations and write the certificates.

    Args:
        settings: Whose home.
        generation: The generation that was published without the people.

    Returns:
        The requests that are now carried out.
    """
    # Not those that were written down while the run was under way: landing still has these people.
    waiting = [item for item in pending(settings) if is_begun(item)]
    if not waiting:
        return []
    fault_point("erase.generations")
    removed = generations.keep_only(settings.published_dir, generation)
    written = removed_from_landing(settings)
    files = still_named(settings)
    fault_point("erase.certificate")
    done = []
    for item in waiting:
        item = replace(item, done_at=settings.now().isoformat()).with_removed(
            landing=written.get(item.request, []),
            build="discarded and built again from landing",
            generations=removed,
            generation=generation,
            files_of_the_company=files,
        )
        if settings.config.serving.postgres is not None:
            item = item.with_removed(**{_SERVER: "an earlier generation, until it gets this one"})
        item.save(settings)
        done.append(item)
    fault_point("erase.done")
    return done


def certify_served(settings: Settings, generation: int) -> None:
    """After a generation was served: say so in the certificates that wait for it.

    Args:
        settings: Whose home.
        generation: The one that the server has now, in place of all earlier ones.
    """
    for item in erasures(settings):
        if is_behind(item) and generation >= item.removed["generation"]:
            served = {"generation": generation, "at": settings.now().isoformat()}
            item.with_removed(**{_SERVER: served}).save(settings)


def is_behind(item: Erasure) -> bool:
    """Whether the server still has a generation with the person, as far as is known."""
    return item.is_done and isinstance(item.removed.get(_SERVER), str)


def removed_from_landing(settings: Settings) -> dict[str, list[dict[str, object]]]:
    """For each request, the tombstones that name it."""
    found: dict[str, list[dict[str, object]]] = defaultdict(list)
    for line in Landing(settings.landing_dir).tombstones():
        facts = {name: line[name] for name in ("rewritten", "old_sha256", "sha256", "records")}
        for name in line.get("requests", ()):
            found[name].append(facts)
    return found


def still_named(settings: Settings) -> dict[str, int]:
    """The company's own files that name somebody who was erased, with the number of lines."""
    held = held_back(settings)
    found = {}
    facts = {stream.name for stream in INBOX.streams}
    for entry in inbox_files(settings.config.inbox) if held else ():
        if entry.stream not in facts:
            continue
        try:
            count = sum(held.text(line) != line for line in texts_of(entry)) if held else 0
        except (InboxError, UnicodeError):
            continue
        if count:
            found[entry.written_path] = count
    return found
