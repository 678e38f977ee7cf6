"""Reads what is out, what is known against it, and what was said of it before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from devforge.adapters.git import Objects
from devforge.adapters.issues import Issue, Issues
from devforge.adapters.registry import read_registry_tree
from devforge.adapters.release_notes import Notes
from devforge.adapters.state import State
from devforge.advisories.copied import Copied
from devforge.advisories.find import days_since, find_vulnerabilities, parts_of
from devforge.advisories.known import read_own
from devforge.advisories.shelf import Shelf
from devforge.advisories.standing import Open, Out, Own
from devforge.advisories.words import issue_mark
from devforge.errors import Unavailable
from devforge.model import inbox
from devforge.model.advisories import Advisory
from devforge.model.names import ExtensionId
from devforge.model.observed import Missing
from devforge.model.registry import Registry

LABEL = "advisory"


@dataclass(frozen=True, slots=True)
class Seen:
    """Everything `plan_reopen` decides from."""

    registry: Registry
    out: tuple[Out, ...]
    issues: Mapping[str, Open]
    complete: bool
    copied: Copied | None


def observe_reopen(
    objects: Objects, head: str, state: State, issues: Issues, shelf: Shelf, *, now: datetime
) -> Seen:
    """Return every version that is out beside what is known against it.

    Raises:
        Unavailable: the server, or the copy of the OSV database, gave no answer.
        Refused: a note on the `state` branch is not one of ours.
    """
    registry = read_registry_tree(objects, head)
    out = tuple(_out(registry, Notes(objects, state.tip)))
    looked_up = _with_found(out, registry.advisories, shelf, now)
    broken = any("advisories/" in problem.at for problem in registry.problems)
    wanted = set(registry.policy.advisories.ecosystems)
    copied = set(shelf.meta.ecosystems) if shelf.meta else set()
    return Seen(
        registry=registry,
        out=tuple(looked_up),
        issues=_issues(issues, {one.id for one in out}),
        complete=not broken and wanted <= copied,
        copied=Copied(meta.as_of, days_since(meta.as_of, now), set(meta.ecosystems))
        if (meta := shelf.meta)
        else None,
    )


def members_of(registry: Registry) -> dict[ExtensionId, tuple[str, ...]]:
    """Return whom to tell of each extension: the members of the developers who own it."""
    return {
        id: tuple(
            dict.fromkeys(
                member.login
                for owner in entry.extension.owners
                if owner in registry.developers
                for member in registry.developers[owner].members
            )
        )
        for id, entry in registry.extensions.items()
    }


def _out(registry: Registry, notes: Notes) -> Iterator[Out]:
    for id, held in notes.each(registry.extensions):
        recalls = notes.recalls.get(id, {})
        for version, record in registry.extensions[id].versions.items():
            note = held.get(version)
            if note is None or note.withdrawn:
                continue
            parts = parts_of(fact for fact in note.source.dependencies if not fact.for_tests)
            by_record = record.yanked is not None
            yield Out(id, version, parts, by_record=by_record, recall=recalls.get(version))


def _with_found(
    out: Iterable[Out], own: tuple[Advisory, ...], shelf: Shelf, now: datetime
) -> Iterator[Out]:
    """Look all parts of all versions up at once, and give each version what is about it."""
    out = tuple(out)
    parts = tuple(dict.fromkeys(part for one in out for part in one.parts))
    found = find_vulnerabilities(parts, own=own, shelf=shelf, now=now)
    if isinstance(found, Missing):
        raise Unavailable(found.reason)
    about = [(known, advisory.summary) for advisory in own for known in read_own(advisory)]
    for one in out:
        mine = {(p.ecosystem, p.name, p.version or p.requirement, p.source) for p in one.parts}
        yield replace(
            one,
            found=tuple(
                v for v in found.found if (v.ecosystem, v.name, v.version, v.source) in mine
            ),
            own=tuple(
                Own(known.id, summary)
                for known, summary in about
                if (known.ecosystem, known.name) == ("DevForge", str(one.id))
                and known.hits(str(one.version))
            ),
        )


def _issues(issues: Issues, ids: Iterable[ExtensionId]) -> dict[str, Open]:
    """Our issues by their mark; where there are several, the oldest that is open, or else the oldest."""
    found: dict[str, Open] = {}
    told = issues.labelled(LABEL)
    for mark in map(issue_mark, sorted(ids)):
        if (issue := _marked(told, mark)) is not None:
            found[mark] = issue
    if (issue := _marked(issues.labelled(inbox.LABEL), inbox.MARK)) is not None:
        found[inbox.MARK] = issue
    return found


def _marked(issues: Iterable[Issue], mark: str) -> Open | None:
    marked = [issue for issue in issues if issue.text.startswith(mark)]
    marked.sort(key=lambda issue: (issue.state != "open", issue.number))
    first = marked[0] if marked else None
    return Open(first.number, first.title, first.text, first.state) if first else None
