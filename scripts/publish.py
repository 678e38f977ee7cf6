"""Publish what has a record and a review: packages, releases, the index and the site.

Dry unless told to: `release`, `index`, `follow` and `watch` act with --apply, `remove` with --approve DIGEST.
Every step compares what should be with what is, so it may be stopped anywhere and run again.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from devforge.adapters.environment import Environment, read_environment
from devforge.adapters.git import Objects
from devforge.adapters.github import GitHub
from devforge.adapters.releases import Releases
from devforge.adapters.state import State
from devforge.analytics.kept import read_kept
from devforge.analytics.shown import Shown, shown_downloads
from devforge.errors import BadInput, DevForgeError, Refused
from devforge.model.cost import cost_in_words
from devforge.model.downloads import BRANCH as DOWNLOADS
from devforge.model.names import ExtensionId
from devforge.model.release import ReleaseNote, Withdrawal, note_path, report_path
from devforge.model.versions import Version
from devforge.plan import Plan, apply
from devforge.publish.build import Built, Left, build
from devforge.publish.follow import FOLLOWERS, plan_follow
from devforge.publish.observe import Observed
from devforge.publish.parcel import digest, read_parcels, write_parcels
from devforge.publish.plan import plan_publish
from devforge.publish.release import Publisher
from devforge.publish.removal import Withdraw, plan_removal
from devforge.publish.site import build_site
from devforge.review.dependencies import read_dependencies
from scripts.publish_index import IndexSteps

# Noted in small lots, so that a run that is killed has little to look up again.
_LOT = 10


class Job:
    """One run: where it is, what it reads and what it writes to."""

    def __init__(self, environment: Environment, checkout: Path, stack: ExitStack) -> None:
        self.environment, self.checkout = environment, checkout
        token = environment.token.get_secret_value() if environment.token else None
        registry = stack.enter_context(
            Objects(checkout, environment.server_url, origin=environment.repository, token=token)
        )
        self.state = State(checkout, registry.url("origin"), token=token)
        self.state.fetch()
        self.counted = State(checkout, registry.url("origin"), token=token, branch=DOWNLOADS)
        self.observed = Observed(registry, registry.resolve("HEAD", "commit"), self.state)
        self._stack = stack
        self.requests = 0

    def tell_cost(self) -> None:
        """Say in the job's summary what it cost; packing and the site ask GitHub's API nothing."""
        spent = self.environment.spent(requests=self.requests, now=time.time())
        self.environment.summarise(cost_in_words([spent], 1))

    def build(self, arguments: argparse.Namespace) -> int:
        """Pack every version that has no release yet; return 0 even where there is none."""
        scratch = self._stack.enter_context(tempfile.TemporaryDirectory(prefix="devforge-publish-"))
        sources = self._stack.enter_context(
            Objects(arguments.sources or Path(scratch), self.environment.server_url)
        )
        limits = self.observed.policy().limits
        found = self.observed.candidates(sources, limits, read_dependencies)
        ready = [one if isinstance(one, Left) else build(one) for one in found]
        plan = plan_publish(ready=ready, released=len(self.observed.released()))
        self._show(plan)
        for left in (one for one in ready if isinstance(one, Left) and not one.waits):
            print(f"::warning title=Not published::{left.line}", file=sys.stderr)
        if arguments.out is not None:
            made = write_parcels(plan.changes, arguments.out)
            if arguments.twice and plan.changes:
                _build_again(made, sources=arguments.sources or Path(scratch), job=self)
            self.environment.put_output("count", str(len(plan.changes)))
            self.environment.put_output("digest", made)
        return 0

    def release(self, arguments: argparse.Namespace) -> int:
        """Release what `build` packed and note it; versions that are out already are left alone."""
        released = self.observed.released()
        parcels = read_parcels(arguments.packages, arguments.digest)
        ready = [one for one in parcels if (one.id, one.version) not in released]
        plan = plan_publish(ready=map(self._checked, ready), released=len(released))
        self._show(plan)
        if not arguments.apply:
            return plan.exit_code
        publisher = Publisher(
            Releases(
                self.environment.repository,
                self.environment.secret_token(),
                api_url=self.environment.api_url,
            ),
            self.observed.head,
            time.sleep,
            self.environment.server_url,
        )
        failures: list[str] = []
        for start in range(0, len(plan.changes), _LOT):
            failures += self._release_lot(publisher, plan.changes[start : start + _LOT])
        self.requests = publisher.releases.requests
        print(f"{self.requests} requests")
        for failure in failures:
            print(f"publish: {failure}", file=sys.stderr)
        return 1 if failures else 0

    def _release_lot(self, publisher: Publisher, lot: Sequence[Built]) -> list[str]:
        """Release each of `lot`, note those that succeeded, and return what went wrong."""
        notes: dict[str, bytes] = {}
        failures: list[str] = []
        for built in lot:
            try:
                note = publisher.release(built)
            except DevForgeError as error:
                failures.append(f"{built.id} {built.version}: {error}")
            else:
                notes[note.path] = _noted(note)
        if notes:
            names = ", ".join(f"{b.id} {b.version}" for b in lot)
            self.state.commit(notes, f"Note the releases of {names}")
        return failures

    def _checked(self, built: Built) -> Built | Left:
        """Compare what we were handed with Git once more: record, commit and report must agree."""
        try:
            record = self.observed.record(built.id, built.version)
        except BadInput as error:
            return Left(built.id, built.version, f"its record cannot be read: {error}", waits=False)
        report = self.state.read(report_path(built.id, built.version))
        if record.commit != built.source.commit or report != built.report:
            reason = "its record or report changed since it was packed"
            return Left(built.id, built.version, reason, waits=True)
        return built

    def index(self, arguments: argparse.Namespace) -> int:
        """Bring the signed index up to date."""
        return IndexSteps(self, arguments.at).write(arguments)

    def follow(self, arguments: argparse.Namespace) -> int:
        """Start the jobs that have something to do now. What cannot be started waits for its schedule."""
        plan = plan_follow(arguments.start, branch=arguments.branch)
        print(plan.render())
        if not arguments.apply:
            return plan.exit_code
        environment = self.environment
        github = GitHub(
            environment.repository, environment.secret_token(), api_url=environment.api_url
        )
        self._stack.callback(github.close)
        for change in plan.changes:
            try:
                github.dispatch(change.workflow, change.branch)
            except DevForgeError as error:
                print(f"::warning title=Not started::{change.job}: {error}", file=sys.stderr)
        self.requests = github.requests
        return 0

    def watch(self, arguments: argparse.Namespace) -> int:
        """Tell the operator when signatures are about to expire."""
        return IndexSteps(self, arguments.at).watch(arguments)

    def confirm(self, arguments: argparse.Namespace) -> int:
        """Ask what is published as clients do."""
        return IndexSteps(self).confirm(arguments)

    def site(self, arguments: argparse.Namespace) -> int:
        """Write the feeds and the site around the signed index."""
        IndexSteps(self).restore(arguments.out / "index")
        given = f"{arguments.base_url.rstrip('/')}/" if arguments.base_url else None
        address = given or self.environment.site_url
        fetched = self._downloads()
        report = build_site(self.observed, arguments.out, site_url=address, downloads=fetched)
        print(report)
        self.environment.summarise(str(report))
        return 0

    def _downloads(self) -> Shown | None:
        """Read what was counted; figures that cannot be read keep no site from being published."""
        try:
            self.counted.fetch()
            return shown_downloads(read_kept(self.counted, counters=False))
        except DevForgeError as error:
            print(f"::warning title=Downloads are not shown::{error}", file=sys.stderr)
            return None

    def remove(self, arguments: argparse.Namespace) -> int:
        """Mark a release as withdrawn, if a person approved exactly this plan."""
        id, version = ExtensionId.parse(arguments.id), Version.parse(arguments.version)
        found = self.state.read(note_path(id, version))
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        plan = plan_removal(
            id,
            version,
            note=ReleaseNote.model_validate_json(found) if found else None,
            listed=sum(1 for other, _ in self.observed.released() if other == id),
            withdrawal=Withdrawal(reason=arguments.reason, when=now),
        )
        self._show(plan)
        if arguments.approve is None or plan.exit_code == 0:
            return plan.exit_code
        apply(plan, self._withdraw, approved=arguments.approve)
        return 0

    def _withdraw(self, change: Withdraw) -> None:
        note = change.marked
        self.state.commit({note.path: _noted(note)}, f"Withdraw {note.id} {note.version}")

    def _show(self, plan: Plan[Built] | Plan[Withdraw]) -> None:
        print(plan.render())
        self.environment.summarise(f"```\n{plan.render()}\n```")


def main(argv: Sequence[str] | None = None) -> int:
    arguments = _parser().parse_args(argv)
    try:
        if arguments.step == "verify":
            print(f"{len(read_parcels(arguments.packages, arguments.digest))} packages as built")
            return 0
        with ExitStack() as stack:
            job = Job(read_environment(), arguments.checkout, stack)
            code = int(getattr(job, arguments.step)(arguments))
            job.tell_cost()
            return code
    except DevForgeError as error:
        print(f"publish: {error}", file=sys.stderr)
        return 1


def _noted(note: ReleaseNote) -> bytes:
    return note.model_dump_json(indent=1, exclude_none=True).encode() + b"\n"


def _build_again(made: str, *, sources: Path, job: Job) -> None:
    """Build once more in a process with another hash seed, time zone and locale, and compare."""
    other = {
        "PYTHONHASHSEED": "20260",
        "TZ": "Pacific/Kiritimati",
        "LC_ALL": "C",
        "GITHUB_OUTPUT": "",
        "GITHUB_STEP_SUMMARY": "",
    }
    with tempfile.TemporaryDirectory(prefix="devforge-again-") as again:
        out = Path(again, "packages")
        command = [sys.executable, __file__, "--checkout", str(job.checkout), "build"]
        command += ["--out", str(out), "--sources", str(sources)]
        done = subprocess.run(
            command,
            env=os.environ | other,
            capture_output=True,
            text=True,
            timeout=1800,
            check=False,
        )
        if done.returncode != 0:
            raise Refused(f"the second build failed: {done.stderr.strip()[-600:]}")
        if digest(out) != made:
            raise Refused(
                "two builds of the same sources differ, so nothing is released: compare them with "
                "`scripts/publish.py build --out` run twice"
            )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="publish", description=__doc__)
    parser.add_argument("--checkout", type=Path, default=Path(), help="the registry's clone")
    steps = parser.add_subparsers(dest="step", required=True)
    step = steps.add_parser("build", help="pack what has no release yet")
    step.add_argument("--out", type=Path, help="where packages go; without it, only the plan")
    step.add_argument("--twice", action="store_true", help="build again otherwise, and compare")
    step.add_argument("--sources", type=Path, help=argparse.SUPPRESS)
    handed = argparse.ArgumentParser(add_help=False)
    handed.add_argument("--packages", type=Path, required=True, help="what build wrote")
    handed.add_argument("--digest", required=True, help="the digest that build gave")
    steps.add_parser("verify", parents=[handed], help="compare packages with their digest")
    step = steps.add_parser("release", parents=[handed], help="release what was packed")
    step.add_argument("--apply", action="store_true", help="do it; else show the plan")
    timed = argparse.ArgumentParser(add_help=False)
    timed.add_argument("--at", metavar="TIME", help="as if it were then")
    step = steps.add_parser("index", parents=[timed], help="sign what records and releases say now")
    step.add_argument("--out", type=Path, required=True, help="where the index is written")
    step.add_argument("--apply", action="store_true", help="push it to the branch `index`")
    step.add_argument(
        "--released", type=int, default=0, metavar="COUNT", help="how many versions came out before"
    )
    step = steps.add_parser("follow", help="start other jobs")
    step.add_argument("--start", required=True, metavar="JOBS", help=", ".join(FOLLOWERS))
    step.add_argument("--branch", default="main", help="the default branch")
    step.add_argument("--apply", action="store_true", help="do it; else show the plan")
    step = steps.add_parser(
        "watch", parents=[timed], help="tell the operator of signatures that expire soon"
    )
    step.add_argument("--apply", action="store_true", help="edit the inbox; else show the plan")
    step = steps.add_parser("confirm", help="ask the published index as clients do")
    step.add_argument("--url", required=True, help="where the site is served")
    step.add_argument(
        "--patience", type=float, default=600, metavar="SECONDS", help="for its cache"
    )
    step = steps.add_parser("site", help="write the feeds and the site around the signed index")
    step.add_argument("--out", type=Path, required=True, help="where the site is written")
    step.add_argument("--base-url", help="where the site is served; default: GitHub Pages")
    step = steps.add_parser("remove", help="take a version out of the index for good")
    step.add_argument("id", help="developer.name of the extension")
    step.add_argument("version", help="the version to take out")
    step.add_argument("--reason", required=True, help="people read it")
    step.add_argument("--approve", metavar="DIGEST", help="apply the plan with this digest")
    return parser


if __name__ == "__main__":
    sys.exit(main())
