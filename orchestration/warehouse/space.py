"""How much disk space a run and a publish need in each of the company's folders."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from orchestration.configuration.settings import Settings
from orchestration.foundation.disk import SPARE, free_bytes, require_bytes


def run_needs(settings: Settings) -> dict[Path, int]:
    """Bytes that a run needs, by folder.

    Half the warehouse's size for new tables and spilling, plus what a publish needs.
    """
    return {
        settings.landing_dir: SPARE,
        settings.build_dir: SPARE + _size(settings.warehouse_path) // 2,
        **publish_needs(settings),
    }


def publish_needs(settings: Settings) -> dict[Path, int]:
    """Bytes that a publish needs, by folder.

    One and a half times the last generation; before there is one, the warehouse's size.
    """
    last = _size(settings.published_path)
    return {settings.published_dir: SPARE + (last * 3 // 2 or _size(settings.warehouse_path))}


def require_space(settings: Settings, free: Callable[[Path], int] = free_bytes) -> None:
    """Refuse to start a run that could not finish for lack of disk space.

    Args:
        settings: Whose folders.
        free: Returns the free bytes of a folder's disk.

    Raises:
        NoRoom: There is too little space. It names the folders, what they need and what is free.
    """
    require_bytes(run_needs(settings), "begin", free)


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
