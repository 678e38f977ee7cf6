"""Names of powerful things that no reader finds, because they are put together while the code runs. Pure.

In honest code the name of what starts a program or runs a text is a constant that stands there. So each
expression that is made of constants is worked out, as far as that needs no running: one that yields such a
name, where the name itself stands nowhere, hides it. And where a member of something powerful is chosen
by what nobody can work out, nobody can say what it does.
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.places import is_at_home, milder, place_of, shipped
from checks.security import rules
from checks.security.code_text import CODE, without_comments
from checks.security.hiding.chosen import chosen_in
from checks.security.hiding.inside import inside_in, is_data
from checks.security.hiding.members import looked_up_in
from checks.security.hiding.worked_out import hidden_in
from checks.vendored import is_published_copy
from devforge.model.observed import SourceFile
from devforge.model.submission import Submission
from devforge.model.verdict import Finding

_SCRIPT = (".js", ".cjs", ".mjs", ".jsx", ".ts", ".cts", ".mts", ".tsx")
_MOST_OF_OTHERS = 2_000_000  # bytes of a file of others' code
_MOST_DATA = 200_000  # bytes of a file that is no code


def check(submission: Submission) -> Iterator[Finding]:
    """Yield the first hidden name of each file of the extension's own."""
    for file in shipped(submission.tree):
        theirs = place_of(file.path) == "vendored"
        if not file.is_plain or is_published_copy(file.path, submission):
            continue
        if not theirs and not is_at_home(file.path, submission):
            continue
        if (found := _pieces(file) if theirs else _first(file)) is not None:
            line, words = found
            yield rules.HIDDEN.finding(
                at=file.path,
                line=line,
                problem=f"line {line}: {words}",
                remedy=rules.REMEDIES[rules.HIDDEN.id],
                severity=milder("person", file.path, submission),
            )


def _pieces(file: SourceFile) -> tuple[int, str] | None:
    """A name put together in what looks like a library: what these choose while they run tells nothing."""
    if not CODE.fullmatch(file.path) or len(file.content) > _MOST_OF_OTHERS:
        return None
    return next(hidden_in(without_comments(file.path, file.text)), None)


def _first(file: SourceFile) -> tuple[int, str] | None:
    if is_data(file.path):
        found = next(inside_in(file.text), None) if len(file.content) <= _MOST_DATA else None
        return (found[0], found[1]) if found else None
    if not CODE.fullmatch(file.path):
        return None
    text = without_comments(file.path, file.text)
    chosen = chosen_in if file.path.lower().endswith(_SCRIPT) else looked_up_in
    places = [*inside_in(text), *hidden_in(text), *chosen(text)]
    return min(places, default=None)
