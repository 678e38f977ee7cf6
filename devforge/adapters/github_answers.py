"""GitHub's answers, as far as we read them."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from devforge.model.base import Foreign
from devforge.model.digests import CommitSha

_Id = Annotated[int, Field(gt=0)]


class Account(Foreign):
    """A person or a bot. `id` is the identity; the login may belong to another tomorrow."""

    id: _Id
    login: str
    type: str = "User"


class Label(Foreign):
    name: str


class Repository(Foreign):
    """A repository, by what it is called today."""

    id: _Id
    full_name: str
    default_branch: str = "main"
    archived: bool = False
    private: bool = False
    owner: Account | None = None


class Side(Foreign):
    """One side of a pull request. `repo` is absent once a fork is deleted."""

    sha: CommitSha
    ref: str
    repo: Repository | None = None


class Pull(Foreign):
    """A pull request as the list shows it. `user` is absent once an account is deleted."""

    number: _Id
    title: str
    draft: bool = False
    state: str = "open"
    user: Account | None
    head: Side
    base: Side
    labels: tuple[Label, ...] = ()
    created_at: str
    updated_at: str
    merged_at: str | None = None

    @property
    def label_names(self) -> tuple[str, ...]:
        return tuple(label.name for label in self.labels)


class Review(Foreign):
    """What a person said of a pull request, about exactly one commit."""

    user: Account | None
    state: str
    commit_id: str | None = None
    body: str = ""
    submitted_at: str = ""


class Comment(Foreign):
    """A comment. `author_association` tells what its author is to the repository."""

    id: _Id
    body: str = ""
    user: Account | None
    author_association: str = "NONE"
    created_at: str = ""
    updated_at: str = ""

    @property
    def by_us(self) -> bool:
        """Whether a job wrote it, or a person who may write here ran the job by hand."""
        if self.user is not None and self.user.type == "Bot":
            return True
        return self.author_association in ("OWNER", "MEMBER", "COLLABORATOR")


class Status(Foreign):
    """One word about a commit, and the server's time when it was said."""

    created_at: str


class MergeAnswer(Foreign):
    merged: bool = False
    sha: str | None = None
