"""Performance: the extension starts, costs no more than a small one by far, and gets no slower.

**What it asks.** The entry is imported, and its `activate(context)`, if it has one, returns without an
error, in a sandbox without a network. It takes no more than the policy's multiple of the time and
memory that a small reference extension takes. An update takes no more than the policy's share more
than the version before. Benchmarks that the manifest declares run, and get no slower.

**Why.** Every extension a user has installed is started when the editor is. One that is slow makes
the editor slow, and nobody can tell which it was.

**How it is measured.** The extension, the version before and the reference (`checks/reference/`) are
started by turns in the same run, each time in a fresh interpreter; the interpreter's own start is not
counted, imports are. Time is the median of the runs, memory the most that any run held. Below a tenth
of a second nobody notices a start, so no multiple of the reference is held against it; nor is one whose
quickest run is within what the policy allows.
Beside the version before, the ratio of the medians is told with its range: the bootstrap's, over at
least seven runs of each, for 95 of 100 cases. Only where the *whole* range lies beyond what the policy
allows is it called slower; what noise could explain is never held against anyone.

**How to mend.** Import what is large where it is used; do nothing in `activate` but register; fetch
when asked to. Where the work is worth its time, say so: a person decides.

Source: docs/developer.md, "Starting fast"; a tenth of a second: Miller, "Response time in
man-computer conversational transactions", 1968.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.benchmarked import RULES as BENCHMARK_RULES
from checks.benchmarked import benchmarks
from checks.beyond import RELATIVE, beyond_sandbox, missing_module
from checks.failing import none_installed, unlocked
from checks.figures import beside, digits, measured, mebibytes, seconds, times
from checks.noise import median, ratio_of
from checks.printed import quoted
from checks.protocol import Rule, present
from devforge.model.manifest import FILE
from devforge.model.observed import Activation, Compared, Failure, ImportCost, Missing, Trial
from devforge.model.reviewing import CheckName, Performance
from devforge.model.submission import Submission
from devforge.model.verdict import Finding

NAME: CheckName = "performance"

FAILS = Rule(
    "activation-fails",
    "The extension starts",
    "block",
    "An extension that cannot be started on a clean machine does nothing for anyone.",
)
BEYOND = Rule(
    "activation-beyond-sandbox",
    "It starts without another program",
    "person",
    "What can start only inside another program or on a display cannot be started here, which is "
    "nobody's fault; a person looks at how it starts.",
)
SLOW = Rule(
    "activation-slow",
    "It starts quickly",
    "person",
    "Whatever an extension does while it starts, its user waits for.",
)
LARGE = Rule(
    "activation-memory",
    "It starts small",
    "person",
    "Memory that is held from the start is missing everywhere else.",
)
SLOWER = Rule(
    "activation-slower",
    "An update starts no slower",
    "person",
    "A start that grows with every version ends up slow, and no single version was to blame.",
)
LARGER = Rule(
    "activation-larger",
    "An update holds no more memory",
    "person",
    "Memory that grows with every version is missing everywhere else, and nobody decided so.",
)
COMPARED = Rule(
    "activation-compared",
    "An update is compared with the version before",
    "info",
    "The figures of both versions, for whoever wants to see where they go.",
)
RULES = (FAILS, BEYOND, SLOW, LARGE, SLOWER, LARGER, COMPARED, *BENCHMARK_RULES)


_UNNOTICED_SECONDS = 0.1
# A difference smaller than this is real at most to a stopwatch.
_TRIFLE_SECONDS = 0.01
_TRIFLE_BYTES = 4 * 2**20
_SHOWN_IMPORTS = 3
_OWN = re.compile(r"Cannot find module '/work/((?!node_modules/)[^'\n]{1,200})'")


def check(submission: Submission) -> Iterator[Finding]:
    """Yield what starting the extension showed, then its benchmarks."""
    trial = present(submission.trial, "the extension was not started")
    present(trial.activation, "the extension was not started")
    found = trial.activation
    entry = submission.manifest.entry if submission.manifest else FILE
    allowed = submission.policy.review.performance
    if isinstance(found, Failure):
        # One that starts in another line of Dev Forge is the compatibility check's to speak of.
        if not any(line.result == "started" for line in trial.lines):
            yield _fails(found, entry, submission)
    elif isinstance(found, Activation):
        yield from _dear(found, allowed, entry, trial)
        yield from _dearer(found, allowed, entry, trial)
    yield from benchmarks(trial, allowed)


def _fails(failure: Failure, entry: str, submission: Submission) -> Finding:
    said = f": {quoted(failure.output)}" if failure.output else ""
    if why := beyond_sandbox(failure.output, submission):
        return BEYOND.finding(
            at=entry,
            problem=f"it could not be started here, because {why}{said}",
            remedy="nothing, if that is what it is made for; a person looks at how it starts",
        )
    module = missing_module(failure.output)
    is_script = submission.manifest is not None and submission.manifest.language != "python"
    if module and is_script and (uninstalled := none_installed(submission)):
        return BEYOND.finding(
            at=entry,
            problem=f"it could not be started here, because {uninstalled}{said}",
            remedy=f"{unlocked(uninstalled, submission)}, to have it started here; until then a person looks at how it starts",
        )
    remedy = (
        "make activate(context) return without an error where there is no network and no display"
    )
    if absent := _own_absent(failure.output, submission):
        remedy = (
            f"commit {absent}, which is imported and not there: the package is made of what is committed, and "
            "nothing is built on the way"
        )
    elif RELATIVE in failure.output:
        remedy = "import what lies beside it by its own name, or put both into a package and name its file as entry"
    elif module and _is_listed(module, submission):
        remedy = f"import what the locked version of {module} has by that name, as Node finds it"
    elif module:
        remedy = (
            f"list {module} among the dependencies, with a lock, so that it is installed; if the program that "
            "it is made for brings it, say so, and a maintainer looks"
        )
    return FAILS.finding(at=entry, problem=f"{failure.what}{said}", remedy=remedy)


def _is_listed(module: str, submission: Submission) -> bool:
    facts = submission.dependencies
    named = () if isinstance(facts, Missing) else facts
    return any(fact.name == module and fact.direct and fact.ecosystem == "npm" for fact in named)


def _own_absent(output: str, submission: Submission) -> str | None:
    """The file of the extension's own that an import did not find, as where a build would make it."""
    found = _OWN.search(output)
    return found[1] if found and found[1] not in submission.tree.files else None


def _dear(found: Activation, allowed: Performance, entry: str, trial: Trial) -> Iterator[Finding]:
    own, other = found.seconds, found.reference_seconds
    how = f"Measured by turns with the reference in the sandbox ({trial.machine}), medians"
    # The quickest start, too: what a busy machine could explain is nobody's fault.
    if own.low > max(_UNNOTICED_SECONDS, allowed.activation_ratio * other.median):
        yield SLOW.finding(
            at=entry,
            problem=(
                f"it takes {seconds(own)} to start, {times(own.median, other.median)} the reference "
                f"extension's {seconds(other)}; {allowed.activation_ratio} times is the most"
                f"{_spent(found.imports)}. {how}"
            ),
            remedy="import large modules where they are used, and do in activate() only what must be",
        )
    if found.memory_bytes > allowed.memory_ratio * found.reference_memory_bytes:
        yield LARGE.finding(
            at=entry,
            problem=(
                f"it holds {mebibytes(found.memory_bytes)} once started, "
                f"{times(found.memory_bytes, found.reference_memory_bytes)} the reference extension's "
                f"{mebibytes(found.reference_memory_bytes)}; {allowed.memory_ratio} times is the most. "
                f"Measured in the sandbox ({trial.machine}), the most of {own.runs} starts"
            ),
            remedy="load data and large modules when they are first needed",
        )


def _dearer(found: Activation, allowed: Performance, entry: str, trial: Trial) -> Iterator[Finding]:
    """Yield where it is dearer than the version before, surely; else the figures."""
    if not isinstance(found.compared, Compared):
        return
    new, old = found.compared.new, found.compared.previous
    time = ratio_of(new.seconds, old.seconds)
    memory = ratio_of(new.memory_bytes, old.memory_bytes)
    if time is None or memory is None:
        return
    slower = time.is_beyond(allowed.slower_percent)
    slower = slower and median(new.seconds) - median(old.seconds) > _TRIFLE_SECONDS
    larger = memory.is_beyond(allowed.larger_percent)
    larger = larger and median(new.memory_bytes) - median(old.memory_bytes) > _TRIFLE_BYTES
    clock = f"{beside(time, new.seconds, old.seconds)}"
    held = (
        f"{mebibytes(median(new.memory_bytes))} once started, the version before "
        f"{mebibytes(median(old.memory_bytes))}: {memory}"
    )
    how = measured(len(new.seconds), trial)
    if slower:
        noticed = median(new.seconds) > _UNNOTICED_SECONDS
        yield SLOWER.finding(
            at=entry,
            problem=(
                f"it starts in {clock}; {allowed.slower_percent} % more is the most"
                f"{_spent(found.imports)}. {how}"
            ),
            remedy="look at what this version does while it starts, or say what it is worth to its users",
            severity="person" if noticed else "warn",
        )
    if larger:
        yield LARGER.finding(
            at=entry,
            problem=f"it holds {held}; {allowed.larger_percent} % more is the most. {how}",
            remedy="load data and large modules when they are first needed, or say what needs them",
        )
    if not slower and not larger:
        yield COMPARED.finding(
            at=entry,
            problem=f"it starts in {clock}. It holds {held}. {how}",
            remedy="nothing to do",
        )


def _spent(imports: tuple[ImportCost, ...]) -> str:
    """Where the time goes, as far as that was looked at: `; most goes to pandas 310 ms, …`."""
    shown = [f"{i.name} {digits(i.seconds * 1000)} ms" for i in imports[:_SHOWN_IMPORTS]]
    return f"; most of it goes to {', '.join(shown)}" if shown else ""
