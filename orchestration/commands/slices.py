"""``tributary slices``: the slices that are not loaded, and setting one aside.

Belongs here: the list and the two changes. Does not belong here: why a slice is refused
(``loading/refusals.py``).
"""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from orchestration.configuration.settings import Settings
from orchestration.extract.aside import set_aside, slices_aside, take_back
from orchestration.extract.landing import Landing
from orchestration.foundation.terminal import shown
from orchestration.warehouse.connection import connect


def show_slices(settings: Settings, console: Console) -> None:
    """List the slices that the last run refused, and those that were set aside."""
    landing = Landing(settings.landing_dir)
    aside = slices_aside(landing)
    refused: dict[str, str] = {}
    if settings.warehouse_path.exists():
        with connect(settings.warehouse_path, read_only=True, settings=settings) as con:
            refused = dict(
                con.execute("select slice_id, message from ops.refused_slices").fetchall()
            )
    table = Table("slice", "source", "read", "records", "state", header_style="bold")
    for item in landing.slices():
        if item.slice_id in aside:
            state = f"set aside: {aside[item.slice_id]['reason']}"
        elif item.slice_id in refused:
            state = f"refused: {refused[item.slice_id]}"
        else:
            continue
        source = f"{item.connector}.{item.stream}, {item.account_id}"
        read = f"{item.extracted_at:%Y-%m-%d %H:%M}"
        cells = (item.slice_id, source, read, str(item.row_count), state)
        table.add_row(*(shown(cell) for cell in cells))
    if not table.row_count:
        console.print("Every slice is loaded.", style="green")
        return
    console.print(table)
    console.print(
        "Leave one out: tributary slices --set-aside ID --reason TEXT. Undo that: --take-back ID",
        style="dim",
    )


def leave_out(settings: Settings, slice_id: str, reason: str, console: Console) -> None:
    """Set a slice aside."""
    settings.prepare_home()
    set_aside(Landing(settings.landing_dir), slice_id, reason, settings.now())
    console.print("Set aside. The next run leaves it out: tributary run", style="green")


def bring_back(settings: Settings, slice_id: str, console: Console) -> None:
    """Take a slice back that was set aside."""
    settings.prepare_home()
    take_back(Landing(settings.landing_dir), slice_id)
    console.print("Taken back. The next run loads it: tributary run", style="green")
