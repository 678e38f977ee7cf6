"""`devforge show`: everything the index says of one extension."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from devforge.cli.options import IndexAt, Json, index_location, parse_id
from devforge.errors import BadInput
from devforge.model.index import ExtensionDocument


def show(
    extension: Annotated[str, typer.Argument(help="developer.name, for example acme.todo-tree")],
    index: IndexAt = None,
    as_json: Json = False,
) -> None:
    """Show what an extension is, what it may do, and its versions."""
    from devforge.updates.index import Index  # noqa: PLC0415
    from devforge.updates.source import open_source  # noqa: PLC0415

    name = parse_id(extension)
    document = Index(open_source(index_location(index))).document(name)
    if document is None:
        raise BadInput(
            f"{name}: this registry does not have it; `devforge search` finds what it has"
        )
    if as_json:
        typer.echo(json.dumps(document.model_dump(mode="json"), indent=2))
    else:
        typer.echo(render(document))


def render(document: ExtensionDocument) -> str:
    """Return the page a terminal shows."""
    newest = next((v for v in document.versions if not v.yanked), None)
    permissions = [str(p) for p in newest.permissions] if newest else []
    rows = [
        ("by", document.developer),
        ("licence", document.license),
        ("language", document.language),
        ("source", document.repository or "not said"),
        ("support", document.support or "not said"),
        ("may use", ", ".join(permissions) or "nothing beyond the editor"),
        ("install", f"devforge install {document.id}"),
    ]
    lines = [f"{document.display_name}  ({document.id})", document.description, ""]
    lines += [f"  {name:<9} {value}" for name, value in rows]
    lines += ["", "  versions"]
    for version in document.versions:
        fate = f"   withdrawn: {version.yanked.reason}" if version.yanked else ""
        day = (version.published or "")[:10] or "undated"
        lines.append(f"    {version.version!s:<12} {day}   Dev Forge {version.engines}{fate}")
    return "\n".join(lines)
