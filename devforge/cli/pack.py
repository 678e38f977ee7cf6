"""`devforge pack`: the packages the registry would publish, byte for byte."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from devforge.cli.options import PATH, argument, command, json_option
from devforge.errors import BadInput, Unavailable

if TYPE_CHECKING:
    from devforge.model.manifest import Manifest
    from devforge.model.observed import SourceTree


@command
@argument("path", type=PATH, required=False, default=Path(), help="The extension's directory.")
@click.option("--out", type=PATH, default=Path(), metavar="DIR", help="Where the package goes.")
@click.option("--platform", metavar="NAME", help="Only this one of those devforge.yaml names.")
@json_option
def pack(path: Path, out: Path, platform: str | None, as_json: bool) -> None:
    """Pack an extension exactly as the registry does; the same files give the same bytes.

    One package, or one for each platform that devforge.yaml names.
    """
    from devforge.adapters.directory import read_directory  # noqa: PLC0415
    from devforge.adapters.policy import load_policy  # noqa: PLC0415
    from devforge.model.addresses import package_name  # noqa: PLC0415
    from devforge.model.manifest import FILE, Manifest  # noqa: PLC0415
    from devforge.model.reading import read_record  # noqa: PLC0415
    from devforge.publish.package import pack as packed  # noqa: PLC0415

    limits = load_policy(None).limits
    tree = read_directory(path, limits)
    file = tree.get(FILE)
    if file is None:
        raise BadInput(f"{path / FILE}: not there; `devforge init` writes one")
    manifest = read_record(file.content, Manifest, file=FILE, limit_bytes=limits.manifest_bytes)
    made = {
        name: (target, packed(part, manifest, target))
        for target, part in _wanted(tree, manifest, platform).items()
        for name in (out / package_name(manifest.id, manifest.version, target),)
    }  # all of them, before the first is written
    for name, (_, content) in made.items():
        _write(name, content)
    answers = [
        {
            "file": str(name),
            "sha256": hashlib.sha256(content).hexdigest(),
            "bytes": len(content),
            **({"platform": target or "any"} if manifest.platforms else {}),
        }
        for name, (target, content) in made.items()
    ]
    if as_json:
        click.echo(json.dumps(answers if manifest.platforms else answers[0]))
        return
    for one in answers:
        click.echo(f"{one['file']}   {one['bytes']:,} bytes   sha256 {one['sha256']}")


def _wanted(
    tree: SourceTree, manifest: Manifest, platform: str | None
) -> dict[str | None, SourceTree]:
    from devforge.model.platforms import cut  # noqa: PLC0415

    parts: dict[str | None, SourceTree] = dict(cut(tree, manifest.platforms).items())
    if platform is None:
        return parts
    target = None if platform == "any" else platform
    if not manifest.platforms or target not in parts:
        have = ", ".join(manifest.platforms) or "none"
        raise BadInput(f"--platform {platform}: devforge.yaml names {have} under platforms")
    return {target: parts[target]}


def _write(target: Path, content: bytes) -> None:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    except OSError as error:
        raise Unavailable(f"{target}: {error.strerror}") from error
