"""Compatibility: the extension runs in a Dev Forge that exists, beside extensions that exist.

**What it asks.** `engines.devforge` admits at least one release of Dev Forge, preferably the newest, and
has an upper end. It starts in the stand-in for each line of releases that the range claims. Every extension in `extension_dependencies` is published in a version that the range
admits. What package.json or pyproject.toml say of Node and Python agrees with what Dev Forge brings.

**Why.** A client installs only what admits it. A range without an upper end promises that releases
nobody has seen yet will work, and a range that claims a line it does not start in breaks for
everybody who runs that.

**How it is measured.** The entry is activated once in the stand-in for each line (`checks/hosts/`), in a
sandbox without a network. What starts in none of them is the performance check's to tell.

**How to mend.** Write a range such as `engines: {devforge: ">=1.2.0 <3"}`, and claim only what you tried.

Source: `devforge_releases` and `devforge_hosts` in registry/policy.yaml; ranges as node's semver reads
them; docs/developer.md, "Each line it claims".
"""

from __future__ import annotations

from collections.abc import Iterator

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from checks.lines_tried import LINE_FAILS, UNTRIED, lines_tried
from checks.protocol import NoVerdict, Rule
from devforge.model.manifest import FILE, Manifest
from devforge.model.names import ExtensionId
from devforge.model.observed import Missing, SourceTree
from devforge.model.ranges import Range
from devforge.model.reviewing import CheckName
from devforge.model.submission import Submission
from devforge.model.tables import below, json_table, toml_table
from devforge.model.verdict import Finding
from devforge.model.versions import Version

NAME: CheckName = "compatibility"

NO_RELEASE = Rule(
    "engines-no-release",
    "Some release of Dev Forge is admitted",
    "block",
    "An extension that admits no release of Dev Forge can be installed nowhere.",
)
OLD = Rule(
    "engines-old-only",
    "The newest release of Dev Forge is admitted",
    "warn",
    "Most users run the newest release; a range that ends before it hides the extension from them.",
)
OPEN = Rule(
    "engines-open-end",
    "The range has an upper end",
    "warn",
    "Without an upper end the extension promises to work in releases nobody has seen yet.",
)
UNKNOWN = Rule(
    "extension-dependency-unknown",
    "Extensions it depends on are published",
    "block",
    "An extension whose dependency does not exist cannot be installed.",
)
UNMET = Rule(
    "extension-dependency-unmet",
    "A published version satisfies each range",
    "block",
    "If no published version lies in the range, nobody can install the extension.",
)
ITSELF = Rule(
    "extension-dependency-itself",
    "It does not depend on itself",
    "block",
    "An extension that needs itself can never be installed first.",
)
RUNTIME = Rule(
    "runtime-version",
    "The declared Python or Node is one Dev Forge brings",
    "warn",
    "The extension's own files say that it does not run on the Python or Node it will be run with.",
)
RULES = (NO_RELEASE, OLD, OPEN, UNKNOWN, UNMET, ITSELF, RUNTIME, LINE_FAILS, UNTRIED)

PYTHON = "3.11"
NODE = Version.parse("24.0.0")
_NEWEST_NODE = Version.parse("24.999.0")
_FAR_AWAY = Version.parse("999999.0.0")


def check(submission: Submission) -> Iterator[Finding]:
    """Yield what keeps the extension from running.

    Raises:
        NoVerdict: it depends on other extensions, and no registry could be read; or it could not be
            started in a line of Dev Forge that it claims.
    """
    if submission.manifest is None:
        return
    yield from _engines(submission.manifest.engines.devforge, submission.policy.devforge_releases)
    yield from _runtime(submission.tree, submission.manifest)
    yield from _extensions(submission, submission.manifest)
    yield from lines_tried(submission, submission.manifest)


def _engines(wanted: Range, releases: tuple[Version, ...]) -> Iterator[Finding]:
    at, newest = f"{FILE}: engines.devforge", max(releases)
    admitted = [release for release in releases if wanted.admits(release)]
    if not admitted:
        yield NO_RELEASE.finding(
            at=at,
            problem=f"{wanted} admits none of {', '.join(map(str, releases))}",
            remedy=f"admit a release that exists, for example `>={newest} <{newest.key[0] + 1}`",  # type: ignore[operator]
        )
        return
    if not wanted.admits(newest) and not any(r.key[0] == newest.key[0] for r in admitted):
        yield OLD.finding(
            at=at,
            problem=f"{wanted} admits {max(admitted)} at most, and {newest} is out",
            remedy=f"try the extension in {newest} and admit it",
        )
    if wanted.admits(_FAR_AWAY):
        yield OPEN.finding(
            at=at,
            problem=f"{wanted} admits every release to come",
            remedy=f"end the range before the next major release: add `<{newest.key[0] + 1}`",  # type: ignore[operator]
        )


def _extensions(submission: Submission, manifest: Manifest) -> Iterator[Finding]:
    wanted = dict(manifest.extension_dependencies)
    if wanted.pop(manifest.id, None) is not None:
        yield ITSELF.finding(
            at=_dependency(manifest.id),
            problem=f"{manifest.id} names itself",
            remedy="remove the line",
        )
    catalogue = submission.catalogue
    if wanted and isinstance(catalogue, Missing):
        raise NoVerdict(f"extension_dependencies cannot be looked up: {catalogue.reason}")
    for name, versions in sorted(wanted.items()):
        published = {} if isinstance(catalogue, Missing) else catalogue
        if name not in published:
            yield UNKNOWN.finding(
                at=_dependency(name),
                problem=f"{name} is not published here",
                remedy="correct its id, or publish it first",
            )
        elif not any(versions.admits(version) for version in published[name]):
            newest = max(published[name], default=None)
            yield UNMET.finding(
                at=_dependency(name),
                problem=f"no published version of {name} lies in {versions}; the newest is {newest}",
                remedy="widen the range to a version that is published",
            )


def _dependency(name: ExtensionId) -> str:
    return f"{FILE}: extension_dependencies.{name}"


def _runtime(tree: SourceTree, manifest: Manifest) -> Iterator[Finding]:
    if manifest.language == "python":
        asked = _requires_python(tree)
        if asked is not None and not asked.contains(f"{PYTHON}.99"):
            yield RUNTIME.finding(
                at="pyproject.toml: project.requires-python",
                problem=f"{asked} leaves out Python {PYTHON}, which Dev Forge brings",
                remedy=f"support Python {PYTHON} and say so",
            )
    else:
        node = _node_engine(tree)
        if node is not None and not (node.admits(NODE) or node.admits(_NEWEST_NODE)):
            yield RUNTIME.finding(
                at="package.json: engines.node",
                problem=f"{node} leaves out Node {NODE.key[0]}, which Dev Forge brings",
                remedy=f"support Node {NODE.key[0]} and say so",
            )


def _requires_python(tree: SourceTree) -> SpecifierSet | None:
    asked = below(toml_table(tree.get("pyproject.toml")), "project").get("requires-python")
    try:
        return SpecifierSet(asked) if isinstance(asked, str) else None
    except InvalidSpecifier:
        return None


def _node_engine(tree: SourceTree) -> Range | None:
    asked = below(json_table(tree.get("package.json")), "engines").get("node")
    try:
        return Range.parse(asked) if isinstance(asked, str) else None
    except ValueError:
        return None
