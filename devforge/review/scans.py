"""What the reading tools said of each file, remembered: what has not changed is not read again.

Each of the tools looks at one file at a time, so what it says follows from the file's content, the
language it is read as, and the tools themselves. A memory that was made by other tools or rules,
that is too large or that cannot be read is no memory: then everything is read.
"""

from __future__ import annotations

import functools
import hashlib
import os
import platform
import tempfile
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

from pydantic import ValidationError

import checks
from devforge.adapters import bandit, nodetools, oxlint, ruff, semgrep
from devforge.model.observed import Missing, SourceFile, SourceTree, ToolFinding
from devforge.model.scans import FILES, Scans
from devforge.review import materialise

LIMIT_BYTES = 8 << 20
_PROGRAMS = ("bandit", "ruff", "semgrep")
_RULES = Path(checks.__file__).with_name("rules")


@functools.cache
def tools_digest(rules: Path = _RULES) -> str:
    """Return a name for all that decides what the tools say: programs, rules and how we ask."""
    digest = hashlib.sha256(platform.python_version().encode())
    for program in _PROGRAMS:
        digest.update(f"\0{program} {version(program)}".encode())
    node = Path(nodetools.__file__).parent
    ours = [Path(str(m.__file__)) for m in (bandit, oxlint, ruff, semgrep, materialise)]
    settings = [node / "package-lock.json", node / "oxlint.json"]
    for path in [*ours, *settings, *sorted(rules.rglob("*.yaml"))]:
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        digest.update(f"\0{path.name} {content}".encode())
    return digest.hexdigest()


def read_scans(content: bytes | None) -> Scans | None:
    """Return the memory; None if there is none, it cannot be read, or other tools made it."""
    if content is None or len(content) > LIMIT_BYTES:
        return None
    try:
        scans = Scans.model_validate_json(content)
    except ValidationError:
        return None
    return scans if scans.tools == tools_digest() else None


def remembered(scans: Scans | None, tree: SourceTree) -> Mapping[str, tuple[ToolFinding, ...]]:
    """Return path → what is remembered of it, for the files of `tree` that were read before."""
    if scans is None:
        return {}
    found: dict[str, tuple[ToolFinding, ...]] = {}
    for path, file in tree.files.items():
        key = _key(file)
        if key is not None and (said := scans.files.get(key)) is not None:
            found[path] = tuple(f.model_copy(update={"path": path}) for f in said)
    return found


def remember(
    tree: SourceTree,
    lint: tuple[ToolFinding, ...] | Missing,
    security: tuple[ToolFinding, ...] | Missing,
    *,
    tools: str,
) -> Scans | None:
    """Return what is worth remembering of one look at `tree`; None where a tool was silent.

    A file that was not read whole is left out: another day, it may be.
    """
    if isinstance(lint, Missing) or isinstance(security, Missing):
        return None
    said: dict[str, list[ToolFinding]] = {}
    for finding in (*lint, *security):
        said.setdefault(finding.path, []).append(finding)
    files: dict[str, tuple[ToolFinding, ...]] = {}
    for path, file in tree.files.items():
        findings, key = said.get(path, []), _key(file)
        if key is not None and not any(f.code == semgrep.UNREAD for f in findings):
            files[key] = tuple(f.model_copy(update={"path": ""}) for f in findings)
    return Scans(tools=tools, files=files) if len(files) <= FILES else None


def load_scans(path: Path) -> Scans | None:
    """Return the memory in a file of this user's, or None."""
    try:
        return read_scans(path.read_bytes()) if path.stat().st_size <= LIMIT_BYTES else None
    except OSError:
        return None


def save_scans(path: Path, scans: Scans | None) -> None:
    """Keep a memory for the next time; where that fails, the next time only takes longer."""
    if scans is None:
        return
    content = scans.model_dump_json().encode()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            file.write(content)
        os.replace(file.name, path)  # noqa: PTH105 - whole or not at all
    except OSError:
        return


def _key(file: SourceFile) -> str | None:
    """A name for all of a file that a tool gets to see; None for what is no code."""
    suffix = materialise.code_suffix(file)
    if suffix is None:
        return None
    return hashlib.sha256(suffix.encode() + b"\0" + file.content).hexdigest()
