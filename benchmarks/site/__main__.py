"""``python -m benchmarks.site [FOLDER]``: build the documentation as a site, without the network.

Belongs here: putting the pages together. Does not belong here: the catalogue's pages
(``catalogue.py``).
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

from benchmarks.site.catalogue import pages
from orchestration.foundation.errors import TributaryError
from orchestration.foundation.repository import DBT_PROJECT, REPOSITORY

CONFIGURATION = Path(__file__).with_name("mkdocs.yml")
STYLE = CONFIGURATION.with_name("site.css")
TARGET = REPOSITORY / ".tributary" / "docs"

_BESIDE = ("CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md")
"""Pages at the repository's root; README.md is the first page of the site."""
_NO_TELEMETRY = {"DO_NOT_TRACK": "1", "DBT_SEND_ANONYMOUS_USAGE_STATS": "false"}


class SiteFailed(TributaryError):
    """The site could not be built."""


def build(folder: Path) -> Path:
    """Build the site.

    Args:
        folder: Everything is written there; what an earlier call left is replaced.

    Returns:
        Its first page.

    Raises:
        SiteFailed: dbt or MkDocs refuses, for example for a link that leads nowhere.
    """
    source, dbt = folder / "source", folder / "dbt"
    shutil.rmtree(source, ignore_errors=True)
    for each in (source / "catalogue", dbt):
        each.mkdir(parents=True, exist_ok=True)
    for path in (REPOSITORY / "docs").iterdir():
        shutil.copyfile(path, source / path.name)
    for name in ("README.md", *_BESIDE):
        text = (REPOSITORY / name).read_text(encoding="utf-8")
        target = "index.md" if name == "README.md" else name
        (source / target).write_text(re.sub(r"\]\(docs/", "](", text), encoding="utf-8")
    threats = source / "threats.md"
    threats.write_text(threats.read_text("utf-8").replace("](../", "]("), encoding="utf-8")
    _dbt(dbt)
    manifest = json.loads((dbt / "manifest.json").read_text(encoding="utf-8"))
    for name, text in pages(manifest, dbt / "compiled", folder / "origins.json"):
        (source / "catalogue" / name).write_text(text, encoding="utf-8")
    shutil.copyfile(dbt / "static_index.html", source / "dbt.html")
    shutil.copyfile(STYLE, source / STYLE.name)
    configuration = folder / "mkdocs.yml"
    navigation = json.dumps(_navigation())
    text = CONFIGURATION.read_text(encoding="utf-8")
    paths = f"docs_dir: {json.dumps(str(source))}\nsite_dir: {json.dumps(str(folder / 'site'))}\n"
    configuration.write_text(f"{text}{paths}nav: {navigation}\n", encoding="utf-8")
    # The theme's advertisement for its successor.
    quiet = {"NO_MKDOCS_2_WARNING": "1"}
    _run("mkdocs", ["build", "--clean", "--config-file", str(configuration)], quiet)
    return folder / "site" / "index.html"


def _dbt(folder: Path) -> None:
    """dbt's catalogue and the compiled project: every model, on a warehouse without tables."""
    (folder / "warehouse.duckdb").unlink(missing_ok=True)
    project, target = str(DBT_PROJECT), str(folder)
    options = ("--project-dir", project, "--profiles-dir", project, "--target-path", target)
    _run(
        "tributary-dbt",
        [
            *("--quiet", "--log-path", target),
            *("docs", "generate", "--static", "--empty-catalog", *options),
        ],
        {"TRIBUTARY_WAREHOUSE": str(folder / "warehouse.duckdb")},
    )


def _navigation() -> list[object]:
    return [
        {"Tributary": "index.md"},
        {
            "Use it": [
                *("marts.md", "metrics.md", "report.md", "bi.md", "assistants.md", "budget.md"),
                *({"Every model": "catalogue/index.md"}, {"dbt's catalogue": "dbt.html"}),
            ]
        },
        {
            "Feed it": [
                *("inbox.md", "landed.md", "connectors.md", "classification.md", "identity.md"),
            ]
        },
        {"Run it": ["runbook.md", "privacy.md", "threats.md", "reliability.md"]},
        {
            "How it works": [
                *("architecture.md", "attribution.md", "decisions.md", "benchmarks.md"),
                *_BESIDE,
            ]
        },
    ]


def _run(command: str, arguments: list[str], environment: dict[str, str]) -> None:
    done = subprocess.run(
        [str(Path(sys.executable).parent / command), *arguments],
        cwd=REPOSITORY,
        env=os.environ | _NO_TELEMETRY | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SiteFailed(
            f"{command} ended with {done.returncode}.",
            where=shlex.join([command, *arguments]),
            remedy=f"Correct what it names: {(done.stdout + done.stderr)[-4000:]}",
        )


if __name__ == "__main__":
    try:
        print(build(Path(sys.argv[1]) if len(sys.argv) > 1 else TARGET))
    except TributaryError as error:
        sys.exit(f"Error: {error}")
