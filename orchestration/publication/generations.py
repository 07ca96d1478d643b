"""The published file's generations: numbering, keeping and tidying them.

Belongs here: everything about files in ``published/``. Does not belong here: what is in them
(``contents.py``) or reading them (``reader.py``).
"""

from __future__ import annotations

import shutil
from pathlib import Path

from orchestration.foundation.durable import (
    replace_durably,
    sync_directory,
    sync_file,
)
from orchestration.foundation.modes import share_folder

KEPT = 3
"""Generations kept on disk: the present one and two to go back to."""

UNFINISHED = ".publishing-"
"""Prefix of the files of a publish in progress; a killed publish leaves them behind."""


def generations_dir(published_dir: Path) -> Path:
    """The folder of earlier generations, as ``<number>.duckdb``."""
    return published_dir / "generations"


def kept_generations(published_dir: Path) -> dict[int, Path]:
    """The generations on disk by number, oldest first."""
    found = generations_dir(published_dir).glob("*.duckdb")
    return {int(path.stem): path for path in sorted(found, key=_number) if path.stem.isdigit()}


def _number(path: Path) -> int:
    return int(path.stem) if path.stem.isdigit() else -1


def install(finished: Path, published: Path) -> None:
    """Install a finished file where readers open it, in one step.

    A write-ahead log beside the old file (left by a client that opened it for writing) cannot
    belong to the new one and would keep it from opening.
    """
    published.with_name(published.name + ".wal").unlink(missing_ok=True)
    replace_durably(finished, published)


def keep(published: Path, number: int) -> None:
    """Keep the published file as its generation, and drop the oldest beyond ``KEPT``."""
    folder = generations_dir(published.parent)
    share_folder(folder)
    kept = folder / f"{number}.duckdb"
    if not kept.exists():
        try:
            kept.hardlink_to(published)
        except OSError:
            # Some network and container file systems have no hard links.
            copy = published.parent / f"{UNFINISHED}{number}-copy"
            shutil.copy2(published, copy)
            sync_file(copy)
            replace_durably(copy, kept)
    for old in list(kept_generations(published.parent).values())[:-KEPT]:
        old.unlink(missing_ok=True)
    sync_directory(folder)


def keep_only(published_dir: Path, number: int) -> list[int]:
    """Remove every generation but one; a reader that has another one open keeps it until it ends.

    Returns:
        The numbers of those that were removed.
    """
    others = {n: path for n, path in kept_generations(published_dir).items() if n != number}
    for path in others.values():
        path.unlink(missing_ok=True)
    if others:
        sync_directory(generations_dir(published_dir))
    return sorted(others)


def remove_leftovers(published_dir: Path) -> list[Path]:
    """Remove leftovers of killed publishes, and logs that clients wrote beside the file.

    Call it only under the publish lock.

    Returns:
        The files that were removed.
    """
    leftovers = sorted(
        {*published_dir.glob(f"{UNFINISHED}*"), *published_dir.glob("*.duckdb.wal*")}
    )
    for path in leftovers:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
    return leftovers
