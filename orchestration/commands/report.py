"""``tributary report``: opens the report of the published generation in a browser."""

from __future__ import annotations

import webbrowser

from rich.console import Console

from orchestration.configuration.settings import Settings
from orchestration.publication.report_file import current


def run_report(settings: Settings, console: Console, *, path_only: bool = False) -> None:
    """Open the report, or say where it is.

    Args:
        settings: Locates it.
        console: Where its path is shown.
        path_only: Whether to open nothing.

    Raises:
        NotPublished: Nothing was published yet.
        ReportFailed: It is missing and cannot be written.
    """
    path = current(settings)
    console.print(str(path), markup=False, highlight=False, soft_wrap=True)
    if not path_only and not webbrowser.open(path.as_uri()):
        console.print("No browser was found here; open that file in one.", style="dim")
