"""The category of a referring host, looked up in the seed as its macro does.

Belongs here: the lookup. Does not belong here: which hosts must have which category.
"""

from __future__ import annotations

import csv

from tests.kit.places import REPOSITORY


def seed_categories() -> dict[str, str]:
    """Every entry of the seed with its category."""
    with (REPOSITORY / "seeds" / "referrer_domains.csv").open(encoding="utf-8", newline="") as file:
        return {row["domain"]: row["category"] for row in csv.DictReader(file)}


def category(host: str, entries: dict[str, str]) -> str | None:
    """The longest entry that a host falls under, on label boundaries; an app as a whole.

    Args:
        host: In lower case; a leading ``www.`` does not count.
        entries: Category by domain; ``google.*`` is google under any one or two last labels.
    """
    host = host.removeprefix("www.")
    if f"app:{host}" in entries:
        return entries[f"app:{host}"]
    labels = host.split(".")
    for start in range(len(labels)):
        parent = labels[start:]
        if start and len(parent) < 2:
            break
        for name in (
            ".".join(parent),
            ".".join([*parent[:-1], "*"]),
            ".".join([*parent[:-2], "*"]),
        ):
            if name in entries:
                return entries[name]
    return None
