"""Members of powerful modules that are chosen by a name which is put together while the code runs. Pure."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping

from checks.security import rules
from checks.security.flows.arrivals import Arrival, arrives, marked
from checks.security.flows.texts import UNKNOWN
from checks.security.flows.values import Call, names_of

_POWERFUL = frozenset({
    "os", "subprocess", "builtins", "importlib", "ctypes", "shutil", "pty", "posix", "nt", "runpy", "marshal", "pickle", "code",
    "socket", "urllib.request", "requests", "httpx", "multiprocessing", "operator",
})  # fmt: skip
# What nobody needs to put together: in honest code each of these stands where it is used.
_TELLING = re.compile(
    r"(?:exec|eval|compile|__import__|__builtins__|__globals__|__subclasses__|builtins|subprocess|popen|Popen|system|check_output|ctypes|CDLL|marshal|pickle"
    r"|urlopen|urllib\.request|requests|httpx|socket|getattr|environ|id_rsa|id_ed25519)"
    r"|(?:.*/)?(?:AGENTS\.md|CLAUDE\.md|\.npmrc|\.netrc|\.env|\.git/hooks/.*)"
    r"|-{1,2}(?:extra-)?index-url\b.*|.*/?\.(?:ssh|aws|gnupg)/.*|https?://[\w.-]+\.[a-z]{2,}/.*"
)
_LOWEST = 4  # letters of a name that comes about by no accident


def _chosen(call: Call, _: Mapping[str, str]) -> Iterator[Arrival]:
    """`getattr(os, name)`, and `methodcaller(name)`, whose name is no constant."""
    given = call.node.args
    if "operator.methodcaller" in call.names and given and not isinstance(given[0], ast.Constant):
        yield arrives(
            call,
            rules.HIDDEN,
            "person",
            "a method is called by a name that is put together while it runs",
        )
    if "builtins.getattr" in call.names and len(given) > 1 and not _is_plain(given[1]):
        for module in sorted(_POWERFUL.intersection(names_of(call.arguments[0])))[:1]:
            words = (
                f"what is used of `{module}` is chosen by a name that is put together while it runs"
            )
            yield arrives(call, rules.HIDDEN, "person", words)


def _called(call: Call, _: Mapping[str, str]) -> Iterator[Arrival]:
    """A member of something unknown that the network names, and that is called."""
    found = marked(call.receiver.marks, "chosen")
    if found and (
        call.method in ("call", "apply") or not isinstance(call.node.func, ast.Attribute)
    ):
        words = "what the network answered chooses what is called"
        yield arrives(call, rules.TOGETHER, "person", words, found[0])


def _put_together(call: Call, texts: Mapping[str, str]) -> Iterator[Arrival]:
    """A telling name that is made of constants, and stands nowhere."""
    for node, value in zip(call.node.args, call.arguments, strict=False):
        made = value.text
        if isinstance(node, ast.Constant) or len(made) < _LOWEST or UNKNOWN in made:
            continue
        if _TELLING.fullmatch(made) and not any(_stands(made, text) for text in texts.values()):
            yield arrives(
                call, rules.HIDDEN, "person", f"the name `{made[:60]}` is put together from pieces"
            )
            return


def _is_plain(node: ast.expr) -> bool:
    """A constant, or one or the other of two."""
    if isinstance(node, ast.IfExp):
        return _is_plain(node.body) and _is_plain(node.orelse)
    return isinstance(node, ast.Constant)


def _stands(made: str, text: str) -> bool:
    if made.startswith("-"):
        return "index-url" in text
    host = made.partition("://")[2].partition("/")[0] or made.lstrip("~/").rstrip("/")
    return host.rpartition("/")[2] in text or any(
        part and part in text for part in _telling_parts(made)
    )


def _telling_parts(made: str) -> list[str]:
    """Of a path, the directory by which it is known."""
    found = re.search(r"\.(?:ssh|aws|gnupg)\b", made)
    return [found[0]] if found else []


CHOOSING = (_chosen, _called, _put_together)
