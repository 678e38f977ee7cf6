"""Claims of names by form: what is claimed, and what was found of it. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from devforge.model.correspondence import Correspondence
from devforge.model.names import ExtensionId, RepositoryUrl, is_developer_name
from devforge.submissions.form import REPOSITORY, Mistake, read_fields

LABEL = "claim"
_LONGEST = 8000  # characters of a form that are read
NAME = "Name"
_RESTORE = "keep the form's headings as they were, one of each"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A name that somebody says is theirs, and where they say the proof is."""

    name: str
    developer: str
    repository: RepositoryUrl


@dataclass(frozen=True, slots=True)
class Proof:
    """What was found of a claim."""

    wanted: Wanted
    account: int  # of whoever opened the issue
    owner: tuple[str, int] | None  # whose repository it is: login and id; None: nobody's
    is_named: bool  # whether its claim names the developer and the account
    holders: tuple[tuple[str, int], ...] = ()  # the developer's present members

    @property
    def is_proven(self) -> bool:
        """Whether the owner of the name's namesake lends it to whoever asks."""
        called_so = self.owner is not None and self.owner[0].lower() == self.wanted.developer
        return self.is_named and called_so


@dataclass(frozen=True, slots=True)
class Claimed:
    """One open claim, observed."""

    issue: int
    seen: str
    found: Proof | tuple[Mistake, ...]
    before: Correspondence | None
    comment: int | None


def read_wanted(body: str) -> Wanted | tuple[Mistake, ...]:
    """Return what the form claims, or what is wrong with it."""
    fields = read_fields(body[:_LONGEST])
    mistakes = [
        Mistake(field, "one line is expected below this heading", _RESTORE)
        for field in (NAME, REPOSITORY)
        if len(fields.get(field, ())) != 1 or "\n" in fields[field][0]
    ]
    if mistakes:
        return tuple(mistakes)
    name, address = fields[NAME][0], fields[REPOSITORY][0].removesuffix("/")
    developer = name.partition(".")[0]
    if not _is_name(name):
        said = "this is neither a developer's name nor an extension's id"
        mistakes.append(Mistake(NAME, said, "write acme, or acme.todo-tree"))
    try:
        repository = RepositoryUrl.parse(address)
    except ValueError:
        said = "this is not the address of a repository"
        return (*mistakes, Mistake(REPOSITORY, said, "write https://github.com/acme/.github"))
    return tuple(mistakes) or Wanted(name, developer, repository)


def _is_name(name: str) -> bool:
    if is_developer_name(name):
        return True
    try:
        return bool(ExtensionId.parse(name))
    except ValueError:
        return False
