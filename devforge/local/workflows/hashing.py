"""`hashFiles`, and the file patterns it shares with the artifact actions."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path

_CHUNK_BYTES = 1 << 20


def hash_files(root: Path, patterns: Sequence[str]) -> str:
    """Return one SHA-256 over the SHA-256 of every file that matches, '' where none does."""
    whole = hashlib.sha256()
    found = False
    for path in matching_files(root, [line for text in patterns for line in text.splitlines()]):
        whole.update(_digest(path))
        found = True
    return whole.hexdigest() if found else ""


def matching_files(root: Path, patterns: Iterable[str], *, hidden: bool = True) -> list[Path]:
    """Return the files under `root` that match, sorted; `!` takes away, a directory means all in it."""
    wanted = [pattern.strip() for pattern in patterns if pattern.strip()]
    names = {path: _name(root, path) for path in _files(root, hidden=hidden)}
    chosen: set[Path] = set()
    for pattern in wanted:
        expression = _expression(_relative(root, pattern.removeprefix("!")))
        matched = {path for path, name in names.items() if expression.fullmatch(name)}
        chosen = chosen - matched if pattern.startswith("!") else chosen | matched
    return sorted(chosen)


def _relative(root: Path, pattern: str) -> str:
    prefix = f"{root}/"
    bare = pattern.removeprefix(prefix) if pattern.startswith(prefix) else pattern
    bare = "" if bare.rstrip("/") == str(root) else bare
    bare = re.sub(r"(?:^|(?<=/))\./", "", bare.lstrip("/")).strip("/")
    return "" if bare == "." else bare


def _name(root: Path, path: Path) -> str:
    return path.relative_to(root).as_posix()


def _files(root: Path, *, hidden: bool) -> Iterator[Path]:
    """Yield regular files that lie inside `root`, also after links are followed."""
    for path in sorted(root.rglob("*")):
        parts = path.relative_to(root).parts
        if not hidden and any(part.startswith(".") for part in parts):
            continue
        if path.is_file() and path.resolve().is_relative_to(root.resolve()):
            yield path


@lru_cache(maxsize=256)
def _expression(pattern: str) -> re.Pattern[str]:
    if not pattern:
        return re.compile(r".*", re.DOTALL)
    written, at = "", 0
    while at < len(pattern):
        if pattern.startswith("**/", at):
            written, at = written + "(?:.*/)?", at + 3
        elif pattern.startswith("**", at):
            written, at = written + ".*", at + 2
        elif pattern[at] == "*":
            written, at = written + "[^/]*", at + 1
        elif pattern[at] == "?":
            written, at = written + "[^/]", at + 1
        else:
            written, at = written + re.escape(pattern[at]), at + 1
    return re.compile(f"{written}(?:/.*)?", re.DOTALL)


def _digest(path: Path) -> bytes:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
    return digest.digest()
