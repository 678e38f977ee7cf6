"""Search as GraphQL offers it: words, and qualifiers such as `repo:` or `is:open`.

Source: docs.github.com, "Searching issues and pull requests", "Searching discussions".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from devforge.local.graphql.things import Thing, things
from devforge.local.hub import Hub
from devforge.local.issues import labels_of
from devforge.local.shapes.discussions import discussion_labels
from devforge.local.shapes.links import login_of, repository_path
from devforge.local.store import Row

_TERM = re.compile(r'(?P<minus>-)?(?:(?P<name>[a-z-]+):)?(?:"(?P<quoted>[^"]*)"|(?P<bare>\S+))')


@dataclass(frozen=True, slots=True)
class Term:
    """One part of a query; `name` is empty for a word to look for."""

    name: str
    value: str
    wanted: bool = True


def read_terms(query: str) -> list[Term]:
    """Return a query's parts; case does not matter to GitHub."""
    terms = []
    for found in _TERM.finditer(query.lower()):
        value = found["quoted"] if found["quoted"] is not None else found["bare"]
        terms.append(Term(found["name"] or "", value, not found["minus"]))
    return terms


def found_things(hub: Hub, kind: str, query: str) -> list[Thing]:
    """Return everything of the kind (DISCUSSION, ISSUE, REPOSITORY, USER) that fits, newest first."""
    terms = read_terms(query)
    candidates = _CANDIDATES[kind](hub)
    return [thing for thing in candidates if all(_fits(hub, thing, term) for term in terms)]


def _issues(hub: Hub) -> list[Thing]:
    rows = hub.store.all("SELECT * FROM issue ORDER BY created_at DESC, id DESC")
    return [_issue_or_pull(hub, row) for row in rows]


def _issue_or_pull(hub: Hub, row: Row) -> Thing:
    pull = hub.store.find("pull", issue_id=row["id"]) if row["is_pull"] else None
    return Thing("Issue", row) if pull is None else Thing("PullRequest", pull, {"issue": row})


def _discussions(hub: Hub) -> list[Thing]:
    rows = hub.store.all("SELECT * FROM discussion ORDER BY created_at DESC, id DESC")
    return things("Discussion", rows)


def _repositories(hub: Hub) -> list[Thing]:
    rows = hub.store.all("SELECT * FROM repository WHERE deleted_at IS NULL ORDER BY id DESC")
    return things("Repository", rows)


def _users(hub: Hub) -> list[Thing]:
    rows = hub.store.all("SELECT * FROM account WHERE deleted_at IS NULL AND kind != 'Bot'")
    return [Thing(row["kind"], row) for row in rows]


_CANDIDATES: Mapping[str, Callable[[Hub], list[Thing]]] = {
    "DISCUSSION": _discussions,
    "ISSUE": _issues,
    "REPOSITORY": _repositories,
    "USER": _users,
}


def _fits(hub: Hub, thing: Thing, term: Term) -> bool:
    if term.name in ("in", "sort"):  # where words are looked for is everywhere; the order is ours
        return True
    return _matches(hub, thing, term) is term.wanted


def _matches(hub: Hub, thing: Thing, term: Term) -> bool:
    if term.name in _QUALIFIERS:
        return term.value in _QUALIFIERS[term.name](hub, thing)
    return (f"{term.name}:{term.value}" if term.name else term.value) in _text(thing)


def _written(thing: Thing) -> Row:
    row: Row = thing.memo.get("issue", thing.row)
    return row


def _paths(hub: Hub, thing: Thing) -> set[str]:
    if thing.kind in ("User", "Organization"):
        return set()
    repository = thing.row
    if thing.kind != "Repository":
        repository = hub.store.get("repository", thing.row["repository_id"])
    return {repository_path(hub, repository).lower()}


def _owners(hub: Hub, thing: Thing) -> set[str]:
    return {path.partition("/")[0] for path in _paths(hub, thing)}


def _authors(hub: Hub, thing: Thing) -> set[str]:
    if thing.kind in ("User", "Organization", "Repository"):
        return set()
    return {login_of(hub, _written(thing)["author_id"]).lower()}


def _labels(hub: Hub, thing: Thing) -> set[str]:
    if thing.kind == "Discussion":
        rows = discussion_labels(hub, thing.id)
    elif thing.kind in ("Issue", "PullRequest"):
        rows = labels_of(hub, _written(thing)["id"])
    else:
        return set()
    return {str(row["name"]).lower() for row in rows}


def _categories(hub: Hub, thing: Thing) -> set[str]:
    if thing.kind != "Discussion":
        return set()
    row = hub.store.get("discussion_category", thing.row["category_id"])
    return {str(row["name"]).lower(), str(row["slug"])}


def _states(_hub: Hub, thing: Thing) -> set[str]:
    row = _written(thing)
    match thing.kind:
        case "Discussion":
            return {
                "closed" if row["closed_at"] else "open",
                "answered" if row["answer_id"] else "unanswered",
                "locked" if row["locked"] else "unlocked",
            }
        case "Issue":
            return {row["state"], "locked" if row["locked"] else "unlocked", "issue"}
        case "PullRequest":
            merged = "merged" if thing.row["merged"] else "unmerged"
            draft = {"draft"} if thing.row["draft"] else set()
            return {row["state"], "pr", "pull-request", merged} | draft
        case "Repository":
            return {"private" if thing.row["private"] else "public"}
    return set()


_QUALIFIERS: Mapping[str, Callable[[Hub, Thing], set[str]]] = {
    "author": _authors,
    "category": _categories,
    "is": _states,
    "label": _labels,
    "org": _owners,
    "repo": _paths,
    "state": _states,
    "type": _states,
    "user": _owners,
}


def _text(thing: Thing) -> str:
    row = _written(thing)
    names = {"Repository": ("name", "description"), "User": ("login", "name"),
             "Organization": ("login", "name")}.get(thing.kind, ("title", "body"))  # fmt: skip
    return " ".join(row[name] or "" for name in names).lower()
