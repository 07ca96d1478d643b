"""``tributary mcp``: a server of the Model Context Protocol on standard input and output.

Belongs here: the protocol. Does not belong here: what the tools answer (``tools.py``).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from orchestration.assistants.tools import Tools
from orchestration.configuration.settings import Settings
from orchestration.foundation.errors import TributaryError
from orchestration.privacy.messages import without_values
from orchestration.privacy.text import hide

INSTRUCTIONS = """\
Marketing attribution of one company, read-only: where leads come from (lead source), what made
them act (lead channel), what it cost and earned. Ask `metric` first; it divides and groups
correctly. Use `tables` and `describe` before `query`. Revenue by attribution model is in
marts.attribution_performance: filter one `basis` (conversion_date for the books, touch_date for
the spend), one `attribution_model` and the conversion types `customer` and `repeat_customer`; leave
out `is_correction` where you count conversions of the facts. Customers and revenue of recent months
still grow. Null is not zero: no recorded spend is not free. No person is named anywhere."""


class NoServer(TributaryError):
    """The packages of the server are not installed."""


def server(settings: Settings) -> Any:
    """The server of a company, not running yet.

    Raises:
        NoServer: The extra ``mcp`` is not installed.
    """
    try:
        from mcp.server.mcpserver import MCPServer
        from mcp.server.mcpserver.exceptions import ToolError
    except ImportError as error:
        raise NoServer(
            "The server for assistants is not installed.",
            where="package mcp",
            remedy="Install it: pip install 'tributary-warehouse[mcp]'",
        ) from error

    def told(tool: Callable[..., str]) -> Callable[..., str]:
        """Errors reach the assistant as text, so that it can correct itself."""

        @wraps(tool)
        def answer(*arguments: Any, **named: Any) -> str:
            try:
                return tool(*arguments, **named)
            except TributaryError as error:
                raise ToolError(hide(str(error))) from None
            except Exception as error:
                raise ToolError(f"{type(error).__name__}: {without_values(error)}") from None

        return answer

    result = MCPServer("tributary", instructions=INSTRUCTIONS)
    tools = Tools(settings)
    for tool in (
        tools.metrics,
        tools.metric,
        tools.tables,
        tools.describe,
        tools.explain,
        tools.query,
    ):
        result.add_tool(told(tool), structured_output=False)
    return result
