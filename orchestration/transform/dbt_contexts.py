"""How dbt makes what a template sees: the same names and values, made when they are used.

Belongs here: changes in dbt's contexts, and in the tables and events that it makes for each
statement. Does not belong here: changes that are seen outside of dbt (``dbt_adapted.py``).
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from dbt.adapters.factory import get_adapter_package_names
from dbt.clients.jinja import MacroGenerator
from dbt.context import base
from dbt.context.macros import GLOBAL_PROJECT_NAME, MacroNamespace
from dbt.context.manifest import ManifestContext
from dbt_common.clients import agate_helper, jinja
from dbt_common.clients.jinja import (
    MacroFuzzEnvironment,
    MacroFuzzTemplate,
    NativeSandboxTemplate,
)
from dbt_common.events.base_types import BaseEvent

from orchestration.transform.templates import Templates

Macros = dict[str, Any]
"""Macros by name; where packages are among them, the macros of a package."""


class Later(dict[str, Any]):
    """Macros by name that are made when they are asked for, beside what is there at once.

    Args:
        given: What can be made.
        make: Makes a macro ready to be called.
    """

    def __init__(self, given: Macros, make: Callable[[Any], Any]) -> None:
        super().__init__()
        self.given = given
        self._make = make

    def __missing__(self, name: str) -> Any:
        given = self.given[name]
        made = Later(given, self._make) if isinstance(given, dict) else self._make(given)
        self[name] = made
        return made

    def __contains__(self, name: object) -> bool:
        return super().__contains__(name) or name in self.given

    def __iter__(self) -> Iterator[str]:
        yield from super().__iter__()
        yield from (name for name in self.given if not super(Later, self).__contains__(name))

    def keys(self) -> Any:
        """The names of all, so that a copy has what was not made yet."""
        return list(self)

    def get(self, name: str, default: Any = None) -> Any:
        """The macro of that name."""
        try:
            return self[name]
        except KeyError:
            return default


class LaterMacros(MacroNamespace):  # type: ignore[misc]  # dbt.context has no types
    """dbt's namespace of one context: where a macro is looked for, and in which order.

    Args:
        packages: The macros of each package that is not dbt's own or its adapter's.
        internal: The macros of those, the adapter's before dbt's.
        found: The macros and packages that a template sees by name.
        make: Makes a macro ready to be called.
    """

    def __init__(
        self,
        packages: Macros,
        internal: Macros,
        found: Macros,
        make: Callable[[Any], Any],
    ) -> None:
        self.packages = Later(packages, make)
        self.global_project_namespace = Later(internal, make)
        self._found = Later(found, make)

    def __getitem__(self, name: str) -> Any:
        return self._found[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._found.given)

    def __len__(self) -> int:
        return len(self._found.given)


def with_macros_made_when_called() -> None:
    """Make a macro for a context when the context is asked for it.

    dbt makes all 700 for each node and again for each macro that its adapter calls: a fifth of its
    Python time in a company of a few leads.
    """
    begin = ManifestContext.to_dict

    def build(context: Any) -> MacroNamespace:
        builder = context._get_namespace_builder()
        by_package = context.manifest.get_macros_by_package()
        adapters = tuple(get_adapter_package_names(context.config.credentials.type))
        packages, internal, found = order(
            by_package, adapters, builder.search_package, builder.root_package
        )

        def make(macro: Any) -> MacroGenerator:
            return MacroGenerator(macro, context._ctx, builder.node, builder.thread_ctx)

        context._ctx = Later(found, make)
        return LaterMacros(packages, internal, found, make)

    def values(context: Any) -> dict[str, Any]:
        if not isinstance(context._ctx, Later):
            made: dict[str, Any] = begin(context)
            return made
        seen: Later = super(ManifestContext, context).to_dict()
        # A macro goes before a value of dbt's of the same name.
        for name in dict.keys(seen) & seen.given.keys():
            del seen[name]
        return seen

    # Arguments of tests are rendered in a copy of the context; all else in the context itself.
    NativeSandboxTemplate.new_context = MacroFuzzTemplate.new_context  # type: ignore[method-assign, assignment]
    ManifestContext._build_namespace = build
    ManifestContext.to_dict = values


def order(
    by_package: Mapping[str, Macros], adapters: tuple[str, ...], local: str, root: str
) -> tuple[Macros, Macros, Macros]:
    """What dbt finds by which name: the macros of packages, of dbt and its adapter, and of all.

    Args:
        by_package: All macros.
        adapters: The packages of the adapter and of dbt itself, the first of which wins.
        local: The package of the node, which wins.
        root: The project, which is next.
    """
    packages = {name: macros for name, macros in by_package.items() if name not in adapters}
    internal: dict[str, Any] = {}
    for name in reversed(adapters):
        internal.update(by_package.get(name, {}))
    found = (
        internal
        | {GLOBAL_PROJECT_NAME: internal}
        | packages
        | packages.get(root, {})
        | packages.get(local, {})
    )
    return packages, internal, found


def with_templates_compiled_once(kept: Templates) -> None:
    """Compile a text once, in one environment; all tests of one kind are the same text.

    dbt makes an environment of Jinja for each text that it renders.

    Args:
        kept: What other processes compiled.
    """
    make, compile_one = jinja.get_environment, MacroFuzzEnvironment.compile
    environments: dict[bool, Any] = {}
    compiled: dict[tuple[type, str], Any] = {}

    def environment(node: Any = None, capture_macros: bool = False, native: bool = False) -> Any:
        if capture_macros:
            return make(node, capture_macros, native)
        if native not in environments:
            environments[native] = make(native=native)
        return environments[native]

    def once(made_in: Any, source: Any, *given: Any, **named: Any) -> Any:
        if not isinstance(source, str) or given or named:
            return compile_one(made_in, source, *given, **named)
        key = type(made_in), source
        if key not in compiled:
            compiled[key] = kept.compiled(
                type(made_in).__name__, source, lambda: compile_one(made_in, source)
            )
        return compiled[key]

    jinja.get_environment = environment
    MacroFuzzEnvironment.compile = once  # type: ignore[method-assign, assignment]


def with_modules_listed_once() -> None:
    """Give templates the same list of Python's modules; dbt wraps 14 functions for each context."""
    base.get_context_modules = functools.cache(base.get_context_modules)


def with_messages_made_when_read() -> None:
    """Make an event's message when somebody reads it; dbt makes and checks it for every event."""
    make = BaseEvent.__init__

    def begin(event: Any, *given: Any, **named: Any) -> None:
        object.__setattr__(event, "_given", (given, named))

    def read(event: Any, name: str) -> Any:
        if name != "pb_msg":
            return getattr(event.pb_msg, name)
        given, named = object.__getattribute__(event, "_given")
        make(event, *given, **named)
        return object.__getattribute__(event, "pb_msg")

    def write(event: Any, name: str, value: Any) -> None:
        if name == "pb_msg":
            object.__setattr__(event, name, value)
        else:
            setattr(event.pb_msg, name, value)

    BaseEvent.__init__ = begin  # type: ignore[method-assign, assignment]
    BaseEvent.__getattr__ = read  # type: ignore[method-assign]
    BaseEvent.__setattr__ = write  # type: ignore[method-assign]


def with_types_made_once() -> None:
    """Guess the types of results with the same objects; dbt makes a parser of dates for each."""
    make = agate_helper.build_type_tester
    empty = agate_helper.empty_table()  # type: ignore[no-untyped-call]
    kept: dict[Any, Any] = {}

    def build(text_columns: Any, string_null_values: Any = ("null", "")) -> Any:
        columns, nulls = frozenset(text_columns), tuple(string_null_values or ())
        if (columns, nulls) not in kept:
            kept[columns, nulls] = make(columns, nulls)
        return kept[columns, nulls]

    agate_helper.build_type_tester = build
    agate_helper.empty_table = lambda: empty
