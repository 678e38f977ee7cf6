"""Brings one version to one channel, or says there what stands against it: looks, acts, and reads it back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol, runtime_checkable

from devforge.errors import BadInput, Refused, Unavailable
from devforge.model.channels import Carrier, Copy, Delivery, Notice
from devforge.model.outlets import Channels
from devforge.publish.channels.carriers import (
    Parcel,
    copies_of,
    npm_carrier,
    oci_carriers,
    s3_key,
)
from devforge.publish.channels.changes import Deliver, Remove, Tell
from devforge.publish.channels.plan import failed
from devforge.publish.channels.wheel import pypi_carrier

_READ_BACK_SECONDS = (1.0, 3.0, 9.0, 27.0)  # registries show what they took after a moment


class Channel(Protocol):
    """One outside system; see `devforge/adapters/channels/`."""

    def holds(self, carrier: Carrier) -> bool | None:
        """Whether exactly this file is there; None where its name and version are free."""

    def publish(self, carrier: Carrier, *, newest: bool) -> None:
        """Publish it. `newest`: it is the highest version that is no prerelease."""


@runtime_checkable
class TellsPeople(Protocol):
    """A channel that can say what stands against a version."""

    def heeds(self, notice: Notice) -> bool:
        """Whether it says so already, or has no such version."""

    def heed(self, notice: Notice) -> None:
        """Have it say so. Raises Refused where a person must: its text says what to do."""


@runtime_checkable
class Deletes(Protocol):
    """A channel that lets what is ours be deleted."""

    def delete(self, copies: Sequence[Copy]) -> None:
        """Delete what is there of these. Raises Refused where a person must."""


def carriers_for(
    change: Deliver, parcels: Sequence[Parcel], channels: Channels
) -> tuple[Carrier, ...]:
    """Return the files that `change` sends, in order: a parcel for each platform is in them.

    Raises:
        BadInput: the channel has no form for it.
    """
    if change.channel == "oci" and channels.oci:
        return oci_carriers(parcels, channels.oci)
    if change.channel == "s3" and channels.s3:
        bucket = channels.s3
        return tuple(Carrier(s3_key(p, bucket), str(p.version), p.file, p.package) for p in parcels)
    [parcel] = parcels
    if change.channel == "npm" and channels.npm:
        return (npm_carrier(parcel, channels.npm),)
    if change.channel == "pypi" and channels.pypi:
        return (pypi_carrier(parcel, channels.pypi),)
    raise BadInput(f"channels.{change.channel} is null in the policy")


def deliver(
    change: Deliver,
    carriers: Sequence[Carrier],
    channel: Channel,
    *,
    now: datetime,
    pause: Callable[[float], object],
) -> Delivery:
    """Bring `carriers` there, each once, and return what to remember. Safe to repeat; never raises for the channel.

    A publish whose answer was lost is found by looking; other bytes under the same name stop it.
    """
    before = change.deliveries.channels.get(change.channel)
    try:
        for carrier in carriers:
            if not _is_there(channel, carrier):
                _publish(channel, carrier, newest=change.newest, pause=pause)
    except Unavailable as error:
        return failed(before, str(error), now=now)
    except Refused as error:
        attempts = (before.attempts if before else 0) + 1
        reason = str(error)[:500]
        return Delivery(state="refused", when=now, attempts=attempts, reason=reason)
    sha256 = carriers[-1].sha256
    return Delivery(state="published", when=now, reference=change.reference, sha256=sha256)


def tell(
    change: Tell, channel: Channel, *, now: datetime, pause: Callable[[float], object]
) -> Delivery:
    """Have the channel say what `change` wants, and return what to remember. Safe to repeat.

    What only a person can do there is looked for again by every run, until it was done.
    """
    notice, before = change.notice, change.deliveries.channels[change.channel]
    if not isinstance(channel, TellsPeople):  # the plan asks npm and PyPI alone
        raise BadInput(f"{change.channel} has no word for a version that was taken back")
    try:
        if not channel.heeds(notice):
            channel.heed(notice)
            _wait_for(lambda: channel.heeds(notice), pause)
    except Unavailable as error:
        missed = failed(before, str(error), now=now)
        said = {"attempts": missed.attempts, "reason": missed.reason, "due": missed.due}
        return before.model_copy(update=said)
    except Refused as error:
        said = {"attempts": 0, "reason": str(error)[:1000], "due": None}
        return before.model_copy(update=said)
    done = {"attempts": 0, "reason": "", "due": None, "against": notice.against, "when": now}
    return before.model_copy(update=done)


def remove(change: Remove, channel: Channel, channels: Channels, *, now: datetime) -> Delivery:
    """Delete what the channel has of `change`'s version, and return what to remember. Safe to repeat.

    What it does not let us delete is looked for again by every run, until a person did.
    """
    if not isinstance(channel, Deletes):  # the plan asks container registries and buckets alone
        raise BadInput(f"{change.channel} lets nothing be deleted")
    before = change.deliveries.channels.get(change.channel)
    left = before if before and before.state == "published" else None
    there = left or Delivery(state="published", when=now)  # it may be, that is
    try:
        channel.delete(copies_of(change.note, change.channel, channels))
    except Unavailable as error:
        missed = failed(left, str(error), now=now)
        said = {"attempts": missed.attempts, "reason": missed.reason, "due": missed.due}
        return there.model_copy(update=said)
    except Refused as error:
        reason = f"a copy of what was called malicious is there, delete it by hand: {error}"
        return there.model_copy(update={"attempts": 0, "reason": reason[:1000], "due": None})
    return Delivery(state="removed", when=now, against=change.against[:400])


def _publish(
    channel: Channel, carrier: Carrier, *, newest: bool, pause: Callable[[float], object]
) -> None:
    try:
        channel.publish(carrier, newest=newest)
    except (Unavailable, Refused):
        # The answer may be lost, or “it exists” may mean ourselves: what counts is what is there.
        if not _is_there(channel, carrier):
            raise
        return
    _wait_for(lambda: _is_there(channel, carrier), pause)


def _wait_for(is_so: Callable[[], bool], pause: Callable[[float], object]) -> None:
    for seconds in _READ_BACK_SECONDS:
        if is_so():
            return
        pause(seconds)
    raise Unavailable("it took what was sent and does not show it yet")


def _is_there(channel: Channel, carrier: Carrier) -> bool:
    """Whether it is there. Raises Refused where something else is, which is never overwritten."""
    held = channel.holds(carrier)
    if held is False:
        raise Refused(
            f"{carrier.name} {carrier.version} is there already with other bytes; nothing is "
            "overwritten: find out who published it"
        )
    return held is True
