"""Where values go across functions and files of a package, which semgrep follows inside one function. Pure."""

from __future__ import annotations

from collections.abc import Container, Iterator
from functools import lru_cache
from itertools import accumulate

from checks.places import milder
from checks.security import rules
from checks.security.flows.arrivals import Arrival
from checks.security.flows.follow import Follower
from checks.security.flows.judge import arrivals
from checks.security.flows.package import read_package
from checks.security.flows.script.follow import ScriptFollower
from checks.security.flows.script.package import Scripts
from checks.security.flows.script.parsing import is_script
from devforge.model.collector import collector_paused
from devforge.model.observed import Missing, SourceFile, SourceTree, ToolFinding
from devforge.model.python_source import is_beyond_parser, parse_python
from devforge.model.submission import Submission
from devforge.model.verdict import Finding

_MOST_BYTES = 12_000_000  # of one language in one package; more than that is others' and published


def check(submission: Submission, found: tuple[ToolFinding, ...]) -> Iterator[Finding]:
    """Yield what arrives where it must not, leaving out what semgrep has found in the same file."""
    known = {(f.path, f.code.partition("--")[0]) for f in found if f.severity != "INFO"}
    told: set[tuple[str, str, str]] = set()
    as_published = _as_published(submission)
    for arrival in (
        *_arrivals(_followed(submission.tree, as_published)),
        *_script_arrivals(_scripts(submission.tree, as_published)),
    ):
        key = (arrival.path, arrival.rule.id, arrival.words)
        if key in told or (arrival.path, arrival.rule.id) in known:
            continue
        told.add(key)
        yield _finding(submission, arrival)


def look_ahead(tree: SourceTree) -> None:
    """Follow the values of `tree` now, so that `check` finds it done: it needs no tool's answer."""
    _arrivals(_followed(tree, ()))
    _script_arrivals(_scripts(tree, ()))


@lru_cache(maxsize=1)
def _arrivals(files: tuple[SourceFile, ...]) -> tuple[Arrival, ...]:
    with collector_paused():
        taken = _taken(files)
        follower = Follower(read_package(taken))
        deep = [file for file in taken if _is_too_deep(file.content)]
        follower.unfollowed.update({file.path: 1 for file in (*files[len(taken) :], *deep)})
        follower.follow()
        found = arrivals(follower, {file.path: file.text for file in taken})
        return tuple(sorted(found, key=_order))


@lru_cache(maxsize=1)
def _script_arrivals(files: tuple[SourceFile, ...]) -> tuple[Arrival, ...]:
    with collector_paused():
        taken = _taken(files)
        follower = ScriptFollower(Scripts(taken))
        follower.unfollowed.update({file.path: 1 for file in files[len(taken) :]})
        follower.follow()
        found = arrivals(follower, {file.path: file.text for file in taken})
        return tuple(sorted(found, key=_order))


def _scripts(tree: SourceTree, known: Container[str]) -> tuple[SourceFile, ...]:
    return tuple(f for f in tree.files.values() if is_script(f) and f.path not in known)


def _is_too_deep(content: bytes) -> bool:
    return parse_python(content) is None and is_beyond_parser(content)


def _taken(files: tuple[SourceFile, ...]) -> tuple[SourceFile, ...]:
    """As many as memory has room for: a tree takes some forty times its source."""
    sizes = accumulate(len(file.content) for file in files)
    return tuple(file for file, size in zip(files, sizes, strict=True) if size <= _MOST_BYTES)


def _followed(tree: SourceTree, known: Container[str]) -> tuple[SourceFile, ...]:
    return tuple(file for file in tree.files.values() if _is_followed(file, known))


def _is_followed(file: SourceFile, known: Container[str]) -> bool:
    python = file.path.endswith((".py", ".pyw")) and file.mode in ("file", "executable")
    return python and file.path not in known


def _as_published(submission: Submission) -> set[str]:
    """Paths of copies that are byte for byte as published: thousands have read them."""
    copies = () if isinstance(submission.vendored, Missing) else submission.vendored
    sure = [copy for copy in copies if copy.kind == "package" and copy.unmodified is True]
    return {path for copy in sure for path in copy.paths}


def _order(arrival: Arrival) -> tuple[str, int, int, str]:
    gravity = ("block", "person", "warn", "info").index(arrival.severity)
    return arrival.path, gravity, arrival.line, arrival.words


def _finding(submission: Submission, arrival: Arrival) -> Finding:
    origin = arrival.origin
    came = ""
    if origin and (origin.path, origin.line) != (arrival.path, arrival.line):
        where = (
            f"line {origin.line}"
            if origin.path == arrival.path
            else f"{origin.path}, line {origin.line}"
        )
        came = f" (it comes from {where})"
    severity = milder(arrival.severity, arrival.path, submission)
    expected = "nothing, if whoever uses it would expect it"
    return arrival.rule.finding(
        at=arrival.path,
        line=arrival.line,
        problem=f"line {arrival.line}: {arrival.words}{came}",
        remedy=expected if severity == "info" else rules.REMEDIES[arrival.rule.id],
        severity=severity,
    )
