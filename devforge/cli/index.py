"""`devforge index …`: build a registry's static index on your own machine."""

from __future__ import annotations

from pathlib import Path

import click

from devforge.cli.desk import passphrase_file_option
from devforge.cli.options import PATH, Group
from devforge.cli.secrets import ask_passphrase

app = Group(help="Build a static index from records and packages.")


@app.command()
@click.option(
    "--registry",
    type=PATH,
    required=True,
    metavar="DIR",
    help="The records: a `registry/` directory.",
)
@click.option(
    "--packages", type=PATH, required=True, metavar="DIR", help="Packages made by `devforge pack`."
)
@click.option(
    "--out",
    type=PATH,
    required=True,
    metavar="DIR",
    help="Where the index goes; only changed files are written.",
)
@click.option(
    "--keys",
    type=PATH,
    required=True,
    metavar="KEY|DIR",
    help="The online key's NAME.key.json, or the directory that holds it.",
)
@passphrase_file_option
@click.option(
    "--base-url",
    metavar="URL",
    help="Where the packages will be served; default: copied beside the index.",
)
def build(
    registry: Path,
    packages: Path,
    out: Path,
    keys: Path,
    passphrase_file: Path | None,
    base_url: str | None,
) -> None:
    """Build the signed index: the same records, packages and time give the same bytes.

    Whom clients trust is read from the `trust/` directory beside the records. Packages do not say
    when they came out: a version counts as published when this index first lists it, unless the
    index begins with it.
    """
    from datetime import UTC, datetime  # noqa: PLC0415

    from devforge.adapters.keys import find_reference, open_signer  # noqa: PLC0415
    from devforge.adapters.registry import read_registry, records_root  # noqa: PLC0415
    from devforge.publish.from_directory import build_from_directory  # noqa: PLC0415
    from devforge.publish.revision import Signing  # noqa: PLC0415
    from devforge.publish.trust import read_trust  # noqa: PLC0415

    trust = read_trust(records_root(registry) / "trust")
    path, reference = find_reference(keys, trust.online_keys)
    signer = open_signer(reference, path.parent, ask_passphrase(passphrase_file))
    by = Signing(trust, signer, datetime.now(UTC))
    click.echo(build_from_directory(read_registry(registry), packages, out, by, base_url=base_url))
