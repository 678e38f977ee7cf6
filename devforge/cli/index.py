"""`devforge index …`: build a registry's static index on your own machine."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="Build a static index from records and packages.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Keep `build` a subcommand though it is the only one."""


@app.command()
def build(
    registry: Annotated[
        Path,
        typer.Option("--registry", metavar="DIR", help="The records: a `registry/` directory."),
    ],
    packages: Annotated[
        Path, typer.Option("--packages", metavar="DIR", help="Packages made by `devforge pack`.")
    ],
    out: Annotated[
        Path,
        typer.Option(
            "--out", metavar="DIR", help="Where the index goes; only changed files are written."
        ),
    ],
    base_url: Annotated[
        str | None,
        typer.Option(
            "--base-url",
            metavar="URL",
            help="Where the packages will be served; default: copied beside the index.",
        ),
    ] = None,
) -> None:
    """Build the index: the same records and packages give the same bytes."""
    from devforge.publish.from_directory import build_from_directory  # noqa: PLC0415

    typer.echo(build_from_directory(registry, packages, out, base_url=base_url))
