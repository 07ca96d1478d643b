"""The length of a fault test: a short form for every day, a long one for ``make faults``.

Belongs here: the two forms and the share of the long one. Does not belong here: the tests.
"""

from __future__ import annotations

import os
from typing import Any

import pytest


def share() -> float:
    """The share of the long forms to run: ``TRIBUTARY_FAULTS_SHARE``, or all."""
    return float(os.environ.get("TRIBUTARY_FAULTS_SHARE") or 1)


def long(*, short: int, long: int) -> list[Any]:
    """The repetitions: a short form for every day, and one that ``make faults`` runs.

    ``TRIBUTARY_FAULTS_SHARE=0.1`` runs a tenth of the long form; the table shows the real counts.
    """
    marks = [pytest.mark.slow, pytest.mark.timeout(7200)]
    return [short, pytest.param(max(short, round(long * share())), marks=marks)]
