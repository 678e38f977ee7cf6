"""What can be done to a home, one extension at a time: each act with the line a person reads. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from devforge.model.names import ExtensionId, Permission
from devforge.model.versions import Version
from devforge.updates.history import By
from devforge.updates.installed import Record

if TYPE_CHECKING:
    from devforge.model.index import ExtensionDocument, IndexedVersion, PackageFile, Platform


@dataclass(frozen=True, slots=True)
class Install:
    """Put one version in place, instead of `before` if there was one."""

    document: ExtensionDocument
    version: IndexedVersion
    package: PackageFile
    requested: bool
    before: Version | None
    gains: tuple[Permission, ...] = ()  # what it asks for beyond `before`
    platform: Platform | None = None  # whose package it is; None: the one for all others
    insisted: bool = False  # this very version was asked for

    @property
    def id(self) -> ExtensionId:
        return self.document.id

    @property
    def line(self) -> str:
        is_back = self.before is not None and self.version.version < self.before
        verb = (
            "install"
            if self.before is None
            else "back"
            if is_back and not self.insisted
            else "update"
        )
        parts = [f"{verb:<8} {self.id} {self.version.version}", f"{self.package.length:,} bytes"]
        if self.version.platforms:
            parts.append(f"for {self.platform or 'any platform'}")
        withdrawn = next(
            (v.yanked for v in self.document.versions if v.version == self.before), None
        )
        why = f", which was withdrawn: {withdrawn.reason}" if is_back and withdrawn else ""
        parts += [f"instead of {self.before}{why}"] if self.before else []
        parts += [] if self.requested else ["needed by another"]
        if self.gains:
            word = "may now also use" if self.before else "may use"
            parts.append(f"{word} {', '.join(map(str, self.gains))}")
        return "   ".join(parts)


@dataclass(frozen=True, slots=True)
class Remove:
    """Take one extension out; its files stay for a while, for the way back."""

    id: ExtensionId
    version: Version

    @property
    def line(self) -> str:
        return f"remove   {self.id} {self.version}"


@dataclass(frozen=True, slots=True)
class GoBack:
    """Put a version that is still kept in place of the present one."""

    id: ExtensionId
    record: Record
    before: Version | None
    by: By = "person"
    why: str = ""

    @property
    def line(self) -> str:
        instead = f"   instead of {self.before}" if self.before else ""
        why = f"   {self.why}" if self.why else ""
        return f"rollback {self.id} {self.record.entry.version}{instead}{why}"


@dataclass(frozen=True, slots=True)
class Disable:
    """Keep Dev Forge from loading an extension; nothing of it is deleted."""

    id: ExtensionId
    version: Version
    why: str
    by: By = "person"

    @property
    def line(self) -> str:
        return f"disable  {self.id} {self.version}   {self.why}".rstrip()


@dataclass(frozen=True, slots=True)
class Enable:
    """Let Dev Forge load an extension again."""

    id: ExtensionId
    version: Version

    @property
    def line(self) -> str:
        return f"enable   {self.id} {self.version}"


Change = Install | Remove | GoBack | Disable | Enable


def move_of(change: Change) -> tuple[Version | None, Version | None]:
    """Return from which version to which; None where there is none."""
    match change:
        case Install():
            return change.before, change.version.version
        case GoBack():
            return change.before, change.record.entry.version
        case Remove():
            return change.version, None
        case Disable() | Enable():
            return change.version, change.version


def change_to_json(change: Change) -> dict[str, str | None]:
    """Return the change for a program, beside the line a person reads."""
    before, after = move_of(change)
    return {
        "act": change.line.split()[0],
        "id": str(change.id),
        "before": str(before) if before else None,
        "after": str(after) if after else None,
        "platform": change.platform if isinstance(change, Install) else None,
        "line": change.line,
    }
