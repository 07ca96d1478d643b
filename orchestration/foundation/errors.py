"""The errors that people see: what happened, where, and what to do next."""

from __future__ import annotations


class TributaryError(Exception):
    """An error that a person can act on.

    Args:
        what: What happened, in one sentence.
        where: Connector, stream, account, file and line, as far as they are known.
        remedy: What to do next.

    Attributes:
        exit_status: What a command that ends with this error exits with.
    """

    exit_status = 1

    def __init__(self, what: str, where: str = "", remedy: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.remedy = remedy

    def __str__(self) -> str:
        parts = [self.what]
        if self.where:
            parts.append(f"Where: {self.where}")
        if self.remedy:
            parts.append(f"Next: {self.remedy}")
        return "\n".join(parts)
