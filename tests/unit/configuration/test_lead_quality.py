"""What the configuration says of the quality of leads."""

from __future__ import annotations

from collections import Counter

import pytest
from pydantic import ValidationError

from orchestration.configuration.classification import Classification
from orchestration.configuration.lead_quality import LeadQuality
from orchestration.configuration.model import Company, Config


def test_own_words_come_before_the_known_ones() -> None:
    """A company may call something spam that is usually a test, or valid what is usually not."""
    rules = LeadQuality(words={"Test": "spam"}, duplicate_days=7).rules
    meant = [
        (quality, priority)
        for quality, word, priority, _ in rules
        if (word or "").lower() == "test"
    ]
    assert sorted(meant, key=lambda rule: rule[1]) == [("spam", 1), ("test", 2)]
    assert rules[-1] == ("duplicate", None, 3, 7)


def test_every_known_word_means_one_thing() -> None:
    """Two meanings would leave the choice to the order of their names."""
    words = Counter(word for _, word, _, _ in LeadQuality().rules)
    assert [word for word, count in words.items() if count > 1] == []


def test_a_quality_that_does_not_exist_is_refused() -> None:
    """A misspelt quality would be in no column of the mart."""
    with pytest.raises(ValidationError, match="duplicat"):
        LeadQuality.model_validate({"words": {"Dubbel": "duplicated"}})


def test_the_companys_domains_are_internal() -> None:
    """Nobody has to write them twice."""
    config = Config(company=Company(domains=["a.se"]), lead_quality=LeadQuality(internal=["b.se"]))
    assert config.internal == ["a.se", "b.se"]


def test_an_internal_host_is_no_origin() -> None:
    """Nobody has to write it twice, and a URL in its place would never match."""
    quality = LeadQuality(internal_hosts=["intra.a.se"])
    config = Config(
        classification=Classification(unwanted_referrers=["b.se"]), lead_quality=quality
    )
    assert config.unwanted_referrers == ["b.se", "intra.a.se"]
    with pytest.raises(ValidationError, match="is not a host"):
        LeadQuality(internal_hosts=["https://intra.a.se/start"])
