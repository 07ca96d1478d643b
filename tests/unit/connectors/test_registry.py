"""The registry finds every vendor's file, and the vendor's documentation is not forgotten."""

from __future__ import annotations

from pathlib import Path

from orchestration.connectors.registry import CONNECTORS

REPOSITORY = Path(__file__).parents[3]
NO_VENDORS = {
    "landed",
    "__init__",
    "answer",
    "auth",
    "refusal",
    "field",
    "google_api",
    "graph_api",
    "inbox",
    "linkedin_api",
    "registry",
    "report",
    "stream",
}


def test_every_vendors_file_is_registered() -> None:
    """A file or folder whose connector has another name would be read by nothing."""
    folder = REPOSITORY / "orchestration/connectors"
    files = {path.stem for path in folder.glob("*.py")}
    folders = {path.parent.name for path in folder.glob("*/__init__.py")}
    assert set(CONNECTORS) == (files | folders) - NO_VENDORS
    assert len(CONNECTORS) >= 4


def test_every_vendor_is_documented_and_part_of_the_demo() -> None:
    """Users need a connector's keys; a vendor that no demo reads is never run as a whole."""
    documented = (REPOSITORY / "docs/connectors.md").read_text(encoding="utf-8")
    demo = (REPOSITORY / "simulator/tributary.demo.yaml").read_text(encoding="utf-8")
    for name in CONNECTORS:
        assert f"| `{name}` |" in documented
        assert f"\n  {name}:\n" in demo
        assert (REPOSITORY / f"simulator/vendors/{name}.py").is_file()
        assert (REPOSITORY / f"models/staging/{name}/_{name}.yml").is_file()
