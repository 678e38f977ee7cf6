"""`devforge pin`, `unpin` and `hold`: keep an extension at its version, or its updates for later."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from devforge.cli.opening import now
from devforge.cli.options import (
    argument,
    command,
    home_directory,
    home_option,
    json_option,
    parse_id,
    parse_moment,
)
from devforge.errors import BadInput

if TYPE_CHECKING:
    from devforge.model.names import ExtensionId
    from devforge.updates.config import Own

names_argument = argument("extensions", nargs=-1, required=True, help="developer.name, one or more")


@command
@names_argument
@home_option
@json_option
def pin(extensions: tuple[str, ...], home: Path | None, as_json: bool) -> None:
    """Keep extensions at the version they have, whatever else asks, until `unpin`."""
    changed = _change(extensions, home, policy="pinned")
    _say(changed, "{id} stays at {version}; `devforge unpin {id}` lets it move again", as_json)


@command
@names_argument
@home_option
@json_option
def unpin(extensions: tuple[str, ...], home: Path | None, as_json: bool) -> None:
    """Let extensions move again: takes a pin and a hold away."""
    changed = _change(extensions, home, policy=None, held_until=None)
    _say(changed, "{id} is updated as all others are", as_json)


@command
@names_argument
@click.option("--until", metavar="TIME", help="Such as 2026-12-24.")
@click.option("--days", type=click.IntRange(1, 3650), metavar="N", help="For so long.")
@home_option
@json_option
def hold(
    extensions: tuple[str, ...],
    until: str | None,
    days: int | None,
    home: Path | None,
    as_json: bool,
) -> None:
    """Leave extensions out of updates until a time, or until `unpin`; naming one updates it still."""
    if until and days:
        raise BadInput("--until and --days say the same in two ways; give one")
    end = parse_moment(until, "--until") if until else None
    if end and end <= now():
        raise BadInput(f"--until {until}: is over; name a time to come")
    end = now() + timedelta(days=days) if days else end
    text = end.isoformat(timespec="seconds") if end else "always"
    changed = _change(extensions, home, held_until=text)
    when = f"until {end:%Y-%m-%d %H:%M}" if end else "until `devforge unpin {id}`"
    _say(changed, f"{{id}} is held at {{version}} {when}", as_json)


def _say(changed: dict[ExtensionId, tuple[str, Own]], text: str, as_json: bool) -> None:
    from devforge.model.plain import to_plain  # noqa: PLC0415

    if as_json:
        rows = [{"id": str(id)} | to_plain(own) for id, (_, own) in changed.items()]
        click.echo(json.dumps(rows, indent=2))
        return
    for id, (version, _) in changed.items():
        click.echo(text.format(id=id, version=version))


def _change(
    extensions: tuple[str, ...], home: Path | None, **fields: str | None
) -> dict[ExtensionId, tuple[str, Own]]:
    """Set `fields` of the extensions' own part of config.yaml; return what each is at, and that part."""
    from devforge.updates.config import with_own  # noqa: PLC0415
    from devforge.updates.home import Home as InstalledHome  # noqa: PLC0415
    from devforge.updates.similar import not_installed  # noqa: PLC0415

    target = InstalledHome(home_directory(home))
    names = [parse_id(extension) for extension in extensions]
    installed = target.installed()
    absent = [not_installed(name, installed) for name in names if name not in installed]
    if absent and any(fields.values()):
        raise BadInput("; ".join(absent))
    with target.changing():
        config = target.config()
        for name in names:
            config = with_own(config, name, **fields)
        target.write_config(config)
    return {
        name: (str(installed[name].version) if name in installed else "", config.own(name))
        for name in names
    }
