"""Which powers the packaged code uses, and where: observations of the tools, put in order. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from typing import get_args

from checks.declarations import declares_only
from checks.places import is_at_home, place_of, shipped
from checks.profile.reached import reached_in
from checks.profile.telemetry import telemetry_in
from checks.security import hooks
from checks.security.credentials import named_credentials, picks_own_variables
from checks.types_alone import is_typed, lines_of_types
from devforge.model.observed import Missing, SourceFile
from devforge.model.profile import Place, Power, Use
from devforge.model.submission import Submission

# Path → observation → the lines it was seen on, in order.
Seen = Mapping[str, Mapping[str, tuple[int, ...]]]
_POWERS: Mapping[str, Power] = {
    "power-network": "network",
    "power-send": "network",
    "power-process": "process",
    "power-read": "filesystem-read",
    "power-write": "filesystem-write",
    "power-dynamic": "dynamic-code",
    "power-native": "native-code",
    "power-clipboard": "clipboard",
    "sees-keyring": "secrets",
    "sees-token": "environment",
    "sees-environment": "environment",
    "sees-session": "credentials",
    "power-runtime": "runtime",
}
_WHAT = {"sees-session": "the user's session"}
_CODE = re.compile(r".*\.(?:pyi?|pyw|[cm]?jsx?|[cm]?tsx?)", re.IGNORECASE)
_PLACES = 20


def seen_in(submission: Submission) -> Seen:
    """Return what the tools observed in the code that ships, and what is reached by less known names."""
    if isinstance(submission.security, Missing):
        return {}
    counted = {file.path: file for file in counting(submission)}
    types = {path: lines_of_types(file.text) for path, file in counted.items() if is_typed(path)}
    found: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for one in submission.security:
        name = one.code.partition("--")[0]
        if one.tool != "semgrep" or one.path not in counted:
            continue
        file = counted[one.path]
        own = name == "sees-environment" and picks_own_variables(file, one.line)
        if (
            name.startswith(("power-", "sees-"))
            and one.line not in types.get(one.path, ())
            and not own
        ):
            found[one.path][name].append(one.line)
    for path, file in counted.items():
        for name, line in reached_in(file):
            if line not in types.get(path, ()):
                found[path][name].append(line)
    return {
        path: {name: tuple(sorted(set(lines))) for name, lines in sorted(names.items())}
        for path, names in sorted(found.items())
    }


def counting(submission: Submission) -> Iterator[SourceFile]:
    """Yield the files of code that users run: packaged, and neither tests, docs, build files nor mere declarations."""
    for file in shipped(submission.tree):
        ours = is_at_home(file.path, submission) or place_of(file.path) == "vendored"
        if ours and file.is_plain and _CODE.fullmatch(file.path) and not declares_only(file):
            yield file


def uses_of(
    submission: Submission, seen: Seen, *, among: Mapping[str, Collection[int]] | None = None
) -> tuple[Use, ...]:
    """Return each power with its first places, in the order of `Power`.

    Args:
        among: the lines of each file that count, by path; all of them without it.
    """
    places: dict[Power, list[Place]] = defaultdict(list)
    for path, names in seen.items():
        for name, lines in names.items():
            if power := _POWERS.get(name):
                places[power] += [
                    Place(path=path[:300], line=line, what=_WHAT.get(name, "")) for line in lines
                ]
    for file in counting(submission):
        if file.path in seen:
            for whose, line in named_credentials(file):
                places["credentials"].append(Place(path=file.path[:300], line=line, what=whose))
        places["telemetry"] += telemetry_in(file)
    for hook in hooks.check(submission):
        at = hook.at.partition(": ")[0]
        places["install-hook"].append(Place(path=at[:300], line=hook.line, what=hook.problem[:300]))
    if among is not None:
        for power, found in places.items():
            places[power] = [place for place in found if place.line in among.get(place.path, ())]
    return tuple(_use(power, places[power]) for power in get_args(Power) if places[power])


def _use(power: Power, places: list[Place]) -> Use:
    ordered = sorted(set(places), key=lambda place: (place.path, place.line or 0, place.what))
    return Use(power=power, places=tuple(ordered[:_PLACES]), count=len(ordered))
