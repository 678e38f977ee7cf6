"""Options that several commands share, spelled and explained once."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from devforge.errors import BadInput

if TYPE_CHECKING:  # pydantic costs more than the rest of a command's start
    from devforge.model.names import ExtensionId
    from devforge.model.versions import Version

F = TypeVar("F", bound=Callable[..., Any])


class _Path(click.Path):
    """A path; nothing at all, which an unset variable leaves, is not taken for the directory we are in."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if not str(value):
            self.fail("must not be empty", param, ctx)
        return super().convert(value, param, ctx)


PATH = _Path(path_type=Path)

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for a program.")
home_option = click.option(
    "--home", type=PATH, metavar="DIR", envvar="DEVFORGE_HOME", show_envvar=True,
    help="Where extensions are installed.",
)  # fmt: skip
dry_run_option = click.option(
    "--dry-run", is_flag=True, help="Say what would be done, and do nothing."
)
host_option = click.option(
    "--devforge", metavar="VERSION", envvar="DEVFORGE_VERSION", show_envvar=True,
    help="Dev Forge's own version, to fit.",
)  # fmt: skip
platform_option = click.option(
    "--platform", metavar="NAME", envvar="DEVFORGE_PLATFORM", show_envvar=True,
    help="Whose packages: win32-x64, darwin-arm64 …; else this machine's.",
)  # fmt: skip
_registry_options = (
    click.option(
        "--index", metavar="URL|DIR", envvar="DEVFORGE_INDEX", show_envvar=True,
        help="The registry's site or index: an https address (or more, with blanks between), or a directory.",
    ),
    click.option(
        "--root", type=PATH, metavar="FILE", envvar="DEVFORGE_ROOT", show_envvar=True,
        help="The keys to trust the registry by, instead of those this program came with.",
    ),
    click.option(
        "--region", metavar="NAME", envvar="DEVFORGE_REGION", show_envvar=True,
        help="Ask mirrors there first.",
    ),
    click.option("--offline", is_flag=True, help="Ask nobody; go by what was verified before."),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """The home and the registry a command line names."""

    home: Path | None = None
    index: str | None = None
    root: Path | None = None
    region: str | None = None
    offline: bool = False
    devforge: str | None = None
    platform: str | None = None


def placed(function: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that name a home and a registry; it gets them as its `place`."""

    def called(**given: Any) -> None:
        names = Place.__dataclass_fields__.keys() & given.keys()
        place = Place(**{name: given.pop(name) for name in names})
        function(place=place, **given)

    for option in (json_option, home_option, *reversed(_registry_options)):
        called = option(called)
    return functools.update_wrapper(called, function)


def hosted(function: Callable[..., None]) -> Callable[..., None]:
    """The same, for a command whose answer also depends on Dev Forge's version and on the machine."""
    return host_option(platform_option(placed(function)))


class _Argument(click.Argument):
    """An argument with a line of help."""

    def __init__(self, declared: Sequence[str], *, help: str, **rest: Any) -> None:  # noqa: A002 - click's word
        super().__init__(declared, **rest)
        self.help = help


class Command(click.Command):
    """A command whose help also says what its arguments are."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        rows = [(p.make_metavar(ctx), p.help) for p in self.params if isinstance(p, _Argument)]
        if rows:
            with formatter.section("Arguments"):
                formatter.write_dl(rows)
        super().format_options(ctx, formatter)


class Group(click.Group):
    """A command that has commands."""

    command_class = Command

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """In the order they are written in."""
        return list(self.commands)


def command(function: Callable[..., None]) -> Command:
    """Make a command of a function: its name and its docstring are the command's."""
    return click.command(cls=Command)(function)


def argument(name: str, **rest: Any) -> Callable[[F], F]:
    """Declare an argument, with `help`."""
    return click.argument(name, cls=_Argument, **rest)


def home_directory(home: Path | None) -> Path:
    """Return the home asked for, or this user's own."""
    if home is not None:
        try:
            return home.expanduser()
        except RuntimeError as error:
            raise BadInput(f"--home {home}: there is no such user") from error
    import platformdirs  # noqa: PLC0415 - only when no --home was given

    return Path(platformdirs.user_data_dir("devforge", appauthor=False))


def parse_id(text: str) -> ExtensionId:
    """Return the extension `text` names. Raises BadInput in a sentence for the command line."""
    from devforge.model.names import ExtensionId  # noqa: PLC0415 - see above

    try:
        return ExtensionId.parse(text)
    except ValueError as error:
        raise BadInput(
            f"{text!r} is not an extension: {error}{_hint(text, ExtensionId)}"
        ) from error


def _hint(text: str, kind: type[ExtensionId]) -> str:
    """Return what may have been meant: another case, a version behind the name, half a name."""
    name, mark, version = text.partition("==" if "==" in text else "@")
    near = kind.nearest(name)
    if near:
        return f"; did you mean {near}{f' --version {version}' if mark else ''}?"
    return "" if "." in text else f"; `devforge search {text}` finds its whole name"


def parse_version(text: str | None, option: str) -> Version | None:
    """Return the version given to `option`, if any."""
    if text is None:
        return None
    from devforge.model.versions import Version  # noqa: PLC0415 - see above

    try:
        return Version.parse(text)
    except ValueError as error:
        raise BadInput(f"{option} {text!r}: {error}") from error


def parse_moment(text: str, option: str) -> datetime:
    """Return the moment given to `option`: RFC 3339, or a day or a time in the user's own zone."""
    try:
        return datetime.fromisoformat(text.strip()).astimezone()
    except (ValueError, OverflowError, OSError) as error:
        raise BadInput(
            f"{option} {text!r}: must be a time such as 2026-11-30T09:00 or 2026-11-30"
        ) from error


def is_terminal() -> bool:
    """Whether a person watches stderr: progress is for them and stays out of pipes."""
    return os.isatty(2) and os.environ.get("TERM") != "dumb"
