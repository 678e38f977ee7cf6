"""Copy the signed index to the mirrors that the policy names. Dry unless --apply is given.

Each mirror is compared file by file with the branch `index`, so a run may be stopped anywhere; one that
does not answer holds up no other.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from devforge.adapters.buckets import Bucket
from devforge.adapters.caches import Cache, Cloudflare, CloudFront
from devforge.adapters.clone import Clone
from devforge.adapters.environment import Environment, read_environment
from devforge.adapters.index_branch import IndexBranch
from devforge.adapters.release_notes import Notes
from devforge.errors import BadInput, DevForgeError
from devforge.model.outlets import MirrorBucket
from devforge.plan import apply
from devforge.publish.mirroring.act import Mirror
from devforge.publish.mirroring.observe import files_of, held_by, packages_held
from devforge.publish.mirroring.plan import plan_mirror
from devforge.publish.released import malicious_packages
from scripts.entry import carry_out, parser_of


def caches_of(place: MirrorBucket, variables: dict[str, str]) -> tuple[Cache, ...]:
    """Return what is in front of a mirror.

    Raises:
        BadInput: Cloudflare is named and its token is not given.
    """
    found: list[Cache] = []
    if place.cloudfront:
        found.append(CloudFront(place.cloudfront, endpoint=place.endpoint))
    if place.cloudflare:
        token = variables.get("CLOUDFLARE_TOKEN")
        if not token:
            raise BadInput("CLOUDFLARE_TOKEN is not set: a token that may purge this zone's cache")
        found.append(Cloudflare(place.cloudflare.zone, place.cloudflare.site, token))
    return tuple(found)


class Job:
    """One run."""

    def __init__(self, environment: Environment, checkout: Path, stack: ExitStack) -> None:
        self.environment = environment
        self.clone = Clone(environment, checkout, stack)
        self._index = Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="devforge-index-"))
        )

    def run(self, *, only: str | None, apply: bool) -> int:
        """Print each mirror's plan; with `apply`, carry it out. The worst of their exit codes counts."""
        registry = self.clone.registry()
        policy = registry.policy
        places = [place for place in policy.mirrors if only in (None, place.name)]
        if not places:
            named = ", ".join(place.name for place in policy.mirrors) or "none"
            if only:
                raise BadInput(f"the policy has no mirror {only}; it names {named}")
            print("mirrors\n  nothing to do: the policy names none")
            return 0
        IndexBranch(self.clone.objects).restore(self._index)
        malicious, codes = (
            malicious_packages(registry, Notes(self.clone.objects, self.clone.state.tip)),
            [],
        )
        for place in places:
            try:
                keep = policy.publishing.keep_percent
                codes.append(self._one(place, keep, malicious, is_applied=apply))
            except DevForgeError as error:
                print(f"mirrors: {place.name}: {error}", file=sys.stderr)
                codes.append(1)
        return 1 if 1 in codes else max(codes)

    def _one(
        self,
        place: MirrorBucket,
        keep_percent: int,
        malicious: tuple[str, ...],
        *,
        is_applied: bool,
    ) -> int:
        bucket = Bucket(place.bucket, region=place.region, endpoint=place.endpoint)
        caches = caches_of(place, dict(os.environ))
        held = held_by(bucket, place.prefix)
        plan = plan_mirror(
            place.name,
            local=files_of(self._index, held, place.prefix),
            held=held,
            prefix=place.prefix,
            has_cache=bool(caches),
            keep_percent=keep_percent,
            now=datetime.now(UTC),
            malicious=packages_held(bucket, place.prefix, malicious),
        )
        print(plan.render())
        self.environment.summarise(f"```text\n{plan.render()}\n```")
        if not is_applied or plan.exit_code == 1:
            return plan.exit_code
        mirror = Mirror(bucket, place.prefix, caches)
        apply(plan, lambda change: mirror.act(change, self._index))
        return 0


def main(argv: Sequence[str] | None = None) -> int:
    arguments = _parser().parse_args(argv)

    def work(stack: ExitStack) -> int:
        job = Job(read_environment(), arguments.checkout, stack)
        return job.run(only=arguments.only, apply=arguments.apply)

    return carry_out("mirrors", work)


def _parser() -> argparse.ArgumentParser:
    parser = parser_of("mirrors", __doc__)
    parser.add_argument("--only", metavar="NAME", help="this mirror alone")
    parser.add_argument("--apply", action="store_true", help="do what the plans say")
    return parser


if __name__ == "__main__":
    sys.exit(main())
