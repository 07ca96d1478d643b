"""A dbt project of a few models that builds in seconds, both successfully and with failures.

Belongs here: the project and its four builds. Does not belong here: the gate's verdict on them.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

PROJECT = {
    "dbt_project.yml": """
name: small
version: "1.0"
config-version: 2
profile: small
models: {small: {core: {+schema: core}, marts: {+schema: marts}, meta: {+schema: meta}}}
flags: {send_anonymous_usage_stats: false, require_generic_test_arguments_property: true}
""",
    "profiles.yml": """
small:
  target: d
  outputs: {d: {type: duckdb, path: "{{ env_var('TRIBUTARY_WAREHOUSE') }}", schema: main}}
""",
    "macros/schema.sql": """
{% macro generate_schema_name(name, node) %}{{ name or 'main' }}{% endmacro %}
""",
    "models/core/fct_leads.sql": """
select 'a' as lead_key, cast(1 as decimal(18, 6)) as revenue
union all
select '{{ var("second_key", "b") }}' as lead_key, cast(2 as decimal(18, 6)) as revenue
""",
    "models/marts/totals.sql": "select sum(revenue) as revenue from {{ ref('fct_leads') }}",
    "models/meta/sources.sql": "select 'inbox' as connector",
    "models/all.yml": """
models:
  - name: fct_leads
    columns:
      - name: lead_key
        data_tests: [unique, {not_null: {config: {severity: warn}}}]
  - name: totals
    columns:
      - name: revenue
        data_tests: [not_null]
""",
    "tests/assert_totals_equal.sql": """
-- Returns rows = failure
select totals.revenue
from {{ ref('totals') }} as totals
where totals.revenue <> 3 -- a comment at the end
""",
    "tests/warn_where_sources_are_odd.sql": """
{{ config(severity='warn') }}
select connector, {{ var("told", "connector") }} || ' has no rows' as message
from {{ ref('sources') }}
""",
}

BUILDS = """
import sys
from dbt.cli.main import dbtRunner
for target, *arguments in (
    ("good",),
    ("failing", "--vars", "second_key: a"),
    ("excluded", "--exclude", "assert_totals_equal"),
    ("broken", "--vars", "told: no_such_column"),
):
    dbtRunner().invoke(["--quiet", "build", "--target-path", target, *arguments])
"""


def built_project(folder: Path, run_id: str) -> Path:
    """The project, really built in that folder: once successfully, and in three failing ways.

    Args:
        folder: An empty folder; each build's artifacts are in a folder below it.
        run_id: The run id that the builds record.

    Returns:
        The folder.
    """
    for name, text in PROJECT.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    environment = os.environ | {
        "TRIBUTARY_WAREHOUSE": str(folder / "warehouse.duckdb"),
        "DBT_ENV_CUSTOM_ENV_TRIBUTARY_RUN_ID": run_id,
        "DO_NOT_TRACK": "1",
    }
    subprocess.run([sys.executable, "-c", BUILDS], cwd=folder, env=environment, check=True)
    return folder
