"""The import file for Superset: its metrics come from the marts' comments."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from bi.superset.bundle import write

PAGES = """
- title: A page
  slug: a-page
  charts:
    - {title: Leads, mart: sums, kind: number, metrics: [leads], width: 8}
    - title: By source
      mart: sums
      kind: table
      metrics: [leads, cost_per_lead]
      by: [source_name]
      width: 8
"""


@pytest.fixture
def published(tmp_path: Path) -> Path:
    """A published file with one mart."""
    path = tmp_path / "tributary.duckdb"
    with duckdb.connect(str(path)) as con:
        con.execute(
            "create schema marts; create table marts.sums as select 'a' as source_name, "
            "date '2026-01-01' as month, 1::bigint as leads, 2::decimal(18, 6) as spend, "
            "0.5::double as rate, 2::double as cost_per_lead;"
            "comment on table marts.sums is 'Sums. One row per source.';"
            "comment on column marts.sums.leads is 'Leads. Additive.\n';"
            "comment on column marts.sums.spend is 'Money. Additive.';"
            "comment on column marts.sums.rate is 'A rate. Not additive.';"
            "comment on column marts.sums.cost_per_lead is 'Not additive: divide the sums.'"
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


def test_only_what_adds_up_is_summed(published: Path) -> None:
    """A dashboard that sums a rate shows 300 % and nobody asks why."""
    files = made(published)
    data = files["datasets/Tributary/marts.sums.yaml"]
    assert {each["metric_name"]: each["expression"] for each in data["metrics"]} == {
        "leads": "SUM(leads)",
        "spend": "SUM(spend)",
        "cost_per_lead": (
            "CAST(NULLIF(SUM(spend), 0) AS DOUBLE PRECISION) / NULLIF(SUM(leads), 0)"
        ),
    }
    assert data["main_dttm_col"] == "month"
    columns = {each["column_name"]: each for each in data["columns"]}
    assert columns["leads"]["description"] == "Leads. Additive."
    assert columns["source_name"]["verbose_name"] == "Source"


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
    with pytest.raises(KeyError, match="sums has no source_nam"):
        made(published, PAGES.replace("source_name", "source_nam"))
    with pytest.raises(KeyError, match="sums has no rate"):
        made(published, PAGES.replace("metrics: [leads]", "metrics: [rate]"))
