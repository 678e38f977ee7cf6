"""Publish what has a record and a review: packages, releases, the index and the site.

Dry unless told to: `release`, `index`, `follow` and `watch` act with --apply, `remove` with --approve DIGEST.
Every step compares what should be with what is, so it may be stopped anywhere and run again.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

from devforge.adapters.environment import read_environment
from devforge.adapters.github import GitHub
from devforge.analytics.kept import read_kept
from devforge.analytics.shown import Shown, shown_downloads
from devforge.errors import DevForgeError
from devforge.publish.follow import FOLLOWERS, plan_follow
from devforge.publish.parcel import read_parcels
from devforge.publish.site import build_site
from scripts.publish_index import IndexSteps
from scripts.publish_packages import PackageSteps
from scripts.publish_run import Run


def _follow(run: Run, arguments: argparse.Namespace) -> int:
    """Start the jobs that have something to do now. What cannot be started waits for its schedule."""
    plan = plan_follow(arguments.start, branch=arguments.branch)
    print(plan.render())
    if not arguments.apply:
        return plan.exit_code
    environment = run.environment
    github = GitHub(environment.repository, environment.secret_token(), api_url=environment.api_url)
    run.stack.callback(github.close)
    for change in plan.changes:
        try:
            github.dispatch(change.workflow, change.branch)
        except DevForgeError as error:
            print(f"::warning title=Not started::{change.job}: {error}", file=sys.stderr)
    run.requests = github.requests
    return 0


def _site(run: Run, arguments: argparse.Namespace) -> int:
    """Write the feeds and the site around the signed index."""
    IndexSteps(run).restore(arguments.out / "index")
    given = f"{arguments.base_url.rstrip('/')}/" if arguments.base_url else None
    address = given or run.environment.site_url
    fetched = _downloads(run)
    home = run.environment.site_url  # entries keep their names when the site moves to a domain
    report = build_site(run.observed, arguments.out, site_url=address, home=home, downloads=fetched)
    print(report)
    run.environment.summarise(str(report))
    return 0


def _downloads(run: Run) -> Shown | None:
    """Read what was counted; figures that cannot be read keep no site from being published."""
    try:
        run.counted.fetch()
        return shown_downloads(read_kept(run.counted, counters=False))
    except DevForgeError as error:
        print(f"::warning title=Downloads are not shown::{error}", file=sys.stderr)
        return None


_STEPS: dict[str, Callable[[Run, argparse.Namespace], int]] = {
    "build": lambda run, arguments: PackageSteps(run).build(arguments),
    "release": lambda run, arguments: PackageSteps(run).release(arguments),
    "index": lambda run, arguments: IndexSteps(run, arguments.at).write(arguments),
    "follow": _follow,
    "watch": lambda run, arguments: IndexSteps(run, arguments.at).watch(arguments),
    "confirm": lambda run, arguments: IndexSteps(run).confirm(arguments),
    "site": _site,
    "remove": lambda run, arguments: PackageSteps(run).remove(arguments),
}


def main(argv: Sequence[str] | None = None) -> int:
    arguments = _parser().parse_args(argv)
    try:
        if arguments.step == "verify":
            print(f"{len(read_parcels(arguments.packages, arguments.digest))} packages as built")
            return 0
        with ExitStack() as stack:
            run = Run(read_environment(), arguments.checkout, stack)
            code = _STEPS[arguments.step](run, arguments)
            run.tell_cost()
            return code
    except DevForgeError as error:
        print(f"publish: {error}", file=sys.stderr)
        return 1


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
