"""The configuration as rows of ``ops``, so that models read it like any other source."""

from __future__ import annotations

from typing import Any

from duckdb import DuckDBPyConnection

from orchestration.configuration.inbox_files import inbox_files
from orchestration.configuration.model import Config
from orchestration.foundation.sql import quoted, transaction
from orchestration.warehouse.schema import OPS_TABLES, ops_tables


def write_config(con: DuckDBPyConnection, config: Config) -> None:
    """Replace the configuration's rows in ``ops``, in one transaction."""
    columns = ops_tables()
    with transaction(con):
        for table, rows in _rows(config, columns["classification_rules"]).items():
            con.execute(f"delete from ops.{quoted(table)}")
            marks = ", ".join("?" * len(columns[table]))
            for row in rows:
                con.execute(f"insert into ops.{quoted(table)} values ({marks})", row)


def _rows(config: Config, rule_columns: tuple[tuple[str, str], ...]) -> dict[str, list[list[Any]]]:
    company, attribution = config.company, config.attribution
    custom_total = sum(attribution.custom_weights.values())
    return {
        "company": [
            [
                company.name,
                company.reporting_currency,
                company.reporting_timezone,
                config.quality.fx_max_age_days,
                company.fiscal_year_month,
            ]
        ],
        "company_domains": [
            [spelling] for domain in company.domains for spelling in _spellings(domain)
        ],
        "unwanted_referrers": [
            [spelling] for domain in config.unwanted_referrers for spelling in _spellings(domain)
        ],
        "internal_hosts": [
            [spelling]
            for domain in config.lead_quality.internal_hosts
            for spelling in _spellings(domain)
        ],
        "brand_terms": [[term] for term in config.classification.brand_terms],
        "funnel_steps": [list(row) for row in config.funnel.rows],
        "lead_quality_rules": [list(rule) for rule in config.lead_quality.rules],
        "content_patterns": [
            [place, page.url, page.topic, page.format]
            for place, page in enumerate(config.content, start=1)
        ],
        "campaign_aliases": [
            [alias, campaign] for alias, campaign in config.classification.campaign_aliases.items()
        ],
        "lookbacks": [[name, days] for name, days in attribution.lookbacks.items()],
        "attribution": [[getattr(attribution, name) for name, _ in OPS_TABLES["attribution"]]],
        "identity": [[getattr(config.identity, name) for name, _ in OPS_TABLES["identity"]]],
        "enabled_models": [[name] for name in attribution.models],
        "custom_weights": [
            [role, weight / custom_total]
            for role, weight in attribution.custom_weights.items()
            if custom_total > 0
        ],
        "classification_rules": [
            [_cell(name, rule.get(name), number) for name, _ in rule_columns]
            for number, rule in enumerate(config.classification.rules, start=1)
        ],
        "inbox_entries": [
            [entry.entry_id, entry.stream, entry.keeps == "first", entry.additive]
            for entry in inbox_files(config.inbox)
        ],
    }


def _spellings(domain: str) -> list[str]:
    """The domain in both spellings: `räksmörgås.se` and `xn--rksmrgs-5wao1o.se`."""
    plain = domain.strip().lower().removeprefix("*.")
    try:
        written = plain.encode("idna").decode("ascii")
        return sorted({plain, written, written.encode("ascii").decode("idna")})
    except UnicodeError:
        return [plain]


def _cell(name: str, value: str | int | None, number: int) -> str | int | None:
    """A rule's cell; a missing priority or id comes from the rule's position in the file."""
    if value is None and name == "priority":
        return number
    if value is None and name == "rule_id":
        return f"company_{number}"
    return value if value is None or name == "priority" else str(value)
