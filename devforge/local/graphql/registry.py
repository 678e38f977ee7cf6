"""Which function answers which field of which type. Declared beside the function, by decorator."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from devforge.local.graphql.view import View

Arguments = Mapping[str, Any]
Resolver = Callable[[Any, View, Arguments], Any]

R = TypeVar("R", bound=Resolver)

FIELDS: dict[tuple[str, str], Resolver] = {}


def field(kinds: str, *names: str) -> Callable[[R], R]:
    """Declare that the function answers these fields of each of these types (`Issue|PullRequest`)."""

    def declare(resolve: R) -> R:
        for kind in kinds.split("|"):
            for name in names:
                if (kind, name) in FIELDS:
                    raise ValueError(f"{kind}.{name} is answered twice")
                FIELDS[kind, name] = resolve
        return resolve

    return declare


def page(kinds: str) -> Callable[[R], R]:
    """Declare that the function answers `url`, and less the server's name `resourcePath`."""

    def declare(url: R) -> R:
        field(kinds, "url")(url)
        field(kinds, "resourcePath")(_path_of(url))
        return url

    return declare


def _path_of(url: Resolver) -> Resolver:
    return lambda thing, view, arguments: url(thing, view, arguments).removeprefix(view.hub.url)


def told(given: Arguments, **named: Any) -> dict[str, Any]:
    """Return what a mutation answers: the things it names, and the caller's own mark."""
    return {"clientMutationId": given.get("clientMutationId"), **named}


def columns(kinds: str, **names: str) -> None:
    """Declare fields that are a column of the thing's row, e.g. `createdAt="created_at"`."""
    for name, column in names.items():
        field(kinds, name)(_column(column))


def flags(kinds: str, **names: str) -> None:
    """Declare fields that tell whether a column holds anything but 0, NULL or nothing."""
    for name, column in names.items():
        field(kinds, name)(_flag(column))


def _column(column: str) -> Resolver:
    return lambda thing, _view, _arguments: thing.row[column]


def _flag(column: str) -> Resolver:
    return lambda thing, _view, _arguments: bool(thing.row[column])
