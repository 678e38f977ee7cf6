"""Plans to condemn an extension, or versions of it, and to take that back: advisories of the registry's own. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

import yaml

from devforge.advisories.known import Known, read_own
from devforge.errors import BadInput
from devforge.model.names import ExtensionId
from devforge.model.reading import read_record
from devforge.model.records import Advisory
from devforge.model.versions import Version
from devforge.operator.editing import with_field
from devforge.operator.plan import Edit, Shelf
from devforge.plan import Plan


def plan_malicious(
    shelf: Shelf, versions: Sequence[Version], *, reason: str, now: datetime
) -> Plan[Edit]:
    """Condemn versions, or all there are and will be: clients disable them."""
    named = " ".join(map(str, versions))
    which, title = named or "all versions", f"malicious {shelf.id}{f' {named}' if named else ''}"
    if refusals := shelf.missing(versions):
        return Plan(title, refusals=refusals)
    if _is_condemned(shelf, versions):
        return Plan(title, notes=(f"same     {shelf.id} {which} is called malicious already",))
    affected: dict[str, object] = {"package": {"ecosystem": "DevForge", "name": str(shelf.id)}}
    if versions:
        affected["versions"] = [str(version) for version in sorted(set(versions))]
    number = 1 + max(
        (int(id.rpartition("-")[2]) for id in shelf.advisories if _is_of(id, now.year)), default=0
    )
    id = f"DEVFORGE-{now.year}-{number}"
    body = {
        "id": id,
        "modified": _stamp(now),
        "published": _stamp(now),
        "summary": reason,
        "affected": [affected],
        "database_specific": {"malicious": True},
    }
    text = yaml.safe_dump(body, sort_keys=False, allow_unicode=True, width=100)
    read_record(text.encode(), Advisory, file=_path(id))
    notes = (
        f"disable  {shelf.id} {which} wherever they are installed, with the next update check",
    )
    return Plan(title, (Edit("add", f"{id} against {shelf.id} {which}", _path(id), text),), notes)


def plan_acquit(shelf: Shelf, *, now: datetime) -> Plan[Edit]:
    """Take back that an extension, or a version of it, is malicious: it was an error."""
    title = f"acquit {shelf.id}"
    against = dict(_condemning(shelf.advisories, shelf.id))
    if not against:
        return Plan(title, notes=(f"same     nothing of {shelf.id} is called malicious",))
    wide = sorted(id for id, told in against.items() if len({known.name for known in told}) > 1)
    if wide:
        why = f"{', '.join(wide)} is about other extensions, too: take {shelf.id} out of it by hand"
        return Plan(title, refusals=(why,))
    edits = []
    for id in sorted(against):
        text = with_field(shelf.advisories[id], "withdrawn", _stamp(now), Advisory, file=_path(id))
        text = with_field(text, "modified", _stamp(now), Advisory, file=_path(id))
        edits.append(Edit("withdraw", f"{id} against {shelf.id}", _path(id), text))
    return Plan(title, tuple(edits), (f"offer    {shelf.id} again, but for what is yanked",))


def _is_condemned(shelf: Shelf, versions: Sequence[Version]) -> bool:
    told = [
        known for one in dict(_condemning(shelf.advisories, shelf.id)).values() for known in one
    ]
    ours = [known for known in told if known.name == str(shelf.id)]
    if versions:
        return all(any(known.hits(str(version)) for known in ours) for version in versions)
    return any(not known.spans and not known.versions for known in ours)


def _condemning(
    advisories: Mapping[str, str], id: ExtensionId
) -> Iterator[tuple[str, tuple[Known, ...]]]:
    """Yield which advisories call something of `id` malicious, with all they say."""
    for name, text in advisories.items():
        try:
            told = tuple(read_own(read_record(text.encode(), Advisory, file=_path(name))))
        except BadInput:
            continue  # `publish` and the review say what is wrong with it
        if any(one.name == str(id) and one.severity == "malicious" for one in told):
            yield name, told


def _path(id: str) -> str:
    return f"registry/advisories/{id}.yaml"


def _stamp(now: datetime) -> str:
    return f"{now:%Y-%m-%dT%H:%M:%SZ}"


def _is_of(id: str, year: int) -> bool:
    return id.startswith(f"DEVFORGE-{year}-") and id.rpartition("-")[2].isdigit()
