"""`devforge install`: put extensions, and what they need, into a home."""

from __future__ import annotations

import click
from click.exceptions import Exit

from devforge.cli.opening import carry_out, open_updates
from devforge.cli.options import (
    Place,
    argument,
    command,
    dry_run_option,
    hosted,
    parse_id,
    parse_version,
)
from devforge.errors import BadInput


@command
@argument("extensions", nargs=-1, required=True, help="developer.name, one or more")
@click.option("--version", help="Exactly this version, even an older one.")
@dry_run_option
@hosted
def install(
    extensions: tuple[str, ...], version: str | None, place: Place, dry_run: bool, as_json: bool
) -> None:
    """Install extensions, verified by signature and hash; a second run changes nothing."""
    names, wanted = (
        [parse_id(extension) for extension in extensions],
        parse_version(version, "--version"),
    )
    if wanted and len(names) > 1:
        raise BadInput(
            "--version goes with one extension; install the others by a line of their own"
        )
    exact = {names[0]: wanted} if wanted else {}
    with open_updates(place) as updates:
        proposal = updates.plan_install(names, exact)
        raise Exit(carry_out(updates, proposal, dry_run=dry_run, as_json=as_json))
