"""Powers the code uses, held against what the manifest declares. Pure.

What the extension's own code uses must be declared, for a user allows what the manifest lists. Code
of others that it carries may be able to do more than the extension ever asks of it, so a person
looks there; a copy that is as published is told of and no more.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from checks.places import place_of
from checks.profile.hosts import hosts_of
from checks.profile.uses import seen_in, uses_of
from checks.protocol import Rule, counted
from checks.security import rules
from checks.vendored import is_published_copy, judged_apart
from devforge.model.manifest import FILE, Manifest
from devforge.model.names import Permission
from devforge.model.profile import Place, Power
from devforge.model.reviewing import Severity
from devforge.model.submission import Submission
from devforge.model.verdict import Finding

_HOSTS_TOLD = 8
_PLACES_TOLD = 4


@dataclass(frozen=True, slots=True)
class _Need:
    """The permission that a power needs, and what a user would say the code does."""

    kind: str
    scopes: tuple[str, ...]  # any of them will do; empty: whatever the scope
    severity: Severity
    words: str

    def is_met(self, permissions: tuple[Permission, ...]) -> bool:
        return any(
            p.kind == self.kind and (not self.scopes or p.scope in self.scopes) for p in permissions
        )

    @property
    def line(self) -> str:
        """What to add to the manifest."""
        return f"{self.kind}:{self.scopes[0]}" if self.scopes else self.kind


_NEEDS: dict[Power, _Need] = {
    "process": _Need("process", (), "block", "the code starts other programs"),
    "clipboard": _Need("clipboard", (), "block", "the code uses the clipboard"),
    "native-code": _Need("native", (), "block", "the code calls native code"),
    "secrets": _Need("secrets", (), "block", "the code reads the system's password store"),
    "telemetry": _Need("telemetry", (), "block", "the code reports what its users do"),
    "filesystem-write": _Need(
        "filesystem", ("write",), "block", "the code writes or removes files"
    ),
    "environment": _Need(
        "secrets", (), "warn", "the code reads secrets, or all there is, from the environment"
    ),
    "filesystem-read": _Need("filesystem", ("read", "write"), "info", "the code reads files"),
}


def check(submission: Submission) -> Iterator[Finding]:
    """Yield one finding for each power, and each host, that is used and not declared."""
    manifest = submission.manifest
    if manifest is None:
        return
    seen = seen_in(submission)
    uses = {use.power: use for use in uses_of(submission, seen)}
    yield from _network(submission, manifest, tuple(hosts_of(submission, seen)))
    for power, need in _NEEDS.items():
        use = uses.get(power)
        if use is not None and not need.is_met(manifest.permissions):
            yield _finding(submission, need, use.places, use.count)
    network = uses.get("network")
    if network is not None and not _declared_hosts(manifest):
        need = _Need("network", (), "block", "the code reaches the network")
        yield _finding(submission, need, network.places, network.count)


def _network(
    submission: Submission, manifest: Manifest, hosts: tuple[Place, ...]
) -> Iterator[Finding]:
    """Hosts the code names that the manifest, which lists others, does not."""
    declared = _declared_hosts(manifest)
    unknown = {place.what: place for place in reversed(hosts) if not _allowed(place.what, declared)}
    for host in sorted(unknown)[: _HOSTS_TOLD if declared else 0]:
        place = unknown[host]
        yield rules.UNDECLARED["network"].finding(
            at=place.path,
            line=place.line,
            problem=f"the code talks to {host} here; {FILE} lists other hosts",
            remedy=f"add `network:{host}` to permissions in {FILE}, or do without it",
            severity=_severity(submission, "block", (place,)),
        )


def _declared_hosts(manifest: Manifest) -> tuple[str, ...]:
    return tuple(p.scope.partition(":")[0] for p in manifest.permissions if p.kind == "network")


def _allowed(host: str, declared: tuple[str, ...]) -> bool:
    return any(
        scope in ("*", host) or (scope.startswith("*.") and host.endswith(scope[1:]))
        for scope in declared
    )


def _finding(submission: Submission, need: _Need, places: tuple[Place, ...], count: int) -> Finding:
    first = min(places, key=lambda place: _rank(submission, place))
    others = [f"{p.path}:{p.line}" for p in places if p != first][:_PLACES_TOLD]
    more = f", as in {', '.join(others)}" if others else ""
    left = count - 1 - len(others)
    more += f" and {counted(left, 'other place')}" if left > 0 else ""
    line = _hosts_line(submission, places) if need.kind == "network" else f"`{need.line}`"
    if need.kind == "filesystem" and need.severity == "info":
        line = "`filesystem:read`"
    return _rule(need).finding(
        at=first.path,
        line=first.line,
        problem=f"{need.words} here{more}; {FILE} does not declare it",
        remedy=f"add {line} to permissions in {FILE}, or do without it",
        severity=_severity(submission, need.severity, places),
    )


def _hosts_line(submission: Submission, places: tuple[Place, ...]) -> str:
    """The permissions for the hosts the code names, or what they would look like."""
    talking = {place.path for place in places}
    named = {p.what for p in hosts_of(submission, seen_in(submission)) if p.path in talking}
    if 0 < len(named) <= _HOSTS_TOLD:
        return " and ".join(f"`network:{host}`" for host in sorted(named))
    return "`network:HOST` for each host it talks to, or `network:*` where its users name them,"


def _rule(need: _Need) -> Rule:
    return rules.TELEMETRY if need.kind == "telemetry" else rules.UNDECLARED[need.kind]


def _severity(submission: Submission, own: Severity, places: tuple[Place, ...]) -> Severity:
    """How grave it is: whole in the extension's own code, milder in what others wrote."""
    best = min(_rank(submission, place) for place in places)
    if best == 0 or own in ("warn", "info"):
        return own
    return "person" if best == 1 else "warn"


def _rank(submission: Submission, place: Place) -> int:
    """0 for the extension's own code, 1 for others' code, 2 for an unchanged copy of it."""
    if is_published_copy(place.path, submission):
        return 2
    apart = judged_apart(place.path, submission) or place_of(place.path) == "vendored"
    return 1 if apart else 0
