"""What one check of ``tributary doctor`` found.

Belongs here: the result that all checks share. Does not belong here: the checks (``doctor.py``,
``doctor_files.py``).
"""

from __future__ import annotations

from dataclasses import dataclass

from orchestration.foundation.errors import TributaryError


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check.

    Attributes:
        subject: What was checked.
        healthy: Whether a run can go ahead.
        saw: What was seen.
        remedy: What to do when it is not healthy.
        doubtful: A run can go ahead, but a person should look at this.
        inside: Title and rows of a table of its own.
    """

    subject: str
    healthy: bool
    saw: str
    remedy: str = ""
    doubtful: bool = False
    inside: tuple[str, tuple[tuple[str, str], ...]] | None = None


def trouble(subject: str, error: TributaryError) -> Finding:
    """The finding that a run would end with this error."""
    where = f" ({error.where})" if error.where else ""
    return Finding(subject, False, error.what + where, error.remedy)
