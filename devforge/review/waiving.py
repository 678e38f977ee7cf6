"""Findings that are right as they are: justified by the author, accepted once by a maintainer. Pure.

A justification in the manifest turns what blocks into a maintainer's question; an acceptance on the
`state` branch answers it for the same rule, place and code. Other code is asked about anew.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from datetime import datetime

from checks import CHECKS
from checks.places import place_of
from devforge.model.names import ExtensionId
from devforge.model.observed import SourceFile, SourceTree
from devforge.model.policy import Policy
from devforge.model.reviewing import CheckName
from devforge.model.submission import Submission
from devforge.model.verdict import CheckReport, Finding
from devforge.model.waivers import Acceptances, Accepted, Justification

# What has no honest reason, or no honest reader: an author's word excuses none of it. A maintainer
# who sees that the rule is mistaken may still accept it, by its name.
MALICE = frozenset(
    {
        "credential-theft",
        "crypto-mining",
        "destroys-files",
        "download-and-run",
        "hidden-channel",
        "hidden-code",
        "invisible-text",
        "persistence",
        "reverse-shell",
        "watches-user",
    }
)
# Not a matter of opinion: who may change what, whether records can be read and agree, and what
# nobody here has the right, or the means, to publish.
NEVER_CHECKS: tuple[CheckName, ...] = ("decision", "manifest")
NEVER = frozenset({"licence-refused", "dependency-refused"})
_LINE_ELSEWHERE = re.compile(r"; (?:(\S+), )?line (\d+),")
_MOST = 2000


def acceptances_path(identity: ExtensionId) -> str:
    """Where the state branch keeps what was accepted of an extension."""
    return f"waivers/{identity.path}.json"


def is_rule(rule: str) -> bool:
    """Whether the review has a rule of this name."""
    return rule in _CHECK_OF


def is_justifiable(rule: str) -> bool:
    """Whether its author's word may turn what a rule found into a question to a maintainer."""
    return rule not in MALICE | NEVER and _CHECK_OF.get(rule) not in (None, *NEVER_CHECKS)


def is_settled_by_approval(finding: Finding) -> bool:
    """Whether an approval answers a question for good: about this code, and no sign of malice in what ships."""
    if finding.excused or is_justifiable(finding.rule):
        return True
    return finding.rule in MALICE and place_of(finding.at) in ("tests", "docs")


def why_never(rule: str, policy: Policy) -> str | None:
    """Return why findings of a rule cannot be accepted, or None if a maintainer may."""
    check = _CHECK_OF.get(rule)
    if check is None:
        return f"there is no rule {rule}; the comment shows each finding's rule behind it"
    if check in NEVER_CHECKS:
        return (
            f"{rule} cannot be waived: it says what may be changed and by whom, or whether the "
            "extension can be read at all, and that is not a matter of opinion"
        )
    if rule in NEVER:
        return f"{rule} cannot be waived: turn the policy's list instead, if it is wrong"
    if rule in policy.review.dangerous:
        return f"{rule} cannot be waived by one person: two maintainers approve it"
    return None


def excuse(
    findings: Iterable[Finding], name: CheckName, submission: Submission
) -> tuple[Finding, ...]:
    """Return the findings of one check, those excused turned milder and saying by whom.

    Accepted before, for the same code: a remark. Justified in the manifest: for a maintainer.
    """
    if name in NEVER_CHECKS:
        return tuple(findings)
    return tuple(_excused(finding, submission) for finding in findings)


def accept(
    findings: Iterable[Finding],
    tree: SourceTree,
    *,
    reason: str,
    by: int,
    login: str,
    when: datetime,
) -> tuple[Accepted, ...]:
    """Return what keeps these findings accepted for as long as their code stays what it is.

    Args:
        reason: of each finding whose author gave none.
    """
    return tuple(
        Accepted(
            rule=finding.rule,
            at=finding.at,
            code_sha256=fingerprint(finding, tree),
            reason=reason[:500] or finding.excused[:500],
            by=by,
            login=login[:100],
            when=when,
        )
        for finding in findings
    )


def added(old: Acceptances, new: Iterable[Accepted]) -> Acceptances:
    """Return `old` with `new` in it, each place once; of too many the oldest are asked anew."""
    found = {(a.rule, a.at, a.code_sha256): a for a in (*old.accepted, *new)}
    return Acceptances(accepted=tuple(found.values())[-_MOST:])


def fingerprint(finding: Finding, tree: SourceTree) -> str:
    """Return a name for what a finding points at: its lines and one around each, or its file.

    Space does not count, nor where in the file the lines stand. Where it points at a field, or at
    no file, its own words are what it is about. Other lines that its words name count as well.
    """
    path, colon, _ = finding.at.partition(": ")
    file = tree.get(path)
    lines = finding.lines or ((finding.line,) if finding.line else ())
    if file is None or (colon and not lines):
        what = finding.problem
    elif lines and file.is_text:
        what = _around(file, lines)
    else:
        what = hashlib.sha256(file.content).hexdigest()
    beside = [
        _around(named, (int(line),))
        for other, line in _LINE_ELSEWHERE.findall(finding.problem)
        if (named := tree.get(other or path)) is not None and named.is_text
    ]
    parts = (finding.rule, finding.at, what, *beside)
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def _around(file: SourceFile, lines: tuple[int, ...]) -> str:
    text = file.text.split("\n")
    near = sorted({n + step for n in lines for step in (-1, 0, 1)})
    return "\n".join(" ".join(text[n - 1].split()) for n in near if 1 <= n <= len(text))


def _excused(finding: Finding, submission: Submission) -> Finding:
    if finding.severity not in ("block", "person"):
        return finding
    accepted = _accepted(finding, submission)
    if accepted is not None:
        said = f"accepted by {accepted.login} on {accepted.when:%Y-%m-%d}: {accepted.reason}"
        return finding.model_copy(update={"severity": "info", "excused": said[:4000]})
    justified = _justified(finding, submission)
    if justified is not None:
        return finding.model_copy(update={"severity": "person", "excused": justified.reason})
    return finding


def _accepted(finding: Finding, submission: Submission) -> Accepted | None:
    if why_never(finding.rule, submission.policy) is not None:
        return None
    known = [a for a in submission.accepted if (a.rule, a.at) == (finding.rule, finding.at)]
    if not known:
        return None
    name = fingerprint(finding, submission.tree)
    return next((accepted for accepted in known if accepted.code_sha256 == name), None)


def _justified(finding: Finding, submission: Submission) -> Justification | None:
    if submission.manifest is None or not is_justifiable(finding.rule):
        return None
    path = finding.at.partition(": ")[0]
    return next(
        (w for w in submission.manifest.waivers if (w.rule, w.path) == (finding.rule, path)), None
    )


def found_in(reports: Iterable[CheckReport], rule: str) -> tuple[Finding, ...]:
    """Return what a rule found that somebody would have to act on."""
    return tuple(
        finding
        for report in reports
        for finding in report.findings
        if finding.rule == rule and finding.severity in ("block", "person")
    )


_CHECK_OF: dict[str, CheckName] = {rule.id: check.NAME for check in CHECKS for rule in check.RULES}
