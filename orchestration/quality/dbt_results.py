"""Reads from dbt's own files what became of every relation and every test of a run.

Belongs here: reading manifest.json against run_results.json. Does not belong here: the consequences
(``gate.py``), or running dbt (``transform/dbt.py``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import duckdb

from orchestration.privacy.messages import NOT_SHOWN, without_values
from orchestration.privacy.text import hide
from orchestration.quality.checks import Check, Expected, Severity, Status, missing
from orchestration.transform.dbt import RUN_ID, Artifacts
from orchestration.warehouse.damage import is_damage

BUILT = frozenset({"model", "seed", "snapshot"})
SAMPLE_ROWS = 3
_KEY = re.compile("[0-9a-f]{32,64}")

_TEST_STATUS: Mapping[str, Status] = {"pass": "pass", "warn": "warn", "fail": "fail"}


def dbt_checks(
    artifacts: Sequence[Artifacts], run_id: str, now: datetime
) -> tuple[list[Check], list[Check]]:
    """The outcome of every relation and of every test that the manifests declare.

    dbt leaves the tests of a disabled model among its nodes, disabled as well: nothing to test.

    Returns:
        Relations (built or not) and tests.
    """
    nodes: dict[str, Mapping[str, Any]] = {}
    results: dict[str, Mapping[str, Any]] = {}
    reasons: list[str] = []
    for item in artifacts:
        nodes |= {
            unique_id: node
            for unique_id, node in item.manifest["nodes"].items()
            if node["config"].get("enabled", True)
        }
        found, reason = _results_of_run(item, run_id)
        results |= found
        reasons += [reason] if reason else []
    absent = "; ".join(reasons) or "dbt did not select it"

    built, tests = [], []
    for unique_id, node in nodes.items():
        result = results.get(unique_id)
        if node["resource_type"] == "test":
            tests.append(_test_outcome(node, nodes, result, absent, now))
        elif node["resource_type"] in BUILT and not _is_ephemeral(node):
            built.append(_build_outcome(node, result, absent, now))
    for unique_id, result in results.items():
        # Unit tests test the SQL, not the data: a run may omit them, but not ignore their failures.
        if unique_id.startswith("unit_test."):
            tests.append(_unit_test_outcome(unique_id, result, now))
    return built, tests


def _results_of_run(item: Artifacts, run_id: str) -> tuple[dict[str, Mapping[str, Any]], str]:
    """Results by node; or none and the reason, when they are not from this run."""
    if item.results is None:
        return {}, f"dbt ended before it wrote {item.folder / 'run_results.json'}"
    metadata = item.results["metadata"]
    stated = metadata.get("env", {}).get(RUN_ID)
    if stated != run_id:
        return {}, f"run_results.json is from run {stated or 'unknown'}, not from this one"
    if metadata["invocation_id"] != item.manifest["metadata"]["invocation_id"]:
        return {}, "run_results.json and manifest.json are from different dbt invocations"
    return {result["unique_id"]: result for result in item.results["results"]}, ""


def _is_ephemeral(node: Mapping[str, Any]) -> bool:
    return bool(node["config"].get("materialized") == "ephemeral")


def _relation(node: Mapping[str, Any]) -> str:
    return f"{node['schema']}.{node.get('alias') or node['name']}"


def relations(artifacts: Sequence[Artifacts]) -> tuple[tuple[str, str], ...]:
    """``(schema, name)`` of every relation that the manifests declare."""
    found = {
        (str(node["schema"]), str(node.get("alias") or node["name"]))
        for item in artifacts
        for node in item.manifest["nodes"].values()
        if node["resource_type"] in BUILT and not _is_ephemeral(node)
    }
    return tuple(sorted(found))


def _build_outcome(
    node: Mapping[str, Any], result: Mapping[str, Any] | None, absent: str, now: datetime
) -> Check:
    expected = Expected(
        name=f"build {node['name']}",
        kind="dbt",
        asset=_relation(node),
        severity="error",
        expected="dbt builds it in this run",
    )
    if result is None:
        return missing(expected, now, absent)
    if result["status"] == "skipped":
        return missing(expected, now, "dbt skipped it: something before it failed")
    if result["status"] == "success":
        return Check.outcome(expected, "pass", "built", now)
    return Check.outcome(expected, "error", _one_line(_said(result)), now)


def _test_outcome(
    node: Mapping[str, Any],
    nodes: Mapping[str, Mapping[str, Any]],
    result: Mapping[str, Any] | None,
    absent: str,
    now: datetime,
) -> Check:
    severity: Severity = (
        "warn" if str(node["config"].get("severity")).lower() == "warn" else "error"
    )
    expected = Expected(
        name=node["name"],
        kind="dbt",
        asset=_tested(node, nodes),
        severity=severity,
        expected=_one_line(node.get("description")) or "no rows from this test",
    )
    if result is None:
        return missing(expected, now, absent)
    if result["status"] == "skipped":
        return missing(expected, now, "dbt skipped it: something before it failed")
    status = _TEST_STATUS.get(result["status"], "error")
    if status == "pass":
        return Check.outcome(expected, status, f"{result.get('failures') or 0} failing rows", now)
    if status == "error":
        return Check.outcome(expected, status, _one_line(_said(result)), now)
    if status == "warn":
        return Check.outcome(expected, status, f"{result['failures']} rows", now)
    where = node.get("compiled_path") or node["original_file_path"]
    return Check.outcome(expected, status, f"{result['failures']} failing rows; SQL: {where}", now)


def _tested(node: Mapping[str, Any], nodes: Mapping[str, Mapping[str, Any]]) -> str:
    """The relation that a test guards: the one it is attached to, else the first it reads."""
    reads = [node.get("attached_node"), *node.get("depends_on", {}).get("nodes", [])]
    for unique_id in reads:
        if unique_id in nodes:
            return _relation(nodes[unique_id])
    return next((unique_id for unique_id in reads if unique_id), "project")


def _unit_test_outcome(unique_id: str, result: Mapping[str, Any], now: datetime) -> Check:
    _, _, model, name = unique_id.split(".", 3)
    expected = Expected(name, "dbt", model, "error", "the rows that the unit test states")
    if result["status"] == "skipped":
        return missing(expected, now, "dbt skipped it: something before it failed")
    status = _TEST_STATUS.get(result["status"], "error")
    return Check.outcome(expected, status, _one_line(_said(result)) or "as stated", now)


def with_failing_rows(
    con: duckdb.DuckDBPyConnection, check: Check, artifacts: Sequence[Artifacts]
) -> Check:
    """A failed dbt test with the first of its rows, queried from the warehouse as it is.

    For a test that returns a column ``message``, only that column is shown; of other rows the keys,
    figures and moments are.
    """
    if check.status not in ("fail", "warn"):
        return check
    for item in reversed(artifacts):
        for result in (item.results or {"results": []})["results"]:
            node = item.manifest["nodes"].get(result["unique_id"])
            if node and node["name"] == check.name and result.get("compiled_code"):
                rows = _first_rows(con, result["compiled_code"])
                return replace(check, observed=f"{check.observed}; first rows: {rows}")
    return check


def _first_rows(con: duckdb.DuckDBPyConnection, compiled: str) -> str:
    try:
        # The closing bracket is on its own line, because the SQL may end in a comment. In an order,
        # so that two equal runs publish the same message.
        cursor = con.execute(
            f"select * from ({compiled}\n) as failing order by all limit {SAMPLE_ROWS}"
        )
        names = [column[0] for column in cursor.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        messages = [str(row.get("message") or _facts(row)) for row in rows]
    except duckdb.Error as error:
        if is_damage(error):
            raise
        return f"not available ({_one_line(without_values(error))})"
    return _shortened(hide("; ".join(messages)))


def _facts(row: Mapping[str, Any]) -> dict[str, str]:
    """A row as a message may show it: keys, figures and moments, but no text of a cell."""
    return {
        name: NOT_SHOWN if isinstance(value, str) and not _KEY.fullmatch(value) else str(value)
        for name, value in row.items()
    }


def _one_line(text: str | None) -> str:
    return _shortened(" ".join((text or "").split()))


def _said(result: Mapping[str, Any]) -> str:
    return without_values(result.get("message") or "")


def _shortened(text: str, length: int = 400) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"
