"""The import file for Superset: its metrics are those of ``models/metrics.yml``."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from bi.superset.bundle import write
from orchestration.metrics.definitions import catalogue

PAGES = """
- title: A page
  slug: a-page
  charts:
    - {title: Leads, mart: segment_performance, kind: number, metrics: [leads], width: 8}
    - title: By source
      mart: segment_performance
      kind: table
      metrics: [leads, win_rate]
      by: [source_name]
      width: 8
"""


@pytest.fixture
def published(tmp_path: Path) -> Path:
    """A published file with one mart."""
    path = tmp_path / "tributary.duckdb"
    with duckdb.connect(str(path)) as con:
        con.execute(
            "create schema marts; create table marts.segment_performance as "
            "select 'a' as source_name, date '2026-01-01' as month, 1::bigint as leads, "
            "2::decimal(18, 6) as spend, 0.5::double as win_rate, "
            "3::bigint as deals_won, 4::bigint as deals_lost;"
            "comment on table marts.segment_performance is 'Sums. One row per source.';"
            "comment on column marts.segment_performance.leads is 'Leads. Additive.';"
        )
    return path


def made(published: Path, pages: str = PAGES) -> dict[str, Any]:
    """The files of the bundle."""
    dashboards = published.with_name("dashboards.yaml")
    dashboards.write_text(pages, encoding="utf-8")
    write(published, dashboards, published.with_name("bundle.zip"))
    with zipfile.ZipFile(published.with_name("bundle.zip")) as bundle:
        return {
            name.removeprefix("bundle/"): yaml.safe_load(bundle.read(name))
            for name in bundle.namelist()
        }


def test_metrics_are_those_that_are_defined_once(published: Path) -> None:
    """A dashboard that sums a rate shows 300 %, and a list of its own differs from the report's."""
    files = made(published)
    data = files["datasets/Tributary/marts.segment_performance.yaml"]
    metrics = {each["metric_name"]: each for each in data["metrics"]}
    found = {name: (each["expression"], each["d3format"]) for name, each in metrics.items()}
    won, lost = "sum(deals_won)", "sum(deals_lost)"
    assert found == {
        "leads": ("sum(leads)", ",d"),
        "deals_won": (won, ",d"),
        "deals_lost": (lost, ",d"),
        "win_rate": (f"{won} / nullif({won} + {lost}, 0)", ".1%"),
        "spend": ("sum(spend)", ",.0f"),
        "cost_per_lead": ("nullif(sum(spend), 0) / nullif(sum(leads), 0)", ",.2f"),
    }
    defined = catalogue().metrics["win_rate"]
    assert metrics["win_rate"]["verbose_name"] == defined.label
    assert metrics["win_rate"]["description"] == defined.meaning
    assert data["main_dttm_col"] == "month"
    columns = {each["column_name"]: each for each in data["columns"]}
    assert columns["leads"]["description"] == "Leads. Additive."
    assert columns["source_name"]["verbose_name"] == "Source"


def test_the_headings_of_a_pivot_are_words(published: Path) -> None:
    """Every other chart has them from the data set; a pivot showed ``lead_source_name``."""
    page = PAGES.replace("kind: table", "kind: pivot").replace(
        "[source_name]", "[source_name, month]"
    )
    params = made(published, page)["charts/a-page.By_source.yaml"]["params"]
    heads = [(each["label"], each["sqlExpression"]) for each in params["groupbyRows"]]
    assert heads == [("Source", "source_name")]
    assert [each["label"] for each in params["groupbyColumns"]] == ["Month"]


def test_money_of_a_row_has_two_decimals(published: Path) -> None:
    """A table of rows has no metric that would say how to write 3617.409125."""
    page = PAGES.replace("kind: table", "kind: rows").replace("[source_name]", "[leads, spend]")
    params = made(published, page)["charts/a-page.By_source.yaml"]["params"]
    assert params["column_config"] == {"spend": {"d3NumberFormat": ",.2f"}}


def test_the_connection_can_read_one_file(published: Path) -> None:
    """What is imported is what people get, whatever they do afterwards."""
    database = made(published)["databases/Tributary.yaml"]
    assert database["sqlalchemy_uri"] == f"duckdb:///{published}"
    connect = database["extra"]["engine_params"]["connect_args"]
    assert connect["read_only"] is True
    assert connect["config"]["enable_external_access"] == "false"
    assert connect["config"]["lock_configuration"] == "true"
    assert not database["allow_dml"]


def test_a_bundle_made_again_replaces_the_first(published: Path) -> None:
    """New ids would leave every dashboard there twice."""
    first, second = made(published), made(published)
    assert first == second
    page = first["dashboards/a-page.yaml"]
    assert len(page["position"]["GRID_ID"]["children"]) == 2, "16 columns are two rows"


def test_a_chart_of_what_is_not_published_is_an_error(published: Path) -> None:
    """A renamed column would otherwise be found by whoever opens the dashboard."""
    with pytest.raises(KeyError, match="segment_performance has no source_nam"):
        made(published, PAGES.replace("source_name", "source_nam"))
    with pytest.raises(KeyError, match="segment_performance has no rate"):
        made(published, PAGES.replace("metrics: [leads]", "metrics: [rate]"))
