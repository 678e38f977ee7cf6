"""Runs in the sandbox: an extension's tests under pytest, with the lines they ran.

    run_tests.py REQUEST     a JSON file: {"sources": […], "options": […]}, paths below /work

The answer is one JSON object on descriptor 3. pytest's own configuration in the extension is obeyed
but for options it would add to the command line.
"""

import contextlib
import json
import os
import sys
import tempfile
from pathlib import Path

import coverage
import pytest

RESULT_FD = 3
KEPT_FAILURES = 20
KEPT_PROCESSES = 2_000
WORK = "/work"


class Recorder:
    """Counts what pytest reports: once per test, and once per file that can't be collected."""

    def __init__(self):
        self.counts = {"passed": 0, "failed": 0, "skipped": 0}
        self.failures = []

    @pytest.hookimpl
    def pytest_runtest_logreport(self, report):
        if report.failed:
            self.fail(report)
        elif report.skipped or (report.passed and report.when == "call"):
            self.counts[report.outcome] += 1

    @pytest.hookimpl
    def pytest_collectreport(self, report):
        if report.failed:
            self.fail(report)
        elif report.skipped:
            self.counts["skipped"] += 1

    def fail(self, report):
        self.counts["failed"] += 1
        if len(self.failures) < KEPT_FAILURES:
            self.failures.append(f"{report.nodeid}: {reason(report)}"[:500])


def reason(report):
    """The line that says what went wrong, as far as pytest knows one."""
    crash = getattr(getattr(report, "longrepr", None), "reprcrash", None)
    said = crash.message if crash is not None else str(report.longrepr or "")
    if lost := [line for line in said.splitlines() if "ModuleNotFoundError: " in line]:
        return (
            lost[-1].removeprefix("E").strip()
        )  # the cause, below pages of whose import led there
    if crash is not None:
        return " ".join(crash.message.split())
    lines = [line.strip() for line in str(report.longrepr or "").splitlines() if line.strip()]
    errors = [line.removeprefix("E").strip() for line in lines if line.startswith("E ")]
    return (errors or lines or ["failed"])[-1]


def main():
    """Run, measure, answer, and leave whatever threads the tests have started."""
    request = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    # Read before any of the extension's code can put something else in their places.
    write, leave, dumps = os.write, os._exit, json.dumps
    # In a file, so that other interpreters the tests start can add what they ran.
    directory = Path(tempfile.mkdtemp())
    included = [f"{WORK}/{path}" for path in request["sources"]]
    measured = coverage.Coverage(
        data_file=str(directory / "lines"), config_file=False, branch=False, include=included
    )
    os.environ["COVERAGE_PROCESS_START"] = str(settings(directory, included))
    recorder = Recorder()
    measured.start()
    try:
        status = pytest.main(arguments(request["options"]), plugins=[recorder])
    finally:
        measured.stop()
    gather(measured, directory)
    answer = {
        **recorder.counts,
        "failures": recorder.failures,
        "error": ""
        if int(status) in (0, 1, 5) or recorder.failures
        else f"pytest ended with {status!s}",
        "coverage": [line for path in request["sources"] if (line := covered(measured, path))],
    }
    sys.stdout.flush()
    sys.stderr.flush()
    content = memoryview(dumps(answer).encode())
    while content:
        content = content[write(RESULT_FD, content) :]
    leave(0)


def settings(directory, included):
    """Write what the coverage of other interpreters goes by; return its path."""
    path = directory / "settings"
    lines = "".join(f"\n    {name}" for name in included)
    path.write_text(
        f"[run]\nparallel = true\ndata_file = {directory}/lines\ninclude ={lines}\n",
        encoding="utf-8",
    )
    return path


def gather(measured, directory):
    """Add the lines that other interpreters have run; what one left unreadable counts for nothing."""
    found = sorted(str(path) for path in directory.glob("lines.*"))[:KEPT_PROCESSES]
    if found:
        with contextlib.suppress(coverage.CoverageException, OSError):
            measured.combine(found, keep=True)


def arguments(options):
    """pytest's command line: instead of what the extension would add to it, what is kept of that."""
    return [
        "-q", "-p", "no:cacheprovider", "--color=no", "--tb=short", "-o", "addopts=",
        "-o", "required_plugins=", f"--rootdir={WORK}", "--continue-on-collection-errors", *options,
    ]  # fmt: skip


def covered(measured, path):
    """The statements of one file, and those that were not run; None where it can't be parsed."""
    try:
        _, statements, _, missing, _ = measured.analysis2(f"{WORK}/{path}")
    except coverage.CoverageException:
        return None
    return {"path": path, "total": len(statements), "seen": statements, "missing": missing}


if __name__ == "__main__":
    sys.path.pop(0)  # this directory; the tests must find only what is theirs
    main()
