"""`devforge config`: how a home is updated."""

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
from devforge.errors import BadInput


@command
@argument("name", required=False, help="The setting; none shows all.")
@argument("value", required=False, help="Its new value; `default` takes it out.")
@click.option(
    "--for", "extension", metavar="ID", help="For one extension alone; only `policy` can be."
)
@home_option
@json_option
def config(
    name: str | None, value: str | None, extension: str | None, home: Path | None, as_json: bool
) -> None:
    """Show or change how this home is updated: policy, cooldown, windows, what is kept for going back."""
    from devforge.model.plain import to_plain  # noqa: PLC0415
    from devforge.updates import config as settings  # noqa: PLC0415
    from devforge.updates.home import Home as InstalledHome  # noqa: PLC0415

    target = InstalledHome(home_directory(home))
    if value is None:
        found = target.config()
        if as_json:
            click.echo(json.dumps(to_plain(found), indent=2))
        else:
            click.echo(settings.render_settings(found, name))
        return
    with target.changing():
        found = target.config()
        if extension:
            if name != "policy":
                raise BadInput("--for goes with `policy` alone: auto, notify, pinned or default")
            changed = settings.with_policy(found, parse_id(extension), value)
        else:
            changed = settings.with_setting(found, name or "", value)
        target.write_config(changed)
    click.echo(settings.render_settings(changed, name))
