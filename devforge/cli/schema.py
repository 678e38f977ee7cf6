"""`devforge schema`: the JSON Schemas that editors and programs check files against."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Literal, get_args

import click

from devforge.cli.options import PATH, command
from devforge.errors import Unavailable

Kind = Literal["manifest", "extension", "version", "developer", "advisory", "policy"]


@command
@click.option(
    "--for",
    "kind",
    type=click.Choice(get_args(Kind)),
    default="manifest",
    metavar="FILE",
    help="manifest (devforge.yaml), extension, version, developer, advisory or policy.",
)
@click.option("--out", type=PATH, metavar="FILE", help="Write it there instead of printing it.")
def schema(kind: Kind, out: Path | None) -> None:
    """Print the JSON Schema of a file, for an editor to complete and check it.

    `devforge new` writes it to .devforge/ and names it in devforge.yaml's first line.
    """  # fmt: skip
    text = schema_text(kind)
    if out is None:
        click.echo(text, nl=False)
        return
    write_whole(out, text)
    click.echo(f"wrote {out}")


def schema_text(kind: Kind) -> str:
    """Return the schema as its file holds it."""
    from devforge.model.schemas import schemas  # noqa: PLC0415 - only where one is asked for

    return f"{json.dumps(schemas()[f'{kind}.schema.json'], indent=1)}\n"


def write_whole(path: Path, text: str) -> None:
    """Put `text` into a file, whole or not at all. Raises Unavailable where that is impossible."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(
            "w",
            encoding="utf-8",
            newline="",
            dir=path.parent,
            prefix=f".{path.name}.",
            delete=False,
        ) as file:
            file.write(text)
        Path(file.name).chmod(path.stat().st_mode & 0o777 if path.exists() else 0o644)
        os.replace(file.name, path)  # noqa: PTH105 - says what it is for: one step, over what is there
    except OSError as error:
        raise Unavailable(f"{path}: {error.strerror}") from error
