"""`devforge check`: the review as CI runs it, on a directory."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.exceptions import Exit

from devforge.cli import fixing
from devforge.cli.exits import OUTCOMES
from devforge.cli.options import PATH, argument, command, is_terminal, json_option
from devforge.errors import BadInput

if TYPE_CHECKING:
    from devforge.model.advisories import Advisory
    from devforge.model.names import ExtensionId
    from devforge.model.registry import Entry
    from devforge.review.directory import Catalogue, Progress

_ROUNDS = 3


@command
@argument("path", type=PATH, required=False, default=Path(), help="The extension's directory.")
@click.option(
    "--records",
    type=PATH,
    metavar="DIR",
    help="A clone of the registry: its policy and its list of extensions are used, and what is new since the version "
    "before is told; else this counts as its developer's first.",
)
@click.option("--sarif", type=PATH, metavar="FILE", help="Also write SARIF for an editor.")
@click.option("--fix", is_flag=True, help="Mend what can be mended without you, and review again.")
@click.option(
    "--diff", is_flag=True, help="Show what --fix would do, and do nothing. Exit code 1: something."
)
@click.option("--yes", "-y", is_flag=True, help="With --fix: declare undeclared powers unasked.")
@click.option("--fresh", is_flag=True, help="Read every file, also those that have not changed.")
@json_option
def check(
    path: Path,
    records: Path | None,
    sarif: Path | None,
    fix: bool,
    diff: bool,
    yes: bool,
    fresh: bool,
    as_json: bool,
) -> None:
    """Review an extension as the registry would, in the same words.

    Exit code 0: it would be merged. 1: something to mend. 2: nothing to mend, and a person would look at it,
    as at every developer's first extension. 3: no verdict, because something could not be judged here.
    """  # fmt: skip
    from devforge.adapters.policy import load_policy  # noqa: PLC0415
    from devforge.adapters.registry import read_registry  # noqa: PLC0415
    from devforge.model.observed import Missing  # noqa: PLC0415
    from devforge.review.directory import review_directory  # noqa: PLC0415
    from devforge.review.render import render_text, report_json  # noqa: PLC0415
    from devforge.review.sarif import render_sarif  # noqa: PLC0415

    catalogue: Catalogue = Missing(reason="no registry at hand; name a clone of it with --records")
    policy = load_policy(None)
    advisories: tuple[Advisory, ...] = ()
    published: Mapping[ExtensionId, Entry] = {}
    if records is not None:
        registry = read_registry(records)
        policy, catalogue, advisories = registry.policy, registry.catalogue, registry.advisories
        published = registry.extensions
    if yes and not fix:
        raise BadInput("--yes goes with --fix")
    review = partial(
        review_directory,
        path,
        policy,
        catalogue=catalogue,
        advisories=advisories,
        published=published,
        server_url=os.environ.get("GITHUB_SERVER_URL", "https://github.com"),
        progress=_progress(),
        memory=None if fresh else _memory(),
    )
    report = review()
    if diff:
        changes = fixing.show(fixing.mends_for(path, report, policy))
        click.echo(changes, nl=False)
        raise Exit(1 if changes else 0)
    for _ in range(_ROUNDS if fix else 0):  # a manifest that reads shows what else there is
        if not fixing.apply(path, fixing.mends_for(path, report, policy), yes=yes):
            break
        report = review()
    if sarif is not None:
        _write(sarif, render_sarif(report))
    click.echo(report_json(report) if as_json else render_text(report), nl=False)
    raise Exit(OUTCOMES[report.decision])


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise BadInput(
            f"--sarif {file}: {error.strerror}; name a file that can be written"
        ) from error


def _memory() -> Path:
    """Where what the tools said of files is kept between runs: a cache, safe to remove."""
    import platformdirs  # noqa: PLC0415

    return Path(platformdirs.user_cache_dir("devforge", appauthor=False), "scans")


def _progress() -> Progress:
    """Say what is being done on a terminal, and stay quiet in a pipe."""
    if is_terminal():
        return lambda what: click.echo(f"… {what}", err=True)
    return lambda _: None
