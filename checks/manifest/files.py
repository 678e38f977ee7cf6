"""Files that can exist on every machine, and that somebody can read."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.places import milder, shipped
from checks.protocol import Rule
from devforge.model.filenames import colliding, is_device
from devforge.model.observed import SourceFile
from devforge.model.reviewing import Severity
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
DISGUISE = Rule(
    "disguised-file",
    "Files are what their names say",
    "block",
    "A program with a picture's name has one use: that whoever looks through the files passes it over.",
)
RULES = (LINK, PATH, SIZE, BINARY, DISGUISE)

_PROGRAMS = (
    (re.compile(rb"\x7fELF"), "a Linux program or library"),
    (re.compile(rb"MZ.{58}", re.DOTALL), "a Windows program or library"),
    (re.compile(rb"\xfe\xed\xfa[\xce\xcf]|[\xce\xcf]\xfa\xed\xfe"), "a macOS program or library"),
    (re.compile(rb"\0asm"), "a WebAssembly module"),
    (re.compile(rb"\xca\xfe\xba\xbe\0\0\0[\x2d-\x50]"), "a Java class"),
    (re.compile(rb"\xca\xfe\xba\xbe|dex\n"), "a program"),
)
_COMPILED_SUFFIXES = (".pyc", ".pyo", ".pyd", ".node", ".so", ".dll", ".dylib", ".exe")
_PASSIVE = re.compile(
    r".*\.(?:png|jpe?g|gif|webp|ico|bmp|woff2?|ttf|otf|eot|mp3|wav|ogg|mp4|pdf|docx?|xlsx?|txt|md|csv|json|ya?ml)",
    re.IGNORECASE,
)
_IMAGE_OR_FONT = re.compile(r".*\.(?:png|jpe?g|gif|webp|ico|bmp|woff2?|ttf|otf|eot)", re.IGNORECASE)
_TWO_FACED = re.compile(
    r".*\.(?:png|jpe?g|gif|pdf|docx?|xlsx?|txt|csv|mp[34])\.(?:[cm]?js|py|exe|sh|bat|cmd|ps1|vbs|scr|com)",
    re.IGNORECASE,
)
_SCRIPT = re.compile(
    r"#!|\s*(?:import\s|from\s+\S+\s+import\s|(?:const|let|var)\s+\w+\s*=|(?:async\s+)?function\b|require\(|\(\s*(?:async\s*)?(?:\(|function))"
)
_TRAILED = "a picture with an archive or a program behind its end"
_SAVED_ANEW = (
    "save the picture anew, which leaves out what is not picture (some programs keep their layers there); "
    "or leave it out through .devforgeignore"
)
_NAMED_ANEW = "give it the name of what it is, or leave it out through .devforgeignore"
_ARCHIVES = (b"PK\x03\x04", b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c")
_ENDS = {b"\x89PNG": b"IEND\xae\x42\x60\x82", b"GIF8": b"\0;", b"\xff\xd8\xff": b"\xff\xd9"}
# Characters of a name that show nothing or turn the rest of it round.
_UNSEEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e007f]")
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
    if disguise := _disguise(file):
        disguised_as, severity = disguise
        yield DISGUISE.finding(
            at=file.path,
            problem=f"{file.path} is {disguised_as}",
            remedy=_SAVED_ANEW if disguised_as == _TRAILED else _NAMED_ANEW,
            severity=milder(severity, file.path, submission),
        )
    elif what := _compiled(file):
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
    for one, other in colliding(file.path for file in shipped(submission.tree)):
        yield PATH.finding(
            at=other,
            problem=f"{one!r} and {other!r} are one name where case or accents do not count",
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


def is_compiled(file: SourceFile) -> bool:
    """Whether a file is a program that nobody can read."""
    return file.is_plain and _compiled(file) is not None


def _compiled(file: SourceFile) -> str | None:
    for magic, what in _PROGRAMS:
        if magic.match(file.content):
            return what
    if file.path.lower().endswith(_COMPILED_SUFFIXES) and not file.is_text:
        return "compiled code"
    return None


def _disguise(file: SourceFile) -> tuple[str, Severity] | None:
    """What a file is under another kind's name, and how grave that is; None where the name is true."""
    name = file.path.rpartition("/")[2]
    if _PASSIVE.fullmatch(name) and (program := _compiled(file)):
        return f"{program} under another name", "block"
    if _IMAGE_OR_FONT.fullmatch(name):
        if file.is_text and _SCRIPT.match(file.text):
            return "a script under the name of a picture or a font", "person"
        if _tail(file.content):
            return _TRAILED, "person"
    if _TWO_FACED.fullmatch(name):
        return "a program whose name looks like that of a document", "person"
    return None


def _tail(content: bytes) -> bool:
    """Whether an archive, or a long text, follows the end of an image."""
    for start, end in _ENDS.items():
        if content.startswith(start) and end in content:
            rest = content[content.find(end) + len(end) :]
            written = (
                len(rest) > 64 and start == b"\x89PNG" and rest.isascii() and b"\0" not in rest
            )
            return written or any(mark in rest for mark in _ARCHIVES)
    return False


def _unportable(path: str) -> str | None:
    """Say why some machine cannot hold a file of this name, or None."""
    for part in path.split("/"):
        if part in ("", ".", ".."):
            return f"{path!r} has an empty part or one that climbs"
        if is_device(part):
            return f"{part!r} is a device on Windows, not a file"
        if hidden := _UNSEEN.search(part):
            return f"{part!a} holds the character {hidden[0]!a}, which does not show"
        if _UNPORTABLE.search(part) or part.endswith((" ", ".")):
            return f"{part!r} has a character, or an end, that Windows cannot store"
        if len(part.encode("utf-8", "surrogateescape")) > 200 or "\udc80" <= max(part) <= "\udcff":
            return f"{part[:40]!r}… is too long, or is not UTF-8"
    return None
