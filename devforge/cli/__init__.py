"""The `devforge` command: one file per subcommand, each imported when the command line is built.

Heavy imports live inside the commands, so that `devforge list` starts fast.
"""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import Sequence
from typing import Annotated

import typer

from devforge import __version__
from devforge.cli import (
    check,
    index,
    install,
    listing,
    local,
    new,
    pack,
    remove,
    search,
    show,
    submit,
)
from devforge.cli.exits import FAILED, INTERRUPTED, NO_VERDICT, USAGE
from devforge.cli.extras import missing_extra
from devforge.errors import BadInput, DevForgeError

_UsageError = typer.BadParameter.__mro__[1]

app = typer.Typer(
    name="devforge",
    help="Write, check, publish, find and install Dev Forge extensions.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

for panel, commands in {
    "For developers": (new.new, check.check, pack.pack, submit.submit),
    "For users": (search.search, show.show, install.install, listing.list_, remove.remove),
}.items():
    for command in commands:
        app.command(name=command.__name__.rstrip("_"), rich_help_panel=panel)(command)
app.add_typer(index.app, name="index")
app.add_typer(local.app, name="local")


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"devforge {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Say on stderr what is being done.")
    ] = False,
    version: Annotated[  # noqa: ARG001 - its callback prints and leaves
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = False,
) -> None:
    logging.basicConfig(
        level=logging.INFO if verbose else logging.WARNING, format="%(name)s: %(message)s"
    )
    if not verbose:  # its retries are no news; that they did not help is said in our own words
        logging.getLogger("urllib3").setLevel(logging.ERROR)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command line and return its exit code; no traceback reaches a user."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        code = typer.main.get_command(app).main(
            arguments, prog_name="devforge", standalone_mode=False
        )
    except (Exception, KeyboardInterrupt) as error:
        command = next((word for word in arguments if not word.startswith("-")), "")
        return _explain(missing_extra(error, command=command) or error, command=command)
    return code if isinstance(code, int) else 0


def _explain(error: BaseException, *, command: str) -> int:
    """Say on stderr what happened, and return the exit code for it."""
    if isinstance(error, _UsageError):
        error.show()  # type: ignore[attr-defined]
        return USAGE
    if isinstance(error, KeyboardInterrupt | typer.Abort):
        print("devforge: stopped", file=sys.stderr)
        return INTERRUPTED
    if isinstance(error, BrokenPipeError):  # the reader left; there is nobody to tell
        sys.stderr.close()
        return FAILED
    if isinstance(error, DevForgeError):
        print(f"devforge: {error}", file=sys.stderr)
        if isinstance(error, BadInput):
            return USAGE
        return NO_VERDICT if command == "check" else FAILED
    return _report_bug(error)


def _report_bug(error: BaseException) -> int:
    """Write the traceback where the user can find it and say so in one sentence."""
    import tempfile  # noqa: PLC0415 - only when something broke

    with tempfile.NamedTemporaryFile("w", prefix="devforge-", suffix=".txt", delete=False) as file:
        traceback.print_exception(error, file=file)
    print(
        f"devforge: something broke inside devforge ({type(error).__name__}: {error}). This is our "
        f"fault; please report it with {file.name}",
        file=sys.stderr,
    )
    return NO_VERDICT
