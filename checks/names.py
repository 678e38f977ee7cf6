"""How far apart two names are, for telling a slip or an imitation from another name. Pure."""

from __future__ import annotations

import re

_SEPARATORS = re.compile(r"[-_.]+")
_LOOKS_LIKE = str.maketrans({"0": "o", "1": "l", "i": "l", "5": "s", "3": "e"})


def folded(name: str) -> str:
    """Return `name` in lower case, its runs of - _ and . as one hyphen."""
    return _SEPARATORS.sub("-", name.lower())


def looks(name: str) -> str:
    """Return what `name` looks like at a glance: no separators, and digits as the letters they resemble."""
    plain = _SEPARATORS.sub("", name.lower()).translate(_LOOKS_LIKE)
    return plain.replace("rn", "m").replace("vv", "w")


def distance(left: str, right: str, *, at_most: int) -> int:
    """Return how many slips (letter added, lost, changed, two swapped) part two names.

    More than `at_most` is reported as `at_most + 1`: who asks does not care how many more.
    """
    if abs(len(left) - len(right)) > at_most:
        return at_most + 1
    above, row = [0] * (len(right) + 1), list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        two_above, above, row = above, row, [i]
        for j, b in enumerate(right, 1):
            cost = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                cost = min(cost, two_above[j - 2] + 1)
            row.append(cost)
        if min(row) > at_most and min(above) > at_most:
            return at_most + 1
    return min(row[-1], at_most + 1)
