"""SQL that does not parse in engines that the project has no macros for, and why.

The lists may only shrink: `test_portability` fails on a node that parses and is named here.
"""

from __future__ import annotations

_BITS = "aggregates over bits (any_bits, odd_bits), which Snowflake calls bitor_agg and bitxor_agg"
_UNION = "BigQuery wants `union distinct`, which Snowflake does not know"

UNPARSED: dict[str, dict[str, str]] = {
    "snowflake": {
        "model.tributary.int_attribution__fingerprints": _BITS,
        "model.tributary.int_attribution__set_counts": _BITS,
    },
    "bigquery": {
        "model.tributary.campaign_performance": _UNION,
        "model.tributary.dim_people": _UNION,
        "model.tributary.identity": _UNION,
        "model.tributary.int_ad_platforms__classified": _UNION,
        "model.tributary.int_ad_spend__identified": _UNION,
        "model.tributary.int_attribution__audiences": _UNION,
        "model.tributary.int_evidence__met": _UNION,
        "model.tributary.int_identity__loose": _UNION,
        "model.tributary.int_identity__named": _UNION,
        "model.tributary.int_locations__categorized": _UNION,
        "model.tributary.int_members__stated": _UNION,
        "model.tributary.int_pages__split": _UNION,
        "model.tributary.int_rule_alternatives__split": _UNION,
        "model.tributary.int_tag_words__read": _UNION,
        "model.tributary.int_tags__known": _UNION,
    },
}
"""By dialect, the nodes and the reason."""
