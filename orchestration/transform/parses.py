"""What dbt made of the project, kept for the next home: parsing it takes 8 CPU s, copying it none.

Belongs here: keeping a parse and fetching it. Does not belong here: when a parse is valid
(``defs/transform/project.py``), which names it by everything that could change it.

Kept beside the code of a checkout, and in the user's cache for an installed package. Nothing of a
company is in it but which kinds of records it has; nothing is lost with it, so a cache that cannot
be read or written only costs the parse.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

from orchestration.foundation.durable import replace_durably, sync_file, write_durably
from orchestration.foundation.repository import DBT_PROJECT, INSTALLED

FILES = ("manifest.json", "partial_parse.msgpack")
"""What Dagster reads, and what dbt starts from instead of parsing."""

KEPT = 8
"""Parses; one takes about 8 MB, and each company has one."""

_UNFINISHED = ".unfinished-"
NO_CACHE = (OSError, RuntimeError)
"""The disk says no, or whoever runs this has no home folder."""


def cache_folder() -> Path:
    """Where this machine keeps parses; dbt's own folder ``target`` in a checkout."""
    if not INSTALLED:
        return DBT_PROJECT / "target" / "parses"
    caches = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(caches) / "tributary" / "parses"


def fetch(fingerprint: str, target: Path) -> bool:
    """Copy a kept parse to where dbt and Dagster look for it.

    Args:
        fingerprint: Of all that it depends on.
        target: dbt's target folder.

    Returns:
        Whether there was one.
    """
    try:
        kept = cache_folder() / _name(fingerprint)
        if (kept / "fingerprint").read_text() != fingerprint:
            return False
        contents = {name: (kept / name).read_bytes() for name in FILES}
        os.utime(kept)
        target.mkdir(parents=True, exist_ok=True)
        for name, content in contents.items():
            # Fails where another process of this home does the same at this moment.
            write_durably(target / name, content)
    except NO_CACHE:
        return False
    return True


def keep(fingerprint: str, target: Path) -> None:
    """Keep what dbt just parsed; the oldest goes.

    Args:
        fingerprint: Of all that it depends on.
        target: dbt's target folder.
    """
    with suppress(*NO_CACHE):
        folder = cache_folder()
        folder.mkdir(parents=True, exist_ok=True)
        unfinished = Path(tempfile.mkdtemp(prefix=_UNFINISHED, dir=folder))
        try:
            for name in FILES:
                shutil.copyfile(target / name, unfinished / name)
                sync_file(unfinished / name)
            (unfinished / "fingerprint").write_text(fingerprint)
            sync_file(unfinished / "fingerprint")
            replace_durably(unfinished, folder / _name(fingerprint))
        finally:
            # Another process kept the same meanwhile, or the disk is full.
            shutil.rmtree(unfinished, ignore_errors=True)
        _forget_the_oldest(folder)


def _forget_the_oldest(folder: Path) -> None:
    newest_first = sorted(folder.iterdir(), key=lambda kept: kept.stat().st_mtime, reverse=True)
    for kept in newest_first[KEPT:]:
        shutil.rmtree(kept, ignore_errors=True)


def _name(fingerprint: str) -> str:
    return hashlib.sha256(fingerprint.encode()).hexdigest()
