"""Decides what a developer proposes to the registry. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import yaml

from devforge.model.manifest import Manifest
from devforge.model.names import RepositoryUrl
from devforge.model.records import Developer, Extension, VersionRecord
from devforge.plan import Plan


@dataclass(frozen=True, slots=True)
class Account:
    """Who submits, as GitHub knows them."""

    login: str
    id: int


@dataclass(frozen=True, slots=True)
class Work:
    """The extension as it lies in the developer's own repository."""

    manifest: Manifest
    commit: str
    subdirectory: str
    repository: RepositoryUrl
    repository_id: int
    is_pushed: bool
    is_dirty: bool


@dataclass(frozen=True, slots=True)
class Listed:
    """What the registry's default branch has of this developer, extension and version."""

    developer: Developer | None
    extension: Extension | None
    version: VersionRecord | None


@dataclass(frozen=True, slots=True)
class Propose:
    """Write `files` onto `branch` of the fork and have a pull request for it."""

    branch: str
    title: str
    body: str
    files: tuple[tuple[str, str], ...]

    @property
    def line(self) -> str:
        paths = ", ".join(path for path, _ in self.files)
        return f"propose  {self.title}   {paths}"


def plan_submit(*, account: Account, work: Work, listed: Listed) -> Plan[Propose]:
    """Return the pull request that makes `work` a version in the registry.

    A developer whom the registry does not know yet is introduced first, in a pull request of its
    own: one that carries an extension may change nothing else.
    """
    manifest = work.manifest
    title = f"submit {manifest.id} {manifest.version}"
    refusals = tuple(_refusals(account, work, listed))
    notes: tuple[str, ...] = ()
    if work.is_dirty:
        notes = (
            f"ignored  changes that are not committed; {work.commit[:12]} is what is submitted",
        )
    if refusals:
        return Plan(title, notes=notes, refusals=refusals)
    if listed.version is not None:
        done = (
            f"done     {manifest.id} {manifest.version} is already in the registry at this commit"
        )
        return Plan(title, notes=(*notes, done))
    if listed.developer is None:
        later = f"later    {manifest.id} {manifest.version}, once the registry knows {manifest.id.developer}"
        return Plan(title, (_introduction(account, work),), (*notes, later))
    return Plan(title, (_proposal(work, listed),), notes)


def _refusals(account: Account, work: Work, listed: Listed) -> list[str]:
    manifest, said = work.manifest, []
    if not work.is_pushed:
        said.append(
            f"commit {work.commit[:12]} is not in {work.repository}; run `git push` and submit again"
        )
    if listed.developer and account.id not in {member.id for member in listed.developer.members}:
        said.append(
            f"the developer name {manifest.id.developer} belongs to others; you are {account.login}. "
            "Choose another in devforge.yaml, or ask one of its members to add you"
        )
    if listed.version and listed.version.commit != work.commit:
        said.append(
            f"{manifest.id} {manifest.version} is already published from commit "
            f"{listed.version.commit[:12]} and versions never change; raise `version` in devforge.yaml"
        )
    return said


def _introduction(account: Account, work: Work) -> Propose:
    name = work.manifest.id.developer
    record = {"name": account.login, "members": [{"login": account.login, "id": account.id}]}
    return Propose(
        branch=f"introduce/{name}",
        title=f"Introduce developer {name}",
        body=f"Adds the developer {name}, so that extensions can be published under that name.",
        files=((f"registry/developers/{name}.yaml", _yaml(record)),),
    )


def _proposal(work: Work, listed: Listed) -> Propose:
    manifest = work.manifest
    root = f"registry/extensions/{manifest.id.path}"
    version: dict[str, object] = {"commit": work.commit}
    if work.subdirectory != ".":
        version["subdirectory"] = work.subdirectory
    files = [(f"{root}/versions/{manifest.version}.yaml", _yaml(version))]
    if listed.extension is None:
        repository = {"url": str(work.repository), "id": work.repository_id}
        record = {"owners": [manifest.id.developer], "repository": repository}
        files.insert(0, (f"{root}/extension.yaml", _yaml(record)))
    verb = "Add" if listed.extension is None else "Update"
    return Propose(
        branch=f"submit/{manifest.id}-{manifest.version}",
        title=f"{verb} {manifest.id} {manifest.version}",
        body=f"{manifest.display_name}: {manifest.description}",
        files=tuple(files),
    )


def _yaml(value: object) -> str:
    return yaml.safe_dump(value, sort_keys=False, allow_unicode=True)
