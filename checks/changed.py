"""Which lines of a version's code are new or changed since the version before. Pure."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher

from devforge.model.observed import SourceTree

# A file this much like one that is gone is that file under another name.
_RENAMED = 0.6
# Beyond this, lines are compared as a set: which is coarser, and always quick.
_LONGEST_LINES = 20_000


def changed_lines(new: SourceTree, old: SourceTree, paths: Iterable[str]) -> dict[str, set[int]]:
    """Return, for each of `paths` with any, the numbers of the lines that `old` did not have."""
    before = _counterparts(new, old, sorted(paths))
    found = {path: _changed(_lines(old, before[path]), _lines(new, path)) for path in before}
    return {path: lines for path, lines in found.items() if lines}


def statement_starts(text: str) -> Mapping[int, int]:
    """Return, for each line of a Python statement that spans several, the line it starts in."""
    try:
        nodes = list(ast.walk(ast.parse(text)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {}
    starts: dict[int, int] = {}
    for node in nodes:
        if isinstance(node, ast.stmt):
            body = getattr(node, "body", None)
            # Of what holds other statements, only its head is its own.
            last = body[0].lineno - 1 if body else node.end_lineno or node.lineno
            starts |= dict.fromkeys(range(node.lineno + 1, last + 1), node.lineno)
    return starts


def _counterparts(new: SourceTree, old: SourceTree, paths: list[str]) -> dict[str, str | None]:
    """Each path with where its file was before: under its name, moved as it is, or much alike."""
    gone = {path for path in old.files if path not in new.files and old.files[path].is_plain}
    by_content = {old.files[path].content: path for path in sorted(gone)}
    return {
        path: path
        if path in old.files
        else by_content.get(new.files[path].content) or _alike(new, old, path, gone)
        for path in paths
        if path in new.files
    }


def _alike(new: SourceTree, old: SourceTree, path: str, gone: set[str]) -> str | None:
    ending = path.rpartition(".")[2]
    own = set(_lines(new, path))
    shares = {
        other: 2 * len(own & theirs) / (len(own) + len(theirs))
        for other in gone
        if other.rpartition(".")[2] == ending and (theirs := set(_lines(old, other)))
    }
    best = max(sorted(shares), key=lambda other: shares[other], default=None)
    return best if best is not None and shares[best] > _RENAMED else None


def _lines(tree: SourceTree, path: str | None) -> list[str]:
    return tree.files[path].text.splitlines() if path is not None else []


def _changed(old: list[str], new: list[str]) -> set[int]:
    if max(len(old), len(new)) > _LONGEST_LINES:
        known = set(old)
        return {number for number, line in enumerate(new, start=1) if line not in known}
    changed: set[int] = set()
    for tag, _, _, start, end in SequenceMatcher(None, old, new).get_opcodes():
        if tag != "equal":
            changed.update(range(start + 1, end + 1))
    return changed
