"""Options that several commands share, spelled and explained once."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from devforge.errors import BadInput
from devforge.model.names import ExtensionId
from devforge.model.versions import Version

Json = Annotated[bool, typer.Option("--json", help="Print JSON for a program.")]
Home = Annotated[
    Path | None,
    typer.Option(
        "--home", metavar="DIR", envvar="DEVFORGE_HOME", help="Where extensions are installed."
    ),
]
IndexAt = Annotated[
    str | None,
    typer.Option(
        "--index",
        metavar="URL|DIR",
        envvar="DEVFORGE_INDEX",
        help="The registry's site or index: an https address, or a directory.",
    ),
]


def home_directory(home: Path | None) -> Path:
    """Return the home asked for, or this user's own."""
    if home is not None:
        return home.expanduser()
    import platformdirs  # noqa: PLC0415 - only when no --home was given

    return Path(platformdirs.user_data_dir("devforge", appauthor=False))


def index_location(index: str | None) -> str:
    """Return the index asked for. Raises BadInput saying how to name one."""
    if not index:
        raise BadInput(
            "which registry? Name its index with --index URL-or-directory, or set DEVFORGE_INDEX once"
        )
    return index


def parse_id(text: str) -> ExtensionId:
    """Return the extension `text` names. Raises BadInput in a sentence for the command line."""
    try:
        return ExtensionId.parse(text)
    except ValueError as error:
        raise BadInput(f"{text!r} is not an extension: {error}") from error


def parse_version(text: str | None, option: str) -> Version | None:
    """Return the version given to `option`, if any."""
    if text is None:
        return None
    try:
        return Version.parse(text)
    except ValueError as error:
        raise BadInput(f"{option} {text!r}: {error}") from error


def is_terminal() -> bool:
    """Whether a person watches stderr: progress is for them and stays out of pipes."""
    return os.isatty(2) and os.environ.get("TERM") != "dumb"
