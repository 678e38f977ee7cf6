"""Make a repository's settings on GitHub what this registry needs, or report how they drifted.

Prints a plan and changes nothing unless --apply or --approve DIGEST is given. Exit 0: everything is
as it should be; 1: failed or refused; 2: something differs, or is left for a person to click.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from devforge.adapters.environment import Environment, read_environment
from devforge.adapters.settings import SettingsOnGitHub
from devforge.errors import BadInput, DevForgeError
from devforge.plan import apply
from devforge.settings.observe import observe_settings
from devforge.settings.plan import Audit, plan_settings


def main(argv: Sequence[str] | None = None) -> int:
    arguments = _parser().parse_args(argv)
    variables = dict(os.environ)
    if arguments.repository:
        variables["GITHUB_REPOSITORY"] = arguments.repository
    try:
        environment = read_environment(variables)
        if environment.token is None:
            raise BadInput("GITHUB_TOKEN is not set: docs/operator.md says which token to make")
        token = environment.token.get_secret_value()
        github = SettingsOnGitHub(environment.repository, token, api_url=environment.api_url)
        try:
            return _run(github, environment, arguments)
        finally:
            github.close()
    except DevForgeError as error:
        print(f"setup: {error}", file=sys.stderr)
        return 1


def _run(github: SettingsOnGitHub, environment: Environment, arguments: argparse.Namespace) -> int:
    audit = _audit(github, environment, arguments.checkout)
    print(audit.to_json() if arguments.json else audit.render())
    environment.summarise(f"```\n{audit.render()}\n```")
    if not (arguments.apply or arguments.approve):
        return 1 if audit.plan.refusals else 2 if audit.has_drifted else 0
    apply(audit.plan, lambda change: github.change(change.request), approved=arguments.approve)
    left = _audit(github, environment, arguments.checkout)
    print(left.render())
    return 2 if left.has_drifted else 0


def _audit(github: SettingsOnGitHub, environment: Environment, checkout: Path) -> Audit:
    observed = observe_settings(github, checkout)
    return plan_settings(
        repository=environment.repository,
        page=f"{environment.server_url}/{environment.repository}",
        settings=observed.settings,
        named=observed.named,
        policy=observed.policy,
        rules=observed.rules,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "repository", nargs="?", metavar="OWNER/NAME", help="else GITHUB_REPOSITORY"
    )
    parser.add_argument(
        "--checkout", type=Path, default=Path(), help="of that repository; else this directory"
    )
    parser.add_argument("--apply", action="store_true", help="make the changes")
    parser.add_argument(
        "--approve", metavar="DIGEST", help="make exactly the changes of this digest"
    )
    parser.add_argument("--json", action="store_true", help="print the plan for a program")
    return parser


if __name__ == "__main__":
    sys.exit(main())
