"""Asks for passphrases: on the terminal, from a file, or from DEVFORGE_KEY_PASSPHRASE."""

from __future__ import annotations

import getpass
import os
import sys
from collections.abc import Callable
from pathlib import Path

from devforge.errors import BadInput

VARIABLE = "DEVFORGE_KEY_PASSPHRASE"
_SHORTEST = 8


def new_passphrase(name: str, file: Path | None) -> str:
    """Return a passphrase for a new key, typed twice on a terminal.

    Raises:
        BadInput: nobody is there to type it, the two differ, or it is short.
    """
    given = _given(file)
    if given is None:
        given = _type(f"New passphrase for {name}: ")
        if _type("The same again: ") != given:
            raise BadInput("the two passphrases differ; nothing was written")
    if len(given) < _SHORTEST:
        raise BadInput(
            f"the passphrase is too short: {_SHORTEST} characters at least, better six words"
        )
    return given


def ask_passphrase(file: Path | None) -> Callable[[str], str]:
    """Return what answers when a key asks for a secret."""
    given = _given(file)
    return (lambda _what: given) if given is not None else lambda what: _type(f"{what}: ")


def _given(file: Path | None) -> str | None:
    if file is not None:
        try:
            with file.open(encoding="utf-8") as opened:
                return opened.readline(1000).rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            raise BadInput(f"{file}: cannot be read: {error}") from error
    return os.environ.get(VARIABLE) or None


def _type(prompt: str) -> str:
    if not sys.stdin.isatty():
        raise BadInput(
            f"nobody is there to type a passphrase: use --passphrase-file FILE or set {VARIABLE}"
        )
    return getpass.getpass(prompt[:1].upper() + prompt[1:])
