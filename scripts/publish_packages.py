"""The steps of `publish` that have to do with packages: pack them, release them, take one back."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from devforge.adapters.git import Objects
from devforge.adapters.releases import Releases
from devforge.errors import BadInput, DevForgeError, Refused
from devforge.model.names import ExtensionId
from devforge.model.release import ReleaseNote, Withdrawal, report_path
from devforge.model.versions import Version
from devforge.plan import apply
from devforge.publish.build import Built, Left, build
from devforge.publish.parcel import digest, read_parcels, write_parcels
from devforge.publish.plan import plan_publish
from devforge.publish.release import Publisher
from devforge.publish.removal import Withdraw, plan_removal
from devforge.review.dependencies import read_dependencies
from scripts.publish_run import Run

# Noted in small lots, so that a run that is killed has little to look up again.
_LOT = 10
_PROGRAM = Path(__file__).with_name("publish.py")


class PackageSteps:
    """Works for one run of the job."""

    def __init__(self, run: Run) -> None:
        self._run = run

    def build(self, arguments: argparse.Namespace) -> int:
        """Pack every version that has no release yet; return 0 even where there is none."""
        scratch = self._run.stack.enter_context(
            tempfile.TemporaryDirectory(prefix="devforge-publish-")
        )
        sources = self._run.stack.enter_context(
            Objects(arguments.sources or Path(scratch), self._run.environment.server_url)
        )
        limits = self._run.observed.policy().limits
        found = self._run.observed.candidates(sources, limits, read_dependencies)
        ready = [one if isinstance(one, Left) else build(one) for one in found]
        plan = plan_publish(ready=ready, released=len(self._run.observed.released()))
        self._run.show(plan)
        for left in (one for one in ready if isinstance(one, Left) and not one.waits):
            print(f"::warning title=Not published::{left.line}", file=sys.stderr)
        if arguments.out is not None:
            made = write_parcels(plan.changes, arguments.out)
            if arguments.twice and plan.changes:
                _build_again(made, sources=arguments.sources or Path(scratch), run=self._run)
            self._run.environment.put_output("count", str(len(plan.changes)))
            self._run.environment.put_output("digest", made)
        return 0

    def release(self, arguments: argparse.Namespace) -> int:
        """Release what `build` packed and note it; versions that are out already are left alone."""
        released = self._run.observed.released()
        parcels = read_parcels(arguments.packages, arguments.digest)
        ready = [one for one in parcels if (one.id, one.version) not in released]
        plan = plan_publish(ready=map(self._checked, ready), released=len(released))
        self._run.show(plan)
        if not arguments.apply:
            return plan.exit_code
        publisher = Publisher(
            Releases(
                self._run.environment.repository,
                self._run.environment.secret_token(),
                api_url=self._run.environment.api_url,
            ),
            self._run.observed.head,
            time.sleep,
            self._run.environment.server_url,
        )
        failures: list[str] = []
        for start in range(0, len(plan.changes), _LOT):
            failures += self._release_lot(publisher, plan.changes[start : start + _LOT])
        self._run.requests = publisher.releases.requests
        print(f"{self._run.requests} requests")
        for failure in failures:
            print(f"publish: {failure}", file=sys.stderr)
        return 1 if failures else 0

    def _release_lot(self, publisher: Publisher, lot: Sequence[Built]) -> list[str]:
        """Release each of `lot`, note those that succeeded, and return what went wrong."""
        notes: dict[str, bytes] = {}
        failures: list[str] = []
        for built in lot:
            try:
                note = publisher.release(built)
            except DevForgeError as error:
                failures.append(f"{built.id} {built.version}: {error}")
            else:
                notes[note.path] = _noted(note)
        if notes:
            names = ", ".join(f"{b.id} {b.version}" for b in lot)
            self._run.state.commit(notes, f"Note the releases of {names}")
        return failures

    def _checked(self, built: Built) -> Built | Left:
        """Compare what we were handed with Git once more: record, commit and report must agree."""
        try:
            record = self._run.observed.record(built.id, built.version)
        except BadInput as error:
            return Left(built.id, built.version, f"its record cannot be read: {error}", waits=False)
        report = self._run.state.read(report_path(built.id, built.version))
        if record.commit != built.source.commit or report != built.report:
            reason = "its record or report changed since it was packed"
            return Left(built.id, built.version, reason, waits=True)
        return built

    def remove(self, arguments: argparse.Namespace) -> int:
        """Mark a release as withdrawn, if a person approved exactly this plan."""
        id, version = ExtensionId.parse(arguments.id), Version.parse(arguments.version)
        found = self._run.state.read(ReleaseNote.path_of(id, version))
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        plan = plan_removal(
            id,
            version,
            note=ReleaseNote.model_validate_json(found) if found else None,
            listed=sum(1 for other, _ in self._run.observed.released() if other == id),
            withdrawal=Withdrawal(reason=arguments.reason, when=now),
        )
        self._run.show(plan)
        if arguments.approve is None or plan.exit_code == 0:
            return plan.exit_code
        apply(plan, self._withdraw, approved=arguments.approve)
        return 0

    def _withdraw(self, change: Withdraw) -> None:
        note = change.marked
        self._run.state.commit({note.path: _noted(note)}, f"Withdraw {note.id} {note.version}")


def _noted(note: ReleaseNote) -> bytes:
    return note.model_dump_json(indent=1, exclude_none=True).encode() + b"\n"


def _build_again(made: str, *, sources: Path, run: Run) -> None:
    """Build once more in a process with another hash seed, time zone and locale, and compare."""
    other = {
        "PYTHONHASHSEED": "20260",
        "TZ": "Pacific/Kiritimati",
        "LC_ALL": "C",
        "GITHUB_OUTPUT": "",
        "GITHUB_STEP_SUMMARY": "",
    }
    with tempfile.TemporaryDirectory(prefix="devforge-again-") as again:
        out = Path(again, "packages")
        command = [sys.executable, str(_PROGRAM), "--checkout", str(run.checkout), "build"]
        command += ["--out", str(out), "--sources", str(sources)]
        done = subprocess.run(
            command,
            env=os.environ | other,
            capture_output=True,
            text=True,
            timeout=1800,
            check=False,
        )
        if done.returncode != 0:
            raise Refused(f"the second build failed: {done.stderr.strip()[-600:]}")
        if digest(out) != made:
            raise Refused(
                "two builds of the same sources differ, so nothing is released: compare them with "
                "`scripts/publish.py build --out` run twice"
            )
