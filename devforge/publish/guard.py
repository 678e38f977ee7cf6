"""Notices that a publish would lose what is published, before anything is written. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from devforge.errors import Refused
from devforge.model.index import ExtensionDocument
from devforge.model.names import ExtensionId
from devforge.model.versions import Version

Listed = tuple[ExtensionId, Version]


@dataclass(slots=True)
class Losses:
    """What the next index would no longer list of what is listed now, but for what was withdrawn."""

    withdrawn: Collection[Listed] = ()
    versions_before: int = 0
    versions_lost: list[Listed] = field(default_factory=list)
    extensions_before: int = 0
    extensions_lost: list[ExtensionId] = field(default_factory=list)

    def keep(self, document: ExtensionDocument) -> None:
        """Count one extension that is listed as it was."""
        self.versions_before += len(document.versions)
        self.extensions_before += 1

    def compare(self, then: ExtensionDocument, now: ExtensionDocument | None) -> None:
        """Count one extension; `now` is None where the next index does not list it at all."""
        left = {entry.version for entry in now.versions} if now else set()
        gone = {(then.id, entry.version) for entry in then.versions if entry.version not in left}
        unexplained = gone - set(self.withdrawn)
        self.versions_before += len(then.versions)
        self.versions_lost += sorted(unexplained)
        self.extensions_before += 1
        if now is None and unexplained:
            self.extensions_lost.append(then.id)

    def refuse(self, keep_percent: int) -> None:
        """Raise `Refused` if fewer than `keep_percent` of the extensions, or versions, stay."""
        for lost, before, what in (
            (self.extensions_lost, self.extensions_before, "extensions"),
            (self.versions_lost, self.versions_before, "versions"),
        ):
            if len(lost) * 100 > (100 - keep_percent) * before:
                raise Refused(
                    f"the new index would lose {len(lost)} of {before} {what} "
                    f"({_named(lost)}), and publishing.keep_percent keeps at least "
                    f"{keep_percent} %. Bring the records back, or withdraw what should go with "
                    "scripts/publish.py remove"
                )


def refuse_missing(*, listed: int, released: int, keep_percent: int) -> None:
    """Raise `Refused` if too few of the versions that are out would be listed.

    The notes of releases only ever grow, so this notices lost records even where the index is
    built into an empty directory and has nothing to compare itself with.
    """
    if (released - listed) * 100 > (100 - keep_percent) * released:
        raise Refused(
            f"only {listed} of {released} released versions have a record, and "
            f"publishing.keep_percent keeps at least {keep_percent} %. Bring the records back, or "
            "withdraw what should go with scripts/publish.py remove"
        )


def _named(lost: Iterable[ExtensionId | Listed]) -> str:
    names = [
        str(entry) if isinstance(entry, ExtensionId) else " ".join(map(str, entry))
        for entry in lost
    ]
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
