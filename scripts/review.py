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
import time
from collections.abc import Sequence
from pathlib import Path

from devforge.adapters.environment import read_environment
from devforge.adapters.policy import load_policy
from devforge.errors import BadInput, DevForgeError, Unavailable
from devforge.model.cost import cost_in_words
from devforge.model.observed import Missing
from devforge.review.act import Actor, failures_in_words
from devforge.review.concluding import conclude_step, write_outputs
from devforge.review.handover import Listed, Tried, read_json, write_json
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
        print(f"review: {error}", file=sys.stderr)
        return 1


def _static(session: Session, arguments: argparse.Namespace) -> int:
    """Read; hand on the numbers whose code is to be run."""
    numbers = read_step(session, arguments.out)
    session.environment.put_output("pulls", json.dumps(numbers))
    count = len(session.queue.review) + len(session.queue.news)
    session.environment.put_output("count", str(count))
    spent = session.environment.spent(requests=session.github.requests, now=time.time())
    listed = read_json(arguments.out / "listed.json", Listed)
    if isinstance(listed, Listed):
        write_json(arguments.out / "listed.json", listed.model_copy(update={"spent": spent}))
    print(f"{count} to decide, {len(numbers)} to run, {spent.requests} requests")
    session.environment.summarise(f"Read {count} pull requests. {cost_in_words([spent], count)}")
    return 0


def _dynamic(arguments: argparse.Namespace) -> int:
    """Run one source; what came of it is in the file, so the step itself succeeds."""
    policy = load_policy(arguments.policy)
    tried = try_step(arguments.static / str(arguments.pull), policy)
    write_json(arguments.out, _with_cost(tried, arguments.pull))
    print(f"#{arguments.pull}: tried")
    return 0


def _with_cost(tried: Tried, pull: int) -> Tried:
    """Tell what the job cost, in its summary and to the next one; by hand there is no job."""
    try:
        environment = read_environment()
    except BadInput:
        return tried
    spent = environment.spent(requests=0, now=time.time())
    environment.summarise(f"Tried #{pull}. {cost_in_words([spent], 1)}")
    return tried.model_copy(update={"spent": spent})


def _decide(session: Session, arguments: argparse.Namespace) -> int:
    """Judge, print the plan, and with --apply carry it out."""
    concluded = conclude_step(session, static=arguments.static, trials=arguments.trials)
    plan = plan_review(
        reviewed=concluded.reviewed,
        noted=concluded.noted,
        policy=session.policy,
        branch=session.branch,
        notes=concluded.notes,
    )
    print(plan.render())
    if arguments.out is not None:
        write_outputs(arguments.out, concluded.reviewed)
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
    session.environment.summarise(_cost(session, arguments, len(concluded.reviewed)))
    if actor.failures:
        raise Unavailable(failures_in_words(actor.failures.items()))
    return 0


def _cost(session: Session, arguments: argparse.Namespace, reviewed: int) -> str:
    """What the run cost until now, with what the jobs before this one said of themselves."""
    told = [
        read_json(arguments.static / "listed.json", Listed),
        *(read_json(path, Tried) for path in sorted(arguments.trials.glob("trial-*/trial.json"))),
    ]
    before = [said.spent for said in told if not isinstance(said, Missing)]
    here = session.environment.spent(requests=session.github.requests, now=time.time())
    return cost_in_words([*before, here], reviewed)


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
