"""Starting ``tributary ui`` as a person does, and talking to it byte by byte."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulator import company

UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Protocol": "graphql-ws",
}


@dataclass(frozen=True)
class Answered:
    """One answer."""

    status: int
    headers: dict[str, str]
    body: str

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


@dataclass(frozen=True)
class Page:
    """A page that is being served.

    Attributes:
        port: On 127.0.0.1.
        process: The command.
        output: The output it prints.
    """

    port: int
    process: subprocess.Popen[bytes]
    output: Path

    @property
    def origin(self) -> str:
        """The Origin that a browser sends with its requests."""
        return f"http://127.0.0.1:{self.port}"

    def ask(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str] | None = None,
        body: str | None = None,
    ) -> Answered:
        """Send one request with exactly these headers, plus Host if they lack one."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, body, dict(headers or {}))
            answer = connection.getresponse()
            found = {name.lower(): value for name, value in answer.getheaders()}
            return Answered(answer.status, found, answer.read().decode("utf-8", "replace"))
        finally:
            connection.close()

    def graphql(self, query: str, headers: Mapping[str, str] | None = None) -> Answered:
        """Send a GraphQL request as the page itself does."""
        sent = {"Content-Type": "application/json", "Origin": self.origin, **(headers or {})}
        return self.ask("POST", "/graphql", sent, json.dumps({"query": query}))

    def websocket(self, headers: Mapping[str, str] | None = None) -> int:
        """The status of a websocket's handshake: 101 when it is accepted."""
        lines = {"Host": f"127.0.0.1:{self.port}", **UPGRADE, **(headers or {})}
        text = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        with socket.create_connection(("127.0.0.1", self.port), timeout=60) as connection:
            connection.sendall(f"GET /graphql HTTP/1.1\r\n{text}\r\n".encode())
            return int(connection.recv(64).split()[1])


def free_port() -> int:
    """A port that is free at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(
    home: Path,
    *arguments: str,
    environment: Mapping[str, str] | None = None,
    command: Path = Path(sys.executable).parent / "tributary",
) -> Iterator[Page]:
    """The page of the demo company before its first run.

    Args:
        home: ``TRIBUTARY_HOME``.
        arguments: After ``tributary ui --port N``.
        environment: Added to this process's own.
        command: The executable.
    """
    shutil.copy(company.CONFIGURATION, home / "tributary.yaml")
    port = free_port()
    output = home / "ui.out"
    inherited = {k: v for k, v in os.environ.items() if k != "TRIBUTARY_CONFIG"}
    with output.open("wb") as file:
        process = subprocess.Popen(
            [str(command), "ui", "--port", str(port), *arguments],
            env=inherited | {"TRIBUTARY_HOME": str(home)} | dict(environment or {}),
            stdout=file,
            stderr=subprocess.STDOUT,
        )
    page = Page(port, process, output)
    try:
        for _ in range(360):
            assert process.poll() is None, output.read_text()
            try:
                page.ask("GET", "/server_info")
                break
            except OSError:
                time.sleep(0.5)
        yield page
    finally:
        process.terminate()
        process.wait(timeout=60)
