"""Make pull requests of what people ask for by the form “Submit an extension”, and answer them.

Looks at every open issue with the label `submit`, claims of names among them; the event only wakes the run. Prints a plan and
does nothing more unless --apply is given.
"""

from __future__ import annotations

import argparse
import logging
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from devforge.adapters.environment import read_environment
from devforge.errors import DevForgeError, Unavailable
from devforge.submissions.act import Clerk
from devforge.submissions.answer import plan_submissions
from devforge.submissions.session import open_session


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="submit", description=__doc__)
    parser.add_argument("--apply", action="store_true", help="do what the plan says")
    arguments = parser.parse_args(argv)
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s", stream=sys.stderr)
    try:
        with tempfile.TemporaryDirectory(prefix="devforge-submit-") as scratch:
            return _run(Path(scratch), apply=arguments.apply)
    except DevForgeError as error:
        print(f"submit: {error}", file=sys.stderr)
        return 1


def _run(scratch: Path, *, apply: bool) -> int:
    environment = read_environment()
    with open_session(environment, scratch) as session:
        plan = plan_submissions(
            asked=session.asked,
            orphans=session.orphans,
            claims=session.claims,
            base=session.desk.base,
            branch=session.branch,
        )
        print(plan.render())
        code = plan.exit_code
        if apply:
            clerk = Clerk(session.desk.github, session.desk.objects, session.desk.state)
            clerk.carry_out(plan)
            if clerk.failures:
                raise Unavailable("; ".join(clerk.failures.values()))
            code = 0
        counted = f"{session.desk.github.requests} requests to GitHub"
        print(counted)
        environment.summarise(f"````text\n{plan.render().replace('````', '')}\n````\n\n{counted}.")
        return code


if __name__ == "__main__":
    sys.exit(main())
