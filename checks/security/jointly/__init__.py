"""Everyday powers that could harm together, anywhere in a small package and nearby in a large one. Pure.

Nothing here says that they do. Values are followed elsewhere; past classes, queues, events, tables and
files nobody can follow them by reading alone, so a person is shown both ends.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from checks.manifest.files import is_compiled
from checks.places import shipped
from checks.security import rules
from checks.security.credentials import picks_by_own_prefix
from checks.security.jointly.dangers import DANGERS, TELLING, Danger
from checks.security.jointly.owned import (
    is_for_a_forge,
    is_for_its_giver,
    is_for_its_service,
    is_for_its_service_alone,
    is_its_own,
    is_its_users,
    is_others,
)
from checks.security.jointly.reading import Code, are_near, code_of, data_of, is_small, lines_with
from checks.security.jointly.signs.changing import HOME_OF_SOMEBODY, REPLACES_OTHERS
from checks.security.jointly.signs.private import (
    BELOW_HOME,
    HOME_BY_PARTS,
    HOME_OF_OTHERS,
    LOGIN_VARIABLE,
    LOGINS_OF_PROGRAMS,
    SERVICE_SECRET,
    SESSION,
    WHOLE_ENVIRONMENT,
)
from checks.security.jointly.signs.running import LOADS_CODE, NATIVE_CODE, STARTS_CHOSEN
from checks.security.jointly.signs.sign import Sign
from devforge.model.submission import Submission
from devforge.model.verdict import Finding

__all__ = ["TELLING", "check", "code_of", "line_of", "places_in"]

_WASM = re.compile(r"\.wasm$|\.pyc$", re.IGNORECASE)
_BESIDE = 200  # characters of one expression about the environment
_PLACES = 12  # of one sign in one file that are looked at
_LONGEST_LINE = 4_000
_Place = tuple[Code, int, str]  # a file, where in it, and what stands there


def check(submission: Submission) -> Iterator[Finding]:
    """Yield one finding for each danger whose signs stand near each other, naming every place."""
    codes = code_of(submission)
    data = data_of(submission)
    small = is_small(codes)
    seen: dict[int, list[_Place]] = {}
    told: set[tuple[str, int]] = set()

    def places(sign: Sign) -> list[_Place]:
        if id(sign) not in seen:
            files = data if sign.in_data else codes
            found = (place for code in files for place in places_in(code, sign))
            seen[id(sign)] = [*filter(_allowed(submission, codes, sign), found)]
        return seen[id(sign)]

    for danger in DANGERS:
        ends = _together(danger, places, small=small)
        if ends is None:
            continue
        key = (ends[0][0].path, line_of(ends[0]))
        if key not in told:
            told.add(key)
            yield _finding(danger, ends)
    yield from _machine_code(submission, places)


def places_in(code: Code, sign: Sign) -> Iterator[_Place]:
    """The first places of a sign in a file: only lines with one of its words are looked at."""
    text, counted = code.text, 0
    starts = lines_with(text, sign.words)
    if not starts or (sign.also and not sign.also.search(text)):
        return
    if sign.without and sign.without.search(text):
        return
    for start in starts:
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        found = sign.pattern.search(text, start, min(end, start + _LONGEST_LINE) + sign.beyond)
        if (
            found
            and found.start() <= end
            and not (sign.unless and sign.unless.search(text, start, end))
        ):
            yield code, found.start(), text[start:end][:_LONGEST_LINE]
            counted += 1
        if counted == _PLACES:
            return


def _allowed(submission: Submission, codes: Sequence[Code], sign: Sign) -> Callable[[_Place], bool]:
    """What counts: no folder of the extension's own, no key for the very service it is sent to."""
    excuses: dict[int, Callable[[_Place], bool]] = {
        id(LOGIN_VARIABLE): lambda place: is_for_its_service(submission, codes, place[2]),
        id(SERVICE_SECRET): lambda place: is_for_its_service_alone(codes, place[2]),
        id(LOGINS_OF_PROGRAMS): lambda _: is_for_a_forge(codes),
        id(SESSION): lambda place: is_for_its_giver(codes, place[2]),
        id(WHOLE_ENVIRONMENT): lambda place: _is_one_variable(submission, place),
        id(REPLACES_OTHERS): lambda place: not is_others(place[0].text, place[2]),
    }
    for below_home in (HOME_BY_PARTS, HOME_OF_OTHERS, HOME_OF_SOMEBODY, BELOW_HOME):
        excuses[id(below_home)] = lambda place: is_its_own(submission, place[0].text, place[2])
    excused = excuses.get(id(sign))
    return lambda place: excused is None or not excused(place)


def _is_one_variable(submission: Submission, place: _Place) -> bool:
    code, at, line = place
    return picks_by_own_prefix(code.text[at : at + _BESIDE]) or is_its_users(submission, line)


def _together(
    danger: Danger, places: Callable[[Sign], list[_Place]], *, small: bool
) -> list[_Place] | None:
    """The first places of all the signs that are near the first one's, or None."""
    for first in places(danger.first):
        ends = [first]
        for sign in danger.others:
            near = (p for p in places(sign) if _are_near(danger, first, p, small=small))
            other = min(near, key=lambda p: (p[0] is not first[0], p[0].path, p[1]), default=None)
            if other is None:
                break
            ends.append(other)
        else:
            return ends
    return None


def _machine_code(
    submission: Submission, places: Callable[[Sign], list[_Place]]
) -> Iterator[Finding]:
    """A compiled program or library in the package, and the code that loads or starts it."""
    held = [f.path for f in shipped(submission.tree) if is_compiled(f) and not _WASM.search(f.path)]
    users = (*places(NATIVE_CODE), *places(STARTS_CHOSEN), *places(LOADS_CODE)) if held else ()
    if users:
        line = line_of(users[0])
        yield rules.TOGETHER.finding(
            at=users[0][0].path,
            line=line,
            problem=f"line {line}: it loads or starts what it does not spell out, and {held[0]} is machine "
            "code that nobody can read",
            remedy="say in the README what it is made from and how to build it; a maintainer looks, once",
        )


def _are_near(danger: Danger, one: _Place, other: _Place, *, small: bool) -> bool:
    if one[0] is not other[0] and danger.in_one_file in (
        ("always",) if small else ("large", "always")
    ):
        return False
    return small or are_near(one[0], one[1], other[0], other[1])


def line_of(place: _Place) -> int:
    return place[0].text.count("\n", 0, place[1]) + 1


def _finding(danger: Danger, ends: Sequence[_Place]) -> Finding:
    first, *others = ends
    told = [f"line {line_of(first)}: it {danger.first.says}"]
    for sign, place in zip(danger.others, others, strict=True):
        where = "" if place[0] is first[0] else f"{place[0].path}, "
        told.append(f"{where}line {line_of(place)}, {sign.says}")
    return rules.TOGETHER.finding(
        at=first[0].path,
        line=line_of(first),
        problem=f"{'; '.join(told)}: {danger.means}",
        remedy=rules.REMEDIES[rules.TOGETHER.id],
    )
