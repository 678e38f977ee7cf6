"""Decides what to install or remove. Pure: the caller brings the documents and the home's list."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from devforge.errors import BadInput
from devforge.model.index import ExtensionDocument, IndexedVersion
from devforge.model.names import ExtensionId
from devforge.model.versions import Range, Version
from devforge.plan import Plan
from devforge.updates.installed import Installed

Lookup = Callable[[ExtensionId], ExtensionDocument | None]


@dataclass(frozen=True, slots=True)
class Install:
    """Put one version in place, instead of `before` if there was one."""

    document: ExtensionDocument
    version: IndexedVersion
    requested: bool
    before: Version | None

    @property
    def line(self) -> str:
        instead = f"   instead of {self.before}" if self.before else ""
        why = "" if self.requested else "   needed by another"
        return f"install  {self.document.id} {self.version.version}   {self.version.package.length:,} bytes{instead}{why}"


@dataclass(frozen=True, slots=True)
class Remove:
    """Take one extension out."""

    id: ExtensionId
    version: Version

    @property
    def line(self) -> str:
        return f"remove   {self.id} {self.version}"


def plan_install(
    extension: ExtensionId,
    *,
    wanted: Version | None,
    devforge: Version | None,
    lookup: Lookup,
    installed: Mapping[ExtensionId, Installed],
) -> Plan[Install]:
    """Return what to install so that `extension` works: it and the extensions it depends on.

    Args:
        wanted: exactly this version; None takes the newest that is not yanked and fits.
        devforge: the host's version; None skips that question.

    Raises:
        BadInput: no such extension or version, or nothing fits, with the reason for each.
    """
    changes: dict[ExtensionId, Install] = {}
    notes: list[str] = []
    asked: list[tuple[ExtensionId, Version | None, Range | None, str]] = [
        (extension, wanted, None, "")
    ]
    while asked:
        name, exact, range_, by = asked.pop(0)
        have = installed.get(name)
        if name in changes:
            _refuse_unfit(changes[name].version.version, range_, name, by)
            continue
        if by and have and range_ and range_.admits(have.version):
            notes.append(f"keep     {name} {have.version}   {by} needs {range_}")
            continue
        document = lookup(name)
        if document is None:
            raise BadInput(
                f"{name}: this index does not have it" + (f" ({by} depends on it)" if by else "")
            )
        version = choose(document, exact=exact, admits=range_, devforge=devforge)
        if version.yanked:
            notes.append(
                f"warning  {name} {version.version} was withdrawn: {version.yanked.reason}"
            )
        if have and have.tree_sha256 == version.tree_sha256 and have.version == version.version:
            notes.append(f"keep     {name} {have.version}   already installed")
        else:
            changes[name] = Install(document, version, not by, have.version if have else None)
        asked += [
            (d, None, r, f"{name}") for d, r in sorted(version.extension_dependencies.items())
        ]
    # Dependencies first, so that an interruption never leaves an extension without what it needs.
    return Plan(f"install {extension}", tuple(reversed(changes.values())), tuple(notes))


def choose(
    document: ExtensionDocument,
    *,
    exact: Version | None,
    admits: Range | None,
    devforge: Version | None,
) -> IndexedVersion:
    """Return the version to install. Raises BadInput naming why each candidate does not fit."""
    against: list[str] = []
    for version in sorted(document.versions, key=lambda v: v.version, reverse=True):
        reason = _unfit(version, exact, admits, devforge)
        if reason is None:
            return version
        if reason:
            against.append(f"{version.version} {reason}")
    what = f"version {exact}" if exact else f"a version in {admits}" if admits else "a version"
    reasons = "; ".join(against[:5]) or "the index lists " + (
        ", ".join(str(v.version) for v in document.versions[:5]) or "none"
    )
    raise BadInput(f"{document.id}: no {what} to install ({reasons})".replace("no a ", "no "))


def plan_remove(
    extensions: tuple[ExtensionId, ...], *, installed: Mapping[ExtensionId, Installed]
) -> Plan[Remove]:
    """Return what to take out; refuses while another extension that stays depends on it."""
    title = "remove " + " ".join(str(e) for e in extensions)
    notes = [f"absent   {e}   not installed" for e in extensions if e not in installed]
    refusals = [
        f"{e} is needed by {other.id}; remove that first, or both at once"
        for e in extensions
        for other in installed.values()
        if e in other.extension_dependencies and other.id not in extensions
    ]
    changes = tuple(
        Remove(e, installed[e].version) for e in dict.fromkeys(extensions) if e in installed
    )
    return Plan(title, changes, tuple(notes), tuple(refusals))


def _unfit(
    version: IndexedVersion, exact: Version | None, admits: Range | None, devforge: Version | None
) -> str | None:
    """Why `version` is not the one; empty where it was simply not asked for, None if it fits."""
    if exact is not None and version.version != exact:
        return ""
    if exact is None and version.yanked:
        return "was withdrawn"
    if (
        exact is None
        and version.version.is_prerelease
        and not (admits and admits.admits(version.version))
    ):
        return "is a prerelease; ask for it by its number"
    if admits and not admits.admits(version.version):
        return f"is not in {admits}"
    if devforge and not version.engines.admits(devforge):
        return f"needs Dev Forge {version.engines}, this is {devforge}"
    return None


def _refuse_unfit(version: Version, range_: Range | None, name: ExtensionId, by: str) -> None:
    if range_ and not range_.admits(version):
        raise BadInput(f"{name}: {by} needs {range_}, but {version} is what the others need")
