"""What a pull request would change, observed from Git trees: the facts a decision rests on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from devforge.model.base import Strict
from devforge.model.claim import Claim
from devforge.model.digests import CommitSha, Sha256
from devforge.model.manifest import Manifest
from devforge.model.names import ExtensionId
from devforge.model.observed import DependencyFact, Missing
from devforge.model.profile import Profile
from devforge.model.records import Developer, Extension, VersionRecord
from devforge.model.versions import Version


@dataclass(frozen=True, slots=True)
class TreeChange:
    """One path whose mode or object differs. An absent side has mode `000000` and no blob.

    A rename is two changes: one path goes, another comes.
    """

    path: str
    old_mode: str
    new_mode: str
    old_blob: str | None
    new_blob: str | None

    @property
    def verb(self) -> Literal["adds", "deletes", "changes"]:
        if self.old_blob is None:
            return "adds"
        return "deletes" if self.new_blob is None else "changes"

    @property
    def shown(self) -> str:
        """The path as it may be printed: one line, nothing invisible, no broken text."""
        return shown(self.path)


def shown(path: str) -> str:
    """Return `path` fit for a page: what is not printable is written as an escape."""
    text = path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


@dataclass(frozen=True, slots=True)
class Author:
    """Who opened the pull request; the id is the identity."""

    id: int
    login: str


@dataclass(frozen=True, slots=True)
class RepositoryFact:
    """The repository that stands at the record's address today."""

    id: int
    full_name: str
    owner: int | None = None  # the numeric id of the account or organisation it belongs to


@dataclass(frozen=True, slots=True)
class Namesake:
    """The account or organisation on GitHub that is called as a new developer would be."""

    id: int
    login: str
    type: str = "User"


@dataclass(frozen=True, slots=True)
class EarlierPull:
    """An open pull request that came first and proposes the same name, or what this one needs."""

    number: int
    proposes: str


class Approved(Strict):
    """`approved/<developer>/<name>/<version>.json` on the state branch: what was let in last."""

    schema_version: Literal[1] = 1
    commit: CommitSha
    tree_sha256: Sha256
    manifest: Manifest
    dependencies: tuple[DependencyFact, ...] = ()
    profile: Profile | None = None  # None: remembered before profiles were
    when: datetime


@dataclass(frozen=True, slots=True)
class Subject:
    """What the changed paths are about. Exactly one of `extension` and `developer`, if all is well."""

    extension: ExtensionId | None = None
    developer: str | None = None
    versions: tuple[Version, ...] = ()  # whose records are touched, in order
    misplaced: tuple[TreeChange, ...] = ()  # outside what one pull request may change
    also: tuple[str, ...] = ()  # further extensions and developers it touches


@dataclass(frozen=True, slots=True)
class Proposed:
    """A pull request beside the registry it would be merged into.

    `old_*` is read from the base's tree, `new_*` from the tree the merge would give; None where
    no such file is there. Who may do what is always read from the base.
    """

    author: Author | None  # None: the account was deleted
    changes: tuple[TreeChange, ...]
    subject: Subject
    now: datetime
    is_rehearsal: bool = False  # on its author's machine: who may change what is not asked yet
    is_conflicting: bool = False
    is_maintainer: bool = False
    old_extension: Extension | None = None
    new_extension: Extension | None = None
    old_versions: Mapping[Version, VersionRecord] = field(default_factory=dict)
    new_versions: Mapping[Version, VersionRecord] = field(default_factory=dict)
    old_developer: Developer | None = None
    new_developer: Developer | None = None
    developers: Mapping[str, Developer] = field(default_factory=dict)  # of the base, as needed
    extension_ids: frozenset[ExtensionId] = frozenset()  # all of the base
    developer_names: frozenset[str] = frozenset()  # all of the base
    accounts: Mapping[str, int | None] = field(default_factory=dict)  # login → whose it is today
    repository: RepositoryFact | Missing | None = None  # None: nothing stands there
    namesake: Namesake | None = None  # of a new developer; None: nobody is called so
    claims: tuple[Claim, ...] = ()  # of the repository or the namesake, where anybody asked
    is_reachable: bool | Missing = True
    earlier: tuple[EarlierPull, ...] = ()
    # The author's other pull requests of a day that were merged, or are open and came before this.
    others_today: frozenset[int] = frozenset()
    approved: Approved | None = None  # of the highest version before this one
    dependencies: tuple[DependencyFact, ...] = ()

    @property
    def version(self) -> Version | None:
        """The one version this adds, if it adds exactly one."""
        added = [v for v in self.new_versions if v not in self.old_versions]
        return added[0] if len(added) == 1 else None
