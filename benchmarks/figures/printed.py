"""The output of commands on a published demo, without what differs between machines.

Belongs here: running a block's command, and masking durations. Does not belong here: the pages.
"""

from __future__ import annotations

import io
import os
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from benchmarks.figures.blocks import Block
from benchmarks.figures.models import model_tables
from orchestration.commands.demo import show_answers
from orchestration.commands.formats import as_markdown
from orchestration.commands.run import show_success
from orchestration.configuration.settings import Settings
from orchestration.foundation.errors import TributaryError
from orchestration.foundation.repository import REPOSITORY
from orchestration.publication.reader import query
from simulator.answers import Truth
from simulator.generation.calendar import DEMO_NOW
from simulator.generator import generate
from simulator.truth import compute_truth

WIDTH = 160
"""The width used when a command's output goes to a file."""

_MASKED = (
    (re.compile(r"^Published generation \d+ in \d+ s"), "Published generation 1 in … s"),
    (re.compile(r"^((?:first )?\d+ rows), \d+\.\d\d s$"), r"\1"),
)
"""Durations, and the number of earlier demo runs."""


@dataclass(frozen=True)
class PublishedDemo:
    """A published demo company.

    Attributes:
        settings: The settings of its home.
        truth: The truth planted in it.
    """

    settings: Settings
    truth: Truth


def full_demo(settings: Settings) -> PublishedDemo:
    """The full-size demo in that home.

    Raises:
        TributaryError: Nothing, another company, or another size of the demo is published there.
    """
    truth = compute_truth(generate(), DEMO_NOW)
    planted = sum(measures.leads for measures in truth.sources.values())
    ((leads,),) = query(settings, "select count(*) from core.fct_leads").rows
    if leads != planted:
        raise TributaryError(
            f"{leads:,} leads are published, but the full-size demo company has {planted:,}.",
            where=str(settings.published_path),
            remedy="Publish it: make demo",
        )
    return PublishedDemo(settings, truth)


def printed(block: Block, demo: PublishedDemo) -> str:
    """What is in a block.

    Raises:
        TributaryError: The command failed; the message holds its output.
    """
    if block.kind == "models":
        return model_tables(demo.settings, demo.truth)
    if block.kind == "answered":
        return "".join(as_markdown(query(demo.settings, block.command)))
    program, *arguments = shlex.split(block.command)
    if (program, arguments) == ("make", ["demo"]):
        said = _answers(demo.settings)
    elif Path(program).name == "tributary":
        said = _said(demo.settings, arguments)
    else:
        raise TributaryError(
            "Figures come from tributary or make demo.", where=block.command, remedy="Use one"
        )
    return "\n".join(masked(line) for line in said.split("\n"))


def masked(line: str) -> str:
    """A line without durations and without the number of earlier runs.

    Args:
        line: As printed.
    """
    for pattern, instead in _MASKED:
        line = pattern.sub(instead, line)
    return line


def _answers(settings: Settings) -> str:
    """The demo's output after publishing."""
    console = Console(file=io.StringIO(), width=WIDTH, record=True)
    show_success(settings, 0, console)
    show_answers(settings, console)
    return console.export_text()


def _said(settings: Settings, arguments: list[str]) -> str:
    done = subprocess.run(
        [str(Path(sys.executable).parent / "tributary"), *arguments],
        cwd=REPOSITORY,
        env=os.environ | {"TRIBUTARY_HOME": str(settings.home), "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    if done.returncode:
        raise TributaryError(
            "A command in the docs fails.",
            where=f"tributary {shlex.join(arguments)}",
            remedy=f"Correct it there, or here: {done.stdout}{done.stderr}",
        )
    return done.stdout
