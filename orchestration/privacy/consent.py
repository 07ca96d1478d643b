"""Who refused marketing, as keyed hashes in ``TRIBUTARY_HOME/erasures``.

Belongs here: keeping and reading them. Does not belong here: reading the company's list
(``erasing/consents.py``), or what is left of a touch (``anonymous.py``).
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

from orchestration.configuration.document import SettingsError
from orchestration.configuration.settings import Settings
from orchestration.connectors.landed import WITHOUT
from orchestration.connectors.stream import Stream
from orchestration.foundation.durable import make_directories, write_durably
from orchestration.privacy.hashes import identity_key
from orchestration.privacy.holding import Change, Held
from orchestration.privacy.people import Names

CONSENT = "consent"
_FILE = ".refused.json"


@dataclass(frozen=True, slots=True)
class Refused:
    """Who refused, as hashes.

    Attributes:
        stated: The identifiers by which they were stated to refuse.
        known: Those, and whatever else was landed of the same people.
        done: Whether landing was looked through for them.
    """

    stated: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    done: bool = True

    def save(self, settings: Settings) -> None:
        """Keep them in place of those of before, with the fingerprint of the company's key."""
        make_directories(settings.erasures_dir)
        facts = {**asdict(self), "key": Held.fingerprint(identity_key(settings))}
        write_durably(settings.erasures_dir / _FILE, json.dumps(facts).encode())


def refused(settings: Settings) -> Refused:
    """What is kept.

    Raises:
        SettingsError: It was kept under another key, so that it would recognise nobody.
    """
    path = settings.erasures_dir / _FILE
    if not path.exists():
        return Refused()
    facts: dict[str, Any] = json.loads(path.read_text("utf-8"))
    known = facts["known"] if "known" in facts else facts["refused"]
    fingerprint = Held.fingerprint(identity_key(settings, keep=False))
    # Files of before kept no fingerprint.
    if known and facts.get("key", fingerprint) != fingerprint:
        raise SettingsError(
            "The company's key is not the one under which people refused marketing: they "
            "would come back unrecognised.",
            where=str(path),
            remedy="Put the former key back: identity.key in the home, or company.identity_key.",
        )
    return Refused(tuple(facts.get("stated", ())), tuple(known), facts["done"])


def who_refused(settings: Settings) -> Held | None:
    """Whose touches may not name them; ``None`` if nobody refused."""
    known = refused(settings).known
    return Held(identity_key(settings), known) if known else None


def consenting(people: Held, connector: str, stream: Stream) -> Change:
    """What may be kept of a touch: all of it, or its day, source and channel."""
    names, anonymous = Names(connector, stream), people.anonymous(connector, stream)

    def change(record: dict[str, Any]) -> dict[str, Any]:
        if any(people.holds(item) for _, item in names.of(record)):
            return {**anonymous.record(record), WITHOUT: CONSENT}
        return record

    return change
