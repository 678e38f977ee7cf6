"""Versions, the commits they pin and the repositories those lie in. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from checks.protocol import NoVerdict, Rule
from devforge.model.change import Proposed
from devforge.model.names import ExtensionId
from devforge.model.observed import Missing
from devforge.model.records import VersionRecord
from devforge.model.submission import Submission
from devforge.model.verdict import Finding
from devforge.model.versions import Version

SEVERAL = Rule(
    "version-several", "One new version at a time", "block",
    "A review is of one version: its source, its tests, its numbers.",
)  # fmt: skip
FIRST = Rule(
    "version-missing", "A new extension brings a version", "block",
    "Without a version there is nothing to review, to show or to install.",
)  # fmt: skip
AGAIN = Rule(
    "version-again", "A version never changes", "block",
    "Whoever installed a version must find the same source behind its number for ever.",
)  # fmt: skip
ORDER = Rule(
    "version-order", "Versions move forward", "block",
    "Clients install the highest version they may; one that sorts at or below what is there would "
    "never reach anybody. A fix for an older line is welcome if it is the highest of that line.",
)  # fmt: skip
MISMATCH = Rule(
    "version-manifest", "Record and manifest agree", "block",
    "The path of the record names the extension and version; the manifest at the pinned commit "
    "must name the same, or users would be shown something else than they install.",
)  # fmt: skip
UNREACHABLE = Rule(
    "commit-unreachable", "A branch or tag leads to the commit", "block",
    "A server hands out commits of a repository's forks, and orphans no branch ever held, under "
    "the repository's own address. Only what a branch or tag leads to was published by its owners.",
)  # fmt: skip
IDENTITY = Rule(
    "repository-identity", "The repository is the one it says", "block",
    "A repository's name can be given up and taken by somebody else; its numeric id cannot.",
)  # fmt: skip
GONE = Rule(
    "repository-gone", "The repository exists", "block",
    "The source must be there to be reviewed and packed.",
)  # fmt: skip
RENAMED = Rule(
    "repository-renamed", "The repository's address is current", "block",
    "GitHub redirects a renamed repository only until somebody takes the old name.",
)  # fmt: skip
RULES = (SEVERAL, FIRST, AGAIN, ORDER, MISMATCH, UNREACHABLE, IDENTITY, GONE, RENAMED)


def check(submission: Submission, change: Proposed) -> Iterator[Finding]:
    """Yield what is wrong with versions and sources.

    Raises:
        NoVerdict: after all findings, when the repository could not be looked at.
    """
    identity = change.subject.extension
    if identity is None or change.is_conflicting:
        return
    folder = f"registry/extensions/{identity.path}"
    yield from _kept(folder, change)
    yield from _added(folder, change)
    if submission.manifest and change.version:
        yield from _manifest(folder, identity, change.version, submission)
    if change.new_extension and (change.version or change.new_extension != change.old_extension):
        yield from _repository(folder, change)
    if change.version:
        yield from _reachable(f"{folder}/versions/{change.version}.yaml", change)


def _kept(folder: str, change: Proposed) -> Iterator[Finding]:
    for version, old in change.old_versions.items():
        new = change.new_versions.get(version)
        if new is not None and _fixed(old) != _fixed(new):
            yield AGAIN.finding(
                at=f"{folder}/versions/{version}.yaml",
                problem=f"{version} is published from commit {old.commit[:12]} in "
                f"{old.subdirectory}; this would make it {new.commit[:12]} in {new.subdirectory}",
                remedy="give the new source a new version number; only `yanked`, `rollout`, "
                "`halted` and `security` of a published version may change",
            )


def _fixed(record: VersionRecord) -> tuple[str, str]:
    return record.commit, record.subdirectory


def _added(folder: str, change: Proposed) -> Iterator[Finding]:
    added = sorted(version for version in change.new_versions if version not in change.old_versions)
    if len(added) > 1:
        yield SEVERAL.finding(
            at=f"{folder}/versions/",
            problem=f"the pull request adds {', '.join(map(str, added))}",
            remedy="submit them one after the other, the lowest first",
        )
    if not added and not change.old_versions and change.old_extension is None:
        yield FIRST.finding(
            at=f"{folder}/versions/",
            problem="the pull request adds an extension without a version",
            remedy="add versions/<version>.yaml with the commit to publish",
        )
    for version in added:
        yield from _order(folder, version, change)


def _order(folder: str, version: Version, change: Proposed) -> Iterator[Finding]:
    published = sorted(change.old_versions)
    if not published or version > published[-1]:
        return
    line = [other for other in published if other.key[:2] == version.key[:2]]
    if line and version > line[-1]:
        return
    highest = line[-1] if line else published[-1]
    yield ORDER.finding(
        at=f"{folder}/versions/{version}.yaml",
        problem=f"{version} is not higher than {highest}, which is already published",
        remedy=f"choose a version above {published[-1]}, or, for a fix of an older line, above the "
        "highest of its major.minor",
    )


def _manifest(
    folder: str, identity: ExtensionId, version: Version, submission: Submission
) -> Iterator[Finding]:
    manifest = submission.manifest
    assert manifest is not None  # noqa: S101  for the type checker: our caller looked
    where = f"{folder}/versions/{version}.yaml"
    if manifest.id != identity:
        yield MISMATCH.finding(
            at="devforge.yaml: id",
            problem=f"the manifest says {manifest.id}, the record lies at {where}",
            remedy=f"put {identity} in devforge.yaml and pin that commit, or move the record",
        )
    if manifest.version.text != version.text:
        yield MISMATCH.finding(
            at="devforge.yaml: version",
            problem=f"the manifest says {manifest.version}, the record is for {version}",
            remedy=f"put {version} in devforge.yaml and pin that commit, or rename the record to "
            f"{manifest.version}.yaml",
        )


def _repository(folder: str, change: Proposed) -> Iterator[Finding]:
    assert change.new_extension is not None  # noqa: S101  for the type checker: our caller looked
    wanted, found = change.new_extension.repository, change.repository
    at = f"{folder}/extension.yaml: repository"
    if isinstance(found, Missing):
        raise NoVerdict(f"the repository {wanted.url} could not be looked at: {found.reason}")
    if found is None:
        yield GONE.finding(
            at=at,
            problem=f"there is no public repository at {wanted.url}",
            remedy="put the address of a public repository, and its numeric id",
        )
    elif found.id != wanted.id:
        yield IDENTITY.finding(
            at=f"{at}.id",
            problem=f"the record says id {wanted.id}, but {wanted.url} has the id {found.id} today",
            remedy=f"if this is your repository and it is new, put {found.id}; if you lost the "
            "name to somebody else, put your repository's present address",
        )
    elif found.full_name.lower() != wanted.url.full_name.lower():
        yield RENAMED.finding(
            at=f"{at}.url",
            problem=f"{wanted.url.full_name} is now called {found.full_name}",
            remedy=f"put https://github.com/{found.full_name} in its place",
        )


def _reachable(at: str, change: Proposed) -> Iterator[Finding]:
    if isinstance(change.is_reachable, Missing):
        raise NoVerdict(f"the commit could not be looked for: {change.is_reachable.reason}")
    version = change.version
    if not change.is_reachable and version is not None:
        commit = change.new_versions[version].commit
        yield UNREACHABLE.finding(
            at=f"{at}: commit",
            problem=f"no branch or tag of the repository leads to {commit}",
            remedy="push a branch or tag that holds the commit, or pin one that is already there",
        )
