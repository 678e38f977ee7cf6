"""`devforge check`: the review as CI runs it, on a directory."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from devforge.cli.exits import OUTCOMES
from devforge.cli.options import Json, is_terminal
from devforge.errors import BadInput

if TYPE_CHECKING:
    from devforge.review.directory import Catalogue, Progress


def check(
    path: Annotated[Path, typer.Argument(help="The extension's directory.")] = Path(),
    records: Annotated[
        Path | None,
        typer.Option(
            "--records",
            metavar="DIR",
            help="A clone of the registry: its policy and its list of extensions are used.",
        ),
    ] = None,
    sarif: Annotated[
        Path | None, typer.Option("--sarif", metavar="FILE", help="Also write SARIF for an editor.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Review an extension as the registry would, in the same words.

    Exit code 0: it would be merged. 1: something to mend. 2: a person would look at it.
    3: no verdict, because something could not be judged here.
    """  # fmt: skip
    from devforge.adapters.policy import load_policy  # noqa: PLC0415
    from devforge.adapters.registry import read_registry  # noqa: PLC0415
    from devforge.model.observed import Missing  # noqa: PLC0415
    from devforge.review.directory import review_directory  # noqa: PLC0415
    from devforge.review.render import render_text, report_json  # noqa: PLC0415
    from devforge.review.sarif import render_sarif  # noqa: PLC0415

    catalogue: Catalogue = Missing(reason="no registry at hand; name a clone of it with --records")
    policy = load_policy(None)
    if records is not None:
        registry = read_registry(records)
        policy, catalogue = registry.policy, registry.catalogue
    report = review_directory(path, policy, catalogue=catalogue, progress=_progress())
    if sarif is not None:
        _write(sarif, render_sarif(report))
    typer.echo(report_json(report) if as_json else render_text(report), nl=False)
    raise typer.Exit(OUTCOMES[report.decision])


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise BadInput(
            f"--sarif {file}: {error.strerror}; name a file that can be written"
        ) from error


def _progress() -> Progress:
    """Say what is being done on a terminal, and stay quiet in a pipe."""
    if is_terminal():
        return lambda what: typer.echo(f"… {what}", err=True)
    return lambda _: None
