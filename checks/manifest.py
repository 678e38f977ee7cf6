"""Manifest and files: the extension says what it is, and its files can exist on every machine.

**What it asks.** `devforge.yaml` lies at the extension's root and is right in every field; its
`id` is the one it is submitted under; `entry` and `icon` name files that are there, and the entry is
written in the declared language. The tree holds only plain files whose names work on Linux, macOS and
Windows, within the sizes the marketplace allows, and no compiled program that nobody can read.

**Why.** Everything else is decided from the manifest: what is shown, what is run, what users are
asked to allow. A file that is a link, or that exists only where capital letters count, is another
file on the next machine, or none.

**How to mend.** Each finding names the field or the file. `devforge check` finds the same on your
own machine, and editors complete the manifest from its schema.

Source: docs/architecture.md, "A submission's road"; Windows' file naming rules; Unicode NFC.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from checks.places import milder, shipped
from checks.protocol import Rule
from devforge.model.manifest import FILE, Language, Manifest
from devforge.model.observed import SourceFile
from devforge.model.policy import CheckName
from devforge.model.submission import Submission
from devforge.model.verdict import Finding

NAME: CheckName = "manifest"

MISSING = Rule(
    "manifest-missing",
    "There is a devforge.yaml",
    "block",
    "Without a manifest nobody can say what the extension is, what it needs or how to start it.",
)
FIELD = Rule(
    "manifest-field",
    "Every field of devforge.yaml is right",
    "block",
    "The manifest is read by the site, the client and this review; one that is wrong misleads all.",
)
ID = Rule(
    "manifest-id",
    "The manifest's id is the one submitted",
    "block",
    "A manifest with another id would be published in another extension's name.",
)
ENTRY = Rule(
    "entry-missing",
    "The entry is a file of the extension, in its language",
    "block",
    "Dev Forge starts the extension by its entry; if it is not there, nothing ever happens.",
)
ICON = Rule(
    "icon-missing",
    "The icon is an image of the extension",
    "warn",
    "An icon that is not there leaves a hole on the site; one that is no image is not shown.",
)
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
RULES = (MISSING, FIELD, ID, ENTRY, ICON, LINK, PATH, SIZE, BINARY)

_SUFFIXES: dict[Language, tuple[str, ...]] = {
    "python": (".py",),
    "javascript": (".js", ".mjs", ".cjs"),
    "typescript": (".ts", ".mts", ".cts"),
}
_IMAGES = {
    ".png": (b"\x89PNG",),
    ".svg": (b"<",),
    ".jpg": (b"\xff\xd8",),
    ".jpeg": (b"\xff\xd8",),
    ".webp": (b"RIFF",),
    ".gif": (b"GIF8",),
}
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
    """Yield what is wrong with the manifest, then with the files."""
    yield from _manifest(submission)
    if submission.manifest:
        yield from _named_files(submission, submission.manifest)
    for file in shipped(submission.tree):
        yield from _file(submission, file)
    yield from _collisions(submission)
    yield from _whole(submission)


def _manifest(submission: Submission) -> Iterator[Finding]:
    for problem in submission.manifest_problems:
        yield FIELD.finding(
            at=problem.at, problem=problem.problem, remedy=problem.remedy, line=problem.line
        )
    manifest = submission.manifest
    if manifest is None:
        if not submission.manifest_problems:
            yield MISSING.finding(
                at=FILE,
                problem=f"the extension has no {FILE} at its root",
                remedy=f"add {FILE}; `devforge new` writes one to start from",
            )
    elif submission.id is not None and manifest.id != submission.id:
        yield ID.finding(
            at=f"{FILE}: id",
            problem=f"the manifest says {manifest.id}, but {submission.id} is submitted",
            remedy=f"write `id: {submission.id}`, or submit it as {manifest.id}",
        )


def _named_files(submission: Submission, manifest: Manifest) -> Iterator[Finding]:
    present = {file.path for file in shipped(submission.tree) if _is_plain(file)}
    if manifest.entry not in present:
        yield ENTRY.finding(
            at=f"{FILE}: entry",
            problem=f"{manifest.entry} is not a file of the package",
            remedy="name the file that starts the extension, with / between directories",
        )
    allowed = _SUFFIXES[manifest.language]
    if not manifest.entry.endswith(allowed):
        yield ENTRY.finding(
            at=f"{FILE}: entry",
            problem=f"{manifest.entry} does not look like {manifest.language}",
            remedy=f"name a file that ends in {' or '.join(allowed)}, or correct `language`",
        )
    if manifest.icon is not None:
        yield from _icon(submission, manifest.icon, present)


def _icon(submission: Submission, icon: str, present: set[str]) -> Iterator[Finding]:
    suffix = f".{icon.rpartition('.')[2].lower()}"
    file = submission.tree.get(icon)
    if icon not in present or file is None:
        problem = f"{icon} is not a file of the package"
    elif suffix not in _IMAGES or not file.content.lstrip().startswith(_IMAGES[suffix]):
        problem = f"{icon} is not an image of a kind browsers show"
    else:
        return
    yield ICON.finding(
        at=f"{FILE}: icon",
        problem=problem,
        remedy=f"name an image that ends in {', '.join(_IMAGES)}, or leave `icon` out",
    )


def _file(submission: Submission, file: SourceFile) -> Iterator[Finding]:
    if not _is_plain(file):
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


def _is_plain(file: SourceFile) -> bool:
    return file.mode in ("file", "executable")


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
