"""`devforge update`: bring extensions to the newest version they may have."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from click.exceptions import Exit

from devforge.cli.exits import FAILED
from devforge.cli.opening import carry_out, open_updates
from devforge.cli.options import Place, argument, command, dry_run_option, hosted, parse_id
from devforge.errors import BadInput

if TYPE_CHECKING:
    from devforge.updates.plan import Mode


@command
@argument(
    "extensions",
    nargs=-1,
    required=False,
    help="developer.name; none updates all but what is pinned, held or disabled",
)
@click.option(
    "--now", is_flag=True, help="Wait for neither roll-out nor cooldown; name the extension."
)
@click.option("--unasked", is_flag=True, help="Only what may be done without asking: for a timer.")
@dry_run_option
@hosted
def update(
    extensions: tuple[str, ...],
    now: bool,
    unasked: bool,
    place: Place,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Update extensions; everything is verified before the first is switched in."""
    if now and (not extensions or unasked):
        raise BadInput("--now is for extensions you name: devforge update --now developer.name")
    mode: Mode = "now" if now else "schedule" if unasked else "person"
    names = [parse_id(extension) for extension in extensions or ()] or None
    with open_updates(place) as updates:
        report = updates.check()
        proposal = updates.plan(names, mode=mode)
        for line in (report.stale, *(change.line for change in report.recalled)):
            if line:
                click.echo(f"devforge: {line}", err=True)
        told = bool(report.stale)
        code = carry_out(updates, proposal, dry_run=dry_run, as_json=as_json, told=told)
    # Who could ask nobody has not learned that there is nothing to do.
    raise Exit(code or (FAILED if told and not place.offline else 0))
