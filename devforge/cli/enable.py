"""`devforge enable` and `disable`: whether Dev Forge loads an extension."""

from __future__ import annotations

import json
from pathlib import Path

import click

from devforge.cli.opening import open_updates
from devforge.cli.options import Place, argument, command, home_option, json_option, parse_id

name_argument = argument("extension", help="developer.name, for example acme.todo-tree")


@command
@name_argument
@home_option
@json_option
def enable(extension: str, home: Path | None, as_json: bool) -> None:
    """Let Dev Forge load an extension again."""
    _set(extension, home=home, enabled=True, as_json=as_json)


@command
@name_argument
@home_option
@json_option
def disable(extension: str, home: Path | None, as_json: bool) -> None:
    """Keep Dev Forge from loading an extension; it is not updated with the others either."""
    _set(extension, home=home, enabled=False, as_json=as_json)


def _set(extension: str, *, home: Path | None, enabled: bool, as_json: bool) -> None:
    name, word = parse_id(extension), "enabled" if enabled else "disabled"
    with open_updates(Place(home=home)) as updates:
        done = updates.set_enabled(name, enabled=enabled).done
    if as_json:
        click.echo(json.dumps({"id": str(name), "enabled": enabled, "changed": bool(done)}))
        return
    click.echo(f"{name} is {word}{'' if done else ' already'}")
