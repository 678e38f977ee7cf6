"""Keep known vulnerabilities at hand, and take back what they are about.

`refresh` brings the copy of the OSV database on the branch `advisories` up to date; `reopen` compares
every version that is out with it and with the registry's own advisories. Both print their plan and do
nothing more unless --apply is given.
"""

from __future__ import annotations

import argparse
import logging
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from devforge.adapters.environment import Environment, read_environment
from devforge.adapters.git import Objects
from devforge.adapters.github import GitHub
from devforge.adapters.issues import Issues
from devforge.adapters.osv_dump import ADDRESS
from devforge.adapters.policy import load_policy
from devforge.adapters.state import State
from devforge.advisories.act import Actor
from devforge.advisories.observe import members_of, observe_reopen
from devforge.advisories.refresh import Store, observe_dumps, plan_refresh
from devforge.advisories.reopen import Change, plan_reopen
from devforge.advisories.shelf import Shelf, registry_shelf
from devforge.plan import Plan, apply
from scripts.entry import carry_out, parser_of


class Job:
    """One run: where it is, and the copy as it was when the run began."""

    def __init__(
        self, environment: Environment, arguments: argparse.Namespace, stack: ExitStack
    ) -> None:
        self.environment, self.arguments, self._stack = environment, arguments, stack
        self._token = environment.secret_token()
        scratch = stack.enter_context(tempfile.TemporaryDirectory(prefix="devforge-advisories-"))
        self.scratch = Path(scratch)
        self.shelf: Shelf = registry_shelf(self._objects(self.scratch / "advisories"))

    def refresh(self) -> int:
        """Ask the OSV database what is new, and put it on the branch."""
        policy = load_policy(self.arguments.checkout / "registry/policy.yaml")
        seen = observe_dumps(
            self.shelf,
            policy.advisories.ecosystems,
            address=self.arguments.osv_url,
            scratch=self.scratch,
        )
        now = datetime.now(UTC).isoformat(timespec="seconds")
        plan = plan_refresh(seen, now=now)
        self._show(plan)
        if not self.arguments.apply:
            return plan.exit_code
        apply(plan, self._store)
        return 0

    def reopen(self) -> int:
        """Take back, tell and list what advisories are about."""
        objects = self._objects(self.arguments.checkout)
        state = State(self.arguments.checkout, objects.url("origin"), token=self._token)
        state.fetch()
        where = self.environment.repository, self._token
        issues = Issues(*where, api_url=self.environment.api_url)
        github = GitHub(*where, api_url=self.environment.api_url)
        for connection in (issues, github):
            self._stack.callback(connection.close)
        head = objects.resolve("HEAD", "commit")
        seen = observe_reopen(objects, head, state, issues, self.shelf, now=datetime.now(UTC))
        plan = plan_reopen(
            out=seen.out,
            members=members_of(seen.registry),
            issues=seen.issues,
            policy=seen.registry.policy.advisories,
            complete=seen.complete,
            copied=seen.copied,
            keep_percent=seen.registry.policy.publishing.keep_percent,
        )
        self._show(plan)
        approved = self.arguments.approve
        if not self.arguments.apply and approved is None:
            return plan.exit_code
        actor = Actor(state, issues, github, self.arguments.branch)
        apply(plan, actor.act, approved=approved)
        actor.finish()
        requests = issues.requests + github.requests
        self.environment.summarise(f"{requests} requests to GitHub.")
        print(f"{requests} requests")
        return 0

    def _store(self, store: Store) -> None:
        self.shelf.put(store.known, store.meta, keep=store.keep)

    def _objects(self, path: Path) -> Objects:
        environment = self.environment
        return self._stack.enter_context(
            Objects(path, environment.server_url, origin=environment.repository, token=self._token)
        )

    def _show(self, plan: Plan[Store] | Plan[Change]) -> None:
        print(plan.render())
        shown = plan.render().replace("```", "")
        self.environment.summarise(f"````text\n{shown}\n````")


def main(argv: Sequence[str] | None = None) -> int:
    arguments = _parser().parse_args(argv)
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s", stream=sys.stderr)

    def work(stack: ExitStack) -> int:
        job = Job(read_environment(), arguments, stack)
        return job.refresh() if arguments.step == "refresh" else job.reopen()

    return carry_out("advisories", work)


def _parser() -> argparse.ArgumentParser:
    parser = parser_of("advisories", __doc__)
    steps = parser.add_subparsers(dest="step", required=True, metavar="STEP")
    refresh = steps.add_parser("refresh", help="bring the copy of the OSV database up to date")
    refresh.add_argument("--apply", action="store_true", help="do what the plan says")
    refresh.add_argument("--osv-url", default=ADDRESS, metavar="URL", help="where the dumps are")
    reopen = steps.add_parser("reopen", help="take back and tell what advisories are about")
    reopen.add_argument("--apply", action="store_true", help="do what the plan says")
    reopen.add_argument("--approve", metavar="DIGEST", help="do exactly the plan of this digest")
    reopen.add_argument("--branch", default="main", help="the default branch")
    return parser


if __name__ == "__main__":
    sys.exit(main())
