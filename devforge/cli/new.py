"""`devforge new`: a working extension to start from."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from devforge.cli.options import parse_id
from devforge.errors import BadInput, Unavailable
from devforge.model.manifest import Language
from devforge.model.names import ExtensionId

_SKELETONS = Path(__file__).parent / "skeletons"


def new(
    extension: Annotated[str, typer.Argument(help="developer.name, for example acme.todo-tree")],
    language: Annotated[
        Language, typer.Option("--language", "-l", help="What it is written in.")
    ] = "python",
    into: Annotated[
        Path | None,
        typer.Option(
            "--into", metavar="DIR", help="Where; default: a directory called as the extension."
        ),
    ] = None,
) -> None:
    """Write a small extension that passes the review: code, tests, manifest, licence."""
    name = parse_id(extension)
    target = into if into is not None else Path(name.name)
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise BadInput(f"{target}: already there and not empty; name another place with --into")
    try:
        _write(target, _words(name), language)
    except OSError as error:
        raise Unavailable(f"{target}: {error.strerror}") from error
    typer.echo(f"wrote {target}: {name} 0.1.0, in {language}\n")
    typer.echo(f"  cd {target}")
    typer.echo("  devforge check      the same review as the registry's")
    typer.echo("  devforge submit     once it lies in a GitHub repository of yours")


def _words(name: ExtensionId) -> dict[str, str]:
    from devforge.adapters.policy import load_policy  # noqa: PLC0415

    newest = max(load_policy(None).devforge_releases)
    major = str(newest).partition(".")[0]
    return {
        "__ID__": str(name),
        "__NAME__": name.name,
        "__PACKAGE__": name.name.replace("-", "_"),
        "__DISPLAY__": name.name.replace("-", " ").title().ljust(2, "."),
        "__DEVELOPER__": name.developer,
        "__ENGINES__": f">={major}.0.0 <{int(major) + 1}",
        "__YEAR__": str(dt.datetime.now(tz=dt.UTC).year),
    }


def _write(target: Path, words: dict[str, str], language: Language) -> None:
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
