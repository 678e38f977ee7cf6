"""Why a version is not for this install, or not yet. Pure.

Source: attack table B7, B8, B10, B11; what people ask for: a cooldown they can see, and a way past it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Literal

from devforge.model.names import ExtensionId
from devforge.model.versions import Version
from devforge.updates.config import Config
from devforge.updates.installed import Installed, Skipped
from devforge.updates.lists import Lists
from devforge.updates.rollout import admits, hours_since, parse_time, percent

if TYPE_CHECKING:
    from devforge.model.index import ExtensionDocument, IndexedVersion, ListEntry

Asked = Literal[
    "exactly",  # this very version was named: only what is dangerous is refused
    "now",  # neither the roll-out nor the cooldown is waited for
    "install",  # the newest that is offered; the cooldown is only preferred
    "update",  # both are waited for
]
Kind = Literal[
    "malicious", "removed", "insecure", "engines", "platform",
    "withdrawn", "prerelease", "skipped", "halted", "rollout", "cooldown", "needed",
]  # fmt: skip
PASSES_BY_WAITING = ("rollout", "cooldown")


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One reason against a version, in words that go behind its number."""

    kind: Kind
    why: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Everything beside the documents that decides what this install may have."""

    now: datetime | None = None  # None: the clock is not to be believed
    install: str | None = None
    devforge: Version | None = None  # None skips the question
    platform: str = "linux-x64"
    lists: Lists = field(default_factory=Lists)
    config: Config = field(default_factory=Config)
    skipped: Mapping[ExtensionId, Skipped] = field(default_factory=dict)


def obstacle(
    document: ExtensionDocument,
    version: IndexedVersion,
    *,
    asked: Asked,
    here: Circumstances,
    have: Version | None = None,
) -> Obstacle | None:
    """Return what stands against `version`, the gravest first; None if this install may have it."""
    grave = (
        _listed(here.lists.malicious, document.id, version.version, "malicious")
        or _listed(here.lists.removed, document.id, version.version, "removed")
        or _insecure(document, version)
        or _unfit(version, here)
    )
    if grave or asked == "exactly":
        return grave
    return (
        _unwanted(document, version, here, have)
        or _staged(document, version, asked, here)
        or _fresh(document, version, asked, here, have)
    )


def is_malicious(lists: Lists, extension: ExtensionId, version: Version) -> ListEntry | None:
    """Return the entry that calls this version malicious, if there is one."""
    return _entry(lists.malicious, extension, version)


def _entry(
    listed: Mapping[ExtensionId, ListEntry], extension: ExtensionId, version: Version
) -> ListEntry | None:
    entry = listed.get(extension)
    if entry is None or (entry.versions is not None and version not in entry.versions):
        return None
    return entry


def _listed(
    listed: Mapping[ExtensionId, ListEntry],
    extension: ExtensionId,
    version: Version,
    kind: Literal["malicious", "removed"],
) -> Obstacle | None:
    entry = _entry(listed, extension, version)
    if entry is None:
        return None
    said = "is malicious" if kind == "malicious" else "was removed from the registry"
    return Obstacle(kind, f"{said}: {entry.reason}")


def _insecure(document: ExtensionDocument, version: IndexedVersion) -> Obstacle | None:
    least = document.min_secure_version
    if least is None or version.version >= least:
        return None
    return Obstacle("insecure", f"has a known hole; {least} is the oldest that is safe")


def _unfit(version: IndexedVersion, here: Circumstances) -> Obstacle | None:
    if here.devforge and not version.engines.admits(here.devforge):
        return Obstacle("engines", f"needs Dev Forge {version.engines}, this is {here.devforge}")
    if version.package_for(here.platform) is None:
        have = ", ".join(sorted(version.platforms))
        return Obstacle("platform", f"has no package for {here.platform}, only for {have}")
    return None


def _unwanted(
    document: ExtensionDocument, version: IndexedVersion, here: Circumstances, have: Version | None
) -> Obstacle | None:
    if version.yanked:
        return Obstacle("withdrawn", f"was withdrawn: {version.yanked.sentence}")
    if version.version.is_prerelease:
        return Obstacle("prerelease", "is a prerelease; ask for it by its number")
    if against := _skipped(document.id, version.version, here.skipped.get(document.id), have):
        return against
    if version.halted:
        return Obstacle("halted", "is halted: for now nobody gets it")
    return None


def _skipped(
    id: ExtensionId, version: Version, skipped: Skipped | None, have: Version | None
) -> Obstacle | None:
    """What was gone back from. Of what is no longer installed, older versions are as good as any."""
    if skipped is None or version > skipped.version:
        return None
    if version < skipped.version:
        why = f"is no newer than {skipped.version}, which {skipped.reason}"
        return Obstacle("skipped", why) if have else None
    takes = f"`devforge install {id} --version {version}`"
    return Obstacle("skipped", f"{skipped.reason}, so a newer one is waited for; {takes} takes it")


def _staged(
    document: ExtensionDocument, version: IndexedVersion, asked: Asked, here: Circumstances
) -> Obstacle | None:
    if asked == "now":
        return None
    is_offered = admits(
        version.rollout,
        published=version.published,
        now=here.now,
        install=here.install,
        extension=document.id,
        version=version.version,
    )
    if is_offered:
        return None
    share = percent(version.rollout, published=version.published, now=here.now)
    until = _next_stage(version, share)
    then = f"; more from {_moment(until)}" if until else ""
    return Obstacle("rollout", f"reaches {share} % so far, and this install is not among them{then}", until)  # fmt: skip


def _fresh(
    document: ExtensionDocument,
    version: IndexedVersion,
    asked: Asked,
    here: Circumstances,
    have: Version | None,
) -> Obstacle | None:
    """The cooldown. A release that mends a hole skips it, and so does whoever sits on one."""
    least = document.min_secure_version
    sits_on_hole = have is not None and least is not None and have < least
    if asked == "now" or version.security or sits_on_hole or not here.config.waits(document.id):
        return None
    hours = here.config.cooldown_hours
    age = hours_since(version.published, now=here.now)
    if age is not None and age >= hours:
        return None
    published = parse_time(version.published)
    if published is None:
        return Obstacle("cooldown", "does not say when it was published, so its age is unknown")
    until = published + timedelta(hours=hours)
    if age is None:
        return Obstacle("cooldown", f"waits until {_moment(until)}, and this machine's clock is wrong", until)  # fmt: skip
    return Obstacle("cooldown", f"is {int(age)} h old; versions wait {hours} h, until {_moment(until)}", until)  # fmt: skip


def _next_stage(version: IndexedVersion, share: int) -> datetime | None:
    rollout, published = version.rollout, parse_time(version.published)
    if rollout is None or published is None or not share:
        return None
    later = [number for number, stage in enumerate(rollout.stages) if stage > share]
    return published + timedelta(hours=rollout.hours * later[0]) if later else None


def _moment(when: datetime) -> str:
    return when.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def needed_by(id: ExtensionId, version: Version, staying: Iterable[Installed]) -> str | None:
    """Return who of what stays as it is would not go with `version` of `id`, in words."""
    for other in staying:
        range_ = other.extension_dependencies.get(id)
        if other.enabled and range_ is not None and not range_.admits(version):
            return f"{other.label} needs {id} {range_}"
    return None
