"""`devforge rollback`: go back, one extension or everything, in one command and without a download."""

from __future__ import annotations

from pathlib import Path

import click
from click.exceptions import Exit

from devforge.cli.opening import carry_out, open_updates
from devforge.cli.options import (
    Place,
    argument,
    command,
    dry_run_option,
    home_option,
    host_option,
    json_option,
    parse_id,
    parse_moment,
    parse_version,
)
from devforge.errors import BadInput


@command
@argument("extension", required=False, help="developer.name; with --to, none takes everything back")
@click.option("--version", help="To this version, instead of the one before.")
@click.option("--to", metavar="TIME", help="To what was installed then: 2026-11-30T09:00.")
@host_option
@dry_run_option
@home_option
@json_option
def rollback(
    extension: str | None,
    version: str | None,
    to: str | None,
    devforge: str | None,
    dry_run: bool,
    home: Path | None,
    as_json: bool,
) -> None:
    """Go back to what was installed before; it stays so until a newer version comes out."""
    name = parse_id(extension) if extension else None
    with open_updates(Place(home=home, devforge=devforge)) as updates:
        if to is not None and version is None:
            proposal = updates.plan_rollback_to(parse_moment(to, "--to"), name)
        elif name is not None and to is None:
            proposal = updates.plan_rollback(name, parse_version(version, "--version"))
        else:
            raise BadInput(
                "back to what? `devforge rollback developer.name`, with --version if you like, "
                "or `devforge rollback --to TIME` for everything"
            )
        raise Exit(carry_out(updates, proposal, dry_run=dry_run, as_json=as_json))
