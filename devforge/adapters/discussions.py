"""Discussions, over GraphQL: which there are in a category, and a new one. Decides nothing."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import Field

from devforge.adapters.github_connection import GitHubConnection, parsed
from devforge.errors import Refused
from devforge.model.base import Foreign

_PAGES = 5
_HOME = """query($owner: String!, $name: String!) {
  repository(owner: $owner, name: $name) {
    id discussionCategories(first: 25) { nodes { id slug } } } }"""
_NEWEST = """query($owner: String!, $name: String!, $category: ID!, $after: String) {
  repository(owner: $owner, name: $name) {
    discussions(first: 100, after: $after, categoryId: $category,
                orderBy: {field: CREATED_AT, direction: DESC}) {
      pageInfo { hasNextPage endCursor }
      nodes { url body viewerDidAuthor } } } }"""
_CREATE = """mutation($repository: ID!, $category: ID!, $title: String!, $body: String!) {
  createDiscussion(input: {repositoryId: $repository, categoryId: $category, title: $title, body: $body}) {
    discussion { url body viewerDidAuthor } } }"""


class Discussion(Foreign):
    """One discussion; `by_us` where this token's account opened it."""

    url: str
    body: str = ""
    by_us: bool = Field(False, alias="viewerDidAuthor")


class Discussions(GitHubConnection):
    """The discussions of one category, by its slug; see `GitHub` for the other arguments."""

    def __init__(self, repository: str, token: str, *, category: str, api_url: str) -> None:
        super().__init__(repository, token, api_url=api_url)
        self._category = category
        self._ids: tuple[str, str] | None = None

    def newest(self) -> Iterator[Discussion]:
        """Yield the newest five hundred of ours, the newest first."""
        after: str | None = None
        for _ in range(_PAGES):
            variables = {**self._names(), "category": self._home()[1], "after": after}
            found = self._ask(_NEWEST, variables)["repository"]["discussions"]
            for node in found["nodes"]:
                discussion = parsed(Discussion, node, "discussions")
                if discussion.by_us:
                    yield discussion
            if not found["pageInfo"]["hasNextPage"]:
                return
            after = found["pageInfo"]["endCursor"]

    def open(self, title: str, body: str) -> Discussion:
        """Open a discussion. Asking twice makes two: look at `newest` first."""
        repository, category = self._home()
        wanted = {"repository": repository, "category": category, "title": title, "body": body}
        answer = self._ask(_CREATE, wanted)["createDiscussion"]["discussion"]
        return parsed(Discussion, answer, "createDiscussion")

    def _home(self) -> tuple[str, str]:
        """The ids of the repository and of the category."""
        if self._ids is None:
            found = self._ask(_HOME, self._names())["repository"]
            slugs = {node["slug"]: node["id"] for node in found["discussionCategories"]["nodes"]}
            if self._category not in slugs:
                known = ", ".join(sorted(slugs)) or "none"
                raise Refused(
                    f"there is no category {self._category} in the Discussions ({known}): make it, "
                    "or name another in announcements.category of registry/policy.yaml"
                )
            self._ids = found["id"], slugs[self._category]
        return self._ids
