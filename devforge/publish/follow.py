"""Which jobs have something to do once a run has published, so that none waits for its schedule. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from devforge.errors import BadInput
from devforge.model.policy import Policy
from devforge.plan import Plan

# What `publish` may start, and nothing else; each is a workflow of that name.
FOLLOWERS = ("mirrors", "channels")


@dataclass(frozen=True, slots=True)
class Start:
    """Start one workflow on the default branch."""

    job: str
    branch: str

    @property
    def workflow(self) -> str:
        """Its file's name."""
        return f"{self.job}.yml"

    @property
    def line(self) -> str:
        return f"start    {self.job}"


def due(policy: Policy, *, is_index_new: bool, says_other: bool) -> Iterator[str]:
    """Yield the jobs that have something to do now, as far as the policy names anything for them.

    Args:
        is_index_new: whether clients are shown another index than before, be it a newer signature.
        says_other: whether it says other things, too: of a version that came out, or was taken back.
    """
    if is_index_new and policy.mirrors:
        yield "mirrors"
    channels = policy.channels
    if says_other and any((channels.npm, channels.pypi, channels.oci, channels.s3)):
        yield "channels"


def plan_follow(words: str, *, branch: str) -> Plan[Start]:
    """Return what starts the jobs that an earlier job of the run named, in words between spaces.

    Raises:
        BadInput: one of them is not for `publish` to start.
    """
    named = words.split()
    if unknown := sorted(set(named) - set(FOLLOWERS)):
        raise BadInput(f"publish starts {', '.join(FOLLOWERS)}, and not {', '.join(unknown)}")
    return Plan("follow", tuple(Start(job, branch) for job in FOLLOWERS if job in named))
