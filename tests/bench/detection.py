"""What the review catches of the corpus of hostile packages, what it stops wrongly, and where it loses."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from devforge.adapters.program import find_program
from tests.bench.figures import Benchmark, Table
from tests.corpus.detection import blocks, bothers, judged, stops
from tests.corpus.samples import GROUPS, Sample, samples

Alarm = Callable[[Sample], bool]
_HEAD = ("group", "hostile", "stopped", "recall", "harmless", "stopped wrongly", "precision")


def measure() -> Table:
    """Return recall and precision of each group, of all, and of bandit on the samples in Python."""
    python = [sample for sample in samples() if sample.language == "python"]
    rows = [_row(group, (s for s in samples() if s.group == group), _ours) for group in GROUPS]
    rows.append(_row("**all**", samples(), _ours))
    rows.append(_row("all in Python", python, _ours))
    rows.append(_row("bandit alone, in Python", python, _bandits(python)))
    return Table(_HEAD, tuple(rows), tuple(_notes()))


def _ours(sample: Sample) -> bool:
    findings = judged()[sample.id]
    stopped = stops(findings) if sample.kind == "hostile" else blocks(findings) + bothers(findings)
    return bool(stopped)


def _bandits(chosen: Iterable[Sample]) -> Alarm:
    """What bandit calls at least of medium severity, with all its rules as they come."""
    with tempfile.TemporaryDirectory(prefix="devforge-bench-") as scratch:
        for number, sample in enumerate(chosen):
            for path, file in sample.submission.tree.files.items():
                target = Path(scratch, str(number), path)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(file.content)
        done = subprocess.run(
            [find_program("bandit"), "-r", "-q", "-f", "json", "--exit-zero", scratch],
            check=True, capture_output=True,
        )  # fmt: skip
        results = json.loads(done.stdout)["results"]
        grave = [r["filename"] for r in results if r["issue_severity"] != "LOW"]
        numbers = {int(Path(name).relative_to(scratch).parts[0]) for name in grave}
    alarmed = {sample.id for number, sample in enumerate(chosen) if number in numbers}
    return lambda sample: sample.id in alarmed


def _row(name: str, chosen: Iterable[Sample], alarm: Alarm) -> tuple[str, ...]:
    kinds = list(chosen)
    hostile = [sample for sample in kinds if sample.kind == "hostile"]
    harmless = [sample for sample in kinds if sample.kind == "harmless"]
    caught, wrong = sum(map(alarm, hostile)), sum(map(alarm, harmless))
    return (
        name, str(len(hostile)), str(caught), _share(caught, len(hostile)),
        str(len(harmless)), str(wrong), _share(caught, caught + wrong),
    )  # fmt: skip


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "none"


def _notes() -> Iterable[str]:
    yield "Stopped is: sent back, or shown to a person. Of the harmless, none is sent back."
    yield "The samples are ours and were there while the rules were written: expect less of packages nobody has seen."
    yield ""
    yield "Where we lose:"
    yield ""
    for sample in samples():
        if sample.kind == "hostile" and not _ours(sample):
            why = f"; {sample.lost}" if sample.lost else ""
            yield f"- missed, {sample.group}: {sample.about}{why}."
        elif sample.kind == "harmless" and _ours(sample):
            yield f"- stopped wrongly, {sample.group}: {sample.about}."


BENCHMARK = Benchmark("detection", "Detection: what is caught, and what is caught wrongly", measure)
