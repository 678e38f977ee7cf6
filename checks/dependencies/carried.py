"""Copies of other people's code that the extension carries along. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from checks.dependencies.rules import ALTERED, CARRIED
from checks.protocol import counted
from devforge.model.components import Vendored
from devforge.model.observed import Missing
from devforge.model.verdict import Finding

_SHOWN = 6


def check(vendored: tuple[Vendored, ...]) -> Iterator[Finding]:
    """Yield what was carried along: unchanged copies, changed ones, and those nobody can name."""
    for one in vendored:
        if one.kind == "package":
            yield _package(one)


def _package(one: Vendored) -> Finding:
    at, files = one.paths[0], counted(len(one.paths), "file")
    if isinstance(one.unmodified, Missing):
        return CARRIED.finding(
            at=at,
            problem=f"a copy of {one.label} ({files}), which could not be compared with the published one: "
            f"{one.unmodified.reason}",
            remedy="nothing for you to mend; a dependency instead of a copy gets its updates by itself",
        )
    if one.unmodified:
        return CARRIED.finding(
            at=at,
            problem=f"an unmodified copy of {one.label} ({files}), judged by its name and version",
            remedy="keep it up to date, or depend on it instead",
        )
    if one.changed and one.version:
        shown = ", ".join(one.changed[:_SHOWN])
        more = len(one.changed) - _SHOWN
        return ALTERED.finding(
            at=one.changed[0],
            problem=f"a copy of {one.label} was changed in {shown}{f' and {more} more' if more > 0 else ''}: "
            "what was changed is judged as your own code",
            remedy="put the published files back, or say in the pull request what was changed and why",
        )
    return CARRIED.finding(
        at=at,
        problem=f"{one.label}, {files} carried along; which published version it is cannot be told",
        remedy="leave its package.json, its dist-info or a banner with name and version beside it",
    )
