"""How much disk space a run and a publish need in which of the company's folders."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from orchestration.configuration.settings import Settings
from orchestration.foundation.disk import SPARE, free_bytes, require_bytes


def run_needs(settings: Settings) -> dict[Path, int]:
    """Bytes that a run needs, by folder.

    Half of the warehouse again for its new tables and what spills, and what a publish needs.
    """
    return {
        settings.landing_dir: SPARE,
        settings.build_dir: SPARE + _size(settings.warehouse_path) // 2,
        **publish_needs(settings),
    }


def publish_needs(settings: Settings) -> dict[Path, int]:
    """Bytes that a publish needs, by folder.

    Half as much again as the last generation; before there is one, as much as the warehouse.
    """
    last = _size(settings.published_path)
    return {settings.published_dir: SPARE + (last * 3 // 2 or _size(settings.warehouse_path))}


def require_space(settings: Settings, free: Callable[[Path], int] = free_bytes) -> None:
    """Refuse to begin a run that could not end.

    Args:
        settings: Whose folders.
        free: Returns the free bytes of a folder's disk.

    Raises:
        NoRoom: Names the folders, what they need and what is free.
    """
    require_bytes(run_needs(settings), "begin", free)


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
