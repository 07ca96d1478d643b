"""Which shapes a company's sources deliver: those of what is configured or was ever landed."""

from __future__ import annotations

from pathlib import Path

from orchestration.configuration.content import ContentPages
from orchestration.configuration.delivery import delivered_shapes
from orchestration.configuration.inbox import InboxEntry
from orchestration.configuration.model import Config, ConnectorConfig
from orchestration.configuration.settings import Settings


def company(home: Path, streams: tuple[str, ...] = (), vendors: tuple[str, ...] = ()) -> Settings:
    """A company with a file for each of these streams, and these vendors."""
    entries = [
        InboxEntry(path=home / f"{stream}.csv", written_path=f"{stream}.csv", stream=stream)
        for stream in streams
    ]
    connectors = {vendor: ConnectorConfig() for vendor in vendors}
    config = Config(inbox=entries, connectors=connectors)
    return Settings(home=home, config_path=None, config=config)


def test_only_what_is_configured_is_delivered(tmp_path: Path) -> None:
    """A company with two files paid for four vendors' models, on every run."""
    assert delivered_shapes(company(tmp_path)) == {"inbox": []}
    assert delivered_shapes(company(tmp_path, ("leads",), ("matomo",))) == {
        "matomo": ["touchpoints", "identity_edges", "page_views"],
        "inbox": ["leads"],
    }


def test_a_file_of_deals_delivers_their_contacts_too(tmp_path: Path) -> None:
    """Two shapes are made from one stream."""
    found = delivered_shapes(company(tmp_path, ("opportunities",)))
    assert found == {"inbox": ["opportunities", "opportunity_contacts"]}


def test_pages_that_are_content_need_no_list_of_it(tmp_path: Path) -> None:
    """The configuration names them."""
    settings = company(tmp_path, ("touchpoints",))
    settings.config.content.append(ContentPages(url="/blog/*", format="blog_post"))
    assert delivered_shapes(settings) == {"inbox": ["touchpoints", "content"]}


def test_a_vendor_that_left_the_configuration_keeps_its_data(tmp_path: Path) -> None:
    """A CRM that was replaced holds the company's history."""
    settings = company(tmp_path, ("leads",))
    (settings.landing_dir / "hubspot" / "contacts").mkdir(parents=True)
    assert set(delivered_shapes(settings)) == {"hubspot", "inbox"}


def test_a_file_that_left_the_configuration_takes_its_rows_with_it(tmp_path: Path) -> None:
    """Otherwise a list that was replaced under another name would count twice."""
    settings = company(tmp_path, ("leads",))
    (settings.landing_dir / "inbox" / "costs").mkdir(parents=True)
    assert delivered_shapes(settings) == {"inbox": ["leads"]}
