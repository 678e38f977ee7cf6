"""`devforge local …`: GitHub on your own machine."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="GitHub on your own machine, over loopback.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Keep `up` a subcommand though it is the only one."""


@app.command()
def up(
    data: Annotated[
        Path | None,
        typer.Option("--data", metavar="DIR", help="Keep everything here between runs."),
    ] = None,
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="0 takes a free one.")] = 0,
) -> None:
    """Start it and say how to reach it with PyGithub and git; Ctrl-C stops it."""
    from devforge.local.serve import serve  # noqa: PLC0415

    serve(data, port, typer.echo)
