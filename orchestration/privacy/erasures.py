"""The requests to erase somebody: what is kept of each, as files of ``TRIBUTARY_HOME/erasures``.

Belongs here: writing and reading them. Does not belong here: carrying them out (``erasing``).

A request holds keyed hashes of the person's identifiers and never the person. Once it is carried
out, the same file is its certificate.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from orchestration.configuration.document import SettingsError
from orchestration.configuration.settings import Settings
from orchestration.foundation.durable import make_directories, write_durably
from orchestration.privacy.hashes import identity_key
from orchestration.privacy.holding import Held


@dataclass(frozen=True, slots=True)
class Erasure:
    """One request, and what became of it.

    Attributes:
        request: Its id, by which the manifest's tombstones name it.
        requested_at: ISO 8601, UTC.
        reason: As given by whoever asked.
        key: The fingerprint of the company's key.
        held: Keyed hashes of the person's identifiers.
        identifiers: How many of each kind the person had.
        shared: How many identifiers were left because other people have them too.
        done_at: When it was complete; empty until then.
        removed: What was removed where.
    """

    request: str
    requested_at: str
    reason: str
    key: str
    held: tuple[str, ...]
    identifiers: dict[str, int]
    shared: int = 0
    done_at: str = ""
    removed: dict[str, Any] = field(default_factory=dict)

    @property
    def is_done(self) -> bool:
        """Whether it was carried out."""
        return bool(self.done_at)

    def save(self, settings: Settings) -> Path:
        """Write it; from then on its person is held back."""
        make_directories(settings.erasures_dir)
        path = settings.erasures_dir / f"{self.request}.json"
        write_durably(path, json.dumps(asdict(self), indent=1).encode() + b"\n")
        return path

    def with_removed(self, **removed: Any) -> Erasure:
        """The request with more of what was removed."""
        return replace(self, removed=self.removed | removed)


def erasures(settings: Settings) -> list[Erasure]:
    """Every request, oldest first.

    Raises:
        SettingsError: A file is not as it was written, or was written under another key.
    """
    if not settings.erasures_dir.is_dir():
        return []
    found = [_read(path) for path in sorted(settings.erasures_dir.glob("[!.]*.json"))]
    if found:
        fingerprint = Held.fingerprint(identity_key(settings, keep=False))
        for item in found:
            if item.key != fingerprint:
                raise SettingsError(
                    "The company's key is not the one under which somebody was erased: they would "
                    "come back unrecognised.",
                    where=str(settings.erasures_dir / f"{item.request}.json"),
                    remedy="Put the former key back: identity.key in the home, or "
                    "company.identity_key.",
                )
    return sorted(found, key=lambda item: item.requested_at)


def held_back(settings: Settings) -> Held | None:
    """Whom to hold back; ``None`` for a company that erased nobody."""
    hashes = [hash_ for item in erasures(settings) for hash_ in item.held]
    return Held(identity_key(settings), hashes) if hashes else None


def _read(path: Path) -> Erasure:
    try:
        facts = json.loads(path.read_text("utf-8"))
        return Erasure(**(facts | {"held": tuple(facts["held"])}))
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise SettingsError(
            f"A certificate of an erasure cannot be read: {type(error).__name__}.",
            where=str(path),
            remedy="Restore it from a backup: without it the person would come back with the next "
            "extraction.",
        ) from error
