"""`devforge changes`: what is new in a version, before it is installed."""

from __future__ import annotations

import json

import click

from devforge.cli.meter import Meter
from devforge.cli.opening import open_updates, warn_of_age
from devforge.cli.options import Place, argument, command, hosted, parse_id, parse_version


@command
@argument("extension", help="developer.name, for example acme.todo-tree")
@click.option("--version", help="Up to this version, instead of the newest.")
@hosted
def changes(extension: str, version: str | None, place: Place, as_json: bool) -> None:
    """Show what is new in the versions after yours, by the changelog of the newest; installs nothing."""
    from devforge.updates.news import render_news  # noqa: PLC0415

    name, to = parse_id(extension), parse_version(version, "--version")
    with open_updates(place) as updates, Meter() as meter:
        found = updates.changes(name, to, progress=meter)
        warn_of_age(updates)
    if as_json:
        click.echo(json.dumps({str(one.version): list(one.changes) for one in found}, indent=2))
        return
    lines = list(render_news(name, found))
    for line in lines or [f"the changelog of {name} says nothing of {found[0].version}"]:
        click.echo(line)
