"""A host as ``tributary.yaml`` writes it.

Belongs here: its shape. Does not belong here: comparing it with what touches show
(``models/intermediate/touchpoints``), or what it is listed for.
"""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator


def _host(value: str) -> str:
    """A host alone: a URL or a path would never match a referrer's host."""
    if not re.fullmatch(r"(\*\.)?[^\s/:@?#*]+\.[^\s/:@?#*]+", value):
        raise ValueError(f"{value!r} is not a host such as booking.example.com")
    return value


Host = Annotated[str, AfterValidator(_host)]
"""Such as ``booking.example.com``, which stands for everything below it as well."""
