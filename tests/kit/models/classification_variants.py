"""More ways to write what ``classification_cases`` has once: other languages, hosts, templates.

Belongs here: evidence and the lead source and channel that it proves. Does not belong here: how it
reaches a warehouse.
"""

from __future__ import annotations

Origin = tuple[str, str]
Variant = tuple[dict[str, str], Origin]

SEARCH_AD: Origin = ("paid_search", "search_ad")
SOCIAL_AD: Origin = ("paid_social", "social_ad")
SHOPPING_AD: Origin = ("paid_shopping", "shopping_ad")
CROSS_NETWORK: Origin = ("cross_network", "other")
DIRECT: Origin = ("direct", "website")
OTHER: Origin = ("other", "other")
FAIR: Origin = ("event", "trade_show")

PAID_WORDS = (
    "Anuncios", "anuncio de texto", "payant", "bezahlte Suche", "Werbeanzeige", "betald sök",
    "reklama", "Reklamer", "pubblicità", "mainos", "платная реклама", "广告", "msads",
)  # fmt: skip
CROSS_NETWORK_NAMES = (
    "PMax - DE - Brand", "Performance Max | Feed", "DE_performance-max_2026", "performancemax",
    "p-max", "Cross-network", "EU|PMAX|all",
)  # fmt: skip
TEMPLATES = (
    "{{campaign.name}}", "{{ campaign.id }}-{{ adset.name }}", "__CAMPAIGN__", "{campaignname}",
    "[campaign]", "%%CAMPAIGN%%", "${campaign}", "*|CAMPAIGN|*", "(not set)", "undefined",
)  # fmt: skip
PAYMENT_HOSTS = (
    "ideal.ing.nl", "www.multibanco.pt", "secure.bluesnap.com", "pay.klarna.com", "vipps.no",
    "secure.przelewy24.pl", "www.mercadopago.com.ar", "acme.eu.auth0.com", "idp.suomi.fi",
)  # fmt: skip
WEBMAIL_HOSTS = (
    "poczta.wp.pl", "correo.movistar.es", "messagerie.sfr.fr", "posta.libero.it", "3c.web.de",
    "webmail2.mailbox.org", "zimbra.free.fr", "e.mail.ru", "nam02.safelinks.protection.outlook.com",
)  # fmt: skip
FAIRS = ("Messe", "Mässa", "hannover_messe", "feria", "fiera")

VARIANTS: tuple[Variant, ...] = (
    *(({"utm_source": "google", "utm_medium": medium}, SEARCH_AD) for medium in PAID_WORDS),
    *(({"utm_source": "facebook", "utm_medium": medium}, SOCIAL_AD) for medium in PAID_WORDS[:12]),
    *(
        ({"utm_source": "google", "utm_medium": "cpc", "utm_campaign": name}, CROSS_NETWORK)
        for name in CROSS_NETWORK_NAMES
    ),
    *(
        ({"touch_type": "ad_click", "utm_source": "bing", "utm_campaign": name}, CROSS_NETWORK)
        for name in CROSS_NETWORK_NAMES[:2]
    ),
    *(({"utm_campaign": template}, DIRECT) for template in TEMPLATES),
    *(({"utm_source": template, "utm_medium": template}, DIRECT) for template in TEMPLATES),
    *(({"referrer": f"https://{host}/x"}, DIRECT) for host in PAYMENT_HOSTS),
    *(({"utm_source": host, "utm_medium": "referral"}, DIRECT) for host in PAYMENT_HOSTS),
    *(({"referrer": f"https://{host}/"}, ("email", "email_campaign")) for host in WEBMAIL_HOSTS),
    *(({"touch_type": kind}, FAIR) for kind in FAIRS),
    *(
        ({"utm_source": source, "utm_medium": "cpc"}, SHOPPING_AD)
        for source in ("idealo", "kelkoo", "ceneo", "heureka", "geizhals")
    ),
    # Facebook marks every link; a medium that says paid then says where the ad was.
    ({"landing_page": "https://acme.test/?fbclid=v1&utm_medium=paid"}, SOCIAL_AD),
    # A mark of an unknown kind is evidence of something, so it is not direct.
    ({"click_id": "zz-unknown-1"}, OTHER),
    ({"click_id": "zz-unknown-2", "click_id_type": "newclid"}, OTHER),
    ({"utm_content": "hero"}, OTHER),
    ({"landing_page": "https://acme.test/?utm_content=hero"}, OTHER),
    ({"lead_channel": "trade_show"}, ("unknown", "trade_show")),
    ({"lead_channel": "Website"}, DIRECT),
    # A code that only the data knows keeps its letters.
    ({"lead_source": "Выставка", "lead_channel": "Återförsäljare"}, ("выставка", "återförsäljare")),
    # A form repeats the click id of the page and does not say of what kind it is.
    ({"landing_page": "https://acme.test/?gclid=v-form-1"}, SEARCH_AD),
    ({"touch_type": "form", "click_id": "v-form-1"}, SEARCH_AD),
)
