"""The ``tributary`` command: parses arguments and calls the code that does the work."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from orchestration.foundation.errors import TributaryError
from orchestration.foundation.memory import collect_rarely, without_pandas
from orchestration.foundation.modes import keep_private
from orchestration.foundation.terminal import Screen, shown
from orchestration.privacy.text import hide

if TYPE_CHECKING:
    from orchestration.configuration.settings import Settings

app = typer.Typer(
    help="Tributary: where leads come from, what made them act, what it cost and what it earned.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

_WIDTH_OF_FILES = 160
"""Width of output that goes to a file or another program, where no terminal states one."""

_console = Screen(width=None if sys.stdout.isatty() else _WIDTH_OF_FILES)
_errors = Screen(stderr=True)


def _settings() -> Settings:
    # Checking a configuration takes longer to import than all of `--help`.
    from orchestration.configuration.settings import load_settings

    return load_settings()


_Verbose = Annotated[
    bool,
    typer.Option(
        "--verbose", "-v", help="Show everything that Dagster and dbt write to the log file."
    ),
]


@app.command()
def demo(verbose: _Verbose = False) -> None:
    """Run everything once for a made-up company, over real HTTP, and show its answers."""
    from orchestration.commands.demo import run_demo

    raise typer.Exit(run_demo(_console, verbose=verbose))


@app.command()
def run(
    start: Annotated[
        str | None, typer.Option("--from", metavar="DATE", help="First day to read.")
    ] = None,
    end: Annotated[
        str | None, typer.Option("--to", metavar="DATE", help="The day after the last one.")
    ] = None,
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Rebuild everything from landing.")
    ] = False,
    accept_losses: Annotated[
        bool,
        typer.Option(
            "--accept-losses", help="Publish once although too much of a source cannot be used."
        ),
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Build and publish even if nothing changed.")
    ] = False,
    verbose: _Verbose = False,
) -> None:
    """Extract, load, build, check and publish. Exit status 0 when all of it is published."""
    from orchestration.commands.run import run_refresh
    from orchestration.plan import RunPlan

    plan = RunPlan.parse(start, end, rebuild, accept_losses, force)
    raise typer.Exit(run_refresh(_settings(), plan, _console, verbose=verbose))


@app.command()
def init(
    folder: Annotated[
        Path | None, typer.Argument(metavar="FOLDER", help="Where your files are.")
    ] = None,
    name: Annotated[str | None, typer.Option(help="The company's name.")] = None,
    currency: Annotated[str | None, typer.Option(help="The currency of all figures.")] = None,
    timezone: Annotated[str | None, typer.Option(help="The time zone of all days.")] = None,
) -> None:
    """Propose a configuration for a folder of files, with reasons, and ask what they do not say."""
    from orchestration.commands.asking import asked
    from orchestration.commands.init import run_init

    company = {"name": name, "reporting_currency": currency, "reporting_timezone": timezone}
    known = {key: value for key, value in company.items() if value}
    ask = asked(_console) if sys.stdin.isatty() else None
    raise typer.Exit(run_init(folder or Path.cwd(), known, _console, ask))


@app.command()
def doctor() -> None:
    """Check for anything that would make a run fail, and say how to fix it."""
    from orchestration.commands.doctor import run_doctor

    raise typer.Exit(run_doctor(_console))


@app.command()
def explain(
    identifier: Annotated[
        str,
        typer.Argument(
            metavar="ID",
            help="A lead or conversion's id, or a source or channel's code; or a key.",
        ),
    ],
    every_touch: Annotated[
        bool, typer.Option("--all", help="List every touch that was left out.")
    ] = False,
) -> None:
    """Show how a journey was credited, or what every model says about a source or channel."""
    from orchestration.commands.explain import run_explain

    without_pandas()
    run_explain(_settings(), identifier, _console, every_touch=every_touch)


@app.command()
def report(
    path: Annotated[
        bool, typer.Option("--path", help="Print where the report is; open nothing.")
    ] = False,
) -> None:
    """Open the report of what is published: leads, money, campaigns, what changed."""
    from orchestration.commands.report import run_report

    run_report(_settings(), _console, path_only=path)


@app.command()
def digest(
    post: Annotated[
        bool, typer.Option("--post", help="Also post it to the webhook of alerts.")
    ] = False,
) -> None:
    """Show the last whole week: what moved beyond chance, money without leads, new errors."""
    from orchestration.commands.digest import run_digest

    run_digest(_settings(), _console, post=post)


_Rows = Annotated[
    int | None,
    typer.Option(min=1, help="The most rows: 1000 to print, a million for CSV and JSON."),
]
_Raw = Annotated[
    bool, typer.Option("--raw", help="Show values as stored: every decimal, no per cent.")
]
_Json = Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")]
_Markdown = Annotated[bool, typer.Option("--md", help="Print it as a Markdown table.")]
_Csv = Annotated[
    str | None,
    typer.Option("--csv", metavar="FILE", help="Write the answer as CSV; - prints it."),
]


@app.command()
def sql(
    query: Annotated[str | None, typer.Argument(help="SQL; without it, a prompt opens.")] = None,
    rows: _Rows = None,
    raw: _Raw = False,
    as_json: _Json = False,
    markdown: _Markdown = False,
    csv: _Csv = None,
) -> None:
    """Query the published file; it is opened read-only and can reach no other file."""
    without_pandas()
    if query is None:
        if as_json or markdown or csv is not None:
            raise typer.BadParameter("--json, --md and --csv need a question")
        from orchestration.commands.sql import run_prompt

        raise typer.Exit(run_prompt(_settings(), rows or 1000, _console, raw=raw))
    _answer(query, rows, raw, as_json, markdown, csv)


@app.command()
def metrics(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="METRIC,...", help="Such as leads,cost_per_lead; none lists all."),
    ] = None,
    by: Annotated[
        str, typer.Option(metavar="COLUMN,...", help="Such as lead_source,month; none: the total.")
    ] = "",
    where: Annotated[
        str, typer.Option(metavar="SQL", help="Such as: country = 'SE' and year >= '2026-01-01'.")
    ] = "",
    rows: _Rows = None,
    raw: _Raw = False,
    as_json: _Json = False,
    markdown: _Markdown = False,
    csv: _Csv = None,
) -> None:
    """Ask for metrics by name: each is defined once, and misleading sums are refused."""
    from orchestration.commands.metrics import list_metrics, metrics_query

    without_pandas()
    if not names:
        list_metrics(_console)
        return
    _answer(metrics_query(names, by, where), rows, raw, as_json, markdown, csv)


def _answer(
    question: str,
    rows: int | None,
    raw: bool,
    as_json: bool,
    markdown: bool,
    csv: str | None,
) -> None:
    """Answer a query in the form that was asked for."""
    from orchestration.commands.bounded import bounded
    from orchestration.commands.export import EXPORTED_ROWS, export_csv, unfinished_exports
    from orchestration.commands.sql import print_sql, run_sql
    from orchestration.commands.tables import counted

    settings = _settings()
    if as_json + markdown + (csv is not None) > 1:
        raise typer.BadParameter("choose one of --json, --md and --csv")
    target = csv or ""

    def show() -> None:
        if as_json:
            print_sql(settings, question, rows or EXPORTED_ROWS, _console, "json", raw=raw)
        elif markdown:
            print_sql(settings, question, rows or 1000, _console, "md", raw=raw)
        else:
            run_sql(settings, question, rows or 1000, _console, raw=raw)

    def export() -> None:
        count = export_csv(settings, question, target, rows or EXPORTED_ROWS)
        _errors.print(counted(count, "row"), style="dim")

    if csv is None:
        raise typer.Exit(bounded(settings, show, _show))
    raise typer.Exit(
        bounded(settings, export, _show, lambda child: unfinished_exports(target, child))
    )


@app.command()
def export(
    form: Annotated[
        Literal["xlsx", "csv"], typer.Argument(metavar="xlsx|csv", help="A workbook, or CSV files.")
    ],
    target: Annotated[Path, typer.Argument(help="The workbook, or the folder of CSV files.")],
    table: Annotated[
        list[str] | None,
        typer.Option("--table", help="A mart, or schema.table; may be repeated."),
    ] = None,
) -> None:
    """Write all marts, or some tables, as an Excel workbook or as CSV, in which nothing runs."""
    from orchestration.commands.bounded import bounded
    from orchestration.commands.export import unfinished_exports
    from orchestration.commands.export_tables import export_folder, export_workbook
    from orchestration.commands.tables import counted

    settings = _settings()

    def write() -> None:
        work = export_workbook if form == "xlsx" else export_folder
        tables, rows = work(settings, target, table or [])
        _errors.print(f"{counted(tables, 'table')}, {counted(rows, 'row')}", style="dim")

    inside = str(target if form == "xlsx" else target / "file")
    raise typer.Exit(
        bounded(settings, write, _show, lambda child: unfinished_exports(inside, child))
    )


@app.command()
def mcp() -> None:
    """Serve the published file to an assistant (Model Context Protocol on stdin and stdout)."""
    from orchestration.assistants.server import server
    from orchestration.commands.bounded import limit_memory

    settings = _settings()
    serving = server(settings)
    limit_memory(settings.memory_limit)
    serving.run()


@app.command()
def quarantine(
    source: Annotated[
        str | None,
        typer.Argument(metavar="SOURCE", help="A file's path, or CONNECTOR.STREAM; default: all."),
    ] = None,
    rows: Annotated[int, typer.Option(min=1, help="The most lines to print.")] = 50,
    csv: Annotated[
        str | None,
        typer.Option("--csv", metavar="FILE", help="Write them as CSV for correction; - prints."),
    ] = None,
) -> None:
    """Show records that could not be used, with values and reasons; personal ones are hidden."""
    from orchestration.commands.quarantine import export_quarantine, show_quarantine
    from orchestration.commands.tables import counted

    without_pandas()
    if csv is None:
        show_quarantine(_settings(), source, rows, _console)
        return
    count = export_quarantine(_settings(), source, csv)
    _errors.print(counted(count, "row"), style="dim")


@app.command()
def slices(
    set_aside: Annotated[
        str | None, typer.Option("--set-aside", metavar="ID", help="Leave a slice out.")
    ] = None,
    reason: Annotated[str, typer.Option(help="Why it is set aside; it is kept.")] = "",
    take_back: Annotated[
        str | None, typer.Option("--take-back", metavar="ID", help="Load it again.")
    ] = None,
) -> None:
    """List answers and files that are landed and not loaded, or set one aside."""
    from orchestration.commands.slices import bring_back, leave_out, show_slices

    if set_aside is not None:
        if not reason.strip():
            raise typer.BadParameter("--set-aside needs --reason TEXT")
        leave_out(_settings(), set_aside, reason, _console)
    elif take_back is not None:
        bring_back(_settings(), take_back, _console)
    else:
        show_slices(_settings(), _console)


@app.command()
def erase(
    people: Annotated[
        list[str] | None, typer.Argument(metavar="PERSON...", help="Addresses, numbers or ids.")
    ] = None,
    kind: Annotated[
        str,
        typer.Option(help="What an id is, when it could be several: lead, visitor, user, phone."),
    ] = "",
    file: Annotated[
        Path | None, typer.Option("--file", metavar="LIST", help="One person to a line.")
    ] = None,
    reason: Annotated[str, typer.Option(help="For the certificate.")] = "request",
    resume: Annotated[
        bool, typer.Option("--resume", help="Finish what an earlier command did not.")
    ] = False,
    check: Annotated[
        str | None,
        typer.Option("--check", metavar="PERSON", help="Only look for somebody, in every byte."),
    ] = None,
) -> None:
    """Erase people from landing and everything made from it; sums stay. It cannot be undone."""
    from orchestration.commands import erase as command

    if check is not None:
        raise typer.Exit(command.check(_settings(), check, kind, _console))
    named = [*(people or ()), *(command.listed(file) if file else ())]
    if not named and not resume:
        raise typer.BadParameter("whom? Give an address, a number or an id, or --file")
    raise typer.Exit(command.run_erase(_settings(), named, kind, reason, _console))


@app.command()
def ui(
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port on 127.0.0.1.")] = 3000,
    operate: Annotated[
        bool, typer.Option("--operate", help="Let the page start and change things; needs a token.")
    ] = False,
    verbose: _Verbose = False,
) -> None:
    """Serve Dagster's page on this machine, read-only unless you pass --operate."""
    from orchestration.commands.ui import run_ui

    run_ui(_settings(), port, operate, _console, verbose=verbose)


def main() -> None:
    """Run the command; an error that a person can act on exits with its own status."""
    collect_rarely()
    keep_private()
    try:
        app()
    except TributaryError as error:
        _show(error)
        sys.exit(error.exit_status)
    except Exception as error:
        from orchestration.privacy.guarded import unexpected
        from orchestration.privacy.messages import without_values

        # A traceback would repeat cells.
        _show(unexpected(error, without_values(error)))
        sys.exit(1)


def _show(error: TributaryError) -> None:
    said = shown(f"Error: {hide(str(error))}", lines=True)
    said.stylize("bold red")
    _errors.print(said)
