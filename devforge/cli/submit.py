"""`devforge submit`: propose the committed version to a registry."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from devforge.cli.options import PATH, argument, command, json_option
from devforge.errors import BadInput
from devforge.plan import apply

if TYPE_CHECKING:
    from devforge.adapters.forks import Forks
    from devforge.submissions.plan import Propose


@command
@argument(
    "path",
    type=PATH,
    required=False,
    default=Path(),
    help="The extension's directory, in a Git repository.",
)
@click.option(
    "--registry",
    metavar="OWNER/NAME",
    envvar="DEVFORGE_REGISTRY",
    help="The registry's repository.",
    show_envvar=True,
)
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
@json_option
def submit(path: Path, registry: str | None, dry_run: bool, as_json: bool) -> None:
    """Open the pull request that publishes this version, or bring an open one up to date.

    Needs a token of yours in GITHUB_TOKEN that may fork and open pull requests.
    """
    from devforge.adapters.forks import Forks  # noqa: PLC0415
    from devforge.adapters.policy import load_policy  # noqa: PLC0415
    from devforge.submissions.observe import observe_account, observe_listed, observe_work  # noqa: PLC0415
    from devforge.submissions.plan import plan_submit  # noqa: PLC0415

    server_url = os.environ.get("GITHUB_SERVER_URL", "https://github.com")
    forks = Forks(
        _registry(registry),
        _token(),
        api_url=os.environ.get("GITHUB_API_URL", "https://api.github.com"),
    )
    work = observe_work(path, forks, server_url=server_url, limits=load_policy(None).limits)
    branch = forks.registry().default_branch
    account = observe_account(forks)
    listed = observe_listed(lambda record: forks.file(record, ref=branch), work.manifest)
    plan = plan_submit(account=account, work=work, listed=listed)
    if not as_json:
        click.echo(plan.render())
    links: list[str] = []
    if not dry_run:
        apply(plan, lambda change: links.append(_propose(forks, change, account.login, branch)))
    if as_json:
        click.echo(json.dumps(json.loads(plan.to_json()) | {"pull_requests": links}))
        return
    for link in links:
        click.echo(f"pull request: {link}")
    if plan.changes and listed.developer is None:
        click.echo("once it is merged, run `devforge submit` again for the extension itself")


def _propose(forks: Forks, change: Propose, login: str, base: str) -> str:
    """Push the change to the fork and return the pull request's address; safe to repeat."""
    fork = forks.fork()
    pull = forks.open_pull_from(login, change.branch)
    files = dict(change.files)
    standing = pull and all(
        forks.file(path, ref=pull.head.sha, repository=fork) == text.encode()
        for path, text in files.items()
    )
    if not standing:
        forks.commit_files(
            fork, change.branch, base=forks.tip(base), files=files, message=change.title
        )
    if pull is None:
        head = f"{login}:{change.branch}"
        pull = forks.open_pull(head=head, base=base, title=change.title, body=change.body)
    return pull.html_url


def _registry(given: str | None) -> str:
    if not given or given.count("/") != 1:
        raise BadInput(
            "which registry? Name its repository with --registry owner/name, or set DEVFORGE_REGISTRY once"
        )
    return given


def _token() -> str:
    token = os.environ.get("GITHUB_TOKEN") or os.environ.get("GH_TOKEN")
    if not token:
        raise BadInput(
            "GITHUB_TOKEN is not set; make a token on GitHub that may read and write your public "
            "repositories, and set GITHUB_TOKEN to it (`gh auth token` prints one)"
        )
    return token
