"""Files that can exist on every machine, and that somebody can read."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from checks.places import milder, shipped
from checks.protocol import Rule
from devforge.model.observed import SourceFile
from devforge.model.submission import Submission
from devforge.model.verdict import Finding

LINK = Rule(
    "link-in-tree",
    "No symbolic links and no submodules",
    "block",
    "Packages carry plain files only: a link points somewhere else on each machine, and a submodule's "
    "content is in none of the objects that were reviewed.",
)
PATH = Rule(
    "file-name",
    "File names that exist everywhere",
    "block",
    "A name that Windows keeps for a device, or two names that differ only in case or in how an accent "
    "is written, cannot be unpacked on every machine.",
)
SIZE = Rule(
    "too-large",
    "Within the marketplace's sizes",
    "block",
    "Every user downloads every file, and every tool reads it.",
)
BINARY = Rule(
    "compiled-file",
    "No compiled program that nobody can read",
    "person",
    "A compiled program can do anything and shows nothing, so a person asks where it comes from.",
)
RULES = (LINK, PATH, SIZE, BINARY)

_PROGRAMS = (
    (re.compile(rb"\x7fELF"), "a Linux program or library"),
    (re.compile(rb"MZ.{58}", re.DOTALL), "a Windows program or library"),
    (re.compile(rb"\xfe\xed\xfa[\xce\xcf]|[\xce\xcf]\xfa\xed\xfe"), "a macOS program or library"),
    (re.compile(rb"\0asm"), "a WebAssembly module"),
    (re.compile(rb"\xca\xfe\xba\xbe\0\0\0[\x2d-\x50]"), "a Java class"),
    (re.compile(rb"\xca\xfe\xba\xbe|dex\n"), "a program"),
)
_COMPILED_SUFFIXES = (".pyc", ".pyo", ".pyd", ".node", ".so", ".dll", ".dylib", ".exe")
_DEVICE = re.compile(
    r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(?:\..*)?", re.IGNORECASE
)
_UNPORTABLE = re.compile(r'[<>:"\\|?*\x00-\x1f\x7f]')


def check(submission: Submission) -> Iterator[Finding]:
    """Yield what is wrong with each file, then with all of them together."""
    for file in shipped(submission.tree):
        yield from _file(submission, file)
    yield from _collisions(submission)
    yield from _whole(submission)


def _file(submission: Submission, file: SourceFile) -> Iterator[Finding]:
    if not file.is_plain:
        kind = "symbolic link" if file.mode == "symlink" else "submodule"
        yield LINK.finding(
            at=file.path,
            problem=f"{file.path} is a {kind}",
            remedy="put the files themselves there, or leave it out through .devforgeignore",
        )
        return
    if wrong := _unportable(file.path):
        yield PATH.finding(
            at=file.path, problem=wrong, remedy="rename it with letters, digits, - _ and ."
        )
    limit = submission.policy.limits.file_bytes
    if len(file.content) > limit:
        yield SIZE.finding(
            at=file.path,
            problem=f"{file.path} has {len(file.content):,} bytes, and a file may have {limit:,}",
            remedy="make it smaller, or leave it out through .devforgeignore",
        )
    if what := _compiled(file):
        declared = submission.manifest and any(
            permission.kind == "native" for permission in submission.manifest.permissions
        )
        yield BINARY.finding(
            at=file.path,
            problem=f"{file.path} is {what}, which cannot be read",
            remedy="ship the source, or declare `native` and say in the README how it was built",
            severity=milder("warn" if declared else "person", file.path, submission),
        )


def _collisions(submission: Submission) -> Iterator[Finding]:
    seen: dict[str, str] = {}
    for file in shipped(submission.tree):
        folded = unicodedata.normalize("NFC", file.path).casefold()
        other = seen.setdefault(folded, file.path)
        if other != file.path:
            yield PATH.finding(
                at=file.path,
                problem=f"{other!r} and {file.path!r} are one file where case or accents do not count",
                remedy="rename one of the two",
            )


def _whole(submission: Submission) -> Iterator[Finding]:
    files, limits = tuple(shipped(submission.tree)), submission.policy.limits
    if len(files) > limits.files:
        yield SIZE.finding(
            at=".",
            problem=f"there are {len(files):,} files, and an extension may have {limits.files:,}",
            remedy="leave out what users do not need through .devforgeignore",
        )
    total = sum(len(file.content) for file in files)
    if total > limits.package_bytes:
        yield SIZE.finding(
            at=".",
            problem=f"all files have {total:,} bytes, and {limits.package_bytes:,} are allowed",
            remedy="leave out what users do not need through .devforgeignore",
        )


def _compiled(file: SourceFile) -> str | None:
    for magic, what in _PROGRAMS:
        if magic.match(file.content):
            return what
    if file.path.lower().endswith(_COMPILED_SUFFIXES) and not file.is_text:
        return "compiled code"
    return None


def _unportable(path: str) -> str | None:
    """Say why some machine cannot hold a file of this name, or None."""
    for part in path.split("/"):
        if part in ("", ".", ".."):
            return f"{path!r} has an empty part or one that climbs"
        if _DEVICE.fullmatch(part):
            return f"{part!r} is a device on Windows, not a file"
        if _UNPORTABLE.search(part) or part.endswith((" ", ".")):
            return f"{part!r} has a character, or an end, that Windows cannot store"
        if len(part.encode("utf-8", "surrogateescape")) > 200 or "\udc80" <= max(part) <= "\udcff":
            return f"{part[:40]!r}… is too long, or is not UTF-8"
    return None
