"""Whose report it is: the company's name and language, and the currency of the figures.

Belongs here: the company as a report sees it. Does not belong here: figures.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from orchestration.configuration.settings import Settings


@dataclass(frozen=True, slots=True)
class About:
    """The company that a report is about.

    Attributes:
        name: The company's.
        currency: ISO 4217, of all amounts of the generation.
        language: ``en`` or ``sv``.
    """

    name: str
    currency: str
    language: str

    @classmethod
    def of(cls, settings: Settings, con: duckdb.DuckDBPyConnection) -> About:
        """The company of a configuration.

        Args:
            settings: The company's.
            con: A published file: a currency that was configured since is not that of its figures.
        """
        ((currency,),) = con.execute("select reporting_currency from meta.publication").fetchall()
        return cls(settings.config.company.name, currency, settings.config.report.language)
