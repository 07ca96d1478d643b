"""A secret of the configuration: where it comes from, never what it is.

Belongs here: the reference to an environment variable. Does not belong here: which settings are
secrets (``reader.py`` and each connector's declaration).
"""

from __future__ import annotations

import os

from orchestration.foundation.errors import TributaryError


class MissingSecret(TributaryError):
    """An environment variable named in the configuration is not set."""


class Secret:
    """A reference to an environment variable; the value is read only when needed.

    Args:
        variable: The environment variable's name.
        key: The configuration key, for errors.
        line: Its line in the file, for errors.
    """

    def __init__(self, variable: str, key: str, line: int | None = None) -> None:
        self.variable = variable
        self.key = key
        self.line = line

    def reveal(self) -> str:
        """The secret's value.

        Raises:
            MissingSecret: The variable is unset or empty.
        """
        value = os.environ.get(self.variable, "")
        if not value:
            line = f", line {self.line}" if self.line else ""
            raise MissingSecret(
                f"The secret {self.key} is missing: environment variable {self.variable} "
                "is not set.",
                where=f"configuration key {self.key}{line}",
                remedy=f"Set it, for example: export {self.variable}=...",
            )
        return value

    def __repr__(self) -> str:
        return f"Secret(${{env:{self.variable}}})"
