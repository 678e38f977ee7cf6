"""`devforge list`: what a home holds."""

from __future__ import annotations

import json

import typer

from devforge.cli.options import Home, Json, home_directory


def list_(home: Home = None, as_json: Json = False) -> None:
    """List installed extensions. Reads no network."""
    from devforge.updates.home import Home as InstalledHome  # noqa: PLC0415

    target = InstalledHome(home_directory(home))
    entries = [entry for _, entry in sorted(target.installed().items())]
    if as_json:
        rows = [
            e.model_dump(mode="json") | {"path": str(target.root / e.directory)} for e in entries
        ]
        typer.echo(json.dumps(rows, indent=2))
        return
    for entry in entries:
        by = "" if entry.requested else "   needed by another"
        typer.echo(f"{entry.id!s:<36} {entry.version!s:<12}{by}".rstrip())
    if not entries:
        typer.echo(
            f"no extensions in {target.root}; `devforge install developer.name` adds one", err=True
        )
