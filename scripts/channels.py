"""Bring what is released to npm, PyPI, container registries and buckets. Dry unless --apply is given.

What should be there is compared with what is remembered to be there, channel by channel, so a run may
be stopped anywhere; whether a publish whose answer was lost took place is found by looking.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from devforge.adapters.buckets import Bucket
from devforge.adapters.channels.bucket import BucketChannel
from devforge.adapters.channels.npm import Npm
from devforge.adapters.channels.oci import Oci
from devforge.adapters.channels.pypi import Pypi
from devforge.adapters.clone import Clone
from devforge.adapters.environment import Environment, read_environment
from devforge.adapters.issues import Issues
from devforge.adapters.releases import fetch_asset
from devforge.errors import BadInput, DevForgeError
from devforge.model.channels import (
    CHANNELS,
    Deliveries,
    Delivery,
)
from devforge.model.names import ExtensionId
from devforge.model.outlets import Channels
from devforge.model.records import ChannelName
from devforge.model.registry import Registry
from devforge.model.versions import Version
from devforge.plan import Plan
from devforge.publish.channels.act import Channel, carriers_for, deliver, remove, tell
from devforge.publish.channels.carriers import Parcel
from devforge.publish.channels.changes import Change, Deliver, Remove, Tell
from devforge.publish.channels.observe import observe_channels
from devforge.publish.channels.plan import failed, plan_channels, worries
from devforge.publish.telling import tell_operator
from scripts.entry import carry_out, parser_of

SECTION = "channels"


def adapters(channels: Channels, variables: Mapping[str, str]) -> dict[ChannelName, Channel]:
    """Return the channels that can be used: those of the policy whose credentials are at hand.

    npm and PyPI need no token in a workflow that may ask for its identity (trusted publishing).
    """
    found: dict[ChannelName, Channel] = {}
    proves_itself = "ACTIONS_ID_TOKEN_REQUEST_URL" in variables
    npm, pypi = variables.get("NPM_TOKEN"), variables.get("PYPI_TOKEN")
    if channels.npm and (npm or proves_itself):
        found["npm"] = Npm(channels.npm.registry, npm)
    if channels.pypi and (pypi or proves_itself):
        found["pypi"] = Pypi(channels.pypi.upload, channels.pypi.simple, pypi)
    if channels.oci and (user := variables.get("OCI_USER")):
        host = channels.oci.repository.partition("/")[0]
        found["oci"] = Oci(host, user=user, password=variables.get("OCI_PASSWORD"))
    if channels.s3 and variables.get("AWS_ACCESS_KEY_ID"):
        place = channels.s3
        bucket = Bucket(place.bucket, region=place.region, endpoint=place.endpoint)
        found["s3"] = BucketChannel(bucket)
    return found


class Job:
    """One run: where it is, and what it reads and writes."""

    def __init__(self, environment: Environment, checkout: Path, stack: ExitStack) -> None:
        self.environment, self._stack = environment, stack
        self.clone = Clone(environment, checkout, stack)
        self.state = self.clone.state

    def deliver(self, *, apply: bool) -> int:
        """Print the plan; with `apply`, carry it out and tell the operator what does not come right."""
        registry, now = self.clone.registry(), datetime.now(UTC).replace(microsecond=0)
        channels = registry.policy.channels
        usable = adapters(channels, os.environ)
        plan = plan_channels(
            observe_channels(registry, self.clone.objects, self.state),
            channels=channels,
            ready=frozenset(usable),
            now=now,
        )
        self._show(plan)
        if not apply:
            return plan.exit_code
        failures = 0
        for change in plan.changes:
            made = self._carry_out(change, registry, usable[change.channel], now)
            self._note(change.note.id, change.note.version, change.channel, made)
            if made.state not in ("published", "removed") or made.due is not None:
                failures += 1
                print(f"::warning title=Not delivered::{change.line}: {made.reason}")
        self._tell(worries(observe_channels(registry, self.clone.objects, self.state)))
        if plan.changes:
            print(f"{len(plan.changes) - failures} done, {failures} not")
        return 1 if failures else 0

    def retry(self, id: ExtensionId, version: Version, channel: ChannelName, *, apply: bool) -> int:
        """Forget what went wrong with one delivery, so that the next run tries it at once."""
        held = self._remembered(id, version).channels.get(channel)
        if held is None or (held.state in ("published", "removed") and not held.reason):
            print(
                f"channels: nothing to retry: {id} {version} {held.state if held else 'was never tried'} on {channel}"
            )
            return 0
        print(f"channels\n  + retry    {channel:<5} {id} {version}  {held.reason}")
        if not apply:
            return 2
        state = "published" if held.state == "published" else "failed"
        again = held.model_copy(update={"state": state, "due": None, "attempts": 0})
        self._note(id, version, channel, again)
        return 0

    def _carry_out(
        self, change: Change, registry: Registry, channel: Channel, now: datetime
    ) -> Delivery:
        if isinstance(change, Tell):
            return tell(change, channel, now=now, pause=time.sleep)
        if isinstance(change, Remove):
            return remove(change, channel, registry.policy.channels, now=now)
        return self._deliver(change, registry, channel, now)

    def _deliver(
        self,
        change: Deliver,
        registry: Registry,
        channel: Channel,
        now: datetime,
    ) -> Delivery:
        note = change.note
        try:
            parcels = [
                Parcel(
                    note.source.manifest,
                    fetch_asset(files.package),
                    registry.extensions[note.id].extension.repository.url,
                    f"{self.environment.server_url}/{self.environment.repository}",
                    note.source.readme,
                    platform,
                )
                for platform, files in note.packages.items()
            ]
            carriers = carriers_for(change, parcels, registry.policy.channels)
        except DevForgeError as error:  # one version's trouble is no other's
            before = change.deliveries.channels.get(change.channel)
            return failed(before, str(error), now=now)
        return deliver(change, carriers, channel, now=now, pause=time.sleep)

    def _remembered(self, id: ExtensionId, version: Version) -> Deliveries:
        return Deliveries.read(self.state.read(Deliveries.path_of(id, version)), id, version)

    def _note(
        self, id: ExtensionId, version: Version, channel: ChannelName, delivery: Delivery
    ) -> None:
        """Remember at once: a run that is killed has then at most one thing to look up again."""
        known = self._remembered(id, version).with_one(channel, delivery)
        content = known.model_dump_json(indent=1, exclude_defaults=True).encode() + b"\n"
        message = f"Note {channel} of {id} {version}: {delivery.state}"
        self.state.commit({Deliveries.path_of(id, version): content}, message)

    def _tell(self, lines: Iterable[str]) -> None:
        """Make the operator's inbox say what waits for them, and no more."""
        where = self.environment.repository, self.environment.secret_token()
        issues = Issues(*where, api_url=self.environment.api_url)
        self._stack.callback(issues.close)
        tell_operator(issues, SECTION, "Not delivered to a channel", tuple(lines))

    def _show(self, plan: Plan[Change]) -> None:
        print(plan.render())
        self.environment.summarise(f"```text\n{plan.render()}\n```")


def main(argv: Sequence[str] | None = None) -> int:
    arguments = _parser().parse_args(argv)
    logging.basicConfig(
        level=logging.WARNING, format="%(levelname)s %(message)s", stream=sys.stderr
    )

    def work(stack: ExitStack) -> int:
        job = Job(read_environment(), arguments.checkout, stack)
        if arguments.step == "deliver":
            return job.deliver(apply=arguments.apply)
        id, version = _named(arguments.id, arguments.version)
        return job.retry(id, version, arguments.channel, apply=arguments.apply)

    return carry_out("channels", work)


def _named(id: str, version: str) -> tuple[ExtensionId, Version]:
    try:
        return ExtensionId.parse(id), Version.parse(version)
    except ValueError as error:
        raise BadInput(f"{id} {version}: {error}") from error


def _parser() -> argparse.ArgumentParser:
    parser = parser_of("channels", __doc__)
    steps = parser.add_subparsers(dest="step", required=True, metavar="STEP")
    step = steps.add_parser("deliver", help="publish what is released and not yet there")
    step.add_argument("--apply", action="store_true", help="do what the plan says")
    step = steps.add_parser("retry", help="try one delivery again that failed or was refused")
    step.add_argument("id", help="developer.name of the extension")
    step.add_argument("version", help="its version")
    step.add_argument("channel", choices=CHANNELS)
    step.add_argument("--apply", action="store_true", help="do it; else say what would be done")
    return parser


if __name__ == "__main__":
    sys.exit(main())
