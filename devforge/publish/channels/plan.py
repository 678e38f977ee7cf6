"""Decides which released versions go to which channel now. Pure.

No channel waits for another, and none stops a release: each version and channel is a line of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from packaging.utils import canonicalize_name

from devforge.errors import BadInput
from devforge.model.channels import CHANNELS, Deliveries, Delivery
from devforge.model.names import ExtensionId
from devforge.model.outlets import Channels
from devforge.model.records import ChannelName
from devforge.model.release import ReleaseNote
from devforge.model.versions import Version
from devforge.plan import Plan
from devforge.publish.channels.carriers import npm_name, oci_reference
from devforge.publish.channels.wheel import pypi_name, pypi_version

_FIRST_WAIT = timedelta(minutes=30)
_LONGEST_WAIT = timedelta(hours=24)
WORRY = 4  # after this many failures in a row a person is told


@dataclass(frozen=True, slots=True)
class Out:
    """A released version: its note, the channels its extension asks for, and how far they came."""

    note: ReleaseNote
    asked: tuple[ChannelName, ...]
    deliveries: Deliveries


@dataclass(frozen=True, slots=True)
class Deliver:
    """Bring one version to one channel. `newest`: no higher version that is no prerelease is out."""

    note: ReleaseNote = field(repr=False)
    channel: ChannelName
    reference: str
    deliveries: Deliveries = field(repr=False)
    newest: bool

    @property
    def line(self) -> str:
        note = self.note
        return f"deliver  {self.channel:<5} {note.id} {note.version}  as {self.reference}"


def plan_channels(
    out: Iterable[Out], *, channels: Channels, ready: frozenset[ChannelName], now: datetime
) -> Plan[Deliver]:
    """Return what to publish where, in order of id, version and channel.

    Args:
        ready: the channels whose credentials are at hand.
    """
    versions = sorted(out, key=lambda one: (one.note.id, one.note.version))
    planner = _Planner(channels, ready, now, _newest(versions), _taken(versions, channels))
    found = [planner.look(one, c) for one in versions for c in _wanted(one, channels)]
    changes = tuple(change for change in found if isinstance(change, Deliver))
    return Plan("channels", changes, tuple(note for note in found if isinstance(note, str)))


def failed(before: Delivery | None, reason: str, *, now: datetime) -> Delivery:
    """Return what to remember of a try that got no answer: when to try again, later each time."""
    attempts = (before.attempts if before else 0) + 1
    wait = min(_FIRST_WAIT * 2 ** min(attempts - 1, 10), _LONGEST_WAIT)
    return Delivery(
        state="failed", when=now, attempts=attempts, reason=reason[:500], due=now + wait
    )


def worries(out: Iterable[Out]) -> Iterator[str]:
    """Yield a line for the operator's inbox for each delivery that will not come right by itself."""
    for one in sorted(out, key=lambda one: (one.note.id, one.note.version)):
        for channel in CHANNELS:
            delivery = one.deliveries.channels.get(channel)
            if delivery is None or delivery.state == "published":
                continue
            if delivery.state == "refused" or delivery.attempts >= WORRY:
                tried = f" after {delivery.attempts} tries" if delivery.attempts > 1 else ""
                yield (
                    f"`{one.note.id}` {one.note.version} did not get to {channel}{tried}: "
                    f"{delivery.reason}. When that is settled: `python scripts/channels.py retry "
                    f"{one.note.id} {one.note.version} {channel} --apply`"
                )


@dataclass(frozen=True, slots=True)
class _Planner:
    channels: Channels
    ready: frozenset[ChannelName]
    now: datetime
    newest: Mapping[ExtensionId, Version]
    taken: Mapping[str, ExtensionId]

    def look(self, one: Out, channel: ChannelName) -> Deliver | str:
        """Return the change that brings `one` to `channel`, or the line that says why there is none."""
        note, name = one.note, f"{channel:<5} {one.note.id} {one.note.version}"
        if getattr(self.channels, channel) is None:
            return f"absent   {name}  channels.{channel} is null in the policy: it is not offered"
        if delivery := one.deliveries.waits(channel, self.now):
            return _standing(name, delivery)
        try:
            reference = self._reference(channel, note)
        except BadInput as error:
            return f"held     {name}  {error}"
        if channel not in self.ready:
            return f"wait     {name}  there are no credentials for it; docs/operator.md, “Channels”"
        newest = self.newest.get(note.id) == note.version
        return Deliver(note, channel, reference, one.deliveries, newest)

    def _reference(self, channel: ChannelName, note: ReleaseNote) -> str:
        channels = self.channels
        if note.platforms and channel in ("npm", "pypi"):
            raise BadInput(
                f"{channel} has one package for a version, and this one has several, by platform: it "
                "is not offered there"
            )
        if channel == "npm" and channels.npm:
            return f"{npm_name(note.id, channels.npm)}@{note.version}"
        if channel == "oci" and channels.oci:
            return oci_reference(note.id, note.version, channels.oci)
        if channel == "s3" and channels.s3:
            names = (files.package.name for files in note.packages.values())
            return f"s3://{channels.s3.bucket}/{channels.s3.prefix}…{', …'.join(names)}"
        if channels.pypi is None:
            raise BadInput("it is not offered")
        name = pypi_name(note.id, channels.pypi)
        holder = self.taken.get(canonicalize_name(name), note.id)
        if holder != note.id:
            raise BadInput(f"PyPI takes {name} for the project of {holder}, which had it first")
        return f"{name}=={pypi_version(note.version)}"


def _standing(name: str, delivery: Delivery) -> str:
    if delivery.state == "published":
        return f"keep     {name}  {delivery.reference}"
    if delivery.state == "refused":
        return f"held     {name}  {delivery.reason}"
    due = f"{delivery.due:%Y-%m-%dT%H:%MZ}" if delivery.due else "the next run"
    return f"wait     {name}  tried {delivery.attempts} times, again from {due}: {delivery.reason}"


def _wanted(one: Out, channels: Channels) -> tuple[ChannelName, ...]:
    return tuple(c for c in CHANNELS if c in one.asked or c in channels.every)


def _newest(versions: Iterable[Out]) -> dict[ExtensionId, Version]:
    found: dict[ExtensionId, Version] = {}
    for one in versions:  # in rising order
        if not one.note.version.is_prerelease:
            found[one.note.id] = one.note.version
    return found


def _taken(versions: Iterable[Out], channels: Channels) -> dict[str, ExtensionId]:
    """PyPI's name → the extension that was out first under it."""
    taken: dict[str, ExtensionId] = {}
    if channels.pypi is None:
        return taken
    for one in sorted(versions, key=lambda one: (one.note.published, one.note.id)):
        if "pypi" in _wanted(one, channels):
            name = canonicalize_name(pypi_name(one.note.id, channels.pypi))
            taken.setdefault(name, one.note.id)
    return taken
