"""Looks through `<home>/trust/` for what is damaged, or was never ours. `store.py` says what lies there.

Nothing there is believed for being there, so none of it does harm: it costs what is fetched again, and
where the state is lost, the memory of how far we had looked.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from pathlib import Path

from devforge.adapters.files import UNFINISHED, read_plain
from devforge.updates.store import LARGEST_BYTES, State, read_state

Stray = tuple[Path, str]  # and what is wrong with it
_FOREIGN = "was not written by devforge"


def strays(trust: Path) -> Iterator[tuple[Path, list[Stray]]]:
    """Yield every place below `trust`, or itself, in which something is not as a client left it."""
    if not os.path.lexists(trust):
        return
    try:
        places = sorted(trust.iterdir())
    except OSError as error:
        yield trust, [(trust, _why(error))]
        return
    for place in places:
        if found := _found(place):
            yield place, found


def _found(place: Path) -> list[Stray]:
    if not re.fullmatch(r"[0-9a-f]{16}", place.name):
        return [(place, _FOREIGN)]
    try:
        return list(_of_registry(place))
    except OSError as error:
        return [(place, _why(error))]


def _of_registry(place: Path) -> Iterator[Stray]:
    state = None
    if os.path.lexists(path := place / "state.json"):
        try:
            state = read_state(path)
        except (OSError, ValueError) as error:
            yield path, _why(error)
    for path in sorted(place.iterdir()):
        if path.name in ("metadata", "documents", "parts"):
            if not path.is_dir():
                yield path, "is not a directory"
        elif path.name == "lock":
            if not path.is_file():
                yield path, "is not a file"
        elif path.name != "state.json" and not path.name.startswith(UNFINISHED):
            yield path, _FOREIGN
    yield from _metadata(place / "metadata", state)
    yield from _documents(place / "documents")


def _metadata(folder: Path, state: State | None) -> Iterator[Stray]:
    for path in _inside(folder):
        if path.name == "root_history" and path.is_dir():
            for root in _inside(path):
                yield from _judged(root, f"root_history/{root.name}", state)
        else:
            yield from _judged(path, path.name, state)


def _judged(path: Path, name: str, state: State | None) -> Iterator[Stray]:
    """Hold a file against what the state says it may be; one of before the state was lost can be anything."""
    if not name.endswith(".json"):
        yield path, _FOREIGN
        return
    try:
        found = _digest(path)
    except OSError as error:
        yield path, _why(error)
        return
    if state is not None and found not in state.files.get(name, (found,)):
        yield path, "is damaged"


def _documents(folder: Path) -> Iterator[Stray]:
    for path in _inside(folder):
        try:
            found = _digest(path)
        except OSError as error:
            yield path, _why(error)
            continue
        if not re.fullmatch(r"[0-9a-f]{64}", path.name):
            yield path, _FOREIGN
        elif found != path.name:
            yield path, "is damaged"


def _inside(folder: Path) -> list[Path]:
    found = sorted(folder.iterdir()) if folder.is_dir() else []
    return [path for path in found if not path.name.startswith(UNFINISHED)]


def _digest(path: Path) -> str:
    return hashlib.sha256(read_plain(path, limit_bytes=LARGEST_BYTES)).hexdigest()


def _why(error: Exception) -> str:
    if isinstance(error, OSError):
        return f"cannot be read ({error.strerror})"
    return "is damaged"
