"""`devforge init`: the manifest of a project that is there already."""

from __future__ import annotations

from pathlib import Path

import click

from devforge.cli.options import PATH, argument, command, parse_id
from devforge.errors import BadInput


@command
@argument("extension", help="developer.name, for example acme.todo-tree")
@argument("path", type=PATH, required=False, default=Path(), help="The project's directory.")
def init(extension: str, path: Path) -> None:
    """Write devforge.yaml for a project that is there already.

    It is read from package.json, pyproject.toml, setup.cfg or setup.py, the licence and the README;
    nothing of the project is run. `devforge new` writes a whole new extension.
    """
    from devforge.adapters.directory import read_directory  # noqa: PLC0415
    from devforge.adapters.policy import load_policy  # noqa: PLC0415
    from devforge.cli.new import SCHEMA, engines_of  # noqa: PLC0415
    from devforge.cli.schema import schema_text, write_whole  # noqa: PLC0415
    from devforge.model.manifest import FILE  # noqa: PLC0415
    from devforge.submissions.draft import draft_manifest  # noqa: PLC0415

    name = parse_id(extension)
    target = path / FILE
    if target.exists() or target.is_symlink():
        raise BadInput(f"{target}: already there; `devforge check --fix` mends it")
    policy = load_policy(None)
    tree = read_directory(path, policy.limits)
    if not tree.files:
        raise BadInput(f"{path} is empty; `devforge new {name}` writes an extension to start from")
    draft = draft_manifest(tree, name, engines_of(policy))
    write_whole(path / SCHEMA, schema_text("manifest"))
    write_whole(target, draft.text)
    click.echo(f"wrote {target}: {name} {draft.version}, in {draft.language}")
    if draft.sources:
        click.echo(f"  read from  {', '.join(draft.sources)}")
    for field, value in draft.guessed:
        click.echo(f"  guessed    {field}: {value}")
    for field in draft.missing:
        click.echo(f"  to write   {field}")
    click.echo("\n  devforge check --fix    declares the powers its code uses, and reviews it")
