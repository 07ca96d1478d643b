"""Whose report it is: the words of the configuration that a report needs.

Belongs here: the company as a report sees it. Does not belong here: figures.
"""

from __future__ import annotations

from dataclasses import dataclass

from orchestration.configuration.settings import Settings


@dataclass(frozen=True, slots=True)
class About:
    """The company that a report is about.

    Attributes:
        name: The company's.
        currency: ISO 4217, of all amounts.
        language: ``en`` or ``sv``.
    """

    name: str
    currency: str
    language: str

    @classmethod
    def of(cls, settings: Settings) -> About:
        """The company of a configuration."""
        company = settings.config.company
        return cls(
            company.name,
            company.reporting_currency,
            settings.config.report.language,
        )
