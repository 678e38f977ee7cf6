"""Powers that are harmless one by one and together mean theft. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from checks.places import is_at_home, place_of, shipped
from checks.profile.uses import counting
from checks.security import across, rules
from checks.security.credentials import named_credentials, picks_own_variables
from devforge.model.observed import SourceFile, ToolFinding
from devforge.model.reviewing import Severity
from devforge.model.submission import Submission
from devforge.model.verdict import Finding

_WALLET_SHAPE = re.compile(
    r"\(?bc1q?[\[|(]|\[13\]\[a-km|0x\[(?:a-f|A-F|0-9|a-fA-F0-9|0-9a-fA-F)+\]\{40\}"
)
_ADDRESS = re.compile(
    r"[\"'`](?:bc1q[02-9ac-hj-np-z]{36,60}|[13][1-9A-HJ-NP-Za-km-z]{32,33}|0x[0-9a-fA-F]{40}|T[1-9A-HJ-NP-Za-km-z]{33})[\"'`]"
)
_PAYS = re.compile(r"(?i)bitcoin|ethereum|wallet|\bpay(?:ment|ee)?\b|receiver|recipient|checksum")
_DATA = re.compile(r".*\.(?:json|ya?ml|toml|ini|csv|tsv|txt)", re.IGNORECASE)
# A text long enough for an address, or one that is put together or unwrapped.
_ADDRESSES_SOURCE = re.compile(
    r"[\"'`][A-Za-z0-9]{20,}[\"'`]|[\"'`][A-Za-z0-9]{4,}[\"'`]\s*\+|[\"'][\"']\s*\.join\s*\(|\.join\s*\(\s*[\"'`][\"'`]\s*\)|b64decode|\batob\b"
    r"|fromhex|unhexlify|fromCharCode|\bchr\s*\(|Buffer\.from|\[::-1\]|\.reverse\s*\(|import_module|\bimport\s*\("
)
_EXCHANGED = re.compile(r"\.replace(?:All)?\s*\(|\.sub\s*\(")
_GRAVITY: tuple[Severity, ...] = ("block", "person", "warn", "info")


@dataclass(slots=True)
class _Seen:
    """What one file was seen to do: names of observations, each with its first line."""

    powers: dict[str, int] = field(default_factory=dict)
    credentials: dict[str, int] = field(default_factory=dict)

    def has(self, *names: str) -> bool:
        return any(name in self.powers for name in names)


def check(
    submission: Submission, found: tuple[ToolFinding, ...], told: Collection[Finding] = ()
) -> Iterator[Finding]:
    """Yield reading secrets and sending data in one file, and watching the clipboard for wallets.

    Args:
        told: what was found already; a file whose secrets were followed to the network is told of once.
    """
    files = _observed(submission, found)
    followed = [one for one in told if one.rule == rules.THEFT.id]
    thefts = [*_thefts(submission, files)]
    yield from (one for one in thefts if not any(_says_it(other, one) for other in followed))
    if not thefts and not followed:
        yield from across.check(submission)
    yield from _swaps(submission, files)


def _says_it(told: Finding, theft: Finding) -> bool:
    """Whether `told` is about the same file, and as grave."""
    as_grave = _GRAVITY.index(told.severity) <= _GRAVITY.index(theft.severity)
    return told.at.partition(": ")[0] == theft.at and as_grave


def _observed(submission: Submission, found: Iterable[ToolFinding]) -> dict[str, _Seen]:
    files: dict[str, _Seen] = defaultdict(_Seen)
    for finding in found:
        name = finding.code.partition("--")[0]
        if finding.tool != "semgrep" or not name.startswith(("power-", "sees-")):
            continue
        file = submission.tree.get(finding.path)
        own = name == "sees-environment" and file and picks_own_variables(file, finding.line)
        if not own:
            files[finding.path].powers.setdefault(name, finding.line)
    for path, seen in files.items():
        file = submission.tree.get(path)
        seen.credentials = dict(named_credentials(file)) if file else {}
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
    """Code that knows the shape of a wallet's address and redirects payments: what is copied, or any text."""
    for file in counting(submission):
        own = _ADDRESS.search(file.text)  # first: it is rare, and quickly not there
        if own is not None and _PAYS.search(file.text):
            yield _of_wallets(
                file, own, "it names the address of a wallet, where payments are made"
            )
            continue
        shape = _WALLET_SHAPE.search(file.text)
        if shape is None:
            continue
        copied = any(seen.has("power-clipboard") for seen in files.values())
        copied = copied and _has_something_to_put_there(submission, files)
        if copied or _EXCHANGED.search(file.text):
            does = (
                "uses the clipboard" if copied else "puts something in the place of what it finds"
            )
            yield _of_wallets(file, shape, f"it {does} and looks for addresses of wallets")
    for file in shipped(submission.tree):
        if file.is_plain and _DATA.fullmatch(file.path) and place_of(file.path) == "source":
            own = _ADDRESS.search(file.text)
            if own is not None and _WALLET_SHAPE.search(file.text):
                words = "beside a pattern that finds addresses of wallets, it holds one to put in their place"
                yield _of_wallets(file, own, words)


def _has_something_to_put_there(submission: Submission, files: Mapping[str, _Seen]) -> bool:
    """Whether an address of somebody else's could come from anywhere: a text, a file, the network."""
    return any(seen.has("power-network", "power-read") for seen in files.values()) or any(
        _ADDRESSES_SOURCE.search(file.text) for file in counting(submission)
    )


def _of_wallets(file: SourceFile, found: re.Match[str], words: str) -> Finding:
    return rules.THEFT.finding(
        at=file.path,
        line=file.text.count("\n", 0, found.start()) + 1,
        problem=words,
        remedy=rules.REMEDIES[rules.THEFT.id],
        severity="person",
    )


def _severity(seen: _Seen) -> Severity | None:
    """How grave it is that one file reads secrets and talks to the network; None if it is not."""
    kinds = len(seen.credentials)
    files = kinds - ("tokens of the environment" in seen.credentials)
    if kinds >= 2 and files and seen.has("power-send"):
        return "block"
    if (kinds >= 2 and files and seen.has("power-network")) or (files and seen.has("power-send")):
        return "person"
    return None


def _listed(names: Iterable[str]) -> str:
    words = sorted(names)
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
