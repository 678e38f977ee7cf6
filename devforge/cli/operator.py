"""`devforge operator …`: take back, halt, roll back, deprecate, condemn, acquit; each one line of a record."""

from __future__ import annotations

import functools
import json
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.exceptions import Exit

from devforge.cli.options import PATH, Group, argument, json_option, parse_id, parse_version
from devforge.errors import BadInput
from devforge.plan import Plan, apply

if TYPE_CHECKING:
    from devforge.model.versions import Version
    from devforge.operator.plan import Edit, Shelf

    Planned = Callable[[Shelf], Plan[Edit]]

app = Group(help="Change what clients are offered of what is out.")

id_argument = argument("id", metavar="ID", help="developer.name of the extension")
one_version_argument = argument("version", metavar="VERSION", help="the version it is about")
reason_option = click.option("--reason", required=True, help="One sentence that users will read.")
checkout_option = click.option(
    "--checkout",
    type=PATH,
    default=Path(),
    metavar="DIR",
    help="A clone of the registry, up to date.",
)
apply_option = click.option(
    "--apply", "applied", is_flag=True, help="Change the files of the checkout."
)
propose_option = click.option(
    "--propose", metavar="OWNER/NAME", help="Open a pull request there; needs GITHUB_TOKEN."
)


def edits(function: Callable[..., Planned]) -> Callable[..., None]:
    """Have a command return what plans its edit; it gets the options that all of them share."""

    def called(
        id: str, checkout: Path, applied: bool, propose: str | None, as_json: bool, **given: Any
    ) -> None:
        _carry_out(id, checkout, function(**given), applied, propose, as_json)

    for option in (json_option, propose_option, apply_option, checkout_option):
        called = option(called)
    return functools.update_wrapper(called, function)


@app.command()
@id_argument
@one_version_argument
@reason_option
@click.option("--replacement", help="A version or an id.")
@edits
def yank(version: str, reason: str, replacement: str | None) -> Planned:
    """Take a version back: nobody is offered it any more; who has it is warned and keeps it."""
    from devforge.operator.plan import plan_yank  # noqa: PLC0415

    wanted = _version(version)
    return lambda shelf: plan_yank(shelf, wanted, reason=reason, replacement=replacement)


@app.command()
@id_argument
@one_version_argument
@edits
def unyank(version: str) -> Planned:
    """Offer a version again that was taken back."""
    from devforge.operator.plan import plan_unyank  # noqa: PLC0415

    wanted = _version(version)
    return lambda shelf: plan_unyank(shelf, wanted)


@app.command()
@id_argument
@reason_option
@click.option("--to", help="Else the good version before.")
@edits
def rollback(reason: str, to: str | None) -> Planned:
    """Have clients run the good version before; who pinned the newer one, or asks for it, keeps it."""
    from devforge.operator.plan import plan_rollback  # noqa: PLC0415

    wanted = parse_version(to, "--to")
    return lambda shelf: plan_rollback(shelf, reason=reason, to=wanted)


@app.command()
@id_argument
@one_version_argument
@edits
def halt(version: str) -> Planned:
    """Offer a version to nobody who does not have it yet."""
    from devforge.operator.plan import plan_halt  # noqa: PLC0415

    wanted = _version(version)
    return lambda shelf: plan_halt(shelf, wanted)


@app.command()
@id_argument
@one_version_argument
@edits
def resume(version: str) -> Planned:
    """Go on with a roll-out that was halted."""
    from devforge.operator.plan import plan_resume  # noqa: PLC0415

    wanted = _version(version)
    return lambda shelf: plan_resume(shelf, wanted)


@app.command()
@id_argument
@reason_option
@click.option("--replacement", help="Another extension's id.")
@edits
def deprecate(reason: str, replacement: str | None) -> Planned:
    """Say that an extension is no longer cared for, and what to use in its place."""
    from devforge.operator.plan import plan_deprecate  # noqa: PLC0415

    other = parse_id(replacement) if replacement else None
    now = datetime.now(UTC)
    return lambda shelf: plan_deprecate(shelf, reason=reason, replacement=other, now=now)


@app.command()
@id_argument
@reason_option
@argument("versions", nargs=-1, required=False, metavar="[VERSION]…", help="Else all.")
@edits
def malicious(reason: str, versions: tuple[str, ...]) -> Planned:
    """Condemn an extension, or versions of it: clients disable it with their next update check."""
    from devforge.operator.condemning import plan_malicious  # noqa: PLC0415

    wanted, now = [_version(version) for version in versions], datetime.now(UTC)
    return lambda shelf: plan_malicious(shelf, wanted, reason=reason, now=now)


@app.command()
@id_argument
@edits
def acquit() -> Planned:
    """Take back that an extension, or a version of it, is malicious: it was an error."""
    from devforge.operator.condemning import plan_acquit  # noqa: PLC0415

    now = datetime.now(UTC)
    return lambda shelf: plan_acquit(shelf, now=now)


def _version(text: str) -> Version:
    found = parse_version(text, "VERSION")
    assert found is not None  # noqa: S101  for the type checker: text was given
    return found


@app.command()
@click.option(
    "--days",
    default=1,
    type=click.IntRange(1, 90),
    show_default=True,
    help="Whole days, up to yesterday.",
)
@checkout_option
@json_option
def traffic(days: int, checkout: Path, as_json: bool) -> None:
    """Count downloads, by version and day, and what caches answered, from the logs the policy names."""
    from devforge.adapters.log_files import log_files  # noqa: PLC0415
    from devforge.adapters.policy import load_policy  # noqa: PLC0415
    from devforge.adapters.registry import read_registry, records_root  # noqa: PLC0415
    from devforge.analytics.observe import observe_traffic  # noqa: PLC0415
    from devforge.analytics.render import traffic_json, traffic_lines  # noqa: PLC0415

    rules = load_policy(checkout / "registry/policy.yaml").analytics
    today = datetime.now(UTC).date()
    wanted = frozenset(today - timedelta(days=back) for back in range(1, days + 1))
    counted = {
        source.name: observe_traffic(source, log_files(source, checkout=checkout), wanted)
        for source in rules.logs
    }
    listed = read_registry(records_root(checkout)).extensions.items()
    known = {(str(id), str(version)) for id, entry in listed for version in entry.versions}
    for observed in counted.values():
        observed.traffic.leave_out_unknown(known)
    if as_json:
        click.echo(json.dumps(traffic_json(counted, wanted, goal_percent=rules.immutable_percent)))
        return
    lines = traffic_lines(counted, wanted, goal_percent=rules.immutable_percent)
    click.echo("\n".join(lines or ["analytics.logs of the policy names no logs"]))


def _carry_out(
    id: str,
    checkout: Path,
    planned: Planned,
    applied: bool,
    propose: str | None,
    as_json: bool,
) -> None:
    from devforge.adapters.registry import records_root  # noqa: PLC0415
    from devforge.operator.observe import observe_shelf  # noqa: PLC0415

    if applied and propose:
        raise BadInput("--apply changes the checkout, --propose opens a pull request: choose one")
    plan = planned(observe_shelf(checkout, parse_id(id)))
    said = json.loads(plan.to_json())
    if not as_json:
        click.echo(plan.render())
    if plan.refusals or not (applied or propose):
        if as_json:
            click.echo(json.dumps(said))
        raise Exit(plan.exit_code)
    root = records_root(checkout)
    if applied:
        apply(plan, lambda edit: _write(root, edit))
    elif plan.changes:
        said["pull_request"] = link = _proposed(plan, propose or "", root)
        if not as_json:
            click.echo(f"pull request: {link}")
    if as_json:
        click.echo(json.dumps(said))
    elif applied and plan.changes:
        click.echo("commit and push it: what is merged reaches clients with the next publish")


def _write(root: Path, edit: Edit) -> None:
    path = root / edit.path.removeprefix("registry/")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(edit.text, encoding="utf-8")
    except OSError as error:
        raise BadInput(f"{path}: {error.strerror}") from error


def _proposed(plan: Plan[Edit], repository: str, root: Path) -> str:
    """Open the pull request, or bring the one that is open up to date; return its address."""
    from devforge.adapters.forks import Forks  # noqa: PLC0415
    from devforge.operator.propose import propose  # noqa: PLC0415

    token = os.environ.get("GITHUB_TOKEN") or os.environ.get("GH_TOKEN")
    if not token:
        raise BadInput("GITHUB_TOKEN is not set: `gh auth token` prints one")
    api_url = os.environ.get("GITHUB_API_URL", "https://api.github.com")
    forks = Forks(repository, token, api_url=api_url)

    def read(path: str) -> bytes | None:
        here = root / path.removeprefix("registry/")
        return here.read_bytes() if here.exists() else None

    try:
        return propose(plan, forks, read).url
    finally:
        forks.close()
