"""What a mistyped name may have meant. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from devforge.model.names import ExtensionId


def meant(word: object, among: Iterable[object]) -> str:
    """Return `; did you mean acme.todo-tree?` for the closest of `among`; nothing where none is close."""
    import difflib  # noqa: PLC0415 - only when something was mistyped

    known = {_fold(name): str(name) for name in among}
    near = difflib.get_close_matches(_fold(word), known, n=1, cutoff=0.75)
    return f"; did you mean {known[near[0]]}?" if near else ""


def not_installed(id: ExtensionId, installed: Iterable[ExtensionId]) -> str:
    """Return that `id` is not installed, with what may have been meant."""
    return f"{id} is not installed{meant(id, installed)}"


def _fold(name: object) -> str:
    return str(name).casefold().replace("-", "")
