"""Looks at every call and assignment of a package for what arrives where it must not. Pure."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from checks.security import rules
from checks.security.flows.arrivals import Arrival, is_sender, marked
from checks.security.flows.choosing import CHOOSING
from checks.security.flows.filing import FILES
from checks.security.flows.follow import Follower
from checks.security.flows.package import Scope
from checks.security.flows.running import RUNNING
from checks.security.flows.sending import SENDING
from checks.security.flows.values import LOCAL, Value

# Modules through which whoever shares the program talks to others, asks for passwords, or starts programs.
_EVERYBODYS = {
    "http", "urllib", "urllib3", "requests", "httpx", "aiohttp", "ssl", "asyncio", "subprocess", "getpass", "keyring",
    "smtplib", "imaplib", "ftplib", "paramiko", "sqlite3", "psycopg2",
}  # fmt: skip


def arrivals(follower: Follower, texts: Mapping[str, str]) -> Iterator[Arrival]:
    """Yield all that arrives where it must not.

    Args:
        texts: the source of each file, by path.
    """
    for call in follower.calls.values():
        for judge in (*SENDING, *RUNNING, *FILES, *CHOOSING):
            yield from judge(call, texts)
    for path, line in follower.unfollowed.items():
        words = (
            "not all values could be followed: it is nested too deeply, or there is too much of it"
        )
        yield Arrival(rules.UNREAD, "person", words, path, line)
    for scope, line in follower.searches:
        words = "the environment is searched for what sounds like a secret"
        yield Arrival(rules.ENVIRONMENT, "person", words, scope.path, line)
    senders = {f"{LOCAL}{call.scope.number}" for call in follower.calls.values() if is_sender(call)}
    for scope, target, names, value in follower.swaps.values():
        yield from _swapped(scope, target, value)
        foreign = [name for name in names if "." in name or name.islower()]
        common = [n for n in foreign if n.partition(".")[0] in _EVERYBODYS]
        if senders and common and any(mark.what.startswith(LOCAL) for mark in value.marks):
            words = f"`{common[0]}.{target.attr}`, which every other extension uses, is replaced, and things are sent over the network"
            yield Arrival(rules.SPYING, "person", words[:200], scope.path, target.lineno)
        elif foreign and senders.intersection(mark.what for mark in value.marks):
            words = f"`{foreign[0]}.{target.attr}` is replaced by a function that sends over the network"
            yield Arrival(rules.SPYING, "person", words[:200], scope.path, target.lineno)


def _swapped(scope: Scope, target: ast.Attribute, value: Value) -> Iterator[Arrival]:
    """A function whose code is taken out and replaced."""
    found = marked(value.marks, "decoded", "own-data", "download")
    if target.attr == "__code__" and found:
        words = "a function's code is replaced by decoded data"
        yield Arrival(rules.HIDDEN, "block", words, scope.path, target.lineno, found[0])
