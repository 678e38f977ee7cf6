"""What is sent: keys, tokens, what is watched, by requests, by host names and by programs. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from checks.security import rules
from checks.security.code_text import names_a_host
from checks.security.flows import marks as m
from checks.security.flows.arrivals import (
    BACKGROUND,
    URL,
    Arrival,
    arrives,
    first_of,
    is_sender,
    marked,
)
from checks.security.flows.values import Call, Value
from devforge.model.reviewing import Severity


def _sent(call: Call, texts: Mapping[str, str]) -> Iterator[Arrival]:
    if not is_sender(call):
        return
    looked_up = any(m.LOOKUPS.fullmatch(name) for name in call.names)
    url = first_of(call)
    if found := marked(call.given, "secret", "environment"):
        host = URL.match(url.text)
        own = (
            not host
            and call.method in ("get", "head")
            and bool(marked(url.marks, "secret"))
            and len(call.arguments) == 1
        )
        if not own:
            rule = rules.EXFILTRATION if looked_up else rules.THEFT
            yield arrives(
                call, rule, "block", f"this sends {found[0].what} over the network", found[0]
            )
    elif found := marked(call.given, "token"):
        if looked_up:
            yield arrives(
                call,
                rules.EXFILTRATION,
                "block",
                f"this sends {found[0].what} away as the name of a host",
                found[0],
            )
        elif found[0].what == m.ONE_OF_MANY and not names_a_host(texts.values()):
            pass  # who writes the request says where it goes, and what of
        elif not _is_its_own(found[0].what, url.text) and not _only_its_own(
            found[0].what, url.text, texts[call.scope.path]
        ):
            yield arrives(
                call,
                rules.TOKEN_SENT,
                "person",
                f"this sends {found[0].what} over the network",
                found[0],
            )
    elif looked_up and (found := marked(call.given, "person")):
        yield arrives(
            call,
            rules.EXFILTRATION,
            "person",
            f"this sends {found[0].what} away as the name of a host",
            found[0],
        )
    yield from _in_headers(call, url)
    if found := marked(call.given, "metadata"):
        yield arrives(
            call,
            rules.THEFT,
            "person",
            "it asks the address that hands out a cloud machine's keys",
            found[0],
        )
    yield from _watched(call, texts)


def _collected(call: Call, _: Mapping[str, str]) -> Iterator[Arrival]:
    """What stands in all files of a directory, or the names and words of it."""
    if is_sender(call) and (found := marked(call.given, "collected")):
        words = f"this sends {found[0].what} over the network"
        yield arrives(call, rules.TOGETHER, "person", words, found[0])


def _in_headers(call: Call, url: Value) -> Iterator[Arrival]:
    headers = frozenset().union(
        *(call.keywords[k].marks for k in ("headers", "cookies") if k in call.keywords)
    )
    host = URL.match(url.text)
    for found in marked(headers, "secret", "environment")[:1]:
        ours = "login" in found.what or "password store" in found.what or "token" in found.what
        if host and not (ours and _is_its_own("github gitlab npm", url.text)):
            severity: Severity = "block" if found.kind == "environment" else "person"
            yield arrives(
                call,
                rules.THEFT,
                severity,
                f"{found.what} goes along in a request's headers",
                found,
            )


def _is_its_own(name: str, url: str) -> bool:
    """Whether a token goes to the service whose name it bears."""
    host = URL.match(url)
    domain = host[1].lower().split(".")[-2:-1] if host else []
    words = re.findall(r"[a-z]{3,}", name.lower())
    return any(label in (w, f"{w}js", f"{w}apis", f"amazon{w}") for label in domain for w in words)


def _only_its_own(name: str, url: str, text: str) -> bool:
    """Whether a request whose address is not plain can only go to the token's service: its file names no other."""
    hosts = set(re.findall(r"https?://[\w.-]+", text))
    return not URL.match(url) and bool(hosts) and all(_is_its_own(name, host) for host in hosts)


def _watched(call: Call, texts: Mapping[str, str]) -> Iterator[Arrival]:
    for found in marked(call.given, "watched")[:1]:
        grave = found.what not in ("the screen", "the microphone", "the camera", "the clipboard")
        unasked = (
            grave
            or found.what in ("the microphone", "the camera")
            or BACKGROUND.search(texts[call.scope.path])
        )
        severity: Severity = "block" if grave else "person" if unasked else "info"
        if found.what == m.VARIABLE:  # one, by its name: what libraries do that look up who called
            severity = "person"
        yield arrives(
            call, rules.SPYING, severity, f"this sends {found.what} over the network", found
        )


def _carried(call: Call, _: Mapping[str, str]) -> Iterator[Arrival]:
    """What programs that talk to the network are given."""
    if not any(m.PROGRAMS.fullmatch(name) for name in call.names) or not m.CARRIERS.search(
        call.words
    ):
        return
    held = marked(call.given, "secret", "environment", "token")
    for found in (held or marked(call.given, "secret-path"))[:1]:
        if found.kind == "secret-path" and not re.search(
            r"@|\b(?:scp|rsync|nc|ncat)\b|gist", call.words
        ):
            continue
        if (
            re.search(r"\b(?:scp|rsync|ssh)\b", call.words)
            and found.kind == "secret-path"
            and "-i" in call.words
        ):
            continue
        yield arrives(
            call,
            rules.EXFILTRATION,
            "block",
            f"{found.what} is handed to a program that sends it away",
            found,
        )


def _replaced(call: Call, texts: Mapping[str, str]) -> Iterator[Arrival]:
    """A clipboard that is watched and written to."""
    writes = call.method in ("clipboard_append", "setText") or "pyperclip.copy" in call.names
    text = texts[call.scope.path]
    if (
        writes
        and re.search(r"clipboard_get|pyperclip\.paste|clipboard\(\)\.text", text)
        and BACKGROUND.search(text)
    ):
        yield arrives(call, rules.THEFT, "person", "what the user copies is watched, and replaced")


SENDING = (_sent, _collected, _carried, _replaced)
