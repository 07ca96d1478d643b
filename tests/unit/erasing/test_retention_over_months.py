"""Retention over fourteen months of runs: nobody is ever older than promised, and no sum moves."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from orchestration.configuration.inbox import InboxEntry
from orchestration.configuration.model import Config
from orchestration.configuration.privacy import Privacy
from orchestration.configuration.settings import Settings
from orchestration.erasing.retention import apply_keep_days
from orchestration.extract.keeping import keeping
from orchestration.extract.landing import Landing
from orchestration.inbox.reader import land_entry
from orchestration.privacy.holding import TOKEN

FIRST = date(2025, 1, 1)
DAYS = 425
KEPT = {"events": 90, "landing": 45, "quarantine": 40}


def test_fourteen_months_of_daily_runs(tmp_path: Path) -> None:
    """The clock decides, so a test of one day would not see a month's end, or a leap of runs."""
    inbox = [
        InboxEntry(path=tmp_path / f"{name}.csv", written_path=f"{name}.csv", stream=name)
        for name in ("touchpoints", "leads")
    ]
    config = Config(inbox=inbox, privacy=Privacy.model_validate({"keep_days": KEPT}))
    at_first = Settings(tmp_path / "home", None, config)
    at_first.build_dir.mkdir(parents=True)
    touches = ["occurred_at,email,utm_source"]
    rebuilt: Counter[str] = Counter()
    for day in range(DAYS):
        today = FIRST + timedelta(days=day)
        touches.append(f"{today},p{day:03}@x.example,google")
        if day % 3:
            continue  # A company that runs every third day.
        # The leads are another list each time, with lines that cannot be read.
        leads = (
            f"lead_id,created_at,email\nL{day:03},{today},l{day:03}@x.example\n"
            f"q{day:03},yesterday,q{day:03}@x.example\nq{day:03},{today},q{day:03}@x.example,more\n"
        )
        inbox[0].path.write_text("\n".join(touches[:1] + touches[-60:]) + "\n")
        inbox[1].path.write_text(leads)
        now = datetime.combine(today, datetime.min.time(), UTC) + timedelta(hours=6)
        settings = replace(at_first, fixed_now=now)
        settings.warehouse_path.write_bytes(b"built before")
        apply_keep_days(settings)
        rebuilt[f"{today:%Y-%m}"] += not settings.warehouse_path.exists()
        landing = Landing(settings.landing_dir, keeping(settings))
        for entry in inbox:
            land_entry(entry, landing, config.company, now)
        if day % 30 == 0:
            _nobody_is_older(Landing(settings.landing_dir), today)
    assert max(rebuilt.values()) == 1, "a month's first run alone rebuilds"
    assert sum(rebuilt.values()) >= 10
    landing = Landing(at_first.landing_dir)
    for item in landing.slices():
        landing.verify(item)
    runs = len(range(0, DAYS, 3))
    by_stream = Counter(item.stream for item in landing.slices())
    assert by_stream == {"touchpoints": runs, "leads": runs}
    assert sum(item.row_count for item in landing.slices("inbox", "leads")) == 3 * runs


def _nobody_is_older(landing: Landing, today: date) -> None:
    newest = {item.stream: item.slice_id for item in landing.slices()}
    for item in landing.slices():
        read_on = item.extracted_at.date()
        for record in landing.records(item):
            text = str(record)
            if "_reject" in record:
                is_somebody = "@x.example" in text
                assert not is_somebody or today - read_on < timedelta(days=40)
            elif item.stream == "touchpoints":
                happened = date.fromisoformat(record["occurred_at"][:10])
                is_somebody = "@x.example" in text
                assert not is_somebody or today - happened < timedelta(days=90)
                assert record["utm_source"] == "google"
            elif newest["leads"] != item.slice_id:
                is_somebody = not record["lead_id"].startswith(TOKEN)
                assert not is_somebody or today - read_on < timedelta(days=45)
