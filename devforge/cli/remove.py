"""`devforge remove`: take extensions out of a home."""

from __future__ import annotations

from typing import Annotated

import typer

from devforge.cli.options import Home, Json, home_directory, parse_id


def remove(
    extensions: Annotated[list[str], typer.Argument(help="developer.name, one or more")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")
    ] = False,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Remove installed extensions; refused while another one needs them."""
    from devforge.updates.home import Home as InstalledHome  # noqa: PLC0415
    from devforge.updates.install import apply_remove  # noqa: PLC0415
    from devforge.updates.plan import plan_remove  # noqa: PLC0415

    target = InstalledHome(home_directory(home))
    names = tuple(parse_id(extension) for extension in extensions)
    plan = plan_remove(names, installed=target.installed())
    typer.echo(plan.to_json() if as_json else plan.render())
    if not dry_run and (plan.changes or plan.refusals):
        with target.changing():
            apply_remove(plan, home=target)
