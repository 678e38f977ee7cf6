"""What is said of an extension that is not there, and what a mistyped name may have meant."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from devforge.errors import Refused, Unavailable
from devforge.model.names import ExtensionId

if TYPE_CHECKING:
    from devforge.updates.index import Index


def meant(word: object, among: Iterable[object], called: Mapping[str, str] = {}) -> str:
    """Return `; did you mean acme.todo-tree?` for the closest of `among`; nothing where none is close.

    Args:
        called: other words for some of them.
    """
    import difflib  # noqa: PLC0415 - only when something was mistyped

    known = {_fold(other): name for other, name in called.items()}
    known |= {_fold(name): str(name) for name in among}
    near = difflib.get_close_matches(_fold(word), known, n=1, cutoff=0.75)
    return f"; did you mean {known[near[0]]}?" if near else ""


def not_installed(id: ExtensionId, installed: Iterable[ExtensionId]) -> str:
    """Return that `id` is not installed, with what may have been meant."""
    return f"{id} is not installed{meant(id, installed)}"


def absent(id: ExtensionId, index: Index) -> str:
    """Return that the registry does not have `id`: why not, or what may have been meant."""
    near = ""
    with contextlib.suppress(Unavailable, Refused):  # asked only for a kinder answer
        lists = index.lists()
        if listed := lists.malicious.get(id):
            return f"{id} is malicious: {listed.sentence}"
        if listed := lists.removed.get(id):
            return f"{id} was removed from the registry: {listed.sentence}"
        near = meant(id, (entry.id for entry in index.search()))
    more = near or "; `devforge search` finds what it has"
    return f"this registry does not have {id}{more}"


def _fold(name: object) -> str:
    return str(name).casefold().replace("-", "")
