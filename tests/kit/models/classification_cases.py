"""How people arrived, and the expected classification, including odd forms of evidence.

Belongs here: the cases, worked out by hand, and those from the documentation's table.
``test_classification`` asserts them on one build.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

from tests.kit.models.classification_variants import VARIANTS
from tests.kit.places import REPOSITORY

UNWANTED_REFERRERS = ("booking.example",)
BRAND_TERMS = ("acmeflow",)
COMPANY_RULES: tuple[dict[str, str], ...] = (
    {
        "rule_id": "our_reseller",
        "landing_parameter": "ref=res-*|partner_id=*",
        "lead_source": "partner",
        "lead_channel": "partner_listing",
    },
    {
        "rule_id": "our_forum",
        "referrer_host": "*.forum.example",
        "lead_source": "organic_social",
        "lead_channel": "social_post",
    },
    {
        "rule_id": "our_brand",
        "keyword_kind": "brand",
        "utm_medium": "cpc",
        "lead_source": "brand_search",
        "lead_channel": "search_ad",
    },
    {
        "rule_id": "our_banner",
        "content": "banner_*",
        "keyword": "*crm*",
        "lead_source": "display",
        "lead_channel": "display_ad",
    },
)
"""Rules that only a company can have, on evidence that is free text."""
OWN_DOMAINS = ("www.acme.test", "räksmörgås.example", "xn--rksmrgs-5wao1o.example")


@dataclass(frozen=True)
class Case:
    """One touch.

    Attributes:
        name: Unique; the touchpoint's id without its prefix.
        evidence: Columns of the inbox's ``touchpoints``.
        origin: Lead source, lead channel.
        keyword: The published keyword.
        host: The published referrer host; only asserted when it is given.
        ga4: GA4's channel group; only asserted for the documentation's rows.
    """

    name: str
    evidence: dict[str, str]
    origin: tuple[str, str]
    keyword: str | None = None
    host: str | None = None
    ga4: str | None = None


SEARCH = ("organic_search", "organic_listing")
SOCIAL = ("organic_social", "social_post")
VIDEO = ("organic_video", "video")
MAIL = ("email", "email_campaign")
AI = ("ai_assistant", "ai_answer")
SITE = ("referral_site", "referral_link")
REVIEW = ("referral_site", "review_site")
DIRECT = ("direct", "website")
PAID_SEARCH = ("paid_search", "search_ad")
PAID_SOCIAL = ("paid_social", "social_ad")
DISPLAY = ("display", "display_ad")
OTHER = ("other", "other")
PAID_VIDEO = ("paid_video", "video_ad")
PAID_SHOPPING = ("paid_shopping", "shopping_ad")
PAID_OTHER = ("paid_other", "other")
CROSS_NETWORK = ("cross_network", "other")
SHOPPING = ("organic_shopping", "other")
AUDIO = ("audio", "audio_ad")
SMS = ("sms", "sms_message")
PUSH = ("push", "push_message")
AFFILIATE = ("affiliate", "affiliate_link")
PARTNER = ("partner", "partner_listing")
NEWSLETTER = ("email", "newsletter")


def _referrers() -> Iterator[Case]:
    def case(
        name: str,
        referrer: str,
        origin: tuple[str, str],
        keyword: str | None = None,
        host: str | None = None,
    ) -> Case:
        return Case(name, {"referrer": referrer}, origin, keyword, host)

    # Hosts match on label boundaries, under any top-level domain where the list says so.
    yield case("search", "https://www.google.com/", SEARCH, host="google.com")
    yield case("search_country", "https://www.google.co.uk/", SEARCH)
    yield case("search_second_level", "https://www.google.com.au/", SEARCH)
    yield case("search_not_google", "https://notgoogle.com/", SITE, host="notgoogle.com")
    yield case("search_below_evil", "https://google.com.evil.test/", SITE)
    yield case("search_specific_below", "https://docs.google.com/document/d/1", SITE)
    yield case("deep_below_search", "https://a.b.c.d.search.yahoo.com/", SEARCH)
    yield case("social", "https://l.facebook.com/l.php?u=x", SOCIAL)
    yield case("social_not_searched", "https://www.facebook.com/search?q=crm", SOCIAL)
    yield case("video", "https://m.youtube.com/watch?v=1", VIDEO)
    yield case("ai", "https://chatgpt.com/", AI)
    yield case("ai_below_search", "https://gemini.google.com/app", AI)
    yield case("review", "https://www.g2.com/products/x", REVIEW)
    yield case("site", "https://blog.example.org/list", SITE)

    # Search terms, under the engine's own parameter.
    yield case("term", "https://www.bing.com/search?q=crm%20system", SEARCH, "crm system")
    yield case("term_plus", "https://duckduckgo.com/?q=data+lager&t=h", SEARCH, "data lager")
    yield case("term_yahoo", "https://se.search.yahoo.com/search?p=lead&q=no", SEARCH, "lead")
    yield case("term_unicode", "https://www.google.se/search?q=k%C3%B6p", SEARCH, "köp")
    yield case("term_hash", "https://www.google.se/#q=hash", SEARCH, "hash")
    yield case("term_empty", "https://www.google.se/search?q=&source=web", SEARCH)
    yield case("term_address", "https://www.google.se/search?q=a%40acme.test", SEARCH)
    yield case("term_of_no_engine", "https://blog.example.org/?q=crm", SITE)
    yield case("portal_search", "https://www.cnn.com/search?query=crm", SEARCH, "crm")
    yield case("portal_article", "https://www.cnn.com/2026/01/article", SITE)

    # Apps, whose names match as a whole: they read from the other end.
    yield case("app_search", "android-app://com.google.android.googlequicksearchbox/", SEARCH)
    yield case(
        "app_search_path",
        "android-app://com.google.android.googlequicksearchbox/https/www.google.com",
        SEARCH,
        host="com.google.android.googlequicksearchbox",
    )
    yield case("app_mail", "android-app://com.google.android.gm/", MAIL)
    yield case("app_social", "Android-App://com.linkedin.android", SOCIAL)
    yield case("app_ai", "android-app://com.openai.chatgpt/", AI)
    yield case("app_unknown_of_google", "android-app://com.google.earth/", SITE)
    yield case("app_unknown", "android-app://com.example.reader/", SITE)
    yield case("app_sso", "android-app://com.bankid.bus/", DIRECT)

    # Pages on the way to our own are not an origin.
    yield case("payment", "https://checkout.stripe.com/pay/cs_1", DIRECT)
    yield case("payment_below", "https://www.paypal.com/webapps/hermes", DIRECT)
    yield case("payment_klarna", "https://pay.klarna.com/eu", DIRECT)
    yield case("sso_google", "https://accounts.google.com/o/oauth2", DIRECT)
    yield case("sso_google_country", "https://accounts.google.se/", DIRECT)
    yield case("sso_microsoft", "https://login.microsoftonline.com/common", DIRECT)
    yield case("sso_okta", "https://acme.okta.com/", DIRECT)
    yield case("sso_bankid", "https://app.bankid.com/", DIRECT)
    yield case("self", "https://acme.test/pricing", DIRECT, host="acme.test")
    yield case("self_www", "https://www.acme.test/", DIRECT, host="acme.test")
    yield case("self_below", "https://shop.eu.acme.test/", DIRECT)
    yield case("self_boundary", "https://notacme.test/", SITE)
    yield case("self_unicode", "https://www.räksmörgås.example/", DIRECT)
    yield case("self_unicode_upper", "https://RÄKSMÖRGÅS.example/", DIRECT)
    yield case("self_punycode", "https://shop.xn--rksmrgs-5wao1o.example/", DIRECT)
    yield case("self_encoded", "http://r%C3%A4ksm%C3%B6rg%C3%A5s.example/", DIRECT)

    # Mail read in a browser.
    yield case("mail_gmail", "https://mail.google.com/mail/u/0/", MAIL)
    yield case("mail_outlook", "https://outlook.live.com/", MAIL)
    yield case("mail_office", "https://outlook.office365.com/mail", MAIL)
    yield case("mail_yahoo", "https://mail.yahoo.co.jp/", MAIL)
    yield case("mail_below_search", "https://mail.rambler.ru/", MAIL)

    # Hosts of other alphabets.
    yield case("idn", "https://münchen-news.example/", SITE, host="münchen-news.example")
    yield case("idn_punycode", "https://xn--mnchen-news-thb.example/", SITE)
    yield case("idn_boundary", "https://ägoogle.com/", SITE)

    # Spellings.
    yield case("upper", "HTTPS://WWW.GOOGLE.COM/SEARCH", SEARCH, host="google.com")
    yield case("encoded", "https%3A%2F%2Fwww.bing.com%2Fsearch%3Fq%3Dcrm", SEARCH, "crm")
    yield case("no_scheme", "www.google.com", SEARCH, host="google.com")
    yield case("no_scheme_path", "google.com/search?q=crm", SEARCH, "crm")
    yield case("no_protocol", "//duckduckgo.com/", SEARCH)
    yield case("one_slash", "https:/www.google.com/", SEARCH)
    yield case("port", "https://www.google.com:443/", SEARCH, host="google.com")
    yield case("port_no_scheme", "blog.example.org:8080/x", SITE, host="blog.example.org")
    yield case("user", "https://anna:secret@blog.example.org/", SITE, host="blog.example.org")
    yield case("last_dot", "https://www.google.com./", SEARCH, host="google.com")
    yield case("blanks", "  https://www.google.com/  ", SEARCH, host="google.com")

    # Not a website at all.
    yield case("junk_none", "(not set)", DIRECT)
    yield case("junk_dash", "-", DIRECT)
    yield case("junk_null", "null", DIRECT)
    yield case("junk_blank", "   ", DIRECT)
    yield case("junk_text", "a friend, really. Thanks", DIRECT)
    yield case("junk_local", "http://localhost:3000/", DIRECT)
    yield case("junk_about", "about:blank", DIRECT)
    yield case("junk_file", "file:///C:/mail.html", DIRECT)
    yield case("junk_script", "javascript:alert(1)", DIRECT)
    yield case("junk_extension", "chrome-extension://abcdefgh/page.html", DIRECT)
    yield case("junk_address", "anna@blog.example.org", DIRECT)
    yield case("junk_mailto", "mailto:anna@blog.example.org", DIRECT)
    yield case("junk_ipv4", "http://192.168.1.10:8080/", DIRECT)
    yield case("junk_ipv6", "http://[2001:db8::1]/", DIRECT)
    yield case("junk_percent", "https://%zz%E4.example/", DIRECT)


def _clicks() -> Iterator[Case]:
    def page(query: str) -> dict[str, str]:
        return {"landing_page": f"https://acme.test/?{query}"}

    for parameter, origin in (
        ("gclid", PAID_SEARCH),
        ("gbraid", PAID_SEARCH),
        ("wbraid", PAID_SEARCH),
        ("dclid", DISPLAY),
        ("msclkid", PAID_SEARCH),
        ("li_fat_id", PAID_SOCIAL),
        ("ttclid", PAID_SOCIAL),
        ("twclid", PAID_SOCIAL),
        ("epik", PAID_SOCIAL),
        ("ScCid", PAID_SOCIAL),
        ("rdt_cid", PAID_SOCIAL),
    ):
        yield Case(f"click_{parameter}", page(f"a=1&{parameter}=Ab-{parameter}"), origin)
    # Facebook marks every link: only a paid tag makes it an ad.
    yield Case("click_fbclid", page("fbclid=IwAR9x"), SOCIAL)
    yield Case(
        "click_fbclid_paid",
        page("utm_source=facebook&utm_medium=paid_social&fbclid=IwAR9y"),
        PAID_SOCIAL,
    )
    yield Case(
        "click_before_tags",
        page("utm_source=news&utm_medium=email&gclid=Cj0Kz"),
        PAID_SEARCH,
    )
    yield Case("click_stated", {"click_id": "AbC", "click_id_type": "MSCLKID"}, PAID_SEARCH)
    yield Case("click_known_shape", {"click_id": "EAIaIQobCh"}, PAID_SEARCH)


def _tags() -> Iterator[Case]:
    def tags(source: str, medium: str = "", **more: str) -> dict[str, str]:
        return {"utm_source": source, "utm_medium": medium, **more}

    google = {"referrer": "https://www.google.com/"}
    yield Case("tag_upper", tags(" LinkedIn ", "Paid_Social"), PAID_SOCIAL)
    yield Case("tag_encoded", tags("linked%69n", "paid%20social"), PAID_SOCIAL)
    yield Case("tag_of_a_separator", tags("%1E", "%1F"), DIRECT)
    yield Case("tag_not_encoded", tags("news", "100% email"), MAIL)
    yield Case("tag_before_referrer", tags("news", "newsletter", **google), ("email", "newsletter"))
    yield Case("tag_unknown_before_search", tags("acme_x", "", **google), SEARCH)
    yield Case("tag_unknown", tags("acme_x", "acme_y"), OTHER)
    yield Case("tag_host", tags("https://www.perplexity.ai/"), AI)
    yield Case("tag_none", tags("(direct)", "(none)"), DIRECT)
    yield Case(
        "tag_escaped",
        {"landing_page": "https://acme.test/?utm_source=bing&amp;utm_medium=cpc"},
        PAID_SEARCH,
    )
    yield Case(
        "tag_fragment",
        {"landing_page": "https://acme.test/#utm_source=bing&utm_medium=cpc"},
        PAID_SEARCH,
    )
    yield Case("tag_misspelt", tags("Linkeding", "social"), SOCIAL)
    yield Case("tag_misspelt_again", tags("Linkeding", "social"), SOCIAL)
    yield Case("tag_misspelt_medium", tags("news", "emial"), OTHER)
    yield Case("tag_personal", tags("anna@acme.test", "email"), MAIL)
    yield Case("tag_own_name", tags("molnbolaget", "partner"), ("partner", "partner_listing"))
    yield Case(
        "tag_unpaid_click",
        {"landing_page": "https://acme.test/?utm_source=google&utm_medium=organic&ttclid=E.C.P.1"},
        PAID_SOCIAL,
    )
    yield Case(
        "tag_paid_click",
        {"landing_page": "https://acme.test/?utm_source=reddit&utm_medium=cpc&rdt_cid=1"},
        PAID_SOCIAL,
    )


def _words() -> Iterator[Case]:
    """A word marks it as paid, and the site gives the kind; no list of spellings is complete."""
    for source, medium, origin in (
        ("google", "brand-cpc", PAID_SEARCH),
        ("google", "cpc2026", PAID_SEARCH),
        ("bing", "ppc_nordics", PAID_SEARCH),
        ("google", "GoogleAds", PAID_SEARCH),
        ("google", "sökannons ads", PAID_SEARCH),
        ("ecosia", "Search Ads", PAID_SEARCH),
        ("instagram", "paid_story", PAID_SOCIAL),
        ("linkedin", "promoted-post", PAID_SOCIAL),
        ("linkedin", "SponsoredUpdate", PAID_SOCIAL),
        ("pinterest", "cpm", PAID_SOCIAL),
        ("reddit", "retargeted", PAID_SOCIAL),
        ("meta", "prospecting", PAID_SOCIAL),
        ("acme_z", "adsocial", PAID_SOCIAL),
        ("acme_z", "videoads", PAID_VIDEO),
        ("vimeo", "pre-roll", PAID_VIDEO),
        ("ebay", "promoted_listing", PAID_SHOPPING),
        ("google", "shopping-ads", PAID_SHOPPING),
        ("google", "performance-max", CROSS_NETWORK),
        ("google", "p-max", CROSS_NETWORK),
        ("google", "demand-gen", PAID_VIDEO),
        ("google", "smart_shopping", PAID_SHOPPING),
        ("acme_z", "vcpm", DISPLAY),
        ("acme_z", "programmatic-banner", DISPLAY),
        ("outbrain", "cpc", DISPLAY),
        ("acme_z", "sponsored", PAID_OTHER),
        ("acast", "cpm", AUDIO),
        ("awin", "affiliate_cpc", AFFILIATE),
        ("tiktok-ads", "", PAID_SOCIAL),
        ("metaads", "", PAID_SOCIAL),
        ("snap_ads", "", PAID_SOCIAL),
        ("microsoftads", "", PAID_SEARCH),
        ("Google Ads", "", PAID_SEARCH),
        ("google-shopping-ads", "", PAID_SHOPPING),
        ("youtube-ads", "social", PAID_VIDEO),
        # No word inside another one, and what denies it.
        ("threads", "post", SOCIAL),
        ("facebook", "non-paid", SOCIAL),
        ("facebook", "unpaid_social", SOCIAL),
        ("linkedin", "organic-post", SOCIAL),
        ("broadcaster", "reads", OTHER),
        # A message is a message, whatever its sender is called.
        ("ads-weekly", "newsletter", NEWSLETTER),
        ("acme_z", "e_mail_campaign", MAIL),
        ("acme_z", "email-automation", ("email", "nurture_email")),
        ("acme_z", "mms", SMS),
        ("acme_z", "web push", PUSH),
        ("acme_z", "partner-referral", PARTNER),
        ("acme_z", "direct mail", ("direct_mail", "direct_mail_piece")),
        ("spring_postcard", "qr", ("direct_mail", "qr_code")),
        ("fb-group", "", SOCIAL),
        ("acme-newsletter-may", "", NEWSLETTER),
    ):
        yield Case(f"word_{source}/{medium}", {"utm_source": source, "utm_medium": medium}, origin)
    for campaign, more, origin in (
        (
            "SE | Performance Max | Brand",
            {"utm_medium": "cpc", "utm_source": "google"},
            CROSS_NETWORK,
        ),
        ("cross_network_spring", {}, CROSS_NETWORK),
        ("spring_sale", {}, OTHER),
        ("spring_sale", {"referrer": "https://t.co/x"}, SOCIAL),
        ("shopping-week", {"utm_medium": "cpc"}, PAID_SHOPPING),
        ("shopping-week", {"utm_medium": "cpc", "utm_source": "bing"}, PAID_SEARCH),
        ("Pmax explained", {"utm_medium": "email"}, MAIL),
        # Called like a host that is a source below: that host is not paid for this.
        ("magazine.paid.example", {"utm_medium": "cpc", "utm_source": "bing"}, PAID_SEARCH),
        ("PMax Nordics", {"click_id": "Cj0Kpm", "click_id_type": "gclid"}, CROSS_NETWORK),
    ):
        name = f"campaign_{campaign}_{'_'.join(more)}"
        yield Case(name, {"utm_campaign": campaign, **more}, origin)


def _sites() -> Iterator[Case]:
    """The site decides before a medium that says little."""
    for source, medium, origin in (
        ("vimeo.com", "referral", VIDEO),
        ("out.reddit.com", "referral", SOCIAL),
        ("www.bing.com", "referral", SEARCH),
        ("mail.yahoo.com", "referral", MAIL),
        ("webmail.hosting.example", "referral", MAIL),
        ("etsy.com", "referral", SHOPPING),
        ("perplexity.ai", "organic", AI),
        ("youtube", "organic", VIDEO),
        ("pay.klarna.com", "referral", DIRECT),
        ("accounts.google.com", "referral", DIRECT),
        ("www.acme.test", "referral", DIRECT),
        ("tagassistant.google.com", "referral", DIRECT),
        ("booking.example", "referral", DIRECT),
        ("docs.google.com", "referral", SITE),
        ("blog.example.org", "referral", SITE),
        ("magazine.paid.example", "referral", SITE),
        ("google", "shopping", SHOPPING),
        ("acme_z", "readme", SITE),
    ):
        yield Case(f"site_{source}/{medium}", {"utm_source": source, "utm_medium": medium}, origin)
    for referrer, medium, origin in (
        ("https://www.instagram.com/", "cpc", PAID_SOCIAL),
        ("https://vimeo.com/1", "paid", PAID_VIDEO),
        ("https://www.bing.com/", "ppc", PAID_SEARCH),
        ("https://www.amazon.de/", "cpc", PAID_SHOPPING),
        ("https://blog.example.org/", "cpc", PAID_OTHER),
    ):
        evidence = {"referrer": referrer, "utm_medium": medium}
        yield Case(f"site_of_{referrer}_{medium}", evidence, origin)
    click = {"click_id": "Cj0Kvid", "click_id_type": "gclid"}
    yield Case("site_of_click", {**click, "referrer": "https://m.youtube.com/"}, PAID_VIDEO)
    yield Case("site_of_click_search", {**click, "referrer": "https://www.google.se/"}, PAID_SEARCH)


def _queries() -> Iterator[Case]:
    """Query strings as redirectors, mail tools, ad servers and people leave them."""
    for query, origin in (
        ("?Utm_Source=linkedin&UTM_MEDIUM=cpc", PAID_SOCIAL),
        ("?MSCLKID=Ab", PAID_SEARCH),
        ("?LI_FAT_ID=Ab", PAID_SOCIAL),
        ("?ref=x;utm_source=facebook;utm_medium=cpc", PAID_SOCIAL),
        ("?utm_source=facebook%3Butm_medium=cpc", PAID_SOCIAL),
        ("?utm_source%3Dfacebook%26utm_medium%3Dcpc", PAID_SOCIAL),
        ("%3Futm_source=facebook%26utm_medium=cpc", PAID_SOCIAL),
        ("?utm_source=facebook%2526utm_medium%253Dcpc", PAID_SOCIAL),
        ("?utm_source=acme_z&utm_medium=paid%252Dsocial", PAID_SOCIAL),
        ("?fbclid={{fbclid}}", DIRECT),
        ("?gclid=%7Bgclid%7D", DIRECT),
        ("?msclkid=%%MSCLKID%%", DIRECT),
        ("?gclid=[gclid]", DIRECT),
        ("?ttclid=__CLICKID__", DIRECT),
        ("?mc_cid=*|CAMPAIGN_UID|*", DIRECT),
        ("?utm_source=undefined&utm_medium=(not%20set)&utm_campaign=null", DIRECT),
        ("?utm_source={{site_source_name}}&utm_medium=cpc&fbclid=IwAR0", PAID_SOCIAL),
        ("?utm_source=&utm_source=bing&utm_medium=cpc", PAID_SEARCH),
        ("?utm_source=null&utm_source=bing&utm_medium=cpc", PAID_SEARCH),
        ("?utm_source=bing&utm_medium=cpc#x?utm_source=acme_z&utm_medium=email", MAIL),
        ("?utm_source=acme_z&utm_medium=email&utm_source=bing&utm_medium=cpc", MAIL),
        ("?gbraid=0AAA&gad_source=1", PAID_SEARCH),
        ("?gad_campaignid=77", PAID_SEARCH),
        ("?utm_source=%1E", DIRECT),
        ("?utm_source=%1F%E2%80%8B&utm_medium=%00", DIRECT),
        ("?utm_source=bi%E2%80%8Bng&utm_medium=c%1Fpc", PAID_SEARCH),
        ("?gad_source=5&utm_source=google&utm_medium=organic", PAID_SEARCH),
        ("?gclsrc=aw.ds", PAID_SEARCH),
        ("?ndclid=Ab1", PAID_SOCIAL),
        ("?tblci=Ab1", DISPLAY),
        ("?tduid=Ab1", AFFILIATE),
        ("?hsa_cam=1&hsa_net=adwords", PAID_OTHER),
        ("?srsltid=AfmBO", SHOPPING),
        ("?mc_eid=77", MAIL),
        ("?_hsenc=p2&_hsmi=1", MAIL),
        ("?mkt_tok=abc", MAIL),
        ("?sms_source=abc", SMS),
        ("?utm_id=4711", OTHER),
        ("?utm_source=facebook&amp%3Butm_medium=cpc", PAID_SOCIAL),
        ("?gclid=%GCLID%", DIRECT),
        ("?mtm_source=bing&mtm_medium=cpc", PAID_SEARCH),
        ("?pk_source=acme_z&pk_medium=email", MAIL),
    ):
        yield Case(f"query_{query}", {"landing_page": f"https://acme.test/{query}"}, origin)
    column = {"utm_source": "null", "landing_page": "https://acme.test/?utm_source=bing"}
    yield Case("query_column_of_nothing", {**column, "utm_medium": "cpc"}, PAID_SEARCH)
    yield Case("query_click_of_nothing", {"click_id": "{gclid}", "click_id_type": "gclid"}, DIRECT)
    stripped = "https://acme.test/?gad_source=1"
    google = "https://www.google.se/"
    yield Case("query_stripped", {"landing_page": stripped, "referrer": google}, PAID_SEARCH)


def _hosts() -> Iterator[Case]:
    """Hosts by their labels and by the list; paths where the path is what matters."""
    for referrer, origin in (
        ("https://webmail.hosting.example/", MAIL),
        ("https://mail2.hosting.example/", MAIL),
        ("https://email.hosting.example/c/x", MAIL),
        ("https://messagerie.orange.fr/", MAIL),
        ("https://deref-gmx.net/", MAIL),
        ("https://deref-web-02.de/", MAIL),
        ("https://owa.hosting.example/", MAIL),
        ("https://urldefense.proofpoint.com/v2/url", MAIL),
        ("https://protect-eu.mimecast.com/s/x", MAIL),
        ("https://acme.us2.list-manage.com/", MAIL),
        ("https://tpc.googlesyndication.com/", DISPLAY),
        ("https://cm.g.doubleclick.net/", DISPLAY),
        ("https://cat.nl.eu.criteo.com/", DISPLAY),
        ("https://www.google.de/aclk?sa=L", PAID_SEARCH),
        ("https://www.bing.com/aclick?ld=x", PAID_SEARCH),
        ("https://duckduckgo.com/y.js?ad_domain=x", PAID_SEARCH),
        ("https://acs.bank.example/", DIRECT),
        ("https://3ds2.bank.example/", DIRECT),
        ("https://checkout.provider.example/", DIRECT),
        ("https://sso.customer.example/", DIRECT),
        ("https://login.customer.example/", DIRECT),
        ("https://secure.quickpay.net/", DIRECT),
        ("https://eu.booking.example/", DIRECT),
        ("https://tagmanager.google.com/", DIRECT),
        ("https://business.facebook.com/", DIRECT),
        ("https://keep.google.com/", SITE),
        ("https://translate.google.se/", SITE),
        ("https://www.bing.com/chat?q=x", AI),
        ("https://x.com/i/grok/share/1", AI),
        ("https://x.com/acme/status/1", SOCIAL),
        ("https://kimi.com/", AI),
        ("https://chat.mistral.ai/", AI),
        ("https://wa.me/4670", SOCIAL),
        ("https://www.amazon.it/", SHOPPING),
        ("https://.example", DIRECT),
        ("http://.", DIRECT),
    ):
        yield Case(f"host_{referrer}", {"referrer": referrer}, origin)
    for source, origin in (
        ("bsky", SOCIAL),
        ("wikipedia", SITE),
        ("sendinblue", MAIL),
        ("none", DIRECT),
        ("bing-chat", AI),
    ):
        yield Case(f"host_source_{source}", {"utm_source": source}, origin)


def _types() -> Iterator[Case]:
    """A touch of its own type, a bare campaign and an ad without tags are never direct."""
    for touch_type, more, origin in (
        ("loyalty_card", {}, OTHER),
        ("radio_podcast", {}, AUDIO),
        ("partner_referral", {}, PARTNER),
        ("tradeshow", {}, ("event", "trade_show")),
        ("loyalty_card", {"utm_source": "bing", "utm_medium": "cpc"}, PAID_SEARCH),
        ("ad_view", {}, PAID_OTHER),
        ("ad_impression", {"utm_source": "linkedin"}, PAID_SOCIAL),
        ("ad_click", {"utm_source": "youtube"}, PAID_VIDEO),
        ("ad_click", {"referrer": "https://l.facebook.com/"}, PAID_SOCIAL),
        ("form", {}, DIRECT),
        ("chat", {}, DIRECT),
    ):
        name = f"type_{touch_type}_{'_'.join(more)}"
        yield Case(name, {"touch_type": touch_type, **more}, origin)


def _company_rules() -> Iterator[Case]:
    """What a company's own rules can see."""

    def page(query: str) -> dict[str, str]:
        return {"landing_page": f"https://acme.test/?{query}"}

    yield Case("own_parameter", page("REF=res-7&x=1"), PARTNER)
    yield Case("own_parameter_other", page("ref=friend"), DIRECT)
    yield Case("own_parameter_any", page("a=1&partner_id=9"), PARTNER)
    yield Case("own_parameter_empty", page("partner_id="), DIRECT)
    yield Case("own_host", {"referrer": "https://de.forum.example/t/1"}, SOCIAL)
    yield Case("own_host_boundary", {"referrer": "https://deforum.example/"}, SITE)
    bought = {"utm_source": "google", "utm_medium": "cpc"}
    yield Case(
        "own_brand", {**bought, "utm_term": "Acmeflow price"}, ("brand_search", "search_ad"),
        keyword="Acmeflow price",
    )  # fmt: skip
    yield Case("own_generic", {**bought, "utm_term": "lead tool"}, PAID_SEARCH, keyword="lead tool")
    both = {"content": "banner_7", "utm_term": "a crm tool"}
    yield Case("own_content", both, DISPLAY, keyword="a crm tool")
    yield Case("own_content_alone", {"content": "banner_7"}, DIRECT)


def _documented() -> Iterator[Case]:
    """The rows of the table of differences from GA4."""
    document = REPOSITORY / "docs" / "classification.md"
    for line in document.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 5 and cells[0].startswith("`"):
            name, _, rest = cells[0].strip("`").partition("=")
            evidence = {name: rest} if "utm_" not in name else dict(parse_qsl(f"{name}={rest}"))
            yield Case(
                f"documented:{cells[0].strip('`')}", evidence, (cells[1], cells[2]), ga4=cells[3]
            )


DOCUMENTED = tuple(_documented())
CASES = (
    *_referrers(),
    *_clicks(),
    *_tags(),
    *_words(),
    *_sites(),
    *_queries(),
    *_hosts(),
    *_types(),
    *_company_rules(),
    *(Case(f"variant:{number}", *variant) for number, variant in enumerate(VARIANTS)),
    *DOCUMENTED,
)


def case_touches(moment: datetime) -> list[dict[str, Any]]:
    """The cases as touches, each of a different person."""
    return [
        {
            "touchpoint_id": f"case:{case.name}",
            "occurred_at": moment,
            "visitor_id": f"case:{case.name}",
            **case.evidence,
        }
        for case in CASES
    ]
