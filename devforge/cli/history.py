"""`devforge history`: what was installed when."""

from __future__ import annotations

import json
from pathlib import Path

import click

from devforge.cli.options import (
    argument,
    command,
    home_directory,
    home_option,
    json_option,
    parse_id,
)


@command
@argument("extension", required=False, help="developer.name; none shows all of them")
@home_option
@json_option
def history(extension: str | None, home: Path | None, as_json: bool) -> None:
    """Show what was installed, updated, gone back from and removed, when, and by whom."""
    from devforge.model.plain import to_plain  # noqa: PLC0415
    from devforge.updates.contents import Contents  # noqa: PLC0415

    name = parse_id(extension) if extension else None
    target = Contents(home_directory(home))
    events = [event for event in target.history() if name in (None, event.id)]
    for number in target.unreadable_history():
        click.echo(
            f"devforge: {target.history_file}: line {number} cannot be read; "
            "`devforge doctor --fix` keeps the rest",
            err=True,
        )
    if as_json:
        click.echo(json.dumps([to_plain(event) for event in events], indent=2))
        return
    for event in events:
        click.echo(event.line)
    if not events:
        click.echo("nothing was ever installed here", err=True)
