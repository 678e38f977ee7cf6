"""In every test, every answer and event of the local GitHub is held against what GitHub publishes.

A test in which one differs fails, with the request, the field and the reason. How much was compared
is printed at the end.
"""

from __future__ import annotations

import json
import os
import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from conformance import packages
from conformance.answers import Answer, judge
from conformance.description import Description
from conformance.payloads import Payloads

_REST = ("/api/v3", "/api/uploads")
_KINDS = ("answers", "operations", "schemas", "events", "event kinds")


@dataclass
class Tally:
    """What was compared in one process, and what differed since it was last asked."""

    answers: int = 0
    operations: set[str] = field(default_factory=set)
    schemas: set[str] = field(default_factory=set)
    events: int = 0
    event_kinds: set[str] = field(default_factory=set)
    problems: list[str] = field(default_factory=list)
    unavailable: str = ""
    fetch: Callable[[packages.Published], Path] = packages.published_file
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @cached_property
    def description(self) -> Description:
        return Description(json.loads(self.fetch(packages.OPENAPI).read_bytes()))

    @cached_property
    def payloads(self) -> Payloads:
        schemas = packages.node_modules() / "@octokit/webhooks-schemas/schema.json"
        return Payloads(json.loads(schemas.read_bytes()), self.description)

    def answered(self, told: Any) -> None:
        """Compare one answer of the REST API; other surfaces have no description."""
        base = next((base for base in _REST if told.path.startswith(f"{base}/")), None)
        if base is None:
            return
        path = told.path.removeprefix(base).rstrip("/") or "/"
        answer = Answer(told.method, path, told.status, told.media_type, told.body)
        with self._lock:
            if not self._can_compare():
                return
            judgement = judge(self.description, answer)
            self.answers += 1
            self.operations.add(judgement.operation)
            self.schemas |= {judgement.schema} - {None}
            self.problems += judgement.problems

    def happened(self, event: str, payload: dict[str, Any]) -> None:
        """Compare one event's payload."""
        told = json.loads(json.dumps(payload))
        with self._lock:
            if not self._can_compare():
                return
            self.events += 1
            self.event_kinds.add(f"{event} {payload.get('action', '')}".strip())
            self.problems += self.payloads.problems(event, told)

    def _can_compare(self) -> bool:
        """Tell whether GitHub's descriptions are at hand; without a network they may not be.

        On a developer's machine that is said once, at the end; in CI it fails the test.
        """
        if self.unavailable:
            return False
        try:
            return bool(self.description.operations and self.payloads.document)
        except (OSError, RuntimeError, subprocess.SubprocessError) as error:
            self.unavailable = f"GitHub's descriptions cannot be had: {error}"
            if os.environ.get("CI") == "true":
                self.problems.append(self.unavailable)
            return False

    def take_problems(self) -> list[str]:
        """Return each difference once, and forget them."""
        with self._lock:
            taken = list(dict.fromkeys(self.problems))
            self.problems.clear()
        return taken

    @property
    def counts(self) -> dict[str, Any]:
        return {
            "answers": self.answers,
            "operations": sorted(self.operations),
            "schemas": sorted(self.schemas),
            "events": self.events,
            "event kinds": sorted(self.event_kinds),
            "unavailable": self.unavailable,
        }


_TALLY = Tally()
_FROM_WORKERS: list[dict[str, Any]] = []


@pytest.fixture(scope="session")
def description() -> Description:
    """GitHub's description of its REST API, ready to compare with."""
    return _TALLY.description


@pytest.fixture(scope="session")
def payloads() -> Payloads:
    """The published schemas of GitHub's webhooks, ready to compare with."""
    return _TALLY.payloads


@pytest.fixture(scope="session", autouse=True)
def _witnessed() -> Iterator[None]:
    from devforge.local import witnesses  # noqa: PLC0415 - only where tests run

    witnesses.answer_witnesses.append(_TALLY.answered)
    witnesses.event_witnesses.append(_TALLY.happened)
    yield
    witnesses.answer_witnesses.remove(_TALLY.answered)
    witnesses.event_witnesses.remove(_TALLY.happened)


@pytest.fixture(autouse=True)
def _conforming(_witnessed: None) -> Iterator[None]:
    _TALLY.take_problems()
    yield
    problems = _TALLY.take_problems()
    if problems:
        shown = "\n".join(f"  {problem}" for problem in problems[:20])
        pytest.fail(f"GitHub would have answered differently:\n{shown}", pytrace=False)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["conformance"] = json.dumps(_TALLY.counts)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    counts = getattr(node, "workeroutput", {}).get("conformance")
    if counts:
        _FROM_WORKERS.append(json.loads(counts))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    line = summary([*_FROM_WORKERS, _TALLY.counts])
    if line:
        terminalreporter.write_line(line)


def summary(tallies: list[dict[str, Any]]) -> str:
    """Return one line for what every process compared; empty where nothing was."""
    missing = next((tally["unavailable"] for tally in tallies if tally["unavailable"]), "")
    if missing:
        return f"conformance: not compared. {missing}"
    total = {
        kind: sum(tally[kind] for tally in tallies)
        if kind in ("answers", "events")
        else len({name for tally in tallies for name in tally[kind]})
        for kind in _KINDS
    }
    if not total["answers"] and not total["events"]:
        return ""
    return "conformance: " + ", ".join(f"{total[kind]} {kind}" for kind in _KINDS)
