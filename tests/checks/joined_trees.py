"""Many submissions through the real tools in one start of each, as if they were one large tree."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from devforge.model.observed import Missing, SourceTree, ToolFinding
from devforge.model.submission import Submission
from devforge.review.dependencies import read_dependencies
from devforge.review.examine import observe_static

Split = Mapping[int, tuple[ToolFinding, ...]]


def observed_together(submissions: Sequence[Submission]) -> list[Submission]:
    """Return each submission with what the tools say of its own files, under its own paths."""
    files = {
        f"{number}/{path}": replace(file, path=f"{number}/{path}")
        for number, submission in enumerate(submissions)
        for path, file in submission.tree.files.items()
    }
    with tempfile.TemporaryDirectory() as scratch:
        observed = observe_static(SourceTree(files=files), scratch=Path(scratch))
    lint, security = _split(observed.lint), _split(observed.security)
    return [
        replace(
            submission,
            lint=lint[number],
            security=security[number],
            dependencies=read_dependencies(submission.tree),
        )
        for number, submission in enumerate(submissions)
    ]


def _split(findings: tuple[ToolFinding, ...] | Missing) -> Split:
    assert not isinstance(findings, Missing), findings.reason
    parts: dict[int, tuple[ToolFinding, ...]] = defaultdict(tuple)
    for finding in findings:
        number, _, path = finding.path.partition("/")
        parts[int(number)] += (finding.model_copy(update={"path": path}),)
    return parts
