"""How far apart two names are for a finger and for an eye: weighted edit distances. Pure.

Both are the optimal string alignment form of the Damerau-Levenshtein distance: a letter added,
left out or changed, or two neighbours swapped, no piece edited twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

_Pairs = Mapping[tuple[str, str], float]


def _both_ways(pairs: Mapping[str, float]) -> dict[tuple[str, str], float]:
    """`{"0o": 0.1}` as costs of 0 for o and of o for 0."""
    return {
        pair: cost for two, cost in pairs.items() for pair in ((two[0], two[1]), (two[1], two[0]))
    }


_TWINS = ("0o", "1l", "1i", "il")  # in most fonts, one is the other
_ALIKE = ("5s", "2z", "8b", "6b", "6g", "9g", "9q", "gq", "uv", "ij", "1j", "3e", "4a", "7t")
_NEARLY = ("ce", "hn", "ao", "vy", "mn", "bh")
_LOOKS: _Pairs = _both_ways(
    dict.fromkeys(_TWINS, 0.1) | dict.fromkeys(_ALIKE, 0.3) | dict.fromkeys(_NEARLY, 0.45)
)
# Two letters that together look like one.
_MERGES: _Pairs = {("rn", "m"): 0.1, ("vv", "w"): 0.1, ("cl", "d"): 0.2, ("nn", "m"): 0.3}
# Each group of letters that look alike, directly or by way of another, as one of them.
_SKELETON = str.maketrans("0a4ij15286g9qhnmuy3c7", "ooolllszbbbbbbbbvveet")

_KEYBOARDS = (
    ("qwertyuiop", "asdfghjkl", "zxcvbnm"),
    ("qwertzuiop", "asdfghjkl", "yxcvbnm"),
    ("azertyuiop", "qsdfghjklm", "wxcvbn"),
)
KEY_COST = 0.7
_SHORT = 8  # letters from which any letter for any other counts as one slip, and no more
_UNLIKELY = 1.5


def _neighbours() -> frozenset[tuple[str, str]]:
    """Letters whose keys touch on one of the keyboards; a row is half a key right of that above."""
    found: set[tuple[str, str]] = set()
    for rows in _KEYBOARDS:
        for row in rows:
            found.update(pairwise(row))
        for above, below in pairwise(rows):
            for i, key in enumerate(below):
                found.update((key, other) for other in above[i : i + 2])
    return frozenset(found | {(b, a) for a, b in found})


_KEYS = _neighbours()
_DIGITS = frozenset((a, b) for a in "0123456789" for b in "0123456789" if a != b)
# Another number is another version more often than a slip: libxml2, libxml3.
_SLIPS: _Pairs = dict.fromkeys(_KEYS, KEY_COST) | dict.fromkeys(_DIGITS, 2.0)


def are_neighbouring_keys(one: str, other: str) -> bool:
    """Whether a finger that means one letter may hit the other, on QWERTY, QWERTZ or AZERTY."""
    return (one, other) in _KEYS


def skeleton_of(name: str) -> str:
    """Return `name` with letters that look alike as one letter, for a first sorting."""
    for pair, one in _MERGES:
        name = name.replace(pair, one)
    return name.translate(_SKELETON)


def look_alike(one: str, other: str) -> bool:
    """Whether two letters, or two and one, are drawn so much alike that a glance confuses them."""
    pair, turned = (one, other), (other, one)
    return pair in _LOOKS or pair in _MERGES or turned in _MERGES


def slip_distance(one: str, other: str) -> float:
    """Return how many slips of a finger part two names; 0 for equal ones alone.

    A neighbouring key costs less than one; in short names any other letter costs more, because
    short words that differ by a letter are mostly two words.
    """
    changed = _UNLIKELY if min(len(one), len(other)) < _SHORT else 1.0
    return _aligned(one, other, _SLIPS, changed, {})


def visual_distance(one: str, other: str) -> float:
    """Return how different two names look; 0 for equal ones alone, 1 for a wholly other letter."""
    return _aligned(one, other, _LOOKS, 1.0, _MERGES)


def _aligned(one: str, other: str, costs: _Pairs, changed: float, merges: _Pairs) -> float:
    """The cheapest way from `one` to `other`; adding, leaving out and swapping cost 1 each."""
    rows = [[float(j) for j in range(len(other) + 1)]]
    for i, a in enumerate(one, 1):
        row, above = [float(i)], rows[i - 1]
        for j, b in enumerate(other, 1):
            change = 0.0 if a == b else costs.get((a, b), changed)
            best = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + change)
            if i > 1 and j > 1 and a == other[j - 2] and b == one[i - 2]:
                best = min(best, rows[i - 2][j - 2] + 1)
            if merges:
                if i > 1 and (one[i - 2 : i], b) in merges:
                    best = min(best, rows[i - 2][j - 1] + merges[one[i - 2 : i], b])
                if j > 1 and (other[j - 2 : j], a) in merges:
                    best = min(best, above[j - 2] + merges[other[j - 2 : j], a])
            row.append(best)
        rows.append(row)
    return rows[-1][-1]
