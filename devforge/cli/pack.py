"""`devforge pack`: the package the registry would publish, byte for byte."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Annotated

import typer

from devforge.cli.options import Json
from devforge.errors import BadInput, Unavailable


def pack(
    path: Annotated[Path, typer.Argument(help="The extension's directory.")] = Path(),
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="Where the package goes.")
    ] = Path(),
    as_json: Json = False,
) -> None:
    """Pack an extension exactly as the registry does; the same files give the same bytes."""
    from devforge.adapters.directory import read_directory  # noqa: PLC0415
    from devforge.adapters.policy import load_policy  # noqa: PLC0415
    from devforge.model.manifest import FILE, Manifest  # noqa: PLC0415
    from devforge.model.reading import read_record  # noqa: PLC0415
    from devforge.publish.package import pack as packed  # noqa: PLC0415
    from devforge.publish.package import package_name  # noqa: PLC0415

    limits = load_policy(None).limits
    tree = read_directory(path, limits)
    file = tree.get(FILE)
    if file is None:
        raise BadInput(f"{path / FILE}: not there; `devforge new` writes one")
    manifest = read_record(file.content, Manifest, file=FILE, limit_bytes=limits.manifest_bytes)
    content = packed(tree, manifest)
    target = out / package_name(manifest.id, manifest.version)
    try:
        out.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    except OSError as error:
        raise Unavailable(f"{target}: {error.strerror}") from error
    digest = hashlib.sha256(content).hexdigest()
    if as_json:
        typer.echo(json.dumps({"file": str(target), "sha256": digest, "bytes": len(content)}))
    else:
        typer.echo(f"{target}   {len(content):,} bytes   sha256 {digest}")
