"""Plans the operator's one-line changes of records, refusing what nobody can mean. Pure.

Each is a pull request against the records (or an edit of a checkout) and reaches clients with the next
publish. Nothing is ever deleted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import yaml

from devforge.model.names import ExtensionId
from devforge.model.reading import read_record
from devforge.model.records import Extension, VersionRecord
from devforge.model.versions import Version
from devforge.operator.editing import with_field
from devforge.plan import Plan
from devforge.updates.similar import meant


@dataclass(frozen=True, slots=True)
class Edit:
    """Make the record at `path` say `text`."""

    verb: str
    what: str
    path: str
    text: str

    @property
    def line(self) -> str:
        return f"{self.verb:<8} {self.what}   {self.path}"


@dataclass(frozen=True, slots=True)
class Shelf:
    """The records of one extension as they are written, and which others there are."""

    id: ExtensionId
    extension: str | None  # the text of extension.yaml; None: there is no such extension
    texts: Mapping[Version, str] = field(default_factory=dict)
    records: Mapping[Version, VersionRecord] = field(default_factory=dict)
    others: frozenset[ExtensionId] = frozenset()
    advisories: Mapping[str, str] = field(default_factory=dict)  # the texts there are, by id

    def path(self, version: Version) -> str:
        """Where the record of a version lies."""
        return f"registry/extensions/{self.id.path}/versions/{version}.yaml"

    def missing(self, versions: Iterable[Version]) -> tuple[str, ...]:
        """Say which of `versions`, or the extension itself, has no record."""
        if self.extension is None:
            return (f"the registry has no extension {self.id}{meant(self.id, self.others)}",)
        known = ", ".join(map(str, sorted(self.records, reverse=True)[:10])) or "none"
        return tuple(
            f"{self.id} has no version {version}; there are {known}"
            for version in versions
            if version not in self.records
        )


def plan_yank(
    shelf: Shelf, version: Version, *, reason: str, replacement: str | None = None
) -> Plan[Edit]:
    """Take a version back: nobody is offered it any more, and who has it is warned."""
    title = f"yank {shelf.id} {version}"
    refusals = (*shelf.missing([version]), *_replacement(shelf, version, replacement))
    if refusals:
        return Plan(title, refusals=refusals)
    edit = _yank(shelf, version, reason, replacement)
    if read_record(edit.text.encode(), VersionRecord, file=edit.path) == shelf.records[version]:
        return Plan(title, notes=(f"same     {shelf.id} {version} is taken back already",))
    edits = (edit, *_pointed_anew(shelf, {version}, replacement))
    notes = (*_behind_a_fix(shelf, version, replacement), *_left(shelf, frozenset({version})))
    return Plan(title, edits, notes)


def plan_unyank(shelf: Shelf, version: Version) -> Plan[Edit]:
    """Offer a version again that was taken back."""
    title = f"unyank {shelf.id} {version}"
    if refusals := shelf.missing([version]):
        return Plan(title, refusals=refusals)
    if shelf.records[version].yanked is None:
        return Plan(title, notes=(f"same     {shelf.id} {version} is not taken back",))
    return Plan(title, (_edit(shelf, version, "unyank", "yanked", None),))


def plan_rollback(shelf: Shelf, *, reason: str, to: Version | None = None) -> Plan[Edit]:
    """Have clients run the good version before: everything newer is taken back in its favour.

    Who asks for a newer version by name, or has pinned one, keeps it.

    Args:
        to: the version to run; else the newest good one before the newest of all.
    """
    title = f"rollback {shelf.id}"
    if refusals := shelf.missing([to] if to else []):
        return Plan(title, refusals=refusals)
    good = [v for v in sorted(shelf.records, reverse=True) if _is_good(shelf.records[v])]
    if not good:
        return Plan(title, refusals=(f"{shelf.id} has no version that is good",))
    before = [v for v in good[1:] if not v.is_prerelease]
    target = to or (before[0] if before else None)
    if target is None:
        why = f"{shelf.id} has no good version before {good[0]}: yank it, or halt it"
        return Plan(title, refusals=(why,))
    if not _is_good(shelf.records[target]):
        return Plan(title, refusals=(f"{target} is taken back or halted itself: name another",))
    newer = [v for v in good if v > target]
    if not newer:
        return Plan(title, notes=(f"same     {target} is what clients run already",))
    edits = tuple(_yank(shelf, version, reason, str(target)) for version in newer)
    edits += _pointed_anew(shelf, set(newer), str(target))
    offer = f"offer    {shelf.id} {target} in their place"
    return Plan(title, edits, (offer, *_behind_a_fix(shelf, newer[0], str(target))))


def plan_halt(shelf: Shelf, version: Version) -> Plan[Edit]:
    """Offer a version to nobody who does not have it yet, however far its roll-out went."""
    title = f"halt {shelf.id} {version}"
    if refusals := shelf.missing([version]):
        return Plan(title, refusals=refusals)
    if shelf.records[version].halted:
        return Plan(title, notes=(f"same     {shelf.id} {version} is halted already",))
    edit = _edit(shelf, version, "halt", "halted", True)
    return Plan(title, (edit,), _left(shelf, frozenset({version})))


def plan_resume(shelf: Shelf, version: Version) -> Plan[Edit]:
    """Go on with a roll-out that was halted, at the share that its hours have reached."""
    title = f"resume {shelf.id} {version}"
    if refusals := shelf.missing([version]):
        return Plan(title, refusals=refusals)
    if not shelf.records[version].halted:
        return Plan(title, notes=(f"same     {shelf.id} {version} is not halted",))
    return Plan(title, (_edit(shelf, version, "resume", "halted", None),))


def plan_deprecate(
    shelf: Shelf, *, reason: str, replacement: ExtensionId | None, now: datetime
) -> Plan[Edit]:
    """Say that an extension is no longer cared for; it can still be installed."""
    title = f"deprecate {shelf.id}"
    refusals = list(shelf.missing([]))
    if replacement is not None and replacement not in shelf.others:
        refusals.append(f"the registry has no extension {replacement}")
    if replacement == shelf.id:
        refusals = [f"{shelf.id} cannot take its own place"]
    if refusals or shelf.extension is None:
        return Plan(title, refusals=tuple(refusals))
    said: dict[str, object] = {"reason": reason}
    if replacement is not None:
        said["replacement"] = str(replacement)
    held = (yaml.safe_load(shelf.extension) or {}).get("deprecated")
    if held is not None and {k: str(v) for k, v in held.items() if k != "when"} == said:
        return Plan(title, notes=(f"same     {shelf.id} is deprecated already",))
    said["when"] = f"{now:%Y-%m-%dT%H:%M:%SZ}"
    path = f"registry/extensions/{shelf.id.path}/extension.yaml"
    text = with_field(shelf.extension, "deprecated", said, Extension, file=path)
    return Plan(title, (Edit("change", title, path, text),))


def _is_good(record: VersionRecord) -> bool:
    return record.yanked is None and not record.halted


def _yank(shelf: Shelf, version: Version, reason: str, replacement: str | None) -> Edit:
    said = {"reason": reason} | ({"replacement": replacement} if replacement else {})
    return _edit(shelf, version, "yank", "yanked", said)


def _pointed_anew(shelf: Shelf, taken: set[Version], replacement: str | None) -> tuple[Edit, ...]:
    """Have what was taken back before in favour of one of `taken` name what takes its place now."""
    gone = {str(version) for version in taken}
    return tuple(
        _yank(shelf, version, record.yanked.reason, replacement)
        for version, record in sorted(shelf.records.items())
        if version not in taken and record.yanked and record.yanked.replacement in gone
    )


def _edit(shelf: Shelf, version: Version, verb: str, key: str, value: object) -> Edit:
    path = shelf.path(version)
    text = with_field(shelf.texts[version], key, value, VersionRecord, file=path)
    return Edit(verb, f"{shelf.id} {version}", path, text)


def _replacement(shelf: Shelf, version: Version, replacement: str | None) -> tuple[str, ...]:
    """Say why nothing is in a version's place by `replacement`: a version, or an extension's id."""
    if replacement is None or replacement in {str(id) for id in shelf.others - {shelf.id}}:
        return ()
    try:
        other = Version.parse(replacement)
    except ValueError:
        return (f"{replacement} is neither a version of {shelf.id} nor another extension",)
    if other == version:
        return (f"{version} cannot take its own place",)
    if other in shelf.records and not _is_good(shelf.records[other]):
        return (f"{other} is taken back or halted itself: name another replacement",)
    return shelf.missing([other])


def _behind_a_fix(shelf: Shelf, taken: Version, replacement: str | None) -> tuple[str, ...]:
    """Say which clients stay where they are: no withdrawal opens a hole again that was mended."""
    target = next((v for v in shelf.records if str(v) == replacement), taken)
    fixes = [v for v in sorted(shelf.records) if target < v <= taken and shelf.records[v].security]
    if not fixes:
        return ()
    return (f"careful  {fixes[0]} mended a hole: who has it or a newer one keeps that",)


def _left(shelf: Shelf, without: frozenset[Version]) -> tuple[str, ...]:
    """Say what is offered from now on."""
    good = [v for v, record in shelf.records.items() if v not in without and _is_good(record)]
    if not good:
        return (f"careful  nothing of {shelf.id} can be installed any more",)
    return (f"offer    {shelf.id} {max(good)} from now on",)
