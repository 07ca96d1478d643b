"""Promise 17: whatever the configuration or the environment holds, the error names it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from orchestration.configuration.model import Config
from orchestration.configuration.settings import LONGEST_HOME, Settings, load_settings
from orchestration.foundation.errors import TributaryError
from orchestration.runs.home import prepare_dagster_home
from tests.kit.faults.report import Result

pytestmark = [pytest.mark.exhaustive, pytest.mark.timeout(60)]
ROW = Result(
    "17 configurations",
    "bombs of aliases and nesting, other encodings, tags that run code, zones that are folders, "
    "codecs that are no text, patterns, devices, variables, homes that are too long, typed secrets",
    "cases",
    "an error that names key and line, or the variable; never a traceback",
    ".venv/bin/pytest tests/faults/test_configurations.py -m exhaustive",
)
LAUGHS = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"a{i}: &a{i} [{','.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 10)
)
CANARY = "canary-7f3a"
SECRET = "looks like a secret"
HUBSPOT = "connectors: {hubspot: {service_key: '${env:CANARY}'}}\n"


def entry(rest: str) -> str:
    """A configuration with one file."""
    return f"inbox: [{{path: x, stream: costs, {rest}}}]\n"


CONFIGURATIONS = {
    "laughs": (LAUGHS, "more than 200,000 values"),
    "part of itself": ("company: &c {name: *c}\n", "an alias names what it is part of"),
    "list of itself": ("inbox: &a [*a]\n", "an alias names what it is part of"),
    "nested": ("inbox: " + "[" * 20000 + "]" * 20000 + "\n", "nested too deeply"),
    "tag": ("company: !!python/object/apply:os.system ['touch x']\n", "expected keys|company"),
    "tag of a text": ("company: {name: !!python/name:os.system x}\n", "company.name"),
    "digits": ("company: {name: " + "9" * 10**5 + "}\n", "the value cannot be read"),
    "NUL": ("\x00\x01", "not valid YAML"),
    "key": ("? [a]\n: b\n", "a key must be a text"),
    "zone up": ("company: {reporting_timezone: ../../etc/passwd}\n", "IANA"),
    "zone absolute": ("company: {reporting_timezone: /etc/localtime}\n", "IANA"),
    "zone folder": ("company: {reporting_timezone: Europe}\n", "IANA"),
    "zone of a file": (entry("format: {timezone: America}"), "IANA"),
    "rot13": (entry("format: {encoding: rot13}"), "encoding"),
    "zip": (entry("format: {encoding: zip_codec}"), "encoding"),
    "idna": (entry("format: {encoding: idna}"), "encoding of files"),
    "escapes": (entry("format: {encoding: unicode_escape}"), "encoding of files"),
    "codec NUL": (entry('format: {encoding: "utf\\0"}'), "format.encoding"),
    "delimiter quote": (entry("format: {delimiter: '\"'}"), "already is the delimiter"),
    "delimiter line": (entry('format: {delimiter: "\\n"}'), "separates lines"),
    "header": (entry("format: {header_row: 1000000000000}"), "header_row"),
    "percent": (entry("format: {date_format: '%'}"), "strptime"),
    "directive": (entry("format: {datetime_format: '%Q'}"), "strptime"),
    "columns": (entry("columns: [a]"), "columns"),
    "values": (entry("values: {amount: [1]}"), "expected a mapping"),
    "stream": ("inbox: [{path: x, stream: [costs]}]\n", "there is no stream"),
    "constant": (entry("constants: {description: '${env:CANARY}'}"), "published"),
    "value": (entry("values: {description: {x: 'a ${env:CANARY} b'}}"), "published"),
    "column": (entry("columns: {description: '${env:CANARY}'}"), "published"),
    "days": (f"quality: {{fx_max_age_days: {'9' * 30}}}\n", "less than or equal to 36500"),
    "days of base 60": ("quality: {fx_max_age_days: 1" + ":59" * 20000 + "}\n", "36500"),
    "days of keeping": (f"privacy: {{keep_days: {{events: {'9' * 30}}}}}\n", "36500"),
    "days without end": ("attribution: {half_life_days: .inf}\n", "36500"),
    "days back": ("attribution: {lookback_days: {visit: 1.0e+300}}\n", "36500"),
    "people": (f"identity: {{max_leads: {'9' * 30}}}\n", "1000000"),
    "typed key": (entry("constants: {description: pat-eu1-0a1b2c3d-9f8e}"), SECRET),
    "typed token": (entry("constants: {description: 'token: s3cr3t-s3cr3t'}"), SECRET),
    "typed value": (entry("values: {description: {x: xoxb-1234567890-abc}}"), SECRET),
    "typed random": (entry("constants: {description: 8b1a9953c4611296a827abf8c47804d7}"), SECRET),
    "typed known": (HUBSPOT + entry("constants: {description: 'a canary-7f3a'}"), SECRET),
    "typed login": (
        "connectors: {matomo: {accounts: ['1'], base_url: 'https://u:pass-1@m.example',"
        " token_auth: '${env:T}'}}\n",
        SECRET,
    ),
    "typed PEM": (entry("constants: {description: '-----BEGIN PRIVATE KEY-----'}"), SECRET),
    "secret": ("connectors: {hubspot: {service_key: pat-1}}\n", "must not be written"),
}


def refused(folder: Path, content: bytes | None, **variables: str) -> TributaryError:
    """The error for a configuration."""
    path = folder / "tributary.yaml"
    if content is not None:
        path.write_bytes(content)
    env = {
        "TRIBUTARY_CONFIG": str(path),
        "TRIBUTARY_HOME": str(folder / "home"),
        "CANARY": CANARY,
    }
    with pytest.raises(TributaryError) as caught:
        load_settings(env | variables)
    assert CANARY not in str(caught.value)
    assert caught.value.remedy
    return caught.value


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_a_hostile_configuration_is_an_error(tmp_path: Path, name: str) -> None:
    """Recursion, a folder as a zone and a variable in a constant ended in tracebacks, or worse."""
    text, said = CONFIGURATIONS[name]
    error = refused(tmp_path, text.encode())
    assert any(part in error.what for part in said.split("|"))
    assert "tributary.yaml" in error.where


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16", "utf-32"])
def test_another_encoding_is_named_with_its_line(tmp_path: Path, encoding: str) -> None:
    """Windows editors save what they like."""
    error = refused(tmp_path, "inbox: []\ncompany: {name: Å}\n".encode(encoding))
    assert "not text in UTF-8" in error.what or "not valid YAML" in error.what
    assert ", line " in error.where


def test_a_mark_of_utf8_is_no_part_of_the_first_key(tmp_path: Path) -> None:
    """Excel and Notepad write one."""
    (tmp_path / "tributary.yaml").write_bytes("company: {name: Å}\n".encode("utf-8-sig"))
    env = {"TRIBUTARY_CONFIG": str(tmp_path / "tributary.yaml"), "TRIBUTARY_HOME": str(tmp_path)}
    assert load_settings(env).config.company.name == "Å"


def test_a_configuration_that_is_no_file_is_named(tmp_path: Path) -> None:
    """A device never ends, and a pipe never begins."""
    os.mkfifo(tmp_path / "tributary.yaml")
    assert "a named pipe" in refused(tmp_path, None).what
    assert "a device" in refused(tmp_path, None, TRIBUTARY_CONFIG="/dev/zero").what
    assert "a folder" in refused(tmp_path, None, TRIBUTARY_CONFIG=str(tmp_path)).what


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TRIBUTARY_THREADS", "many"),
        ("TRIBUTARY_THREADS", "-1"),
        ("TRIBUTARY_MEMORY_LIMIT", "all"),
        ("TRIBUTARY_NOW", "yesterday"),
        ("TRIBUTARY_HOME", "relative"),
        ("TRIBUTARY_HOME", "/" + "x" * 300),
        ("TRIBUTARY_HOME", "/tmp" + "/x" * 3000),
    ],
)
def test_a_variable_that_cannot_be_used_is_named(tmp_path: Path, name: str, value: str) -> None:
    """The environment is configuration too."""
    error = refused(tmp_path, None, **{name: value, "TRIBUTARY_CONFIG": ""})
    assert name in str(error)


def test_the_longest_home_works(tmp_path: Path) -> None:
    """The limit is below the one at which Dagster's store fails with an error of SQLite."""
    home = tmp_path
    while (left := LONGEST_HOME - len(str(home)) - 1) > 0:
        home /= "x" * min(left, 100)
    settings = Settings(home=home, config_path=None, config=Config())
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DAGSTER_HOME", "")
        settings.prepare_home()
        prepare_dagster_home(settings)
    assert LONGEST_HOME - 1 <= len(str(home)) <= LONGEST_HOME


@pytest.mark.parametrize(
    "text",
    [
        "Annons 2026 vår_kampanj_v2_final_2026_11_30",
        "https://x.example/?utm_source=a&utm_campaign=b",
        "token economy: a primer",
        "550e8400-e29b-41d4-a716-446655440000",
        "sk-se-brand-generic-2026",
        "Basic package 2026",
    ],
)
def test_labels_are_no_secrets(tmp_path: Path, text: str) -> None:
    """A name that looks odd must not stop a company."""
    (tmp_path / "tributary.yaml").write_text(entry(f"constants: {{description: '{text}'}}"))
    env = {"TRIBUTARY_CONFIG": str(tmp_path / "tributary.yaml"), "TRIBUTARY_HOME": str(tmp_path)}
    assert load_settings(env).config.inbox[0].constants == {"description": text}
