"""`devforge list`: what a home holds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from devforge.cli.opening import now
from devforge.cli.options import command, home_directory, home_option, json_option
from devforge.errors import BadInput

if TYPE_CHECKING:
    from devforge.updates.config import Config
    from devforge.updates.contents import Contents


@command
@home_option
@json_option
def list_(home: Path | None, as_json: bool) -> None:
    """List installed extensions. Reads no network."""
    from devforge.model.plain import to_plain  # noqa: PLC0415
    from devforge.updates.contents import Contents as HomeContents  # noqa: PLC0415
    from devforge.updates.listing import render_list  # noqa: PLC0415

    target = HomeContents(home_directory(home))
    state, damage = target.readable()
    entries = [entry for _, entry in sorted(state.by_id.items())]
    if damage:
        click.echo(f"devforge: {damage}", err=True)
    if as_json:
        rows = [to_plain(e) | {"path": str(target.root / e.directory)} for e in entries]
        click.echo(json.dumps(rows, indent=2))
        return
    for line in render_list(entries, config=_wishes(target), now=now()):
        click.echo(line)
    if not entries:
        click.echo(
            f"no extensions in {target.given}; `devforge install developer.name` adds one", err=True
        )


def _wishes(target: Contents) -> Config:
    """Return its owner's wishes; where they cannot be read, that is said and none are shown."""
    from devforge.updates.config import Config as Wishes  # noqa: PLC0415

    try:
        return target.config()
    except BadInput as error:
        click.echo(f"devforge: {error}", err=True)
        return Wishes()
