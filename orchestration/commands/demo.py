"""``tributary demo``: the whole road once for a made-up company that answers over real HTTP."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console

from orchestration.commands.run import run_refresh
from orchestration.commands.sql import answer_table
from orchestration.config import REPOSITORY
from orchestration.errors import TributaryError
from orchestration.plan import RunPlan
from orchestration.settings import DEMO_CONFIG, Settings, load_settings
from orchestration.warehouse.published import query

DEMO_NOW = "2026-07-01T06:00:00+00:00"
"""The day on which the demo asks: fixed, so that its answers are the same every time."""

_BY_MEMBER = """
    select
        name_en as "{title}",
        cast(sum(leads) as bigint) as leads,
        cast(sum(customers) as bigint) as customers,
        cast(sum(revenue) as decimal(18, 0)) as "revenue {currency}",
        cast(sum(spend) as decimal(18, 0)) as "spend {currency}",
        cast(nullif(sum(spend), 0) / nullif(sum(leads), 0) as decimal(18, 2)) as "cost per lead",
        cast(sum(revenue) / nullif(sum(spend), 0) as decimal(18, 2)) as "return on ad spend"
    from marts.{mart}
    group by name_en
    order by sum(leads) desc, sum(revenue) desc, name_en
"""


def run_demo(console: Console) -> int:
    """Serve the demo company, run everything against it, and show its answers.

    Returns:
        0 when a generation was published, 1 when not.

    Raises:
        TributaryError: ``TRIBUTARY_HOME`` holds another company's data.
    """
    env = os.environ | {"TRIBUTARY_CONFIG": str(DEMO_CONFIG)}
    home = load_settings(env).home
    _refuse_foreign_home(home)
    inbox = home / "demo" / "inbox"
    inbox.mkdir(parents=True, exist_ok=True)
    console.print("[bold]Tributary demo[/bold]: a software company in Stockholm, 18 months.")
    with _simulator(inbox) as url:
        os.environ.update(demo_environment(url, inbox))
        settings = load_settings()
        status = run_refresh(settings, RunPlan(), console)
    if status == 0:
        _show_answers(settings, console)
    return status


def demo_environment(url: str, inbox: Path) -> dict[str, str]:
    """The environment variables that the demo's configuration names.

    Args:
        url: Where the simulator answers.
        inbox: Where its CSV files stand.
    """
    secrets = (
        "TRIBUTARY_DEMO_GOOGLE_ADS_CLIENT_ID",
        "TRIBUTARY_DEMO_GOOGLE_ADS_CLIENT_SECRET",
        "TRIBUTARY_DEMO_GOOGLE_ADS_REFRESH_TOKEN",
        "TRIBUTARY_DEMO_HUBSPOT_TOKEN",
        "TRIBUTARY_DEMO_MAILCHIMP_API_KEY",
        "TRIBUTARY_DEMO_MATOMO_TOKEN",
        "TRIBUTARY_DEMO_IDENTITY_KEY",
    )
    return {
        "TRIBUTARY_CONFIG": str(DEMO_CONFIG),
        "TRIBUTARY_DEMO_URL": url,
        "TRIBUTARY_DEMO_INBOX": str(inbox),
        "TRIBUTARY_NOW": DEMO_NOW,
        **dict.fromkeys(secrets, "known-to-everyone-because-it-guards-made-up-people"),
    }


def _refuse_foreign_home(home: Path) -> None:
    if (home / "landing").exists() and not (home / "demo").exists():
        raise TributaryError(
            "TRIBUTARY_HOME holds another company's data; the demo would mix with it.",
            where=str(home),
            remedy='Give the demo a home of its own: TRIBUTARY_HOME="$PWD/.demo" tributary demo',
        )


@contextmanager
def _simulator(inbox: Path) -> Iterator[str]:
    """The demo company's vendors, served by a process that ends with this one."""
    server = subprocess.Popen(
        [sys.executable, "-m", "orchestration.simulator", "--port", "0", "--inbox", str(inbox)],
        stdout=subprocess.PIPE,
        cwd=REPOSITORY,
        text=True,
    )
    try:
        if server.stdout is None or not (line := server.stdout.readline()):
            raise TributaryError(
                "The demo company's server did not start.",
                where=f"exit status {server.wait(timeout=10)}",
                remedy="Run it by hand to see why: "
                ".venv/bin/python -m orchestration.simulator --port 0 --inbox DIR",
            )
        yield str(json.loads(line)["url"])
    finally:
        server.terminate()
        try:
            server.wait(timeout=10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _show_answers(settings: Settings, console: Console) -> None:
    currency = settings.config.company.reporting_currency
    for mart, title in (
        ("lead_source_performance", "Lead source"),
        ("lead_channel_performance", "Lead channel"),
    ):
        console.print()
        console.print(
            answer_table(
                query(settings, _BY_MEMBER.format(mart=mart, title=title, currency=currency))
            )
        )
    command = os.path.relpath(Path(sys.executable).parent / "tributary")
    customer = query(
        settings,
        "select lead_id from core.fct_leads where is_customer order by revenue desc, lead_id",
        max_rows=1,
    )
    lead_id = customer.rows[0][0]
    console.print("\n[bold]Next[/bold]")
    for step, why in (
        (f"{command} explain {lead_id}", "the journey of the most valuable customer"),
        (
            f'{command} sql "select * from marts.attribution_model_comparison"',
            "what each model says",
        ),
        (f"{command} ui", "the graph, its runs and its checks, at http://127.0.0.1:3000"),
    ):
        console.print(f"  {step}", highlight=False, soft_wrap=True, markup=False)
        console.print(f"      {why}", style="dim")
