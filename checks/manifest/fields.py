"""What the manifest says, and the files it names."""

from __future__ import annotations

from collections.abc import Iterator

from checks.places import shipped
from checks.protocol import Rule
from devforge.model.manifest import FILE, Language, Manifest
from devforge.model.submission import Submission
from devforge.model.verdict import Finding

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
RULES = (MISSING, FIELD, ID, ENTRY, ICON)

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


def check(submission: Submission) -> Iterator[Finding]:
    """Yield what is wrong in devforge.yaml, then which of the files it names are not as it says."""
    yield from _manifest(submission)
    if submission.manifest:
        yield from _named_files(submission, submission.manifest)


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
                remedy=f"add {FILE}; `devforge init` writes one from what the project says of itself",
            )
    elif submission.id is not None and manifest.id != submission.id:
        yield ID.finding(
            at=f"{FILE}: id",
            problem=f"the manifest says {manifest.id}, but {submission.id} is submitted",
            remedy=f"write `id: {submission.id}`, or submit it as {manifest.id}",
        )


def _named_files(submission: Submission, manifest: Manifest) -> Iterator[Finding]:
    present = {file.path for file in shipped(submission.tree) if file.is_plain}
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
