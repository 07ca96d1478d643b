"""``make referrers LIST=newer.csv``: rebuild the list of referrers from newer public lists.

Belongs here: merging what public lists say with what we decided. Does not belong here: what a
category means (``docs/classification.md``), or fetching lists.

Rows of the seed that are marked ``is_decided`` are ours: they are kept as they are and win over any
list. All others come from the lists alone, so what a list drops disappears.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import unquote

SEED = Path(__file__).with_name("referrer_domains.csv")
COLUMNS = ("domain", "category", "ga4_category", "keyword_parameters", "name", "is_decided")


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the seed."""

    domain: str
    category: str
    ga4_category: str = ""
    keyword_parameters: str = ""
    name: str = ""
    is_decided: str = "false"


def entry_name(written: str) -> str:
    """A list's spelling as the seed's: lower case, ``*`` for any top-level domain, no ``www.``."""
    name = written.strip().lower().replace("{}", "*")
    if name.startswith(("android-app//", "com.")):  # a host never begins with com.
        return "app:" + name.removeprefix("android-app//").partition("/")[0]
    return name.removeprefix("www.").rstrip("/")


def read_lists(rows: Iterable[Mapping[str, str]]) -> dict[str, Entry]:
    """What the lists say, one entry per domain.

    GA4's category wins over the other lists', because its column is compared with GA4, and loses
    by name, because it repeats the domain there; only search engines have keyword parameters.

    Args:
        rows: Columns ``domain_or_source``, ``list`` (``ga4`` or another), ``category``, ``name``
            and ``keyword_parameters`` (separated by blanks).
    """
    entries: dict[str, Entry] = {}
    for row in rows:
        domain = entry_name(row["domain_or_source"])
        if domain.startswith("*.") or not domain:
            continue
        category = row["category"]
        ga4 = category if row["list"] == "ga4" else ""
        terms = "|".join(dict.fromkeys(row["keyword_parameters"].lower().split()))
        name = unquote(row["name"])
        known = entries.get(domain)
        if known is None:
            entries[domain] = Entry(domain, category, ga4, terms, name)
            continue
        entries[domain] = replace(
            known,
            category=ga4 or known.category,
            ga4_category=known.ga4_category or ga4,
            keyword_parameters=known.keyword_parameters or terms,
            name=known.name if is_named(known) else name,
        )
    return {
        domain: entry if entry.category == "search" else replace(entry, keyword_parameters="")
        for domain, entry in entries.items()
    }


def is_named(entry: Entry) -> bool:
    """Whether the entry has a name, rather than its domain once more."""
    return entry.name.lower() not in ("", entry.domain)


def merge(listed: Mapping[str, Entry], decided: Mapping[str, Entry]) -> list[Entry]:
    """The new seed, sorted.

    A host that GA4 does not list and whose nearest listed parent says the same is left out; a
    search host without keyword parameters has its parent's. A host without a name has that of the
    nearest site of its category which it is part of, so that one network has one name.
    """
    entries = {**listed, **decided}
    merged = []
    for domain, listed_entry in sorted(entries.items()):
        above = [entries[name] for name in parents(domain) if name in entries]
        namesake = next(
            (e for e in above if is_named(e) and e.category == listed_entry.category), listed_entry
        )
        entry = listed_entry
        if domain not in decided and not is_named(entry):
            entry = replace(entry, name=namesake.name)
        parent = above[0] if above else None
        if domain in decided or parent is None:
            merged.append(entry)
            continue
        terms = entry.keyword_parameters or (
            parent.keyword_parameters if entry.category == "search" else ""
        )
        same = (parent.category, parent.keyword_parameters) == (entry.category, terms)
        if entry.ga4_category or not same:
            merged.append(replace(entry, keyword_parameters=terms))
    return merged


def parents(domain: str) -> list[str]:
    """The entries that a host falls under besides its own, nearest first."""
    if domain.startswith("app:") or "/" in domain:
        return []
    labels = domain.split(".")
    found = [] if domain.endswith("*") else [".".join([*labels[:-1], "*"])]
    for start in range(1, len(labels) - 1):
        rest = labels[start:]
        found += [".".join(rest), ".".join([*rest[:-1], "*"])]
        if len(rest) > 2:
            found.append(".".join([*rest[:-2], "*"]))
    return [name for name in found if name != domain]


def rebuild(list_file: Path, seed: Path) -> int:
    """Rewrite the seed and return how many entries it has.

    Args:
        list_file: The newer lists as CSV.
        seed: The seed to rewrite; its decided rows are kept.
    """
    with seed.open(encoding="utf-8", newline="") as file:
        decided = {
            row["domain"]: Entry(**row)
            for row in csv.DictReader(file)
            if row["is_decided"] == "true"
        }
    with list_file.open(encoding="utf-8-sig", newline="") as file:
        merged = merge(read_lists(csv.DictReader(file)), decided)
    with seed.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows([getattr(entry, name) for name in COLUMNS] for entry in merged)
    return len(merged)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("list", type=Path, help="CSV: domain_or_source, list, category, name, ...")
    parser.add_argument("--seed", type=Path, default=SEED)
    arguments = parser.parse_args()
    entries = rebuild(arguments.list, arguments.seed)
    sys.stdout.write(f"{entries} entries in {arguments.seed}\n")


if __name__ == "__main__":
    main()
