"""Judges other people's code apart: what it is told of, and how gravely. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from checks.vendored import is_published_copy, judged_apart
from devforge.model.submission import Submission
from devforge.model.verdict import Finding


def set_apart(
    findings: Iterable[Finding], submission: Submission, *, slips: Collection[str]
) -> Iterator[Finding]:
    """Yield `findings` as they count where they are about code that others wrote.

    Args:
        slips: ids of rules that are about honest mistakes, not about intent.

    A copy that is byte for byte what was published is told of once, by the dependencies check; only
    what blocks is told besides, for a package that does harm does it here as well. A generated or
    minified file is only so by its own word, so nothing but its slips becomes a remark.
    """
    for finding in findings:
        path = finding.at
        if finding.severity == "block" or (one := judged_apart(path, submission)) is None:
            yield finding
        elif not is_published_copy(path, submission):
            milder = finding.rule in slips and finding.severity == "warn" and one.kind != "package"
            yield finding.model_copy(update={"severity": "info"}) if milder else finding
