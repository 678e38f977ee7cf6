"""What semgrep and bandit found, in our words and at our severities. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from checks.places import milder, place_of
from checks.protocol import Rule
from checks.security import rules
from devforge.model.observed import Missing, ToolFinding
from devforge.model.reviewing import Severity
from devforge.model.submission import Submission
from devforge.model.verdict import Finding

# bandit's codes: our rule, how grave, and what it means in our words.
_BANDIT: dict[str, tuple[Rule, str]] = {
    "B104": (rules.OPEN_PORT, "a server listens on every address"),
    "B202": (rules.ARCHIVE, "an archive is unpacked without looking at its names"),
    "B301": (rules.UNSAFE_LOAD, "a pickle is loaded, which runs what it says"),
    "B302": (rules.UNSAFE_LOAD, "marshalled code is loaded"),
    "B323": (rules.TLS, "certificates are not verified"),
    "B501": (rules.TLS, "certificates are not verified"),
    "B502": (rules.TLS, "an old version of TLS is asked for"),
    "B506": (rules.UNSAFE_LOAD, "YAML is loaded without the safe loader"),
    "B602": (rules.INJECTION, "a shell runs a command that is put together from parts"),
    "B604": (rules.INJECTION, "a shell runs a command that is put together from parts"),
    "B605": (rules.INJECTION, "a shell runs a command that is put together from parts"),
    "B609": (rules.INJECTION, "a shell command with a wildcard takes file names for options"),
    "B614": (rules.UNSAFE_LOAD, "a PyTorch file is loaded, which runs what it says"),
}
SLIPS = (
    rules.UNSAFE_LOAD, rules.INJECTION, rules.DYNAMIC, rules.TLS, rules.OPEN_PORT, rules.ARCHIVE,
    rules.PROTOTYPE, rules.REDOS, rules.TRAVERSAL,
)  # fmt: skip
_BY_ID = {rule.id: rule for rule in rules.RULES}
_DYNAMIC_CODE = "power-dynamic"
_UNREAD = "unread"
_LINES_SHOWN = 6
_IN_PART = "PartialParsing"
_REASONS = {
    _IN_PART: "a part of it is written in a way that could not be parsed",
    "Syntax error": "it could not be parsed",
    "Timeout": "reading it took longer than a review has",
    "passed over": "it was passed over",
}

_READ_BY_A_PERSON = "nothing, if it runs as it is: a maintainer reads what the tools could not"
_UNREAD_REMEDIES = {
    "too large": "split it, or ship the source instead of a bundle",
    "Timeout": "nothing, if it is somebody's library: say beside it which and which version, and a maintainer looks once; "
    "otherwise split it",
}


def check(submission: Submission, found: Iterable[ToolFinding]) -> Iterator[Finding]:
    """Yield one finding for each kind of thing in each file, with all its lines."""
    groups: dict[tuple[str, str, str, Severity], list[int]] = defaultdict(list)
    unread: dict[tuple[str, str], list[int]] = defaultdict(list)
    for finding in found:
        if finding.code == _UNREAD:
            unread[finding.path, finding.message].append(finding.line)
        elif meaning := _meaning(finding):
            rule, words, severity = meaning
            groups[finding.path, rule.id, words, severity].append(finding.line)
    for (path, why), lines in unread.items():
        yield from _unread(submission, path, why, sorted(set(lines)))
    for (path, rule_id, words, severity), lines in groups.items():
        yield _finding(submission, _BY_ID[rule_id], path, lines, words, severity)


def _meaning(finding: ToolFinding) -> tuple[Rule, str, Severity] | None:
    """Our rule, words and severity for a tool's finding; None for an observation."""
    if finding.tool == "bandit":
        known = _BANDIT.get(finding.code)
        return (*known, "warn") if known and finding.severity != "LOW" else None
    name = finding.code.partition("--")[0]
    if name == _DYNAMIC_CODE:
        return rules.DYNAMIC, "code is made and run at run time", "warn"
    if finding.severity == "INFO" or name not in _BY_ID:
        return None
    rule = _BY_ID[name]
    # A semgrep rule of severity WARNING is the less certain sign of what its namesake names.
    severity: Severity = "person" if finding.severity == "WARNING" else rule.severity
    return rule, finding.message, severity


def _finding(
    submission: Submission, rule: Rule, path: str, lines: list[int], words: str, severity: Severity
) -> Finding:
    places = sorted(set(lines))
    if rule in SLIPS and place_of(path) == "vendored":
        severity = "info"
    return rule.finding(
        at=path,
        line=places[0],
        lines=tuple(places),
        problem=f"{_listed(places)}: {words}",
        remedy=rules.REMEDIES[rule.id],
        severity=milder(severity, path, submission),
    )


def _listed(lines: list[int]) -> str:
    more = len(lines) - _LINES_SHOWN
    shown = ", ".join(map(str, lines[:_LINES_SHOWN])) + (f" and {more} more" if more > 0 else "")
    return f"line {shown}" if len(lines) == 1 else f"lines {shown}"


def _unread(submission: Submission, path: str, why: str, lines: list[int]) -> Iterator[Finding]:
    """A file that was not read whole. One that no interpreter reads either is quality's business."""
    broken = () if isinstance(submission.lint, Missing) else submission.lint
    if any(f.path == path and f.code == "invalid-syntax" for f in broken):
        return
    # Not milder for what only our tools cannot parse: that is where one would hide something.
    severity: Severity = "warn" if place_of(path) == "vendored" else "person"
    is_part = why == _IN_PART and lines != [1]
    yield rules.UNREAD.finding(
        at=path,
        line=lines[0] if is_part else None,
        lines=tuple(lines) if is_part else (),
        problem=(
            f"{_listed(lines)}: our tools could not read what is written from here on, for a line or a few"
            if is_part
            else f"not all of the file was read: {_REASONS.get(why, why)}"
        ),
        remedy=_UNREAD_REMEDIES.get(why, _READ_BY_A_PERSON),
        severity=milder(severity, path, submission),
    )
