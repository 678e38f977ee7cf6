"""Count which versions start where they are installed, and halt those that fail, by the policy.

Reads the access logs of the beacon. Dry unless --apply is given. Every run counts anew what the logs of the last days
say, so a run may be stopped anywhere, and no file is counted twice.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from devforge.adapters.clone import Clone
from devforge.adapters.environment import Environment, read_environment
from devforge.adapters.forks import Forks
from devforge.adapters.issues import Issues
from devforge.adapters.log_files import log_files
from devforge.errors import BadInput
from devforge.health.act import Actor
from devforge.health.observe import Observed, first_moment, observe_health
from devforge.health.plan import Halt, Outlook, Tell, plan_health
from devforge.health.reading import Reading
from devforge.health.words import HEADING, SECTION, inbox_lines, measured_by, pull_text
from devforge.model.policy import Policy
from devforge.model.registry import Registry
from devforge.operator.observe import observe_shelf
from devforge.plan import apply
from devforge.publish.telling import tell_operator
from devforge.publish.trust import read_trust
from scripts.entry import carry_out, parser_of

_TROUBLES = 5  # told; more say no more


class Job:
    """One run."""

    def __init__(self, environment: Environment, checkout: Path, stack: ExitStack) -> None:
        self.environment, self.checkout, self._stack = environment, checkout, stack
        self.clone = Clone(environment, checkout, stack)
        self.now = datetime.now(UTC).replace(microsecond=0)
        self._requests = 0

    def run(self, *, apply: bool) -> int:
        """Print the plan; with `apply`, carry it out and tell the operator what waits for them."""
        registry = self.clone.registry()
        rules = registry.policy.health
        if rules.beacon is None or rules.mode == "off":
            print("health\n  nothing to do: the policy names no beacon, or its mode is off")
            return 0
        reading = self._reading(registry.policy)
        seen = observe_health(registry, self.clone.state, reading.lines(), now=self.now)
        outlook = plan_health(watched=seen.watched, counted=seen.counted, rules=rules, now=self.now)
        troubles = [*reading.troubles, *self._doubts(registry, seen)][:_TROUBLES]
        self._show(outlook, seen, reading, troubles)
        if not apply:
            return 1 if reading.troubles else outlook.plan.exit_code
        failures = self._carry_out(outlook, registry.policy)
        tells = [tell for tell in outlook.tells if f"{tell.id} {tell.version}" not in failures]
        failed = [f"{name} fails, and could not be halted: {why}" for name, why in failures.items()]
        self._tell(tells, [*troubles, *failed], registry.policy)
        self._show_cost()
        return 1 if reading.troubles or failures else 0

    def _reading(self, policy: Policy) -> Reading:
        named = {source.name: source for source in policy.analytics.logs}
        missing = [name for name in policy.health.logs if name not in named]
        if missing or not policy.health.logs:
            raise BadInput(
                f"health.logs names {', '.join(missing) or 'no log'}, so nothing can be counted; "
                f"analytics.logs has {', '.join(named) or 'none'}"
            )
        sources = {
            name: (named[name].kind, log_files(named[name], checkout=self.checkout))
            for name in policy.health.logs
        }
        return Reading(sources, since=first_moment(policy.health, self.now))

    def _doubts(self, registry: Registry, seen: Observed) -> Iterator[str]:
        """Say why silence may not mean that all is well."""
        wanted, folder = registry.policy.health.beacon, self.checkout / "registry/trust"
        signed = read_trust(folder).config.beacon if folder.is_dir() else None
        if signed != wanted:
            yield (
                f"health.beacon is {wanted}, and what clients were signed is {signed or 'none'}: "
                "devforge keys mirrors --apply, then sign and push"
            )
        if seen.unseen:
            yield (
                f"{seen.unseen} versions more were reported than one run looks at, those that fail the "
                "most first: somebody may be playing with the beacon"
            )
        if signed == wanted and not (seen.lines or seen.strangers):
            yield (
                "not one client reported anything in these days: look whether requests for the "
                "beacon reach these logs"
            )

    def _carry_out(self, outlook: Outlook, policy: Policy) -> dict[str, str]:
        environment = self.environment
        where = environment.repository, environment.secret_token()
        forks = Forks(*where, api_url=environment.api_url)
        self._stack.callback(forks.close)

        def text(halt: Halt) -> str:
            return pull_text(halt, measured=_measured(policy), repository=environment.repository)

        actor = Actor(
            forks, self.clone.state, lambda id: observe_shelf(self.checkout, id), self._record,
            policy.review.method, environment.run_url, text,
        )  # fmt: skip
        apply(outlook.plan, actor.act)
        actor.finish()
        self._requests += forks.requests
        return actor.failures

    def _record(self, path: str) -> bytes | None:
        here = self.checkout / path
        return here.read_bytes() if here.exists() else None

    def _tell(self, tells: Sequence[Tell], troubles: Sequence[str], policy: Policy) -> None:
        where = self.environment.repository, self.environment.secret_token()
        issues = Issues(*where, api_url=self.environment.api_url)
        self._stack.callback(issues.close)
        lines = inbox_lines(tells, troubles, measured=_measured(policy), repository=where[0])
        tell_operator(issues, SECTION, HEADING, lines)
        self._requests += issues.requests

    def _show_cost(self) -> None:
        print(f"{self._requests} requests")
        self.environment.summarise(f"{self._requests} requests to GitHub.")

    def _show(
        self, outlook: Outlook, seen: Observed, reading: Reading, troubles: list[str]
    ) -> None:
        counted = (
            f"{reading.files} files: {seen.lines} reports; apart from them {seen.others} requests of others, "
            f"{seen.strangers} about nothing that is out"
        )
        said = "\n".join([outlook.plan.render(), counted, *(f"careful: {t}" for t in troubles)])
        print(said)
        self.environment.summarise(f"```text\n{said.replace('```', '')}\n```")


def _measured(policy: Policy) -> str:
    return measured_by(policy.health.logs, policy.health.days)


def main(argv: Sequence[str] | None = None) -> int:
    arguments = _parser().parse_args(argv)
    return carry_out(
        "health",
        lambda stack: Job(read_environment(), arguments.checkout, stack).run(apply=arguments.apply),
    )


def _parser() -> argparse.ArgumentParser:
    parser = parser_of("health", __doc__)
    parser.add_argument("--apply", action="store_true", help="do what the plan says")
    return parser


if __name__ == "__main__":
    sys.exit(main())
