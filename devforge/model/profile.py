"""A version's capability profile: what its code can do, found without running it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from devforge.model.base import Strict
from devforge.model.names import Permission
from devforge.model.observed import Named

Power = Literal[
    "network", "process", "filesystem-read", "filesystem-write", "dynamic-code", "native-code",
    "runtime", "clipboard", "secrets", "environment", "credentials", "telemetry", "install-hook",
]  # fmt: skip
Short = Annotated[str, StringConstraints(max_length=300)]
_MOST = 500  # of anything: a profile is read by people
_BRIEF = 50  # of anything, where each version of each extension keeps it
_LISTS = ("hosts", "programs", "dependencies", "entry_points", "hooks", "binaries", "minified")


class Place(Strict):
    """Where something was seen; `what` is the host, program or file, as far as the code names it."""

    path: Short
    line: Annotated[int, Field(ge=1)] | None = None
    what: Short = ""


class Use(Strict):
    """One power and where the code uses it: the first few places, and how many there are."""

    power: Power
    places: Annotated[tuple[Place, ...], Field(min_length=1, max_length=20)]
    count: Annotated[int, Field(ge=1)]


class Component(Strict):
    """One dependency: the locked version, or else the requirement as written."""

    ecosystem: Literal["PyPI", "npm"]
    name: Named
    version: Short
    direct: bool = True


class Profile(Strict):
    """What one version may do and does, as packaged. Every tuple is sorted and capped."""

    permissions: tuple[Permission, ...] = ()
    uses: tuple[Use, ...] = ()
    hosts: Annotated[tuple[Short, ...], Field(max_length=_MOST)] = ()
    programs: Annotated[tuple[Short, ...], Field(max_length=_MOST)] = ()
    dependencies: Annotated[tuple[Component, ...], Field(max_length=5000)] = ()
    entry_points: Annotated[tuple[Short, ...], Field(max_length=_MOST)] = ()
    hooks: Annotated[tuple[Short, ...], Field(max_length=_MOST)] = ()
    binaries: Annotated[tuple[Short, ...], Field(max_length=_MOST)] = ()
    minified: Annotated[tuple[Short, ...], Field(max_length=_MOST)] = ()
    owners: Annotated[tuple[Short, ...], Field(max_length=_MOST)] = ()

    def use(self, power: Power) -> Use | None:
        """Return how a power is used, if it is."""
        return next((use for use in self.uses if use.power == power), None)

    @property
    def brief(self) -> Profile:
        """What is enough for people to read: the first of each; the review's report has all."""
        cut = {name: getattr(self, name)[:_BRIEF] for name in _LISTS}
        return self.model_copy(update=cut)


class FileChange(Strict):
    """One file of the package that is not what it was; lines are None where it is no text."""

    path: Short
    verb: Literal["added", "removed", "changed"]
    lines_added: int | None = None
    lines_removed: int | None = None
    bytes: int = 0  # the size it has now; 0 where it was removed


class Gain(Strict):
    """One thing a version has, or no longer has, that the approved version before it had not, or had."""

    kind: Literal[
        "permission", "power", "host", "program", "dependency", "entry point", "install hook",
        "binary", "minified file", "owner",
    ]  # fmt: skip
    what: Short
    verb: Literal["new", "gone", "changed"]
    place: Place | None = None


class Difference(Strict):
    """What changed since the last approved version, as packaged."""

    since: Short  # that version
    gains: Annotated[tuple[Gain, ...], Field(max_length=_MOST)] = ()
    files: Annotated[tuple[FileChange, ...], Field(max_length=_MOST)] = ()
    files_left_out: int = 0
    bytes_before: int = 0
    bytes_after: int = 0
