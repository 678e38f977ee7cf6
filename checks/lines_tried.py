"""How an extension starts in each line of Dev Forge it claims, as the compatibility check tells it. Pure.

What a trial says can only make the check worse: it adds findings, and a line it is silent about is no
verdict.
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.beyond import beyond_sandbox
from checks.printed import quoted
from checks.protocol import NoVerdict, Rule, present
from devforge.model.manifest import FILE, Manifest
from devforge.model.observed import Failure, Missing
from devforge.model.policy import Policy
from devforge.model.ranges import Range
from devforge.model.submission import Submission
from devforge.model.verdict import Finding
from devforge.model.versions import Version

LINE_FAILS = Rule(
    "engines-line-fails",
    "It starts in every line of Dev Forge it claims",
    "block",
    "Whoever runs that line is offered the extension, installs it, and it does not start.",
)
UNTRIED = Rule(
    "engines-line-untried",
    "There is a stand-in for every release it claims",
    "info",
    "A release without a stand-in cannot be tried here; that is the registry's to mend.",
)
_AT = f"{FILE}: engines.devforge"


def lines_tried(submission: Submission, manifest: Manifest) -> Iterator[Finding]:
    """Yield each line that the manifest claims and in which it does not start, though in others it does.

    Raises:
        NoVerdict: nobody could try one of them.
    """
    admitted = [
        r for r in submission.policy.devforge_releases if manifest.engines.devforge.admits(r)
    ]
    yield from _untried(admitted, submission.policy)
    claimed = _claimed(admitted, submission.policy)
    if not claimed:
        return
    trial = present(submission.trial, "it was not started")
    said = {str(line.releases): line.result for line in trial.lines}
    failures: dict[Range, Failure] = {}
    for releases in claimed:
        result = said.get(str(releases), Missing(reason="nothing was handed over about it"))
        if isinstance(result, Missing):
            raise NoVerdict(f"it was not started in Dev Forge {releases}: {result.reason}")
        if isinstance(result, Failure):
            failures[releases] = result
    working = [str(releases) for releases in claimed if releases not in failures]
    if working:
        for releases, failure in failures.items():
            yield _fails(releases, failure, working, submission)


def _claimed(admitted: list[Version], policy: Policy) -> list[Range]:
    return [
        host.releases for host in policy.devforge_hosts if any(map(host.releases.admits, admitted))
    ]


def _untried(admitted: list[Version], policy: Policy) -> Iterator[Finding]:
    hosts = [host.releases for host in policy.devforge_hosts]
    alone = [str(r) for r in admitted if not any(releases.admits(r) for releases in hosts)]
    if alone:
        yield UNTRIED.finding(
            at=_AT,
            problem=f"there is no stand-in for Dev Forge {', '.join(alone)}, so it was not started there",
            remedy="nothing; the registry adds one under devforge_hosts",
        )


def _fails(
    releases: Range, failure: Failure, working: list[str], submission: Submission
) -> Finding:
    why = beyond_sandbox(failure.output, submission)
    said = f": {quoted(failure.output)}" if failure.output else ""
    return LINE_FAILS.finding(
        at=_AT,
        problem=(
            f"it claims Dev Forge {releases}, but does not start there: {failure.what}{said}. It starts "
            f"in {', '.join(working)}. Measured by activating it in the stand-in for each line, in the sandbox"
        ),
        remedy=(
            f"narrow engines.devforge to {' || '.join(working)}, or ask before using what only some "
            "releases have"
        ),
        severity="person" if why else "block",
    )
