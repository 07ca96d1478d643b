"""What one run should do, passed from the command line or a schedule to assets as run tags."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from orchestration.extract.window import Window
from orchestration.foundation.errors import TributaryError

FROM_TAG = "tributary/from"
TO_TAG = "tributary/to"
DAYS_TAG = "tributary/reread_days"
REBUILD_TAG = "tributary/rebuild"
ACCEPT_TAG = "tributary/accept_losses"
FORCE_TAG = "tributary/force"


@dataclass(frozen=True, slots=True)
class RunPlan:
    """What one run should do.

    Attributes:
        window: The half-open window of days to read from reports and events; ``None``: each
            stream's own default.
        reread_days: Read at least that many days again, up to and including today.
        rebuild: Read no vendor and no file; rebuild the warehouse from landing.
        accept_losses: Publish although more was refused than ``quality`` allows.
        force: Build, check and publish although nothing changed.
    """

    window: Window | None = None
    reread_days: int = 0
    rebuild: bool = False
    accept_losses: bool = False
    force: bool = False

    @property
    def whatever_changed(self) -> bool:
        """Whether it builds and publishes although nothing changed."""
        return self.rebuild or self.accept_losses or self.force

    @classmethod
    def parse(
        cls,
        start: str | None,
        end: str | None,
        rebuild: bool,
        accept_losses: bool = False,
        force: bool = False,
    ) -> RunPlan:
        """The plan of ``tributary run``.

        Args:
            start: First day, ``YYYY-MM-DD``; goes together with ``end``.
            end: The day after the last one, ``YYYY-MM-DD``.
            rebuild: Rebuild from landing.
            accept_losses: Publish although too much was refused.
            force: Build and publish although nothing changed.

        Raises:
            TributaryError: The dates do not form a window, or are combined with ``--rebuild``.
        """
        if rebuild and (start or end):
            raise TributaryError(
                "--rebuild takes no window: it reads landing, not the vendors.",
                remedy="Run once with --rebuild, and once with --from and --to.",
            )
        if not start and not end:
            return cls(rebuild=rebuild, accept_losses=accept_losses, force=force)
        if not start or not end:
            raise TributaryError(
                "--from and --to go together.",
                remedy="Write for example --from 2026-01-01 --to 2026-02-01 (that day excluded).",
            )
        try:
            window = Window(date.fromisoformat(start), date.fromisoformat(end))
        except ValueError as error:
            raise TributaryError(
                f"--from {start} --to {end} is not a window of days: {error}.",
                remedy="Write for example --from 2026-01-01 --to 2026-02-01 (that day excluded).",
            ) from error
        return cls(window=window, accept_losses=accept_losses, force=force)

    @classmethod
    def from_tags(cls, tags: Mapping[str, str]) -> RunPlan:
        """The plan that a run's tags carry."""
        window = None
        if FROM_TAG in tags and TO_TAG in tags:
            window = Window(date.fromisoformat(tags[FROM_TAG]), date.fromisoformat(tags[TO_TAG]))
        return cls(
            window=window,
            reread_days=int(tags.get(DAYS_TAG, 0)),
            rebuild=tags.get(REBUILD_TAG) == "true",
            accept_losses=tags.get(ACCEPT_TAG) == "true",
            force=tags.get(FORCE_TAG) == "true",
        )

    def tags(self) -> dict[str, str]:
        """The plan as run tags."""
        tags: dict[str, str] = {}
        if self.window is not None:
            tags |= {FROM_TAG: str(self.window.start), TO_TAG: str(self.window.end)}
        if self.reread_days:
            tags[DAYS_TAG] = str(self.reread_days)
        if self.rebuild:
            tags[REBUILD_TAG] = "true"
        if self.accept_losses:
            tags[ACCEPT_TAG] = "true"
        if self.force:
            tags[FORCE_TAG] = "true"
        return tags

    def window_at(self, today: date) -> Window | None:
        """The window that this plan imposes on a report or event stream; ``None``: its default."""
        if self.window is None and self.reread_days:
            return Window(today - timedelta(days=self.reread_days), today + timedelta(days=1))
        return self.window
