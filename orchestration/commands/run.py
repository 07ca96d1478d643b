"""``tributary run``: runs a job and reports what a person should know when it ends."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from orchestration.commands.tables import answer_table, counted
from orchestration.configuration.inbox_files import inbox_files
from orchestration.configuration.settings import Settings
from orchestration.extract.landing import Landing
from orchestration.foundation.memory import keep_imports
from orchestration.foundation.terminal import plain, shown
from orchestration.inbox.memory import incomplete_files
from orchestration.plan import RunPlan
from orchestration.publication.reader import publication_of, query
from orchestration.publication.report_file import NAME as REPORT
from orchestration.publication.standing import unchanged

if TYPE_CHECKING:
    from orchestration.runs.job import JobOutcome

_SOURCES = """
    select
        connector,
        stream,
        sum(rows_loaded) as loaded,
        sum(rows_quarantined) as quarantined,
        sum(rows_left_out) as left_out
    from meta.sources
    group by connector, stream
    order by connector, stream
"""

_PUBLICATION = "select generation, data_through from meta.publication"
_STANDS = "select generation, published_at, data_through, run_id from meta.publication"

_CHECKS = """
    select kind, count(*) as checks, count(*) filter (where status = 'pass') as passed,
        count(*) filter (where status = 'warn') as warnings
    from meta.checks
    group by kind
    order by kind
"""


def run_refresh(
    settings: Settings, plan: RunPlan, console: Console, *, verbose: bool = False
) -> int:
    """Run ``refresh`` (or ``rebuild``) and say how it ended.

    Args:
        settings: The company's settings.
        plan: What the run should do.
        console: Where it is shown.
        verbose: Also show the output of Dagster and dbt.

    Returns:
        0 when a generation was published, or stands because nothing changed; 1 when not.

    Raises:
        SettingsError: There is no usable configuration.
    """
    settings.require_config()
    begun = time.monotonic()
    if plan == RunPlan() and unchanged(settings) is not None:
        # Only then, because it imports Dagster.
        from orchestration.runs.unchanged import nothing_changed

        if nothing_changed(settings, console) is not None:
            show_unchanged(settings, time.monotonic() - begun, console)
            return 0
    # All definitions and what they import.
    from orchestration.runs.job import run_job

    keep_imports()
    job = "rebuild" if plan.rebuild else "refresh"
    outcome = run_job(settings, job, plan, console, verbose=verbose)
    seconds = time.monotonic() - begun
    if not outcome.succeeded:
        show_failure(settings, outcome, console)
        return 1
    if query(settings, _STANDS).rows[0][3] == outcome.run_id:
        show_success(settings, seconds, console)
    else:
        show_unchanged(settings, seconds, console)
    return 0


def show_unchanged(settings: Settings, seconds: float, console: Console) -> None:
    """What was looked at, and the generation that stands because nothing of it changed.

    Args:
        settings: Locates the generation.
        seconds: How long it took.
        console: Where it is shown.
    """
    ((generation, published_at, data_through, _),) = query(settings, _STANDS).rows
    files = len(inbox_files(settings.config.inbox))
    vendors = len(settings.config.connectors)
    looked = [
        "the configuration and the code",
        counted(len(Landing(settings.landing_dir).slices()), "landed slice"),
        counted(files, "file") if files else "",
        f"{counted(vendors, 'vendor')}, read again" if vendors else "",
    ]
    through = "" if data_through is None else f", data through {data_through:%Y-%m-%d}"
    console.print(
        f"[bold green]Nothing changed: generation {generation} stands[/bold green], published "
        f"{published_at:%Y-%m-%d %H:%M} UTC{through}. Looked in {seconds:.0f} s at "
        f"{', '.join(filter(None, looked))}. tributary run --force makes it again.",
        highlight=False,
        soft_wrap=True,
    )
    _show_report(settings, console)
    _show_losses(settings, console)
    _show_incomplete(settings, console)
    _show_failed(settings, console)


_FAILED = """
    select connector, max(accounts_failed), string_agg(stream, ', ' order by stream),
        min(first_failure)
    from meta.sources
    where accounts_failed > 0
    group by connector, split_part(first_failure, chr(10), 1)
    order by 1, 3
"""


def show_success(settings: Settings, seconds: float, console: Console) -> None:
    """What a person should know about the generation that was just published.

    Args:
        settings: Locates it.
        seconds: How long the run took.
        console: Where it is shown.
    """
    ((generation, data_through),) = query(settings, _PUBLICATION).rows
    sources = query(settings, _SOURCES)
    loaded = sum(row[2] for row in sources.rows)
    quarantined = sum(row[3] for row in sources.rows)
    left_out = sum(row[4] for row in sources.rows)
    besides = f", {counted(left_out, 'row')} left out by where" if left_out else ""
    through = "" if data_through is None else f", data through {data_through:%Y-%m-%d}"
    console.print(
        f"[bold green]Published generation {generation}[/bold green] in {seconds:.0f} s{through}: "
        f"{counted(loaded, 'record')} loaded from {counted(len(sources.rows), 'stream')}, "
        f"{quarantined:,} quarantined"
        f"{besides}."
    )
    _show_report(settings, console)
    _show_losses(settings, console)
    _show_left_out(settings, console)
    _show_cleared(settings, console)
    _show_incomplete(settings, console)
    _show_joining(settings, console)
    _show_failed(settings, console)
    checks = Table(box=None, padding=(0, 2))
    for name, passed, total, warnings in (
        (row[0], row[2], row[1], row[3]) for row in query(settings, _CHECKS).rows
    ):
        said = f"{passed} of {total} passed" + (f", {warnings} warnings" if warnings else "")
        checks.add_row(f"Checks by {_KINDS.get(name, name)}:", said)
    console.print(checks)
    warned = query(
        settings,
        "select name, observed, expected from meta.checks where status = 'warn' order by name",
        max_rows=20,
    )
    if warned.rows:
        console.print(answer_table(warned))


def _show_failed(settings: Settings, console: Console) -> None:
    """The accounts that could not be read although others could."""
    for connector, accounts, streams, first in query(settings, _FAILED).rows:
        console.print(
            f"{plain(connector)}: {accounts} account(s) could not be read ({plain(streams)}); "
            "their figures are those of the last run that could, if there was one. The first:",
            style="bold yellow",
            highlight=False,
        )
        console.print(shown(first, lines=True), style="yellow")


def _show_report(settings: Settings, console: Console) -> None:
    """That the report is missing, if it is."""
    if not (settings.published_dir / REPORT).exists():
        console.print(
            "The report could not be written; the figures are published. tributary report tries "
            "again and says why.",
            style="bold yellow",
        )


_LOSSES = """
    select
        case when connector = 'inbox' then account_id else connector || '.' || stream end as source,
        reason_code as reason,
        rows,
        first_line,
        example,
        money
    from meta.losses
    order by money desc, rows desc, source, reason
"""


def _show_losses(settings: Settings, console: Console) -> None:
    """What the figures do not hold, by source and reason, with the money in it."""
    losses = query(settings, _LOSSES, max_rows=20)
    if losses.rows:
        console.print(
            "Records that could not be used; the figures do not hold them or their money:",
            style="bold yellow",
        )
        console.print(answer_table(losses))
    accepted = query(settings, "select count(*) from meta.accepted_losses").rows[0][0]
    if accepted:
        console.print(
            f"More than allowed is missing from {counted(accepted, 'source')}; it was accepted for "
            "this run alone (meta.accepted_losses).",
            style="bold yellow",
        )


_LEFT_OUT = """
    select subject as file, difference as money
    from meta.reconciliation
    where "check" = 'money_of_file_vs_meant'
    order by money desc, subject
"""


def _show_left_out(settings: Settings, console: Console) -> None:
    """The money in rows that somebody, or a preset, says are not meant."""
    left_out = query(settings, _LEFT_OUT, max_rows=20)
    if left_out.rows:
        console.print("Money in rows that where leaves out; the figures do not hold it:")
        console.print(answer_table(left_out))


_CLEARED = """
    select
        connector || '/' || stream as source,
        account_id as account,
        column_name,
        reason_code,
        cells
    from meta.cleared_cells
    order by cells desc, source, account, column_name, reason_code
"""


def _show_cleared(settings: Settings, console: Console) -> None:
    """The cells that could not be read, by column; their records count."""
    cleared = query(settings, _CLEARED, max_rows=20)
    if cleared.rows:
        console.print(
            "Cells that could not be read became empty; their records count:", style="yellow"
        )
        console.print(answer_table(cleared))


def _show_incomplete(settings: Settings, console: Console) -> None:
    """The files that look as if their export was not finished."""
    files = inbox_files(settings.config.inbox)
    for path, why in incomplete_files(Landing(settings.landing_dir), files):
        console.print(
            f"{plain(path)} {why}. If that is right, set incomplete: accept in its inbox entry.",
            style="bold yellow",
            highlight=False,
        )


_JOINING = """
    select
        sum(identifiers_across_companies) as companies,
        sum(identifiers_across_sources) as sources
    from meta.identity
"""


def _show_joining(settings: Settings, console: Console) -> None:
    """How many identifiers make one person of leads that do not belong together."""
    ((companies, sources),) = query(settings, _JOINING).rows
    if companies or sources:
        console.print(
            f"Identifiers that join leads of several companies: {companies or 0:,}; of several "
            f"sources: {sources or 0:,} (meta.identity).",
            style="yellow",
            highlight=False,
        )


_KINDS = {"dbt": "dbt", "gx": "Great Expectations", "accounting": "the loader"}


def show_failure(settings: Settings, outcome: JobOutcome, console: Console) -> None:
    """What failed, and where the log is."""
    for failure in outcome.failures:
        console.print(f"{failure.step} failed:", style="bold red")
        console.print(shown(failure.message, lines=True))
    console.print(
        _left_by(settings, outcome.run_id) + f" The whole log: {plain(str(outcome.log_path))}",
        style="bold red",
        highlight=False,
        soft_wrap=True,
    )


def _left_by(settings: Settings, run_id: str) -> str:
    """What readers have after a run that failed; the file may be what it failed at."""
    match publication_of(settings.published_path):
        case None:
            return "Nothing was published."
        case generation, published_by if published_by == run_id:
            return f"Generation {generation} is published; what failed comes after it."
        case _:
            return "Nothing was published; readers keep the last generation."
