"""Writes a tree's code where tools can read it, under names of our own choosing.

The tools see `00007.py` where the extension has `odd dir/-x.py`: no name of a stranger's reaches a
command line or the file system, no directory name makes a tool look away, and nothing but code is
written, so no configuration or ignore file of the extension is there to be found. Nor is what is gone when
code runs: declarations of TypeScript, and imports that are types, which they would take for code.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from checks.declarations import declares_only
from checks.types_alone import without_import_types
from devforge.model.observed import Missing, SourceFile, SourceTree, ToolFinding

CODE = (".py", ".pyi", ".pyw", ".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx")
# A tool is not stalled with a file nobody wrote by hand; the security check says it was not read.
LARGEST_BYTES = 1_500_000
DEEPEST = 1_000
_BRACKET = re.compile(rb"[\[\](){}]")
# Qt Linguist's translations are called .ts too; neither beginning of one is TypeScript.
_TRANSLATION = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[ \t]|<!DOCTYPE TS>)")
_SHEBANG = re.compile(rb"#![^\n]*?\b(python|node|deno|bun)")
_READ_AS = {".pyw": ".py", ".mts": ".ts", ".cts": ".ts"}  # by names that every tool knows
_SPOKEN = {b"python": ".py", b"node": ".js", b"deno": ".ts", b"bun": ".ts"}


@dataclass(frozen=True, slots=True)
class Materialised:
    """The code of a tree in `directory`; `paths` leads from our names back to the tree's.

    `left_out` says of each file that no tool gets to see why that is.
    """

    directory: Path
    paths: Mapping[str, str]
    left_out: Mapping[str, str] = field(default_factory=dict)

    def translated(
        self, findings: tuple[ToolFinding, ...] | Missing
    ) -> tuple[ToolFinding, ...] | Missing:
        """Return `findings` with the tree's own paths, in order of place."""
        if isinstance(findings, Missing):
            return findings
        for finding in findings:
            if finding.path not in self.paths:
                return Missing(reason=f"{finding.tool} spoke of {finding.path}, which is no file")
        named = [f.model_copy(update={"path": self.paths[f.path]}) for f in findings]
        return tuple(sorted(named, key=lambda f: (f.path, f.line, f.code, f.message)))


def materialise(
    tree: SourceTree, directory: Path, *, without: Collection[str] = ()
) -> Materialised:
    """Write every code file of `tree` but those `without` below `directory`, new or empty.

    Symbolic links and submodules are not followed: they are the manifest check's business.
    """
    directory.mkdir(parents=True, exist_ok=True)
    paths: dict[str, str] = {}
    left_out: dict[str, str] = {}
    for path, file in sorted(tree.files.items()):
        suffix = code_suffix(file)
        if suffix is None or path in without or declares_only(file):
            continue
        if reason := _unfit(file):
            left_out[path] = reason
            continue
        name = f"{len(paths):05}{suffix}"
        target = directory / name
        target.write_bytes(_as_run(without_import_types(path, file.content), suffix))
        target.chmod(0o444)
        paths[name] = path
    return Materialised(directory, paths, left_out)


def _unfit(file: SourceFile) -> str | None:
    """Why a file would stall or crash the tools that are to read it, or None."""
    if len(file.content) > LARGEST_BYTES:
        return "too large"
    depth = deepest = 0
    for bracket in _BRACKET.findall(file.content):
        depth += 1 if bracket in b"([{" else -1
        deepest = max(deepest, depth)
    return "too deeply nested" if deepest > DEEPEST else None


def _as_run(content: bytes, suffix: str) -> bytes:
    """What the interpreter makes of `content`: Node takes every file for UTF-8, come what may."""
    if suffix.startswith(".py"):
        return content
    return content.decode("utf-8", "replace").encode()


def code_suffix(file: SourceFile) -> str | None:
    """Return the suffix a tool knows `file`'s language by, or None where it is no code."""
    if file.mode not in ("file", "executable"):
        return None
    lower = file.path.lower()
    for suffix in CODE:
        if lower.endswith(suffix):
            if suffix == ".ts" and _TRANSLATION.match(file.content[:100]):
                return None
            return _READ_AS.get(suffix, suffix)
    if "." not in lower.rpartition("/")[2] and (spoken := _SHEBANG.match(file.content[:200])):
        return _SPOKEN[spoken[1]]
    return None
