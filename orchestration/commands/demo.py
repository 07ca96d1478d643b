"""``tributary demo``: one full run for a made-up company that answers over real HTTP.

Belongs here: finding the company, giving it the home, and showing its answers. Does not belong
here: the company itself. An installed package provides one as an entry point of the group
``tributary.companies``, so that the product depends on none.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from contextlib import AbstractContextManager, ExitStack
from importlib import metadata
from pathlib import Path
from typing import Protocol, cast

from rich.console import Console

from orchestration.commands.run import run_refresh
from orchestration.commands.tables import answer_table
from orchestration.configuration.settings import CONFIGURATION, Settings, load_settings
from orchestration.foundation.errors import TributaryError
from orchestration.foundation.repository import INSTALL_AGAIN
from orchestration.plan import RunPlan
from orchestration.publication.reader import query

COMPANIES = "tributary.companies"
"""The group of entry points that offer made-up companies."""

_BY_MEMBER = """
    select
        {member}_name as "{title}",
        cast(sum(leads) as bigint) as leads,
        cast(sum(customers) as bigint) as customers,
        cast(sum(revenue) as decimal(18, 0)) as "revenue {currency}",
        cast(sum(spend) as decimal(18, 0)) as "spend {currency}",
        cast(nullif(sum(spend), 0) / nullif(sum(leads), 0) as decimal(18, 2)) as "cost per lead",
        cast(sum(revenue) / nullif(sum(spend), 0) as decimal(18, 2)) as "return on ad spend"
    from marts.{member}_performance
    group by {member}_name
    order by sum(leads) desc, sum(revenue) desc, {member}_name
"""


class MadeUpCompany(Protocol):
    """A module that offers a company.

    Attributes:
        TITLE: What kind of company it is, for the first line that the command prints.
        CONFIGURATION: Its ``tributary.yaml``.
    """

    TITLE: str
    CONFIGURATION: Path

    def serve(self, folder: Path) -> AbstractContextManager[Mapping[str, str]]:
        """Serve its vendors; yields the environment variables that its configuration names.

        Raises:
            RuntimeError: It cannot be served; the message says why.
        """


def run_demo(console: Console, *, verbose: bool = False) -> int:
    """Serve the demo company, run everything against it, and show its answers.

    Args:
        console: Where everything is shown.
        verbose: Also show the output of Dagster and dbt.

    Returns:
        0 when a generation was published, 1 when not.

    Raises:
        TributaryError: ``TRIBUTARY_HOME`` holds another company's data, or no company is installed
            or could be served.
    """
    company = demo_company()
    env = os.environ | {"TRIBUTARY_CONFIG": str(company.CONFIGURATION)}
    home = load_settings(env).home
    _refuse_foreign_home(home, company)
    load_settings(env).prepare_home()
    shutil.copyfile(company.CONFIGURATION, home / CONFIGURATION)
    console.print(f"[bold]Tributary demo[/bold]: {company.TITLE}.")
    with ExitStack() as stack:
        try:
            variables = stack.enter_context(company.serve(home / "demo"))
        except (OSError, RuntimeError) as error:
            raise TributaryError(
                "The demo company could not be served.",
                where=str(error),
                remedy="Fix the problem named above, then run again: tributary demo",
            ) from error
        os.environ.update(variables)
        os.environ["TRIBUTARY_CONFIG"] = str(home / CONFIGURATION)
        settings = load_settings()
        status = run_refresh(settings, RunPlan(), console, verbose=verbose)
    if status == 0:
        show_answers(settings, console)
    return status


def demo_company() -> MadeUpCompany:
    """The company that an installed package provides under the name ``demo``.

    Raises:
        TributaryError: None is installed.
    """
    found = list(metadata.entry_points(group=COMPANIES, name="demo"))
    if not found:
        raise TributaryError(
            "The demo company is not installed.",
            where=f"entry points {COMPANIES} of {sys.prefix}",
            remedy=f"Install Tributary into this environment again: {INSTALL_AGAIN}",
        )
    return cast(MadeUpCompany, found[0].load())


def _refuse_foreign_home(home: Path, company: MadeUpCompany) -> None:
    """The home's own configuration says whose data it holds."""
    if not (home / "landing").exists():
        return
    own = home / CONFIGURATION
    remedy = 'Give the demo a home of its own: TRIBUTARY_HOME="$PWD/.demo" tributary demo'
    if not own.is_file():
        raise TributaryError(
            "TRIBUTARY_HOME holds data but no configuration that says whose; the demo could mix "
            "with another company's.",
            where=str(home),
            remedy=f"{remedy}\nIf the demo of an earlier version created it, "
            "delete that folder instead.",
        )
    if _company_name(own) != _company_name(company.CONFIGURATION):
        raise TributaryError(
            "TRIBUTARY_HOME holds another company's data; the demo would mix with it.",
            where=str(home),
            remedy=remedy,
        )


def _company_name(configuration: Path) -> str:
    return load_settings({"TRIBUTARY_CONFIG": str(configuration)}).config.company.name


def show_answers(settings: Settings, console: Console) -> None:
    """Show the made-up company's figures, and what to try next.

    Args:
        settings: Where the published file is.
        console: Where it is shown.
    """
    currency = settings.config.company.reporting_currency
    for member, title in (("lead_source", "Lead source"), ("lead_channel", "Lead channel")):
        question = _BY_MEMBER.format(member=member, title=title, currency=currency)
        console.print()
        console.print(answer_table(query(settings, question)))
    command = _typed()
    customer = query(
        settings,
        "select lead_id from core.fct_leads where is_customer order by revenue desc, lead_id",
        max_rows=1,
    )
    lead_id = customer.rows[0][0]
    console.print("\n[bold]Next[/bold]")
    for step, why in (
        (f"{command} report", "all of it as a page in your browser"),
        (f"{command} explain {lead_id}", "the journey of the most valuable customer"),
        (
            f'{command} sql "select * from marts.attribution_model_comparison"',
            "what each model says",
        ),
        (f"{command} ui", "the graph, its runs and its checks, at http://127.0.0.1:3000"),
    ):
        console.print(f"  {step}", highlight=False, soft_wrap=True, markup=False)
        console.print(f"      {why}", style="dim")


def _typed() -> str:
    """How to call ``tributary`` from the current folder."""
    script = Path(sys.executable).parent / "tributary"
    found = shutil.which("tributary")
    return "tributary" if found and Path(found) == script else os.path.relpath(script)
