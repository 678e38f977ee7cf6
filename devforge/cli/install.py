"""`devforge install`: put an extension, and what it needs, into a home."""

from __future__ import annotations

from typing import Annotated

import typer

from devforge.cli.options import (
    Home,
    IndexAt,
    Json,
    home_directory,
    index_location,
    is_terminal,
    parse_id,
    parse_version,
)


def install(
    extension: Annotated[str, typer.Argument(help="developer.name, for example acme.todo-tree")],
    version: Annotated[
        str | None, typer.Option("--version", help="Exactly this version, even an older one.")
    ] = None,
    devforge: Annotated[
        str | None,
        typer.Option(
            "--devforge",
            metavar="VERSION",
            envvar="DEVFORGE_VERSION",
            help="Dev Forge's own version, to fit.",
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")
    ] = False,
    index: IndexAt = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Install an extension, verified by hash; a second run changes nothing."""
    from devforge.updates.home import Home as InstalledHome  # noqa: PLC0415
    from devforge.updates.index import Index  # noqa: PLC0415
    from devforge.updates.install import apply_install  # noqa: PLC0415
    from devforge.updates.plan import plan_install  # noqa: PLC0415
    from devforge.updates.source import open_source  # noqa: PLC0415

    name, wanted = parse_id(extension), parse_version(version, "--version")
    target, source = InstalledHome(home_directory(home)), Index(open_source(index_location(index)))
    plan = plan_install(
        name,
        wanted=wanted,
        devforge=parse_version(devforge, "--devforge"),
        lookup=source.document,
        installed=target.installed(),
    )
    typer.echo(plan.to_json() if as_json else plan.render())
    if dry_run or not plan.changes:
        return
    say = (lambda text: typer.echo(text, err=True)) if is_terminal() else (lambda _: None)
    with target.changing():
        apply_install(plan, home=target, index=source, progress=say)
    if not as_json:
        typer.echo(f"installed into {target.root}")
