"""`devforge local up`: a local GitHub in the foreground, until it is asked to stop."""

from __future__ import annotations

import signal
import socket
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from devforge.local.accounts import account_named, create_account
from devforge.local.server import LocalGitHub
from devforge.local.tokens import create_personal_token

OPERATOR = "operator"
_ENDS = (signal.SIGINT, signal.SIGTERM)
Announce = Callable[[str], object]


def serve(data: Path | None, port: int, announce: Announce) -> None:
    """Serve until SIGINT or SIGTERM, then stop cleanly. `announce` is given what a person reads.

    Args:
        data: keeps everything between runs; None: a directory that goes when the server does.
        port: 0 takes the one of the last run, if it is free, or else a free one.

    Raises:
        Refused: the directory or the port is in use.
    """
    with (
        _signals() as wait,
        _directory(data) as directory,
        LocalGitHub(directory, port=port or _last_port(directory)) as github,
    ):
        (directory / "port").write_text(github.url.rpartition(":")[2], encoding="utf-8")
        announce(_greeting(github, _operator(github), kept=data))
        wait()
        announce("stopping")
    announce("stopped")


@contextmanager
def _directory(data: Path | None) -> Iterator[Path]:
    if data is not None:
        yield data.absolute()
        return
    with tempfile.TemporaryDirectory(prefix="local-github-") as made:
        yield Path(made)


@contextmanager
def _signals() -> Iterator[Callable[[], None]]:
    """Give what returns at the first SIGINT or SIGTERM, come or to come; a second SIGINT interrupts.

    A lock or an event would wait for ever for a signal that came just before the wait began: it wakes
    nobody, and Python runs its handlers only when somebody is awake. A byte stays where it was written.
    """

    def stop(_number: int, _frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)

    reader, writer = socket.socketpair()
    with reader, writer:
        writer.setblocking(False)
        wakened = signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)
        old = {number: signal.signal(number, stop) for number in _ENDS}
        try:
            yield lambda: _read_until_end(reader)
        finally:
            for number, before in old.items():
                signal.signal(number, before)
            signal.set_wakeup_fd(wakened)


def _read_until_end(reader: socket.socket) -> None:
    while reader.recv(1)[0] not in _ENDS:
        pass  # another signal that somebody handles


def _last_port(directory: Path) -> int:
    """Return the port of the last run if nobody has it now, so that old addresses stay good."""
    file = directory / "port"
    text = file.read_text(encoding="utf-8").strip() if file.is_file() else ""
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        return 0
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", int(text)))
        except OSError:
            return 0
    return int(text)


def _operator(github: LocalGitHub) -> str:
    """Return a token of the account that everybody starts with, made at the first start."""
    account = account_named(github.hub, OPERATOR) or create_account(github.hub, OPERATOR)
    return create_personal_token(github.hub.store, account["id"])


def _greeting(github: LocalGitHub, token: str, *, kept: Path | None) -> str:
    host = github.url.partition("//")[2]
    where = "a directory that goes when this stops; --data DIR keeps it" if kept is None else kept
    return f"""\
GitHub is at {github.url}, for this machine alone. Ctrl-C stops it.
Everything is in {where}.

An account to start with: {OPERATOR}, token {token}

PyGithub:
    import github
    hub = github.Github(base_url="{github.api_url}", auth=github.Auth.Token("{token}"))
    hub.get_user().create_repo("hello", auto_init=True)

git:
    git clone http://{OPERATOR}:{token}@{host}/{OPERATOR}/hello.git

More accounts, repositories, tokens, the clock and bad days, by HTTP:
    curl -H "X-Local-Admin: {github.hub.admin_token}" -d '{{"login": "alice"}}' {github.url}/_local/accounts
    curl -H "X-Local-Admin: {github.hub.admin_token}" {github.url}/_local"""
