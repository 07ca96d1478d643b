"""Names and texts of the demo company. All hosts use reserved or unused domains."""

from __future__ import annotations


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


FIRST_NAMES = _words(
    """
    Anna Erik Maria Lars Karin Anders Sara Johan Emma Per Elin Nils Ida Karl Eva Jonas Sofia Oskar
    Linnea Mikael Astrid Gustav Ingrid Fredrik Malin Henrik Åsa Magnus Ebba Björn Frida Daniel Hanna
    Stefan Maja Peter Klara Tobias Lovisa Martin Aino Mikko Kaisa Juhani Ole Ingvild Håkon Sigrid
    Mette Søren Kirsten Jens Freja Thomas Julia Lukas Clara Felix Olivia Hugo Amira Yusuf Li Wei
    """
)

LAST_NAMES = _words(
    """
    Andersson Johansson Karlsson Nilsson Eriksson Larsson Olsson Persson Svensson Gustafsson
    Pettersson Jonsson Jansson Hansson Bengtsson Jönsson Lindberg Jakobsson Magnusson Lindström
    Olofsson Lindqvist Lindgren Berg Axelsson Bergström Lundberg Lind Lundgren Mattsson Berglund
    Sandberg Forsberg Sjöberg Wallin Engström Eklund Danielsson Lundin Håkansson Björk Bergman
    Korhonen Virtanen Mäkinen Hansen Olsen Nielsen Jensen Haugen Moen Schmidt Weber Fischer Smith
    O'Brien Nguyen Kowalska Öberg Åkesson
    """
)

COMPANY_HEADS = _words(
    """
    Nordkraft Svealand Mälar Göta Fjäll Havs Skog Järn Vinter Polar Aurora Kust Skärgård Östra
    Västra Norr Solna Kista Uppsala Vätter Dal Ek Björk Lönn Sten Silver Koppar Blå Grön Röd
    Atlas Orion Vega Lyra Tellus Runa Saga Embla Freja Balder Idun Ymer Brage Heim Viken Lund
    """
)

COMPANY_TAILS = _words(
    """
    Logistik Energi Teknik Konsult Bygg Data Industri Media Handel Transport Analys System Finans
    Förlag Vård Design Frakt Miljö Metall Papper Robotik Marin Livs Textil Säkerhet Labs
    """
)

INDUSTRIES = (
    "COMPUTER_SOFTWARE",
    "LOGISTICS_AND_SUPPLY_CHAIN",
    "RENEWABLES_ENVIRONMENT",
    "CONSTRUCTION",
    "FINANCIAL_SERVICES",
    "HOSPITAL_HEALTH_CARE",
    "RETAIL",
    "MACHINERY",
)

LANDING_PAGES = (
    "/",
    "/product",
    "/pricing",
    "/demo",
    "/customers",
    "/blog/what-is-a-data-warehouse",
    "/blog/lead-source-or-lead-channel",
    "/blog/gdpr-for-marketers",
    "/guides/attribution",
    "/integrations/hubspot",
    "/sv/",
    "/sv/priser",
)

FORM_PAGES = (
    ("6d1f8a52-0b6e-4b7e-9f2b-1a2b3c4d5e01", "Book a demo", "/demo"),
    ("6d1f8a52-0b6e-4b7e-9f2b-1a2b3c4d5e02", "Contact sales", "/contact"),
    ("6d1f8a52-0b6e-4b7e-9f2b-1a2b3c4d5e03", "Guide: attribution", "/guides/attribution"),
    ("6d1f8a52-0b6e-4b7e-9f2b-1a2b3c4d5e04", "Prova gratis", "/sv/prova"),
)  # fmt: skip

KEYWORDS = {
    "brand": ("fjordbase", "fjordbase pricing", "fjord base login"),
    "warehouse": ("marketing data warehouse", "data warehouse for marketing", "datalager marknad"),
    "attribution": ("marketing attribution software", "lead source tracking", "attribution model"),
    "crm": ("hubspot reporting", "crm reporting tool", "crm rapporter"),
    "dashboard": ("marketing dashboard", "b2b dashboard", "marknadsrapport"),
}

SELF_REPORTED = ("Podcast", "A colleague", "LinkedIn", "Conference talk", "Read a book")

SEARCHES = {
    "/": ("fjordbase", "fjord base"),
    "/product": ("marketing data warehouse", "lead tracking software"),
    "/pricing": ("fjordbase pricing", "marketing data warehouse price"),
    "/demo": ("fjordbase demo", "lead tracking software"),
    "/customers": ("fjordbase reviews",),
    "/blog/what-is-a-data-warehouse": ("what is a data warehouse", "why do my reports disagree"),
    "/blog/lead-source-or-lead-channel": ("lead source vs lead channel", "what is a lead source"),
    "/blog/gdpr-for-marketers": ("gdpr marketing consent", "can i email old leads"),
    "/guides/attribution": ("marketing attribution models", "how to measure marketing roi"),
    "/integrations/hubspot": ("hubspot lead source missing", "hubspot attribution report"),
    "/sv/": ("fjordbase", "datalager marknadsföring"),
    "/sv/priser": ("vad kostar ett datalager", "fjordbase pris"),
}
"""What people type into a search engine before they land on a page."""
