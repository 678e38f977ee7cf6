"""How near two names come to one another: for a finger, for the eye, for the memory. Pure.

Names are folded first: capitals, separators, the `@` of a scope, accents, and letters of other
alphabets that are drawn like ours do not tell names apart. Then there are three ways to mislead:
letters that look alike (`v1s` for `vis`), slips of a finger (`reqeusts`), and the shapes in which
imitations come (`py-`, `-cli`, a plural, the words in another order).

The shorter a name, the more honest neighbours it has, and the nearer an imitation must come:
`git` and `gist` are unlike, `requests` and `reqeusts` are not. Names that differ in one short word
(`lang-c`, `lang-d`) are a family.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from math import ceil
from typing import Literal

from checks.name_differences import seen_difference, slipped_difference
from checks.name_distances import KEY_COST, skeleton_of, slip_distance, visual_distance
from devforge.model.names import plain_name

Kind = Literal["same", "look", "slip", "shape"]
_ORDER: dict[Kind, int] = {"same": 0, "look": 1, "slip": 2, "shape": 3}
# What imitations put before or behind a name.
_AFFIX = re.compile(
    r"(?P<before>(?:js|node|nodejs|py|python|python3|the|real|official)-)?"
    r"(?P<core>.+?)"
    r"(?P<behind>-(?:js|node|ts|py|python|cli|sdk|utils?|official))?"
)
_SLIPS = ((5, 1.0), (12, 2.0), (20, 3.0))  # from how many letters how many slips are a likeness
_FULL = 10  # letters from which the whole of the visual distance counts; below, a share of it
_WORD = 4  # letters from which one differing word is more than another member of a family
_SHORTEST_SHAPE = 5  # letters below which names are too short to be recognised in another shape
_TELLING = 7  # letters from which a single word with something before or behind it is an imitation


_SEPARATORS = re.compile(r"[-_.]+")


@dataclass(frozen=True, slots=True)
class Likeness:
    """Two names that are easily taken for one another.

    `why` ends the sentence "`name` differs from `other` by …". `distance` is 0 exactly where both
    are the same once folded; it is comparable among likenesses of one kind.
    """

    other: str
    kind: Kind
    why: str
    distance: float


@dataclass(frozen=True, slots=True)
class _Face:
    """A name as it is compared."""

    words: tuple[str, ...]
    bare: str
    letters: int  # one bit for each letter or digit there is in `bare`
    outline: int  # the length of its skeleton, where letters that look alike are one
    outlined: int  # one bit for each letter of the skeleton
    core: tuple[str, ...]  # the words without what imitations add to a name


def folded(name: str) -> str:
    """Return `name` as PyPI takes it: in lower case, its runs of - _ and . as one hyphen."""
    return _SEPARATORS.sub("-", name.lower())


def likeness(name: str, other: str, *, slips: float = 1, visual: float = 1.0) -> Likeness | None:
    """Return how `name` is easily taken for `other`, the plainest reason first, or None.

    Args:
        slips: slips of a finger at which names still count as alike; short names allow fewer.
        visual: how different long names must look; short ones pass with proportionately less.
    """
    one, two = _face(name), _face(other)
    if one.bare == two.bare:
        return Likeness(other, "same", _folding(name, other), 0.0)
    return _alike(one, two, other, slips, visual)


def likenesses(
    name: str, others: Iterable[str], *, slips: float = 1, visual: float = 1.0
) -> tuple[Likeness, ...]:
    """Return those of `others` that `name` is easily taken for, the nearest first.

    Many thousands are no burden: nearly all are told apart by which letters they have.
    """
    found = (likeness(name, other, slips=slips, visual=visual) for other in others)
    return tuple(sorted(filter(None, found), key=lambda f: (_ORDER[f.kind], f.distance, f.other)))


def _alike(one: _Face, two: _Face, other: str, slips: float, visual: float) -> Likeness | None:
    """How two names that are not the same are alike."""
    shortest = min(len(one.bare), len(two.bare))
    visual *= min(shortest / _FULL, 1)
    if _may_look_alike(one, two, visual):
        looks = visual_distance(one.bare, two.bare)
        if looks < visual:
            return Likeness(other, "look", seen_difference(one.bare, two.bare), looks)
    if shape := _shape(one, two):
        return Likeness(other, "shape", shape, 1.0)
    slips = min(slips, max((most for length, most in _SLIPS if shortest >= length), default=0.0))
    if _may_be_slips(one, two, slips) and not _is_family(one.words, two.words):
        felt = slip_distance(one.bare, two.bare)
        if felt <= slips:
            return Likeness(other, "slip", slipped_difference(one.bare, two.bare), felt)
    return None


@lru_cache(maxsize=1 << 16)
def _face(name: str) -> _Face:
    plain = plain_name(name) or name.casefold()
    bare = plain.replace("-", "")
    skeleton = skeleton_of(bare)
    dressed = _AFFIX.fullmatch(plain)
    return _Face(
        words=tuple(plain.split("-")),
        bare=bare,
        letters=_bits(bare),
        outline=len(skeleton),
        outlined=_bits(skeleton),
        core=tuple(dressed["core"].split("-")) if dressed else (),
    )


def _bits(text: str) -> int:
    bits = 0
    for char in text:
        bits |= 1 << (ord(char) & 63)
    return bits


def _may_look_alike(one: _Face, two: _Face, visual: float) -> bool:
    """Whether it is worth measuring: letters that look alike leave the skeleton as it is."""
    other_letters = ceil(visual)
    return (
        abs(one.outline - two.outline) <= other_letters
        and (one.outlined ^ two.outlined).bit_count() <= 2 * other_letters
    )


def _may_be_slips(one: _Face, two: _Face, slips: float) -> bool:
    """Whether it is worth measuring: each slip leaves all but two letters as they are."""
    return (
        slips > 0
        and abs(len(one.bare) - len(two.bare)) <= slips
        and (one.letters ^ two.letters).bit_count() <= 2 * slips / KEY_COST
    )


def _is_family(one: tuple[str, ...], two: tuple[str, ...]) -> bool:
    """Whether names of several words differ in one that is too short to be mistyped: `lang-c`."""
    if len(one) != len(two) or len(one) < 2:
        return False
    differing = [(a, b) for a, b in zip(one, two, strict=True) if a != b]
    return len(differing) == 1 and max(map(len, differing[0])) < _WORD


def _shape(one: _Face, two: _Face) -> str | None:
    """How one name is the other in another shape, if it is."""
    if min(len(one.bare), len(two.bare)) < _SHORTEST_SHAPE:
        return None
    long, short = (one, two) if len(one.bare) > len(two.bare) else (two, one)
    if long.bare == f"{short.bare}{'es' if short.bare.endswith('s') else 's'}":
        return "the plural"
    if len(one.words) > 1 and sorted(one.words) == sorted(two.words):
        return "the order of its words"
    if long.core == short.words and (len(short.words) > 1 or len(short.bare) >= _TELLING):
        added = "-".join(long.words).replace("-".join(short.words), "…", 1)
        return f"the usual addition {added}"
    return None


def _folding(name: str, other: str) -> str:
    """What two spellings of one name differ by."""
    if name == other:
        return "nothing"
    if not (name.isascii() and other.isascii()):
        return "letters of another alphabet, or accents"
    return "capitals" if name.lower() == other.lower() else "nothing but separators or capitals"
