"""Whatever the job that ran a stranger's code hands over, it moves only coverage and performance up.

That job's answer is forged here in every field. Compatibility and dependencies may get worse by it,
never better than reading alone leaves them; no other check sees it at all.
"""

from __future__ import annotations

import json
import os
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from example_trees import submission_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from devforge.errors import BadInput
from devforge.model.observed import LineActivation, Missing, Trial
from devforge.model.submission import Submission
from devforge.model.verdict import CheckReport
from devforge.review.decide import decide
from devforge.review.examine import examine
from devforge.review.handover import Tried, read_json, read_source

HEAD, TREE = "a" * 40, "b" * 64
OWN = ("coverage", "performance")
ONLY_WORSE = ("compatibility", "dependencies")
LINES = (">=1.0.0 <2", ">=2.0.0 <3", "*")

words = st.text(max_size=60)
number = st.one_of(st.integers(-2, 2**40), st.floats(), st.just("many"))
seconds = st.floats(0, 86_400)
failure = st.fixed_dictionaries({"what": words, "output": words})
missing = st.fixed_dictionaries({"reason": words})
timing = st.fixed_dictionaries(
    {"median": seconds, "low": seconds, "high": seconds, "runs": st.integers(0, 99)}
)
sample = st.fixed_dictionaries(
    {
        "seconds": st.lists(seconds, max_size=12),
        "memory_bytes": st.lists(st.integers(0, 2**40), max_size=12),
    }
)
compared = st.one_of(
    st.none(), failure, missing, st.fixed_dictionaries({"new": sample, "previous": sample})
)
activation = st.fixed_dictionaries(
    {
        "seconds": timing,
        "reference_seconds": timing,
        "memory_bytes": st.integers(-1, 2**50),
        "reference_memory_bytes": st.integers(-1, 2**50),
    },
    optional={
        "compared": compared,
        "imports": st.lists(st.fixed_dictionaries({"name": words, "seconds": seconds}), max_size=4),
    },
)
tests = st.fixed_dictionaries(
    {
        "framework": st.sampled_from(["pytest", "node", "jest"]),
        "passed": st.integers(-1, 10**6),
        "failed": st.integers(-1, 10**6),
        "skipped": st.integers(0, 9),
        "failures": st.lists(words, max_size=4),
        "seconds": number,
    }
)
covered = st.fixed_dictionaries(
    {
        "path": st.one_of(words, st.just("sample.py")),
        "covered": st.integers(-9, 10**9),
        "total": st.integers(-9, 10**9),
    },
    optional={
        "missing": st.lists(st.integers(-9, 10**9), max_size=6),
        "ran": st.lists(st.integers(-9, 99), max_size=6),
    },
)
line = st.fixed_dictionaries(
    {
        "releases": st.sampled_from(LINES),
        "result": st.one_of(st.just("started"), failure, missing),
    }
)
trial = st.fixed_dictionaries(
    {"activation": st.one_of(activation, failure, missing)},
    optional={
        "tests": st.one_of(st.none(), tests, failure, missing),
        "coverage": st.one_of(st.lists(covered, max_size=3), missing),
        "lines": st.lists(line, max_size=4),
        "benchmarks": st.one_of(
            missing,
            st.lists(
                st.fixed_dictionaries(
                    {"name": words, "result": st.one_of(timing, failure)},
                    optional={"compared": st.one_of(st.none(), compared)},
                ),
                max_size=2,
            ),
        ),
        "machine": words,
        "unresolvable": st.one_of(missing, st.dictionaries(words, words, max_size=3)),
        "verdict": st.just("passed"),  # no such field: the whole is refused
    },
)

CLEAN = submission_of(
    {
        "files": {
            "tests/test_a.py": "import sample\ndef test_a(): assert sample.activate(1) is None\n"
        }
    }
)
NO_RELEASE = submission_of({"manifest": {"engines": {"devforge": "^9.0.0"}}})
BAD_LICENCE = submission_of({"manifest": {"license": "SSPL-1.0"}})
SUBMISSIONS = (CLEAN, NO_RELEASE, BAD_LICENCE)


def reports(
    submission: Submission, forged: dict[str, Any], scratch: Path
) -> dict[str, CheckReport]:
    """What the checks say of `submission` after the forged file has come the way such files come."""
    path = scratch / "trial.json"
    document = {"head": HEAD, "tree_sha256": TREE, "trial": forged}
    path.write_text(json.dumps(document), encoding="utf-8")
    tried = read_json(path, Tried)
    seen = submission.tried(tried if isinstance(tried, Missing) else tried.trial)
    names = [name for name in submission.policy.review.checks if name != "decision"]
    return {report.name: report for report in examine(seen, names)}


@cache
def _honest(index: int) -> dict[str, CheckReport]:
    return read_alone(SUBMISSIONS[index])


def read_alone(submission: Submission) -> dict[str, CheckReport]:
    """What reading says, with a trial in which all was well."""
    lines = [
        LineActivation(releases=host.releases, result="started")
        for host in submission.policy.devforge_hosts
    ]
    fine = Trial(activation=Missing(reason="nobody asks"), lines=tuple(lines))
    names = [name for name in submission.policy.review.checks if name not in ("decision", *OWN)]
    return {report.name: report for report in examine(submission.tried(fine), names)}


_RANK = {"passed": 0, "failed": 1, "no verdict": 1}


@settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(forged=trial, index=st.integers(0, 2))
def test_a_forged_trial_moves_nothing_but_its_own_numbers(
    forged: dict[str, Any], index: int, tmp_path: Path
) -> None:
    submission = SUBMISSIONS[index]
    honest, found = _honest(index), reports(submission, forged, tmp_path)

    for name, before in honest.items():
        after = found[name]
        if name not in ONLY_WORSE:
            assert after.model_copy(update={"seconds": 0}) == before.model_copy(
                update={"seconds": 0}
            )
        else:
            assert set(before.findings) <= set(after.findings)
            assert _RANK[after.verdict] >= _RANK[before.verdict]
    for report in found.values():
        assert "the check itself failed" not in report.reason
    others = [report for name, report in found.items() if name not in OWN]
    outcome = decide([*found.values()], submission.policy, required=list(found)).outcome
    if any(f.severity == "block" for report in others for f in report.findings):
        assert outcome in ("mend", "no verdict")


@pytest.mark.parametrize("result", ["left out", "missing"])
def test_a_line_nobody_speaks_of_is_no_verdict(result: str, tmp_path: Path) -> None:
    lines = [{"releases": LINES[0], "result": "started"}]
    if result == "missing":
        lines.append({"releases": LINES[1], "result": {"reason": "it was not there"}})
    forged = {"activation": {"reason": "x"}, "lines": lines}

    assert reports(CLEAN, forged, tmp_path)["compatibility"].verdict == "no verdict"


def test_without_a_trial_the_checks_that_need_one_give_no_verdict(tmp_path: Path) -> None:
    found = examine(replace(CLEAN, trial=Missing(reason="bwrap is not installed")))

    for report in found:
        if report.name in (*OWN, "compatibility"):
            assert (report.verdict, "bwrap is not installed" in report.reason) == (
                "no verdict",
                True,
            )


@pytest.mark.parametrize("kind", ["pipe", "link", "device", "directory", "sparse"])
@pytest.mark.timeout(20)
def test_what_is_handed_over_as_something_else_than_a_file_is_not_read(
    kind: str, tmp_path: Path
) -> None:
    path = tmp_path / "trial.json"
    secret = tmp_path / "secret"
    secret.write_text("{}")
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "link":
        path.symlink_to(secret)
    elif kind == "device":
        path.symlink_to("/dev/zero")
    elif kind == "directory":
        path.mkdir()
    else:
        with path.open("wb") as file:
            file.truncate(1 << 40)

    assert isinstance(read_json(path, Tried), Missing)
    with pytest.raises(BadInput):
        read_source(path, limits=CLEAN.policy.limits)
