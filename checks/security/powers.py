"""What the code can do, held against what the manifest declares and against one another. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from checks.places import is_at_home, place_of
from checks.protocol import counted
from checks.security import rules
from devforge.model.manifest import FILE, Manifest
from devforge.model.observed import SourceFile, ToolFinding
from devforge.model.policy import Severity
from devforge.model.submission import Submission
from devforge.model.verdict import Finding

# Files and stores that hold somebody's secrets, by whose they are.
CREDENTIALS = {
    "SSH keys": re.compile(r"id_rsa|id_ed25519|\.ssh\b"),
    "npm's token": re.compile(r"\.npmrc\b"),
    "PyPI's token": re.compile(r"\.pypirc\b"),
    "netrc": re.compile(r"[._]netrc\b"),
    "git's passwords": re.compile(r"\.git-credentials\b"),
    "AWS keys": re.compile(r"\.aws\b[\"'/\\,) ]+credentials"),
    "Docker's logins": re.compile(r"\.docker\b[\"'/\\,) ]+config\.json"),
    "Kubernetes' keys": re.compile(r"\.kube\b[\"'/\\,) ]+config"),
    "GitHub's login": re.compile(r"\bgh\b[\"'/\\,) ]+hosts\.yml"),
    "GnuPG keys": re.compile(r"\.gnupg\b"),
    "browsers' passwords": re.compile(r"Login Data|logins\.json|key4\.db|cookies\.sqlite"),
    "Discord's tokens": re.compile(r"discord.{0,60}leveldb", re.IGNORECASE),
    "wallets": re.compile(
        r"wallet\.dat|\bExodus\b.{0,20}wallet|nkbihfbeogaeaoehlefnkodbefgpgknn|\.electrum\b|\.ethereum\b.{0,9}keystore"
    ),
    "shell history": re.compile(r"\.(?:bash|zsh|python)_history\b"),
}
_WALLET_SHAPE = re.compile(
    r"\(?bc1[\[|(]|\[13\]\[a-km|0x\[(?:a-f|A-F|0-9|a-fA-F0-9|0-9a-fA-F)+\]\{40\}"
)
_ADDRESS = re.compile(r"https?://([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)")
_THIS_MACHINE = {"127.0.0.1", "0.0.0.0"}  # noqa: S104 - an address in a stranger's code
_COMMENT = re.compile(r"\s*(?:#|//|\*|/\*)")
# Each power: the kind of permission, the scope that satisfies it (any if empty), how grave, words.
_POWERS: dict[str, tuple[str, tuple[str, ...], Severity, str]] = {
    "power-network": ("network", (), "person", "the code reaches the network"),
    "power-process": ("process", (), "person", "the code starts other programs"),
    "power-clipboard": ("clipboard", (), "person", "the code uses the clipboard"),
    "power-native": ("native", (), "person", "the code calls native code"),
    "sees-keyring": ("secrets", (), "person", "the code reads the system's password store"),
    "sees-token": ("secrets", (), "warn", "the code reads a secret from the environment"),
    "power-write": ("filesystem", ("write",), "warn", "the code writes or removes files"),
    "power-read": ("filesystem", ("read", "write"), "info", "the code reads files"),
}
_SCOPES = {
    "network": "network:<host>", "filesystem": "filesystem:write",
}  # fmt: skip


@dataclass(slots=True)
class _Seen:
    """What one file was seen to do: names of observations, each with its first line."""

    powers: dict[str, int] = field(default_factory=dict)
    credentials: dict[str, int] = field(default_factory=dict)

    def has(self, *names: str) -> bool:
        return any(name in self.powers for name in names)


def check(submission: Submission, found: tuple[ToolFinding, ...]) -> Iterator[Finding]:
    """Yield powers that are not declared, and powers that together mean theft."""
    files = _observed(submission, found)
    # Where the way from the secret to the network was followed, there is nothing to suspect.
    followed = {f.path for f in found if f.code.startswith(f"{rules.THEFT.id}--")}
    yield from _thefts(submission, {p: seen for p, seen in files.items() if p not in followed})
    yield from _swaps(submission, files)
    if submission.manifest:
        yield from _other_hosts(submission, submission.manifest, found)
        yield from _undeclared(submission, submission.manifest, files)


def _observed(submission: Submission, found: Iterable[ToolFinding]) -> dict[str, _Seen]:
    files: dict[str, _Seen] = defaultdict(_Seen)
    for finding in found:
        name = finding.code.partition("--")[0]
        if finding.tool == "semgrep" and name.startswith(("power-", "sees-")):
            files[finding.path].powers.setdefault(name, finding.line)
    for path, seen in files.items():
        file = submission.tree.get(path)
        seen.credentials = dict(_credentials(file)) if file else {}
        if seen.has("sees-token"):
            seen.credentials["tokens of the environment"] = seen.powers["sees-token"]
        if seen.has("sees-environment"):
            seen.credentials["the whole environment"] = seen.powers["sees-environment"]
        if seen.has("sees-keys"):
            seen.credentials["all that is typed"] = seen.powers["sees-keys"]
        if seen.has("sees-screen"):
            seen.credentials["the screen"] = seen.powers["sees-screen"]
        if seen.has("sees-keyring"):
            seen.credentials["the password store"] = seen.powers["sees-keyring"]
    return dict(sorted(files.items()))


def _credentials(file: SourceFile) -> Iterator[tuple[str, int]]:
    """Whose secrets a file of code names, each with its first line; comments do not count."""
    lines = [
        (number, line)
        for number, line in enumerate(file.text.split("\n"), 1)
        if not _COMMENT.match(line) and len(line) < 20_000
    ]
    for whose, pattern in CREDENTIALS.items():
        number = next((number for number, line in lines if pattern.search(line)), None)
        if number is not None:
            yield whose, number


def _thefts(submission: Submission, files: Mapping[str, _Seen]) -> Iterator[Finding]:
    named: set[str] = set()
    for path, seen in files.items():
        if not seen.credentials:
            continue
        reads = seen.has(
            "power-read",
            "sees-token",
            "sees-environment",
            "sees-keyring",
            "sees-keys",
            "sees-screen",
        )
        ships = place_of(path) in ("source", "vendored") or is_at_home(path, submission)
        named |= set(seen.credentials) if reads and ships else set()
        if reads and (severity := _severity(seen)):
            yield rules.THEFT.finding(
                at=path,
                line=min(seen.credentials.values()),
                problem=f"it reads {_listed(seen.credentials)} and sends data over the network",
                remedy=rules.REMEDIES[rules.THEFT.id],
                severity=severity if ships else "warn",
            )
    sender = next((path for path, seen in files.items() if seen.has("power-send")), None)
    one_file = any(_severity(seen) for seen in files.values())
    if sender and not one_file and len(named) > 2:
        yield rules.THEFT.finding(
            at=sender,
            line=files[sender].powers["power-send"],
            problem=f"other files read {_listed(named)}, and this one sends data over the network",
            remedy="say in the README what is sent where; a maintainer looks at both places",
            severity="person",
        )


def _swaps(submission: Submission, files: Mapping[str, _Seen]) -> Iterator[Finding]:
    """A clipboard read by code that knows the shape of a wallet's address: payments are redirected so."""
    for path, seen in files.items():
        file = submission.tree.get(path)
        if file and seen.has("power-clipboard") and (shape := _WALLET_SHAPE.search(file.text)):
            yield rules.THEFT.finding(
                at=path,
                line=file.text.count("\n", 0, shape.start()) + 1,
                problem="it uses the clipboard and looks for addresses of wallets",
                remedy=rules.REMEDIES[rules.THEFT.id],
                severity="person",
            )


def _other_hosts(
    submission: Submission, manifest: Manifest, found: Iterable[ToolFinding]
) -> Iterator[Finding]:
    """Addresses on the lines that talk to the network whose hosts the manifest does not list."""
    declared = [p.scope for p in manifest.permissions if p.kind == "network"]
    told: set[str] = set()
    for finding in found if declared else ():
        file = submission.tree.get(finding.path)
        if file is None or not finding.code.startswith(("power-network", "power-send")):
            continue
        if not (is_at_home(file.path, submission) or place_of(file.path) == "vendored"):
            continue
        line = file.text.split("\n")[finding.line - 1 :][:1]
        for match in _ADDRESS.finditer(line[0] if line else ""):
            host = match[1].lower()
            if host in told or host in _THIS_MACHINE or any(_allows(s, host) for s in declared):
                continue
            told.add(host)
            yield rules.UNDECLARED["network"].finding(
                at=file.path,
                line=finding.line,
                problem=f"the code talks to {host} here; {FILE} lists other hosts",
                remedy=f"add `network:{host}` to permissions in {FILE}, or do without it",
            )


def _allows(scope: str, host: str) -> bool:
    scope = scope.partition(":")[0]
    return scope in ("*", host) or (scope.startswith("*.") and host.endswith(scope[1:]))


def _severity(seen: _Seen) -> Severity | None:
    """How grave it is that one file reads secrets and talks to the network; None if it is not."""
    kinds = len(seen.credentials)
    files = kinds - ("tokens of the environment" in seen.credentials)
    if kinds >= 2 and files and seen.has("power-send"):
        return "block"
    if (kinds >= 2 and files and seen.has("power-network")) or (files and seen.has("power-send")):
        return "person"
    return None


def _undeclared(
    submission: Submission, manifest: Manifest, files: Mapping[str, _Seen]
) -> Iterator[Finding]:
    for power, (kind, scopes, severity, words) in _POWERS.items():
        if any(p.kind == kind and (not scopes or p.scope in scopes) for p in manifest.permissions):
            continue
        places = [
            (path, seen.powers[power])
            for path, seen in files.items()
            if power in seen.powers
            and (is_at_home(path, submission) or place_of(path) == "vendored")
        ]
        if not places:
            continue
        path, line = places[0]
        others = f" and in {counted(len(places) - 1, 'other file')}" if len(places) > 1 else ""
        wanted = "filesystem:read" if power == "power-read" else _SCOPES.get(kind, kind)
        yield rules.UNDECLARED[kind].finding(
            at=path,
            line=line,
            problem=f"{words} here{others}; {FILE} does not declare it",
            remedy=f"add `{wanted}` to permissions in {FILE}, or do without it",
            severity=severity,
        )


def _listed(names: Iterable[str]) -> str:
    words = sorted(names)
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
