"""The lead_quality section of ``tributary.yaml``: which leads and visitors were never real.

Belongs here: the shape of the section and the words that are known without it. Does not belong
here: judging a lead (``models/intermediate/leads/int_leads__judged.sql``), or the test of an
address (``privacy/address_kinds.py``).
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from orchestration.configuration.hosts import Host
from orchestration.configuration.strict import Strict

Quality = Literal["valid", "spam", "duplicate", "internal", "test", "disqualified"]

_WORDS: dict[Quality, str] = {
    "spam": (
        "spam, spammer, junk, bot, robot, bogus, fake, fraud, skräp, skräppost, skräplead, "
        "bluff, søppel, søppelpost, roskaposti, müll, unsinn, pourriel, faux, falso, nep, "
        "spambot, spam lead, junk lead, fake lead, gibberish, not a real lead"
    ),
    "duplicate": (
        "duplicate, duplicates, duplicated, duplicate lead, duplicate contact, dupe, double, "
        "dubblett, dublett, dubbel, duplikat, doppelt, dublette, doublon, duplicado, "
        "duplicato, dubbele, kaksoiskappale, already exists, already a lead, already in crm, "
        "finns redan"
    ),
    "internal": (
        "internal, employee, staff, own staff, colleague, intern, interna, internt, anställd, "
        "kollega, medarbetare, ansatt, medarbejder, mitarbeiter, interne, dipendente"
    ),
    "test": (
        "test, tester, testing, test lead, testlead, test contact, test record, testkontakt, "
        "testperson, prov, prueba, prova, testi, qa"
    ),
    "disqualified": (
        "unqualified, invalid, disqualified, not qualified, non qualified, un qualified, "
        "rejected, dq, no fit, not a fit, bad fit, poor fit, unfit, okvalificerad, ej "
        "kvalificerad, inte kvalificerad, diskvalificerad, avvisad, ikke kvalificeret, "
        "ukvalificeret, ikke kvalifisert, ukvalifisert, hylätty, nicht qualifiziert, "
        "unqualifiziert, disqualifiziert, abgelehnt, non qualifié, disqualifié, rejeté, no "
        "calificado, descalificado, non qualificato, niet gekwalificeerd, afgewezen"
    ),
}
"""What CRMs and people write into a status or a reason."""


class LeadQuality(Strict):
    """Which leads and visitors were never real (docs/marts.md, question 4).

    Attributes:
        internal: Domains or whole addresses of the company's own people, in addition to
            ``company.domains``.
        internal_hosts: Hosts of tools that only the company's own people see, such as an intranet,
            with everything below them. Whoever comes by a link there is one of them.
        test: Domains, whole addresses, or names of mailboxes (``demo`` for ``demo@...``) that
            belong to tests, in addition to the known ones.
        words: What a status or a reason means: a text to one of ``valid``, ``spam``,
            ``duplicate``, ``internal``, ``test`` and ``disqualified``. It wins over known words.
        duplicate_days: A lead of a person who was a lead within so many days before is a
            duplicate; 0 for none.
    """

    internal: list[Annotated[str, Field(pattern=r"^[^\s]+$"), AfterValidator(str.lower)]] = []
    internal_hosts: list[Host] = []
    test: list[Annotated[str, Field(pattern=r"^[^\s]+$"), AfterValidator(str.lower)]] = []
    words: dict[Annotated[str, Field(pattern=r"\S")], Quality] = {}
    duplicate_days: int = Field(default=30, ge=0, le=36_500)

    @property
    def rules(self) -> list[tuple[str, str | None, int, int | None]]:
        """Quality, word, priority (the company's first) and days, as rows of ``ops``."""
        own = [(quality, word, 1, None) for word, quality in self.words.items()]
        known = [
            (quality, word.strip(), 2, None)
            for quality, words in _WORDS.items()
            for word in words.split(",")
        ]
        return [*own, *known, ("duplicate", None, 3, self.duplicate_days)]
