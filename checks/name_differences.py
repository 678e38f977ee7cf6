"""What two names differ by, in words. Pure."""

from __future__ import annotations

from checks.name_distances import are_neighbouring_keys, look_alike


def seen_difference(one: str, other: str) -> str:
    """Return what ends "`one` differs from `other` by …" where the eye is misled."""
    mine, theirs = _differing(one, other)
    if look_alike(mine, theirs):
        return f"letters that look alike, {mine} for {theirs}"
    return "letters that look alike"


def slipped_difference(one: str, other: str) -> str:
    """Return what ends "`one` differs from `other` by …" where a finger slips."""
    mine, theirs = _differing(one, other)
    match len(mine), len(theirs):
        case 1, 0:
            return (
                f"a letter typed twice, {mine}"
                if _doubles(one, other)
                else f"one letter more, {mine}"
            )
        case 0, 1:
            return (
                f"a double letter typed once, {theirs}"
                if _doubles(other, one)
                else f"one letter less, {theirs}"
            )
        case 1, 1:
            kind = "neighbouring key" if are_neighbouring_keys(mine, theirs) else "letter"
            return f"one {kind}, {mine} for {theirs}"
        case 2, 2 if mine == theirs[::-1]:
            return f"two letters swapped, {mine} for {theirs}"
    return "a few letters"


def _differing(one: str, other: str) -> tuple[str, str]:
    """What is left of both without what they begin and end with in common."""
    shortest = min(len(one), len(other))
    start = next((i for i in range(shortest) if one[i] != other[i]), shortest)
    end = next(
        (i for i in range(shortest - start) if one[-1 - i] != other[-1 - i]), shortest - start
    )
    return one[start : len(one) - end], other[start : len(other) - end]


def _doubles(longer: str, shorter: str) -> bool:
    """Whether the letter that `longer` has more stands beside its like."""
    at = next(
        (i for i, (a, b) in enumerate(zip(longer, shorter, strict=False)) if a != b), len(shorter)
    )
    return longer[at] == longer[at - 1]
