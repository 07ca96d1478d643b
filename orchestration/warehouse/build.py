"""The build folder as a whole: discarding it, because landing gives it again."""

from __future__ import annotations

from orchestration.settings import Settings


def discard_build(settings: Settings) -> None:
    """Remove the warehouse and its write-ahead log; the caller holds the writer's lease.

    Args:
        settings: Whose warehouse.
    """
    for path in (
        settings.warehouse_path,
        settings.warehouse_path.with_name(settings.warehouse_path.name + ".wal"),
    ):
        path.unlink(missing_ok=True)
