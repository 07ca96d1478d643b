"""An assistant gets figures with what they mean, within bounds, and errors that it can act on."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from orchestration.assistants.tools import Tools, TooSlow
from orchestration.configuration.model import Config
from orchestration.configuration.settings import Settings
from orchestration.foundation.errors import TributaryError
from orchestration.metrics.sums import Misleading
from orchestration.publication.reader import QueryRefused
from tests.kit.measured import TABLES
from tests.kit.reported import every_day, published

SQL = """
    comment on column marts.campaign_performance.leads is 'Leads. Additive.';
    insert into marts.leads by name
    select day as lead_key, created_on, 'event' as lead_source,
        created_on >= date '2026-02-22' as is_customer
    from (select row_number() over () as day, created_on from core.fct_leads);
    insert into marts.performance_daily by name
    select date '2026-02-02' as date_day, 'event' as lead_source, 100 as spend;
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A home with a published file: 28 leads in February."""
    folder = tmp_path / "published"
    folder.mkdir()
    published(folder / "tributary.duckdb", every_day(date(2026, 1, 1), 59, "s1", 1), TABLES + SQL)
    return Settings(home=tmp_path, config_path=None, config=Config())


@pytest.fixture
def tools(settings: Settings) -> Tools:
    """Its tools."""
    return Tools(settings)


def rows(said: str) -> list[dict[str, Any]]:
    """The rows of an answer."""
    result: list[dict[str, Any]] = json.loads(said.partition("\n")[2])
    return result


def test_a_metric_divides_sums(tools: Tools) -> None:
    """59 leads, 28 of them in February, which cost 100 and brought 7 customers."""
    said = tools.metric(["leads", "cost_per_lead"], ["month"])
    assert said.startswith("Generation 7, data through 2026-03-02 05:00:00; amounts in NOK, months")
    first, second = rows(said)
    assert (first["leads"], first["cost_per_lead"]) == (31, None), "no spend is not free"
    assert second["cost_per_lead"] == pytest.approx(100 / 28)
    assert len(rows(tools.metric(["cost_per_lead", "leads"], ["month"]))) == 2, "in any order"
    (february,) = rows(tools.metric(["conversion_rate"], ["lead_source"], "", "2026-02", "2026-02"))
    assert february == {"lead_source": "event", "conversion_rate": 0.25}


@pytest.mark.parametrize(
    ("names", "by", "month", "what"),
    [
        (["profit"], [], "", "no metric"),
        ([], [], "", "no metric"),
        (["leads"], ["lead_key"], "", "cannot be grouped"),
        (["leads"], [], "May'; drop", "no month"),
        (["credited_revenue"], ["lead_source"], "", "every credit is there twice"),
    ],
)
def test_what_is_not_known_is_named(
    tools: Tools, names: list[str], by: list[str], month: str, what: str
) -> None:
    """With what there is instead."""
    with pytest.raises(TributaryError, match=what):
        tools.metric(names, by, "", month)


def test_tables_and_columns_come_with_their_meaning(tools: Tools) -> None:
    """The comments of the file are all that an assistant knows."""
    assert "marts.campaign_performance" in {row["table"] for row in rows(tools.tables())}
    columns = {row["column"]: row for row in rows(tools.describe("marts.campaign_performance"))}
    assert columns["leads"]["meaning"] == "Leads. Additive."
    told = json.loads(tools.metrics())
    assert told["metrics"]["cost_per_lead"]["of"] == ["leads", "performance"]
    assert "country" in told["tables"]["leads"]["by"]


def test_a_query_is_bounded(tools: Tools, settings: Settings) -> None:
    """In rows, in characters and in time, and it says so."""
    assert len(rows(tools.query("select * from range(1000)"))) == 200
    assert "there are more" in tools.query("select * from range(10)", 3)
    long = tools.query("select repeat('x', 1000) from range(200)")
    assert len(long) < 70_000
    assert "there are more" in long
    with pytest.raises(TooSlow, match=r"0\.5 seconds"):
        Tools(settings, seconds=0.5).query("select count(*) from range(100000000000) t(i)")


@pytest.mark.parametrize(
    "sql",
    [
        "select sum(value) from marts.attribution_performance",
        "select * from read_csv('/etc/passwd')",
        "select * from read_text('/etc/passwd')",
        "create table marts.x as select 1",
        "select 1; select 2",
        "set threads = 4",
        "attach 'x.duckdb'",
        "copy (select 1) to 'x.csv'",
    ],
)
def test_a_query_only_reads_and_does_not_mislead(tools: Tools, sql: str) -> None:
    """The same locked connection as everybody's, and the guard of sums before it."""
    with pytest.raises((QueryRefused, Misleading)):
        tools.query(sql)


def test_the_server_speaks_the_protocol(settings: Settings) -> None:
    """A real client over real pipes: tools are listed, answer, and refuse with the reason."""
    pytest.importorskip("mcp", reason="the extra mcp is not installed")
    from mcp import ClientSession, StdioServerParameters
    from mcp.client.stdio import stdio_client

    process = StdioServerParameters(
        command=str(Path(sys.executable).with_name("tributary")),
        args=["mcp"],
        env={"TRIBUTARY_HOME": str(settings.home), "PATH": os.environ["PATH"]},
    )

    async def talk() -> None:
        async with stdio_client(process) as (read, write), ClientSession(read, write) as session:
            await session.initialize()
            listed = {tool.name for tool in (await session.list_tools()).tools}
            assert listed == {"metrics", "metric", "tables", "describe", "explain", "query"}
            told = await session.call_tool("metric", {"names": ["leads"]})
            assert '"leads": 59' in told.content[0].text
            refused = await session.call_tool(
                "query", {"sql": "select sum(value) from marts.attribution_performance"}
            )
            assert refused.is_error
            assert "each model credits all conversions" in refused.content[0].text or (
                "every credit is there twice" in refused.content[0].text
            )

    asyncio.run(talk())


def test_without_the_package_the_command_says_how_to_get_it(settings: Settings) -> None:
    """It is an extra: most companies have no assistant."""
    code = (
        "import sys; sys.modules['mcp'] = None; sys.argv = ['tributary', 'mcp'];"
        "from orchestration.cli import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"TRIBUTARY_HOME": str(settings.home)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "tributary-warehouse[mcp]" in done.stderr.replace("\n", "")
