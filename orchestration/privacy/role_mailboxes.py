"""Names of mailboxes that belong to a role, not to a person: ``info`` in ``info@...``.

Only hashes reach the warehouse, so the loader decides, while it still sees the address.
"""

from __future__ import annotations

ROLE_PREFIX = "role:"
"""Prefix of the hash of such an address."""

_NAMES = """
abuse accounting accounts admin administration administrator ap ar bestallning billing bokning
booking bookings buchhaltung career careers contact contacto contactus contatti customercare
customerservice customersupport dataskydd datenschutz do-not-reply do_not_reply donotreply
einkauf ekonomi enquiries enquiry events faktura fakturor feedback finance finans firma hallo
hej hello help helpdesk hostmaster hr info infos inkop inquiries inquiry invoice invoices it
jobb jobs kansli karriere kontakt kontor kundenservice kundeservice kundservice kundtjanst legal
mail mailbox mailer-daemon marketing marknad media newsletter no-reply no.reply no_reply noreply
office order orders ordre post postmaster press privacy purchasing reception rechnung
registrator rekrytering reservations root sales salg security sekretariat service servicedesk
shop support team tech verkauf vertrieb webmaster welcome
"""

ROLE_MAILBOXES = frozenset(_NAMES.split())
"""``identity.role_mailboxes`` in the configuration adds to them."""
