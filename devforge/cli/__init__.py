"""The `devforge` command: one file per subcommand, imported when it is the one that was asked for.

Heavy imports live inside the commands, so that even that one starts fast.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sys
import traceback
from collections.abc import Sequence

import click

from devforge import __version__
from devforge.cli.exits import FAILED, INTERRUPTED, NO_VERDICT, USAGE
from devforge.cli.extras import missing_extra
from devforge.cli.table import Commands
from devforge.errors import BadInput, DevForgeError, Unavailable
from devforge.model.collector import collector_seldom

# What a machine runs out of, or refuses, at any place.
_SCARCE = (
    errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EROFS,
)  # fmt: skip


@click.group("devforge", cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--verbose", "-v", is_flag=True, help="Say on stderr what is being done.")
@click.version_option(
    __version__, message="devforge %(version)s", help="Print the version and leave."
)
def app(verbose: bool) -> None:
    """Write, check, publish, find and install Dev Forge extensions."""
    import logging  # noqa: PLC0415 - not for the help

    logging.basicConfig(
        level=logging.INFO if verbose else logging.WARNING, format="%(name)s: %(message)s"
    )
    if not verbose:  # its retries are no news; that they did not help is said in our own words
        logging.getLogger("urllib3").setLevel(logging.ERROR)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command line and return its exit code; no traceback reaches a user."""
    collector_seldom()
    _settle_streams()
    if argv is None:  # a host that calls us has its own way to end
        _heed_the_end()
    arguments = list(sys.argv[1:] if argv is None else argv)
    command = next((word for word in arguments if not word.startswith("-")), "")
    try:
        if not command and "--version" in arguments:
            click.echo(f"devforge {__version__}")
            return 0
        code = app.main(arguments, prog_name="devforge", standalone_mode=False)
    except (Exception, KeyboardInterrupt, _Ended) as error:
        if argv is None:  # nor may a host's own output be led elsewhere
            _forget_unsaid()
        return _explain(missing_extra(error, command=command) or error, command=command)
    return code if isinstance(code, int) else 0


def _settle_streams() -> None:
    """Let whatever is said be said: what a terminal cannot show, and where nobody listens."""
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:  # whoever started us closed it
            setattr(sys, name, open(os.devnull, "r+", encoding="utf-8"))  # noqa: SIM115, PTH123 - until the end
    with contextlib.suppress(
        AttributeError
    ):  # a stream somebody put in its place takes what it can
        sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]


class _Ended(BaseException):
    """A terminal that closes, or whoever looks after this machine, has us end: as with Ctrl-C, nothing is left half."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.code = 128 + number


def _heed_the_end() -> None:
    import signal  # noqa: PLC0415 - not for whoever calls us

    def end(number: int, _: object) -> None:
        signal.signal(number, signal.SIG_DFL)  # told twice, it ends at once
        raise _Ended(number)

    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)  # Windows has but one of them
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:  # `nohup` ignores one
            signal.signal(number, end)


def _forget_unsaid() -> None:
    """What standard output did not take is not tried once more at the end, whose exit code would be Python's own."""
    try:
        sys.stdout.flush()
    except (OSError, ValueError):
        with contextlib.suppress(OSError, ValueError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, sys.stdout.fileno())
            os.close(nowhere)


def _explain(error: BaseException, *, command: str) -> int:
    """Say on stderr what happened, and return the exit code for it."""
    if isinstance(error, click.ClickException):
        error.show()
        return USAGE
    if isinstance(error, KeyboardInterrupt | click.Abort | _Ended):
        from devforge.adapters.files import leave_nothing  # noqa: PLC0415 - only here

        leave_nothing()
        with contextlib.suppress(OSError):  # the terminal may be what is gone
            print(
                "devforge: stopped; the same command again finishes it", file=sys.stderr, flush=True
            )
        return error.code if isinstance(error, _Ended) else INTERRUPTED
    if isinstance(error, BrokenPipeError):  # the reader left; there is nobody to tell
        return FAILED
    error = _of_the_machine(error) or error
    if isinstance(error, DevForgeError):
        print(f"devforge: {error}", file=sys.stderr)
        if isinstance(error, BadInput):
            return USAGE
        return NO_VERDICT if command == "check" else FAILED
    return _report_bug(error)


def _of_the_machine(error: BaseException) -> Unavailable | None:
    """Return in a sentence what the machine did not give; None for what is a bug of ours."""
    if isinstance(error, MemoryError):
        return Unavailable("there is too little memory for this; with more, the same works")
    if not isinstance(error, OSError) or error.errno not in _SCARCE:
        return None
    where = error.filename or "what it had to say"
    return Unavailable(f"{where}: could not be read or written ({error.strerror})")


def _report_bug(error: BaseException) -> int:
    """Write the traceback where the user can find it and say so in one sentence."""
    import tempfile  # noqa: PLC0415 - only when something broke

    try:
        with tempfile.NamedTemporaryFile(
            "w", prefix="devforge-", suffix=".txt", delete=False
        ) as file:
            traceback.print_exception(error, file=file)
        where = file.name
    except OSError:  # a full disk, perhaps what broke it
        traceback.print_exception(error, file=sys.stderr)
        where = "what stands above"
    print(
        f"devforge: something broke inside devforge ({type(error).__name__}: {error}). This is our "
        f"fault; please report it with {where}",
        file=sys.stderr,
    )
    return NO_VERDICT
