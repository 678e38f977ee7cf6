"""Patterns that take for ever on a text somebody chose: those with more ways to read it than fit a day. Pure.

A loop is slow when a text leads through it in two ways and back to where it was, and something must
still match after it: then n characters can be split in 2^n ways, and all are tried. That is decided
exactly, on pairs of places of the loop; what merely takes the square of the text's length passes.

Source: Weber and Seidl, "On the degree of ambiguity of finite automata" (1991), criterion EDA.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Literal

from checks.places import milder, place_of, shipped
from checks.security.pattern_tree import (
    Assertion,
    Characters,
    Choice,
    Node,
    NotRead,
    Repeat,
    Sequence,
    read_pattern,
)
from checks.security.rules import REDOS, REMEDIES
from devforge.model.observed import ToolFinding
from devforge.model.python_source import parse_python
from devforge.model.reviewing import Severity
from devforge.model.submission import Submission
from devforge.model.verdict import Finding

_SUSPECT = re.compile(r"\)(?:[*+]|\{\d+,\d*\})")
_MODULES = {"re", "regex"}
_LONGEST = 2_000
_MOST_PLACES = 150
_MOST_COPIES = 6
_NARROW = 80  # characters of a set, of the 131 that are told apart
_MOST_TRIED = 300_000
_SHOWN = 60


def check(submission: Submission, found: Iterable[ToolFinding]) -> Iterator[Finding]:
    """Yield each pattern of the package's own code that a chosen text makes endless, with its lines."""
    places: dict[tuple[str, str], set[int]] = defaultdict(set)
    for path, line, pattern in (*_of_javascript(found), *_of_python(submission)):
        places[path, pattern].add(line)
    for (path, pattern), lines in sorted(places.items()):
        if slow := slowness(pattern):
            shown = pattern if len(pattern) <= _SHOWN else f"{pattern[:_SHOWN]}…"
            severity: Severity = "person" if slow == "plainly" else "warn"
            severity = "info" if place_of(path) == "vendored" else severity
            yield REDOS.finding(
                at=path,
                line=min(lines),
                lines=tuple(sorted(lines)),
                problem=f"line {min(lines)}: {shown} can read the same text in so many ways that a short"
                " one, chosen well, makes it run for hours",
                remedy=REMEDIES[REDOS.id],
                severity=milder(severity, path, submission),
            )


def _of_javascript(found: Iterable[ToolFinding]) -> Iterator[tuple[str, int, str]]:
    for finding in found:
        name, _, variant = finding.code.partition("--")
        if name == REDOS.id:
            text = finding.message
            if variant.endswith("-text"):
                text = text.replace("\\\\", "\\")
            yield finding.path, finding.line, text


def _of_python(submission: Submission) -> Iterator[tuple[str, int, str]]:
    for file in shipped(submission.tree):
        if not file.path.endswith((".py", ".pyw")) or not file.is_text:
            continue
        module = parse_python(file.content) if _SUSPECT.search(file.text) else None
        for node in ast.walk(module) if module else ():
            if isinstance(node, ast.Call) and node.args and _is_of_re(node.func):
                text = node.args[0]
                if isinstance(text, ast.Constant) and isinstance(text.value, str):
                    yield file.path, node.lineno, text.value


def _is_of_re(function: ast.expr) -> bool:
    return (
        isinstance(function, ast.Attribute)
        and isinstance(function.value, ast.Name)
        and function.value.id in _MODULES
    )


@lru_cache(maxsize=4_096)
def slowness(pattern: str) -> Literal["plainly", "on a closer look", None]:
    """Whether some text makes `pattern` try a number of ways that doubles with each letter.

    Plainly, where one endless loop holds another and nothing tells them apart; on a closer look, where
    two ways through a loop read the same text by what "any character" lets in. A pattern that is too large to be sure of, or
    that is not read here, is not called slow.
    """
    if len(pattern) > _LONGEST or not _SUSPECT.search(pattern):
        return None
    try:
        loops = [_Loop(loop) for loop in _loops(read_pattern(pattern), must_end=False)]
        if any(loop.is_plainly_slow() for loop in loops):
            return "plainly"
        return "on a closer look" if any(loop.is_ambiguous() for loop in loops) else None
    except (NotRead, RecursionError):
        return None


def _loops(node: Node, *, must_end: bool) -> Iterator[Repeat]:
    """Yield the outermost endless loops after which something must still match."""
    if isinstance(node, Repeat):
        if node.most is None and must_end:
            yield node
        else:
            yield from _loops(node.body, must_end=must_end or node.most is None)
    elif isinstance(node, Choice):
        for way in node.ways:
            yield from _loops(way, must_end=must_end)
    elif isinstance(node, Sequence):
        for number, part in enumerate(node.parts):
            rest = node.parts[number + 1 :]
            yield from _loops(part, must_end=must_end or not all(map(_may_be_nothing, rest)))


def _may_be_nothing(node: Node) -> bool:
    if isinstance(node, Repeat):
        return node.least == 0 or _may_be_nothing(node.body)
    if isinstance(node, Choice):
        return any(map(_may_be_nothing, node.ways))
    if isinstance(node, Sequence):
        return all(map(_may_be_nothing, node.parts))
    return False  # an assertion can fail, so it is something to match


def _written_out(node: Repeat) -> Sequence:
    """Return x{2,4} as x x x? x?, and x{2,} as x x+."""
    if node.most is None:
        return Sequence((node.body,) * (node.least - 1) + (Repeat(node.body, 1, None),))
    maybe = Repeat(node.body, 0, 1)
    return Sequence((node.body,) * node.least + (maybe,) * (node.most - node.least))


class _Loop:
    """A loop as places, each one set of characters, and the steps from one to the next (Glushkov)."""

    def __init__(self, loop: Repeat) -> None:
        self.members: list[int] = []
        self.steps: dict[int, set[int]] = defaultdict(set)
        self.tried = 0
        self.doubled = False  # one step is taken by two loops at once, as in (a+)+
        self._place(loop)

    def is_plainly_slow(self) -> bool:
        """Whether a loop over a narrow set, such as \\w+, stands in another that reads the same."""
        narrow = [
            place
            for place, members in enumerate(self.members)
            if place in self.steps[place] and members.bit_count() <= _NARROW
        ]
        return self.doubled or any(self._splits(place) for place in narrow)

    def is_ambiguous(self) -> bool:
        """Whether two different ways lead from some place back to it over the same text."""
        return any(self._splits(place) for place in range(len(self.members)))

    def _splits(self, place: int) -> bool:
        """Follow all pairs of ways from (place, place): one that parted and meets there again."""
        seen, open_pairs = set(), [(place, place, False)]
        while open_pairs:
            left, right, parted = open_pairs.pop()
            self.tried += len(self.steps[left]) * len(self.steps[right])
            if self.tried > _MOST_TRIED:
                raise NotRead("too large")
            for a in self.steps[left]:
                for b in self.steps[right]:
                    if not self.members[a] & self.members[b]:
                        continue
                    now = (a, b, parted or a != b)
                    if now == (place, place, True):
                        return True
                    if now not in seen:
                        seen.add(now)
                        open_pairs.append(now)
        return False

    def _place(self, node: Node) -> tuple[set[int], set[int], bool]:
        """Lay `node` out; return where it may begin, where it may end, and whether it may be nothing."""
        if isinstance(node, Characters):
            if len(self.members) >= _MOST_PLACES:
                raise NotRead("too large")
            self.members.append(node.members)
            here = {len(self.members) - 1}
            return here, here, False
        if isinstance(node, Assertion):
            return set(), set(), True
        if isinstance(node, Repeat):
            return self._repeat(node)
        if isinstance(node, Choice):
            laid = [self._place(way) for way in node.ways]
            firsts = {place for first, _, _ in laid for place in first}
            lasts = {place for _, last, _ in laid for place in last}
            return firsts, lasts, any(empty for _, _, empty in laid)
        return self._sequence(node)

    def _repeat(self, node: Repeat) -> tuple[set[int], set[int], bool]:
        if 1 < (node.most or node.least) <= _MOST_COPIES:
            return self._sequence(_written_out(node))
        first, last, empty = self._place(node.body)
        if node.most is None:
            for place in last:
                self.doubled = self.doubled or bool(self.steps[place] & first)
                self.steps[place] |= first
        return first, last, empty or node.least == 0

    def _sequence(self, node: Sequence) -> tuple[set[int], set[int], bool]:
        first: set[int] = set()
        last: set[int] = set()
        empty = True
        for part in node.parts:
            begins, ends, nothing = self._place(part)
            for place in last:
                self.steps[place] |= begins
            first |= begins if empty else set()
            last = last | ends if nothing else set(ends)
            empty = empty and nothing
        return first, last, empty
