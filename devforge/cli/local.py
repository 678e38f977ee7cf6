"""`devforge local …`: GitHub on your own machine."""

from __future__ import annotations

from pathlib import Path

import click

from devforge.cli.options import PATH, Group

app = Group(help="GitHub on your own machine, over loopback.")


@app.command()
@click.option("--data", type=PATH, metavar="DIR", help="Keep everything here between runs.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="0 takes a free one.")
def up(data: Path | None, port: int) -> None:
    """Start it and say how to reach it with PyGithub and git; Ctrl-C stops it."""
    from devforge.local.serve import serve  # noqa: PLC0415

    serve(data, port, click.echo)
