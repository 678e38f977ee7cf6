"""Decides which released versions go to which channel now. Pure.

No channel waits for another, and none stops a release: each version and channel is a line of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from packaging.utils import canonicalize_name

from devforge.errors import BadInput
from devforge.model.channels import CHANNELS, Delivery, Notice
from devforge.model.names import ExtensionId
from devforge.model.outlets import Channels
from devforge.model.records import ChannelName
from devforge.model.release import ReleaseNote
from devforge.model.versions import Version
from devforge.plan import Plan
from devforge.publish.channels.carriers import npm_name, oci_reference
from devforge.publish.channels.changes import Change, Deliver, Out, Remove, Tell
from devforge.publish.channels.wheel import pypi_name, pypi_version

_FIRST_WAIT = timedelta(minutes=30)
_LONGEST_WAIT = timedelta(hours=24)
_DELETING: tuple[ChannelName, ...] = ("oci", "s3")  # where what was deleted can be put back
WORRY = 4  # after this many failures in a row a person is told


def plan_channels(
    out: Iterable[Out], *, channels: Channels, ready: frozenset[ChannelName], now: datetime
) -> Plan[Change]:
    """Return what to publish where, and what to say of what is there, in order of id, version and channel.

    Args:
        ready: the channels whose credentials are at hand.
    """
    versions = sorted(out, key=lambda one: (one.note.id, one.note.version))
    planner = _Planner(channels, ready, now, _by_id(versions), _taken(versions, channels))
    found = [planner.look(one, c) for one in versions for c in _wanted(one, channels)]
    changes = tuple(change for change in found if isinstance(change, Change))
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
            if delivery is None:
                continue
            if delivery.state == "published":
                if delivery.reason and (delivery.due is None or delivery.attempts >= WORRY):
                    yield f"`{one.note.id}` {one.note.version} on {channel}: {delivery.reason}"
            elif delivery.state == "refused" or delivery.attempts >= WORRY:
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
    versions: Mapping[ExtensionId, Sequence[Out]]
    taken: Mapping[str, ExtensionId]

    def look(self, one: Out, channel: ChannelName) -> Change | str:
        """Return the change that sets `one` right on `channel`, or the line that says why there is none."""
        name = f"{channel:<5} {one.note.id} {one.note.version}"
        if getattr(self.channels, channel) is None:
            return f"absent   {name}  channels.{channel} is null in the policy: it is not offered"
        if one.is_malicious and channel in _DELETING:
            return self._condemned(one, channel, name)
        return (self._there if one.is_on(channel) else self._away)(one, channel, name)

    def _condemned(self, one: Out, channel: ChannelName, name: str) -> Remove | str:
        """It is looked for even where no delivery is known: a killed run may have forgotten one."""
        delivery = one.deliveries.channels.get(channel)
        if delivery is not None and delivery.state == "removed":
            return f"gone     {name}  {one.against}"
        if channel not in self.ready:
            return f"wait     {name}  there are no credentials for it; docs/operator.md, “Channels”"
        if one.is_on(channel) and delivery and delivery.due and self.now < delivery.due:
            return _waiting(name, delivery)
        return Remove(one.note, channel, one.deliveries, one.against)

    def _away(self, one: Out, channel: ChannelName, name: str) -> Deliver | str:
        note = one.note
        if one.against:
            return f"left     {name}  it is not offered any more: {one.against}"
        delivery = one.deliveries.waits(channel, self.now)
        if delivery is not None and delivery.state != "published":
            return _standing(name, delivery)
        try:
            reference = self._reference(channel, note)
        except BadInput as error:
            return f"held     {name}  {error}"
        if channel not in self.ready:
            return f"wait     {name}  there are no credentials for it; docs/operator.md, “Channels”"
        newest = note.version == _newest(self._good(note.id, channel, and_also=note.version))
        return Deliver(note, channel, reference, one.deliveries, newest)

    def _there(self, one: Out, channel: ChannelName, name: str) -> Change | str:
        delivery = one.deliveries.channels[channel]
        # Where something went wrong nobody knows what it says, or has.
        if delivery.against == one.against and not delivery.reason:
            return f"keep     {name}  {delivery.reference}"
        if channel in _DELETING and delivery.reason and not one.against:
            return self._away(one, channel, name)
        if channel in _DELETING:
            return (
                f"keep     {name}  {delivery.reference}: a copy that nothing points to says no more"
            )
        if channel not in self.ready:
            return f"wait     {name}  there are no credentials for it; docs/operator.md, “Channels”"
        if delivery.due is not None and self.now < delivery.due:
            return _waiting(name, delivery)
        called, version = _called(delivery.reference, channel)
        tags = _tags(self._good(one.note.id, channel)) if channel == "npm" else {}
        notice = Notice(called, version, one.against, tags)
        return Tell(one.note, channel, one.deliveries, notice)

    def _good(
        self, id: ExtensionId, channel: ChannelName, and_also: Version | None = None
    ) -> list[Version]:
        """The versions that are on `channel` and offered, rising."""
        return [
            one.note.version
            for one in self.versions[id]
            if one.note.version == and_also or (one.is_on(channel) and not one.against)
        ]

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
    if delivery.state == "refused":
        return f"held     {name}  {delivery.reason}"
    return _waiting(name, delivery)


def _waiting(name: str, delivery: Delivery) -> str:
    due = f"{delivery.due:%Y-%m-%dT%H:%MZ}" if delivery.due else "the next run"
    return f"wait     {name}  tried {delivery.attempts} times, again from {due}: {delivery.reason}"


def _wanted(one: Out, channels: Channels) -> tuple[ChannelName, ...]:
    return tuple(c for c in CHANNELS if c in one.asked or c in channels.every or one.is_on(c))


def _by_id(versions: Iterable[Out]) -> dict[ExtensionId, list[Out]]:
    found: dict[ExtensionId, list[Out]] = {}
    for one in versions:
        found.setdefault(one.note.id, []).append(one)
    return found


def _newest(rising: Sequence[Version]) -> Version | None:
    return next((version for version in reversed(rising) if not version.is_prerelease), None)


def _called(reference: str, channel: ChannelName) -> tuple[str, str]:
    name, _, version = reference.rpartition("@" if channel == "npm" else "==")
    return name, version


def _tags(rising: Sequence[Version]) -> dict[str, str]:
    """What npm's tags should be: `latest` is a prerelease only where nothing else is good."""
    latest = _newest(rising) or next(reversed(rising), None)
    before = next((version for version in reversed(rising) if version.is_prerelease), None)
    return {tag: str(v) for tag, v in (("latest", latest), ("next", before)) if v is not None}


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
