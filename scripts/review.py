"""Review the open pull requests that have no verdict for their head commit.

Three steps, each on a machine of its own: `static` reads, `dynamic` runs a stranger's code in the
sandbox without any permission, `decide` holds the token and runs nothing foreign. `decide` prints
its plan and does nothing more unless --apply is given.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from devforge.adapters.environment import read_environment
from devforge.adapters.policy import load_policy
from devforge.errors import DevForgeError, Unavailable
from devforge.review.act import Actor, failures_in_words
from devforge.review.concluding import conclude_step, write_outputs
from devforge.review.handover import write_json
from devforge.review.plan import plan_review
from devforge.review.reading import read_step, try_step
from devforge.review.render import render_summary
from devforge.review.sarif import render_sarif
from devforge.review.session import Session, open_session


def main(argv: Sequence[str] | None = None) -> int:
    arguments = _parser().parse_args(argv)
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s", stream=sys.stderr)
    try:
        if arguments.step == "dynamic":
            return _dynamic(arguments)
        environment = read_environment()
        with (
            tempfile.TemporaryDirectory(prefix="devforge-review-") as scratch,
            open_session(environment, Path(scratch), only=arguments.pull) as session,
        ):
            step = _static if arguments.step == "static" else _decide
            return step(session, arguments)
    except DevForgeError as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 1


def _static(session: Session, arguments: argparse.Namespace) -> int:
    """Read; hand on the numbers whose code is to be run."""
    numbers = read_step(session, arguments.out)
    session.environment.put_output("pulls", json.dumps(numbers))
    count = len(session.queue.review) + len(session.queue.approvals)
    session.environment.put_output("count", str(count))
    requests = session.github.requests
    print(f"{count} to decide, {len(numbers)} to run, {requests} requests")
    session.environment.summarise(f"Read {count} pull requests with {requests} requests to GitHub.")
    return 0


def _dynamic(arguments: argparse.Namespace) -> int:
    """Run one source; what came of it is in the file, so the step itself succeeds."""
    policy = load_policy(arguments.policy)
    tried = try_step(arguments.static / str(arguments.pull), policy)
    write_json(arguments.out, tried)
    print(f"#{arguments.pull}: tried")
    return 0


def _decide(session: Session, arguments: argparse.Namespace) -> int:
    """Judge, print the plan, and with --apply carry it out."""
    concluded = conclude_step(session, static=arguments.static, trials=arguments.trials)
    plan = plan_review(
        reviewed=concluded.reviewed,
        policy=session.policy,
        branch=session.branch,
        notes=concluded.notes,
    )
    print(plan.render())
    if arguments.out is not None:
        write_outputs(arguments.out, concluded)
        for review in concluded.reviewed:
            sarif = arguments.out / str(review.pull) / "review.sarif"
            sarif.write_text(render_sarif(review.report), encoding="utf-8")
    parts = [
        render_summary(review.report, title=review.title, pull=review.pull)
        for review in concluded.reviewed
    ]
    session.environment.summarise("\n".join(["## Review", "", *parts, _fenced(plan.render())]))
    if not arguments.apply:
        return plan.exit_code
    actor = Actor(session.github, session.registry.state, run_url=session.environment.run_url)
    actor.carry_out(plan)
    print(f"{session.github.requests} requests")
    session.environment.summarise(f"{session.github.requests} requests to GitHub in this job.")
    if actor.failures:
        raise Unavailable(failures_in_words(actor.failures.items()))
    return 0


def _fenced(text: str) -> str:
    """A block that no line of the plan can end, since none of its lines begins with a fence."""
    return f"````text\n{text.replace('````', '')}\n````"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="review", description=__doc__.splitlines()[0])
    steps = parser.add_subparsers(dest="step", required=True, metavar="STEP")
    static = steps.add_parser(
        "static", help="read what is to be reviewed, and run the tools that only read"
    )
    static.add_argument(
        "--pull", type=int, metavar="N", help="this pull request, whatever is remembered"
    )
    static.add_argument(
        "--out", type=Path, required=True, metavar="DIR", help="where to leave what was read"
    )
    dynamic = steps.add_parser("dynamic", help="run one extension's tests in the sandbox")
    dynamic.add_argument("--pull", type=int, required=True, metavar="N")
    dynamic.add_argument(
        "--static", type=Path, required=True, metavar="DIR", help="what `static` left"
    )
    dynamic.add_argument(
        "--out", type=Path, required=True, metavar="FILE", help="where to leave trial.json"
    )
    dynamic.add_argument(
        "--policy", type=Path, metavar="FILE", help="another policy than the registry's own"
    )
    decide = steps.add_parser("decide", help="judge, and with --apply comment, label and merge")
    decide.add_argument(
        "--pull", type=int, metavar="N", help="this pull request, whatever is remembered"
    )
    decide.add_argument(
        "--static", type=Path, required=True, metavar="DIR", help="what `static` left"
    )
    decide.add_argument(
        "--trials", type=Path, required=True, metavar="DIR", help="what `dynamic` left"
    )
    decide.add_argument("--out", type=Path, metavar="DIR", help="where to leave the reports")
    decide.add_argument("--apply", action="store_true", help="do what the plan says")
    return parser


if __name__ == "__main__":
    sys.exit(main())
