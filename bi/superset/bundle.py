"""Superset's import file, generated from a published file's own schema and comments.

Belongs here: data sets, charts and dashboards in Superset's format. Does not belong here: which
charts there are (``dashboards.yaml``), what a metric is (``models/metrics.yml``), or running
Superset (``run.py``).
"""

from __future__ import annotations

import uuid
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import yaml

from orchestration.metrics.asking import Expression, expressions

_NAMESPACE = uuid.UUID("6f1f6b3e-0000-4000-8000-000000000001")
_COLUMNS = 12
_HEIGHTS = {"number": 16, "bar": 50, "line": 50, "table": 60, "rows": 60, "pivot": 90}

SAFE = {
    "enable_external_access": "false",
    "autoload_known_extensions": "false",
    "temp_directory": "",
    "lock_configuration": "true",
}
"""As docs/bi.md prints it: no other file, no address, no change of a setting."""

_FORMATS = {
    "count": ",d",
    "credits": ",.1f",
    "share": ".1%",
    "factor": ",.2f",
    "days": ",.1f",
}
"""Of a metric's unit, except for money: sums of it are whole, and what is divided has cents."""


@dataclass(frozen=True)
class Mart:
    """A published table as a data set.

    Attributes:
        schema: Of the table. name: Its name.
        columns: Name, type and description.
        comment: Its description.
    """

    schema: str
    name: str
    columns: list[tuple[str, str, str | None]]
    comment: str | None

    @property
    def metrics(self) -> dict[str, Expression]:
        """Its metrics by name, as ``models/metrics.yml`` defines them."""
        return expressions(self.name, [name for name, _, _ in self.columns])


def write(published: Path, dashboards: Path, target: Path) -> None:
    """Write the import file.

    Args:
        published: The published file; its path becomes that of the connection.
        dashboards: What to show.
        target: The zip file.

    Raises:
        KeyError: A chart names a mart, column or metric that is not published.
    """
    pages: list[dict[str, Any]] = yaml.safe_load(dashboards.read_text("utf-8"))
    wanted = {_address(chart["mart"]) for page in pages for chart in page["charts"]}
    marts = _marts(published, wanted)
    files: dict[str, Any] = {
        "metadata.yaml": {
            "version": "1.0.0",
            "type": "Dashboard",
            "timestamp": "2026-01-01T00:00:00+00:00",
        },
        "databases/Tributary.yaml": _database(published),
    }
    for (schema, name), mart in marts.items():
        files[f"datasets/Tributary/{schema}.{name}.yaml"] = _dataset(mart)
    for page in pages:
        for chart in page["charts"]:
            name = f"{page['slug']}.{chart['title']}".replace(" ", "_")
            files[f"charts/{name}.yaml"] = _chart(page, chart, marts[_address(chart["mart"])])
        files[f"dashboards/{page['slug']}.yaml"] = _dashboard(page)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, content in files.items():
            text = yaml.safe_dump(content, sort_keys=False, allow_unicode=True)
            bundle.writestr(f"bundle/{name}", text)


def _address(mart: str) -> tuple[str, str]:
    schema, _, name = mart.rpartition(".")
    return schema or "marts", name


def _marts(published: Path, wanted: set[tuple[str, str]]) -> dict[tuple[str, str], Mart]:
    with duckdb.connect(str(published), read_only=True, config=SAFE) as con:
        rows = con.execute(
            "select schema_name, table_name, column_name, data_type, comment from "
            "duckdb_columns() where not internal order by schema_name, table_name, column_index"
        ).fetchall()
        comments = {
            (schema, name): comment
            for schema, name, comment in con.execute(
                "select schema_name, table_name, comment from duckdb_tables()"
            ).fetchall()
        }
    columns: dict[tuple[str, str], list[tuple[str, str, str | None]]] = {}
    for schema, table, name, kind, comment in rows:
        columns.setdefault((schema, table), []).append((name, kind, comment))
    return {each: Mart(*each, columns[each], comments.get(each)) for each in sorted(wanted)}


def _id(*names: str) -> str:
    """The same id in every bundle, so that an import replaces and does not add."""
    return str(uuid.uuid5(_NAMESPACE, "/".join(names)))


def _database(published: Path) -> dict[str, Any]:
    return {
        "database_name": "Tributary",
        "sqlalchemy_uri": f"duckdb:///{published}",
        "cache_timeout": None,
        "expose_in_sqllab": True,
        "allow_run_async": False,
        "allow_ctas": False,
        "allow_cvas": False,
        "allow_dml": False,
        "allow_file_upload": False,
        "extra": {
            "engine_params": {"connect_args": {"read_only": True, "config": SAFE}},
            "metadata_params": {},
            "schemas_allowed_for_file_upload": [],
        },
        "uuid": _id("database"),
        "version": "1.0.0",
    }


def _dataset(mart: Mart) -> dict[str, Any]:
    dates = [name for name, kind, _ in mart.columns if kind in ("DATE", "TIMESTAMP")]
    return {
        "table_name": mart.name,
        "main_dttm_col": dates[0] if dates else None,
        "description": mart.comment,
        "schema": mart.schema,
        "sql": None,
        "offset": 0,
        "filter_select_enabled": True,
        "uuid": _id("mart", mart.schema, mart.name),
        "metrics": [
            {
                "metric_name": name,
                "verbose_name": metric.label,
                "expression": metric.sql,
                "description": metric.meaning,
                "d3format": _format(metric),
                "extra": {},
            }
            for name, metric in mart.metrics.items()
        ],
        "columns": [
            {
                "column_name": name,
                "verbose_name": _title(name),
                "is_dttm": name in dates,
                "is_active": True,
                "type": kind,
                "groupby": True,
                "filterable": True,
                "description": comment,
                "extra": {},
            }
            for name, kind, comment in mart.columns
        ],
        "version": "1.0.0",
        "database_uuid": _id("database"),
    }


def _format(metric: Expression) -> str:
    return _FORMATS.get(metric.unit) or (",.2f" if "/" in metric.sql else ",.0f")


def _title(name: str) -> str:
    """A column as people read it: ``lead_source_name`` is *Lead source*."""
    words = name.removesuffix("_name").split("_")
    return " ".join([words[0][0].upper() + words[0][1:], *words[1:]])


def _labelled(name: str) -> dict[str, str]:
    """A column as a pivot takes it: the headings of its axes know no name of a data set."""
    return {"expressionType": "SQL", "label": _title(name), "sqlExpression": name}


def _chart(page: dict[str, Any], chart: dict[str, Any], mart: Mart) -> dict[str, Any]:
    metrics, by = chart.get("metrics", []), chart.get("by", [])
    columns = {name for name, _, _ in mart.columns}
    for name in [*(each for each in metrics if each not in mart.metrics), *set(by) - columns]:
        raise KeyError(f"{page['title']}, {chart['title']}: {chart['mart']} has no {name}")
    params = {
        "number": lambda: {
            "viz_type": "big_number_total",
            "metric": metrics[0],
            "y_axis_format": _format(mart.metrics[metrics[0]]),
        },
        "bar": lambda: {
            "viz_type": "echarts_timeseries_bar",
            "x_axis": by[0],
            "x_axis_sort": metrics[0],
            "x_axis_sort_asc": True,
            "orientation": "horizontal",
            "metrics": metrics,
            "groupby": [],
            "row_limit": 15,
            "order_desc": True,
            "timeseries_limit_metric": metrics[0],
            "truncate_metric": True,
            "show_value": True,
        },
        "line": lambda: {
            "viz_type": "echarts_timeseries_line",
            "x_axis": by[0],
            "time_grain_sqla": "P1D" if by[0] == "date_day" else "P1M",
            "metrics": metrics,
            "groupby": [],
            "rich_tooltip": True,
            "show_legend": True,
            "truncateYAxis": False,
        },
        "table": lambda: {
            "viz_type": "table",
            "query_mode": "aggregate",
            "groupby": by,
            "metrics": metrics,
            "order_desc": True,
            "timeseries_limit_metric": metrics[0],
            "server_page_length": 15,
            "show_cell_bars": False,
        },
        "rows": lambda: {
            "viz_type": "table",
            "query_mode": "raw",
            "all_columns": by,
            "column_config": {
                name: {"d3NumberFormat": ",.2f"}
                for name, kind, _ in mart.columns
                if name in by and kind.startswith(("DECIMAL", "DOUBLE"))
            },
            "server_page_length": 15,
        },
        "pivot": lambda: {
            "viz_type": "pivot_table_v2",
            "groupbyRows": [_labelled(name) for name in by[:1]],
            "groupbyColumns": [_labelled(name) for name in by[1:]],
            "metrics": metrics,
            "metricsLayout": "COLUMNS",
            "aggregateFunction": "Sum",
            "valueFormat": _format(mart.metrics[metrics[0]]) if metrics else "",
            "rowTotals": True,
            "colTotals": True,
        },
    }[chart["kind"]]()
    where = chart.get("where")
    filters = [{"clause": "WHERE", "expressionType": "SQL", "sqlExpression": where}]
    return {
        "slice_name": chart["title"],
        "viz_type": params["viz_type"],
        "params": {"row_limit": 1000, **params, "adhoc_filters": filters if where else []},
        "uuid": _id("chart", page["slug"], chart["title"]),
        "version": "1.0.0",
        "dataset_uuid": _id("mart", mart.schema, mart.name),
    }


def _dashboard(page: dict[str, Any]) -> dict[str, Any]:
    position: dict[str, Any] = {
        "DASHBOARD_VERSION_KEY": "v2",
        "ROOT_ID": {"type": "ROOT", "id": "ROOT_ID", "children": ["GRID_ID"]},
        "HEADER_ID": {"type": "HEADER", "id": "HEADER_ID", "meta": {"text": page["title"]}},
        "GRID_ID": {"type": "GRID", "id": "GRID_ID", "children": [], "parents": ["ROOT_ID"]},
    }
    used = _COLUMNS
    for chart in page["charts"]:
        if used + chart["width"] > _COLUMNS:
            used, row = 0, f"ROW-{len(position)}"
            position["GRID_ID"]["children"].append(row)
            position[row] = {
                "type": "ROW",
                "id": row,
                "children": [],
                "parents": ["ROOT_ID", "GRID_ID"],
                "meta": {"background": "BACKGROUND_TRANSPARENT"},
            }
        used += chart["width"]
        key = _id("chart", page["slug"], chart["title"])
        name = f"CHART-{key[:8]}"
        position[row]["children"].append(name)
        position[name] = {
            "type": "CHART",
            "id": name,
            "children": [],
            "parents": ["ROOT_ID", "GRID_ID", row],
            "meta": {
                "uuid": key,
                "sliceName": chart["title"],
                "width": chart["width"],
                "height": _HEIGHTS[chart["kind"]],
                "chartId": 0,
            },
        }
    return {
        "dashboard_title": page["title"],
        "slug": page["slug"],
        "css": "",
        "published": True,
        "uuid": _id("dashboard", page["slug"]),
        "position": position,
        "metadata": {"refresh_frequency": 0, "cross_filters_enabled": True},
        "version": "1.0.0",
    }
