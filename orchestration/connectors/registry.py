"""Every vendor that Tributary can read. A new vendor is a file here and a line in the list."""

from __future__ import annotations

from orchestration.connectors.google_ads import GOOGLE_ADS
from orchestration.connectors.hubspot import HUBSPOT
from orchestration.connectors.mailchimp import MAILCHIMP
from orchestration.connectors.matomo import MATOMO
from orchestration.connectors.stream import Connector

CONNECTORS: dict[str, Connector] = {
    connector.name: connector for connector in (GOOGLE_ADS, HUBSPOT, MAILCHIMP, MATOMO)
}
