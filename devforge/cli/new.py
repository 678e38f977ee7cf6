"""`devforge new`: a working extension to start from."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import click

from devforge.cli.options import PATH, argument, command, parse_id
from devforge.errors import BadInput, Unavailable
from devforge.model.names import ExtensionId, Language

if TYPE_CHECKING:
    from devforge.model.policy import Policy

_SKELETONS = Path(__file__).parent / "skeletons"
SCHEMA = ".devforge/devforge.schema.json"  # named in the first line of what is written


@command
@argument("extension", help="developer.name, for example acme.todo-tree")
@click.option(
    "--language",
    "-l",
    type=click.Choice(get_args(Language)),
    default="python",
    help="What it is written in.",
)
@click.option(
    "--into", type=PATH, metavar="DIR", help="Where; default: a directory called as the extension."
)
def new(extension: str, language: Language, into: Path | None) -> None:
    """Write a small extension that passes the review: code, tests, manifest, licence."""
    name = parse_id(extension)
    target = into if into is not None else Path(name.name)
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise BadInput(f"{target}: already there and not empty; name another place with --into")
    try:
        _write(target, _words(name), language)
    except OSError as error:
        raise Unavailable(f"{target}: {error.strerror}") from error
    click.echo(f"wrote {target}: {name} 0.1.0, in {language}\n")
    click.echo(f"  cd {target}")
    click.echo("  devforge check      the same review as the registry's")
    click.echo("  devforge submit     once it lies in a GitHub repository of yours")


def _words(name: ExtensionId) -> dict[str, str]:
    from devforge.adapters.policy import load_policy  # noqa: PLC0415

    return {
        "__ID__": str(name),
        "__NAME__": name.name,
        "__PACKAGE__": name.name.replace("-", "_"),
        "__DISPLAY__": name.name.replace("-", " ").title().ljust(2, "."),
        "__DEVELOPER__": name.developer,
        "__ENGINES__": engines_of(load_policy(None)),
        "__YEAR__": str(dt.datetime.now(tz=dt.UTC).year),
    }


def engines_of(policy: Policy) -> str:
    """Return the range of the newest line of Dev Forge's releases."""
    major = str(max(policy.devforge_releases)).partition(".")[0]
    return f">={major}.0.0 <{int(major) + 1}"


def _write(target: Path, words: dict[str, str], language: Language) -> None:
    from devforge.cli.schema import schema_text, write_whole  # noqa: PLC0415 - only to write

    write_whole(target / SCHEMA, schema_text("manifest"))
    for root in (_SKELETONS / "common", _SKELETONS / language):
        for source in sorted(
            path for path in root.rglob("*") if path.is_file() and "__pycache__" not in path.parts
        ):
            path = target / _filled(source.relative_to(root).as_posix(), words)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(_filled(source.read_text(encoding="utf-8"), words), encoding="utf-8")


def _filled(text: str, words: dict[str, str]) -> str:
    for mark, word in words.items():
        text = text.replace(mark, word)
    return text
