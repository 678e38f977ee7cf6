"""What holds between records, which no record can see alone. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain

from devforge.model.layout import ADVISORIES, DEVELOPERS, EXTENSIONS, ROOT
from devforge.model.names import ExtensionId
from devforge.model.problem import Problem
from devforge.model.records import Extension, VersionRecord
from devforge.model.registry import Entry, Registry
from devforge.model.versions import Version


def inconsistencies(registry: Registry) -> Iterator[Problem]:
    """Yield every contradiction between records that are each right by themselves."""
    yield from chain(
        _owners(registry),
        _look_alikes(registry),
        _repositories(registry),
        _members(registry),
        _replacements(registry),
        _secure_versions(registry),
        _advisories(registry),
    )


def _owners(registry: Registry) -> Iterator[Problem]:
    for id, entry in registry.extensions.items():
        at = _at(id, "owners")
        if id.developer not in entry.extension.owners:
            found = f"{id.developer} is not among them, though its directory holds the extension"
            yield Problem(at, found, f"add {id.developer}, or move the extension")
        for owner in entry.extension.owners:
            if owner not in registry.developers:
                found = f"{owner} has no record"
                yield Problem(at, found, f"add {ROOT}/{DEVELOPERS}/{owner}.yaml, or remove {owner}")


def _look_alikes(registry: Registry) -> Iterator[Problem]:
    """Names that differ by hyphens alone would be told apart by nobody."""
    first: dict[str, ExtensionId] = {}
    for id in registry.extensions:
        plain = str(id).replace("-", "")
        other = first.setdefault(plain, id)
        if other != id:
            found = f"the name looks like {other}, which is in the registry"
            yield Problem(f"{ROOT}/{EXTENSIONS}/{id.path}", found, "choose another name")


def _repositories(registry: Registry) -> Iterator[Problem]:
    """One repository may hold several extensions, if the same developers own them."""
    first: dict[int, tuple[ExtensionId, Entry]] = {}
    for id, entry in registry.extensions.items():
        mine = entry.extension
        other_id, other = first.setdefault(mine.repository.id, (id, entry))
        theirs = other.extension
        if not set(mine.owners) & set(theirs.owners):
            found = f"{mine.repository.id} is the repository of {other_id}, which others own"
            yield Problem(_at(id, "repository.id"), found, "name your own repository's numeric id")
        elif mine.repository.url != theirs.repository.url:
            found = f"{mine.repository.id} is {theirs.repository.url} in {other_id}"
            yield Problem(
                _at(id, "repository"), found, "give both the repository's present address"
            )


def _members(registry: Registry) -> Iterator[Problem]:
    logins: dict[int, tuple[str, str]] = {}
    for name, developer in registry.developers.items():
        for member in developer.members:
            login, where = logins.setdefault(member.id, (member.login, name))
            if login.casefold() != member.login.casefold():
                found = f"account {member.id} is {member.login} here and {login} in {where}"
                remedy = "write the account's present login in both"
                yield Problem(f"{ROOT}/{DEVELOPERS}/{name}.yaml: members", found, remedy)


def _replacements(registry: Registry) -> Iterator[Problem]:
    for id, entry in registry.extensions.items():
        for version, record in entry.versions.items():
            wanted = record.yanked.replacement if record.yanked else None
            if wanted is not None and not _is_installable(wanted, entry, registry):
                at = f"{ROOT}/{EXTENSIONS}/{id.path}/versions/{version}.yaml: yanked.replacement"
                found = f"{wanted} is neither a version of {id} to install nor another extension"
                yield Problem(at, found, "name one that exists and is not yanked, or remove it")


def _secure_versions(registry: Registry) -> Iterator[Problem]:
    for id, entry in registry.extensions.items():
        if found := secure_version_problem(id, entry.extension, entry.versions):
            yield found


def secure_version_problem(
    id: ExtensionId, extension: Extension, versions: Mapping[Version, VersionRecord]
) -> Problem | None:
    """Return what is wrong with `min_secure_version`, if anything is.

    A client refuses whatever is older, so one that is not there would leave nobody anything.
    """
    least, at = extension.min_secure_version, _at(id, "min_secure_version")
    if least is None or not versions:
        return None
    newest, remedy = max(versions), "name the version that mended the hole"
    if least > newest:
        found = f"{least} is above {newest}, the newest: clients would refuse every version"
        return Problem(at, found, f"{remedy}, and add its record together with this")
    if least not in versions:
        return Problem(at, f"{id} has no version {least}", remedy)
    if all(record.yanked for version, record in versions.items() if version >= least):
        found = f"every version from {least} on is yanked: clients would refuse all that is left"
        return Problem(at, found, "publish a version that is safe, or remove the line")
    return None


def _is_installable(wanted: str, entry: Entry, registry: Registry) -> bool:
    try:
        return ExtensionId.parse(wanted) in registry.extensions
    except ValueError:
        pass
    try:
        record = entry.versions.get(Version.parse(wanted))
    except ValueError:
        return False
    return record is not None and record.yanked is None


def _advisories(registry: Registry) -> Iterator[Problem]:
    known = {str(id) for id in registry.extensions}
    for advisory in registry.advisories:
        for position, affected in enumerate(advisory.affected):
            package = affected.package
            if package.ecosystem == "DevForge" and package.name not in known:
                at = f"{ROOT}/{ADVISORIES}/{advisory.id}.yaml: affected[{position}].package.name"
                yield Problem(at, f"{package.name} is not in the registry", "correct the name")


def _at(id: ExtensionId, field: str) -> str:
    return f"{ROOT}/{EXTENSIONS}/{id.path}/extension.yaml: {field}"
