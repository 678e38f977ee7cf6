"""What an update begins to do that the version before did nowhere, finer than powers. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from checks.changed import changed_lines
from devforge.model.observed import SourceTree
from devforge.model.profile import Place
from devforge.model.submission import Submission


def begun(submission: Submission) -> Iterator[Place]:
    """Yield what the lines that an update adds or changes begin to do, each with its first place."""
    # Security and the profile need one another, and the decision is imported before both.
    from checks.security import jointly  # noqa: PLC0415

    before = submission.previous
    if not isinstance(before, SourceTree):
        return
    codes = jointly.code_of(submission)
    lines = changed_lines(submission.tree, before, [code.path for code in codes])
    changed = [code for code in codes if code.path in lines]
    then = jointly.code_of(replace(submission, tree=before)) if changed else []
    for sign in jointly.TELLING:
        for code in changed:
            found = (jointly.line_of(place) for place in jointly.places_in(code, sign))
            line = next((line for line in found if line in lines[code.path]), None)
            if line is None:
                continue
            if not any(True for old in then for _ in jointly.places_in(old, sign)):
                yield Place(path=code.path[:300], line=line, what=sign.says)
            break
