"""`devforge show`: everything the index says of one extension."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from devforge.cli.opening import now, open_updates, warn_of_age
from devforge.cli.options import Place, argument, command, parse_id, placed
from devforge.errors import BadInput

if TYPE_CHECKING:
    from devforge.model.index import ExtensionDocument, IndexedVersion, ListEntry
    from devforge.updates.installed import Installed


@command
@argument("extension", help="developer.name, for example acme.todo-tree")
@placed
def show(extension: str, place: Place, as_json: bool) -> None:
    """Show what an extension is, what it may do, and its versions."""
    name = parse_id(extension)
    with open_updates(place) as updates:
        document = updates.index.document(name)
        warn_of_age(updates)
        if document is None:
            raise BadInput(updates.absent(name))
        deprecated = updates.known().deprecated.get(name)
        here = updates.installed().get(name)
    if as_json:
        from devforge.model.plain import to_plain  # noqa: PLC0415 - see options.py

        click.echo(json.dumps(to_plain(document), indent=2))
    else:
        click.echo(render(document, deprecated, here))


def render(
    document: ExtensionDocument,
    deprecated: ListEntry | None = None,
    here: Installed | None = None,
) -> str:
    """Return the page a terminal shows."""
    newest = next((v for v in document.versions if not v.yanked and not v.halted), None)
    permissions = [str(p) for p in newest.permissions] if newest else []
    rows = [
        ("by", document.developer),
        ("licence", document.license),
        ("language", document.language),
        ("source", document.repository or "not said"),
        ("support", document.support or "not said"),
        ("may use", ", ".join(permissions) or "nothing beyond the editor"),
    ]
    if newest and newest.powers:
        rows.append(("its code", ", ".join(newest.powers)))
    if newest and newest.extension_dependencies:
        needs = [f"{id} {range_}" for id, range_ in newest.extension_dependencies.items()]
        rows.append(("needs", ", ".join(needs)))
    if deprecated:
        rows.append(("warning", f"no longer cared for: {deprecated.sentence}"))
    rows.append(
        ("here", f"{here.version}; `devforge why {document.id}` says more")
        if here
        else ("install", f"devforge install {document.id}")
    )
    lines = [f"{document.display_name}  ({document.id})", document.description, ""]
    lines += [f"  {name:<9} {value}" for name, value in rows]
    lines += ["", "  versions", *(_version(version, document) for version in document.versions)]
    return "\n".join(lines)


def _version(version: IndexedVersion, document: ExtensionDocument) -> str:
    least = document.min_secure_version
    said = [f"Dev Forge {version.engines}"]
    said += ["mends a security hole"] if version.security else []
    said += ["has a known hole"] if least and version.version < least else []
    said += ["halted"] if version.halted else []
    said += [f"withdrawn: {version.yanked.sentence}"] if version.yanked else []
    if version.rollout is not None and not (version.yanked or version.halted):
        from devforge.updates.rollout import percent  # noqa: PLC0415 - see options.py

        share = percent(version.rollout, published=version.published, now=now())
        said += [f"offered to {share} %"] if share < 100 else []
    day = (version.published or "")[:10] or "undated"
    return f"    {version.version!s:<12} {day:<10}   {'   '.join(said)}"
