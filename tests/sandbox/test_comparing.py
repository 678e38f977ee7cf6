"""A version beside the one before it, and in every line of Dev Forge it claims: whole trials."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sandbox.trials import POLICY, PYTHON, SCRIPT, manifest, quick, tree

from checks import compatibility, performance
from checks.protocol import NoVerdict
from devforge.model.observed import Activation, Compared, Failure, Missing, SourceTree, Trial
from devforge.model.policy import Policy
from devforge.model.submission import Submission
from devforge.model.verdict import Finding
from devforge.review.trial import Earlier, run_trial

SLEEPS = "import time\n\ndef activate(context):\n    time.sleep({seconds})\n"
RANGE = {"engines": {"devforge": ">=1 <3"}}


def tried(
    files: dict[str, str],
    scratch: Path,
    *,
    entry: str = "greet.py",
    before: dict[str, str] | None = None,
    policy: Policy | None = None,
    **fields: object,
) -> tuple[Trial, Submission]:
    said = manifest(entry, **{**RANGE, **fields})
    previous = Earlier(tree(before), said) if before is not None else None
    policy = policy or quick(runs=4)
    trial = run_trial(tree(files), said, policy, scratch=scratch, previous=previous)
    submission = Submission(id=None, tree=tree(files), policy=policy, manifest=said, trial=trial)
    return trial, submission


def compared(trial: Trial) -> Compared:
    assert isinstance(trial.activation, Activation), trial.activation
    assert isinstance(trial.activation.compared, Compared), trial.activation.compared
    return trial.activation.compared


def rules(found: list[Finding]) -> list[str]:
    return [finding.rule for finding in found]


def test_a_start_that_takes_twice_as_long_is_found_and_named(tmp_path: Path) -> None:
    trial, submission = tried(
        {"greet.py": SLEEPS.format(seconds=0.4)},
        tmp_path,
        before={"greet.py": SLEEPS.format(seconds=0.2)},
    )
    (found,) = performance.check(submission)

    assert len(compared(trial).new.seconds) == len(compared(trial).previous.seconds) == 8
    assert (found.rule, found.severity) == ("activation-slower", "person")
    assert "most of it goes to its own code" in found.problem
    assert "8 runs of each version" in found.problem


def test_the_same_version_again_is_never_slower(tmp_path: Path) -> None:
    _, submission = tried(PYTHON, tmp_path, before=PYTHON)

    assert rules(list(performance.check(submission))) == ["activation-compared"]


def test_more_memory_than_before_is_found(tmp_path: Path) -> None:
    hoard = {"greet.py": "HELD = bytes(range(256)) * 200_000\n\ndef activate(context): pass\n"}
    _, submission = tried(hoard, tmp_path, before=PYTHON)

    assert "activation-larger" in rules(list(performance.check(submission)))


@pytest.mark.parametrize("entry", ["greet.py", "greet.js"])
def test_what_a_slow_start_spends_its_time_on_is_named(entry: str, tmp_path: Path) -> None:
    python = {
        "greet.py": "import xml.dom.minidom, time\ntime.sleep(0.1)\n\ndef activate(context): pass\n",
    }
    spin = "const end = Date.now() + 120; while (Date.now() < end);\n"
    script = {
        "package.json": '{"type": "module"}',
        "slow.js": spin,
        "greet.js": "import './slow.js';\nexport function activate() {}\n",
    }
    trial, _ = tried(python if entry == "greet.py" else script, tmp_path, entry=entry)

    assert isinstance(trial.activation, Activation), trial.activation
    names = [cost.name for cost in trial.activation.imports]
    assert names[:2] == ["its own code", "xml"] if entry == "greet.py" else names[0] == "slow.js"
    assert 0.09 < trial.activation.imports[0].seconds < 1


def test_a_version_before_that_does_not_start_is_no_ones_fault(tmp_path: Path) -> None:
    trial, submission = tried(PYTHON, tmp_path, before={"greet.py": "raise ValueError\n"})

    assert isinstance(trial.activation, Activation)
    assert isinstance(trial.activation.compared, Failure)
    assert list(performance.check(submission)) == []


def test_benchmarks_are_compared_by_turns_and_new_ones_only_reported(tmp_path: Path) -> None:
    work = "def work():\n    total = 0\n    for n in range({n}):\n        total += n\n"
    declared = [{"name": "work", "call": "greet:work"}]
    trial, submission = tried(
        {"greet.py": work.format(n=600_000)},
        tmp_path,
        before={"greet.py": work.format(n=200_000)},
        benchmarks=declared,
    )
    assert not isinstance(trial.benchmarks, Missing)
    (run,) = trial.benchmarks

    assert run.compared is not None
    assert len(run.compared.new.seconds) == len(run.compared.previous.seconds) == 7
    assert "benchmark-slower" in rules(list(performance.check(submission)))


@pytest.mark.parametrize("entry", ["greet.py", "greet.js"])
def test_what_starts_in_one_line_only_is_told_to_narrow_its_range(
    entry: str, tmp_path: Path
) -> None:
    python = {"greet.py": "def activate(context):\n    context.globals['greet'] = 1\n"}
    script = {
        "package.json": '{"type": "module"}',
        "greet.js": "export function activate(context) { context.globals.greet = 1; }\n",
    }
    trial, submission = tried(
        python if entry == "greet.py" else script, tmp_path, entry=entry, policy=quick()
    )
    (found,) = compatibility.check(submission)

    assert [type(line.result).__name__ for line in trial.lines] == ["Failure", "str"]
    assert (found.rule, found.severity) == ("engines-line-fails", "block")
    assert "it claims Dev Forge >=2.0.0 <3, but does not start there" in found.problem
    assert found.remedy.startswith("narrow engines.devforge to >=1.0.0 <2")
    assert list(performance.check(submission)) == []


def test_the_older_line_is_tried_too(tmp_path: Path) -> None:
    code = "def activate(context):\n    if hasattr(context, 'globals'):\n        raise ValueError('old')\n"
    _, submission = tried({"greet.py": code}, tmp_path, policy=quick())
    (found,) = compatibility.check(submission)

    assert "it claims Dev Forge >=1.0.0 <2, but does not start there" in found.problem
    assert "ValueError: old" in found.problem


def test_a_line_that_is_not_claimed_is_not_tried(tmp_path: Path) -> None:
    trial, submission = tried(
        SCRIPT, tmp_path, entry="greet.js", policy=quick(), engines={"devforge": "^2.0.0"}
    )

    assert [(str(line.releases), line.result) for line in trial.lines] == [
        (">=2.0.0 <3", "started")
    ]
    assert list(compatibility.check(submission)) == []


def test_what_starts_nowhere_is_the_performance_checks_to_tell(tmp_path: Path) -> None:
    _, submission = tried({"greet.py": "raise ValueError\n"}, tmp_path, policy=quick())

    assert list(compatibility.check(submission)) == []
    assert rules(list(performance.check(submission))) == ["activation-fails"]


@pytest.mark.parametrize("gone", [0, 1], ids=["the older line's", "the newest line's"])
def test_without_its_stand_in_there_is_no_verdict(gone: int, tmp_path: Path) -> None:
    hosts = list(POLICY.devforge_hosts)
    hosts[gone] = hosts[gone].model_copy(update={"python": "checks/hosts/9/host.py"})
    policy = quick().model_copy(update={"devforge_hosts": tuple(hosts)})
    _, submission = tried(PYTHON, tmp_path, policy=policy)

    with pytest.raises(NoVerdict, match=r"checks/hosts/9/host\.py, the stand-in .* is not there"):
        list(compatibility.check(submission))


def test_a_stand_in_that_is_broken_is_the_registrys_to_mend(tmp_path: Path) -> None:
    (tmp_path / "host.py").write_text("import nothing_like_it\n")
    hosts = [
        host.model_copy(update={"python": "host.py"}) if "<2" in str(host.releases) else host
        for host in POLICY.devforge_hosts
    ]
    policy = quick().model_copy(update={"devforge_hosts": tuple(hosts)})
    said = manifest("greet.py", **RANGE)
    trial = run_trial(tree(PYTHON), said, policy, scratch=tmp_path, root=tmp_path)
    submission = Submission(id=None, tree=tree(PYTHON), policy=policy, manifest=said, trial=trial)

    with pytest.raises(NoVerdict, match="the reference extension"):
        list(compatibility.check(submission))


def test_a_trial_that_leaves_a_line_out_is_no_verdict(tmp_path: Path) -> None:
    trial, submission = tried(PYTHON, tmp_path, policy=quick())
    silent = replace(submission, trial=trial.model_copy(update={"lines": trial.lines[:1]}))

    with pytest.raises(NoVerdict, match="nothing was handed over about it"):
        list(compatibility.check(silent))


def test_what_both_versions_need_is_fetched_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetched: list[SourceTree] = []
    from devforge.review.trial.python import PythonSide  # noqa: PLC0415

    fetch = PythonSide.fetch
    monkeypatch.setattr(
        PythonSide,
        "fetch",
        lambda self, tree, scratch, limits: (
            fetched.append(tree) or fetch(self, tree, scratch, limits)
        ),
    )
    tried(PYTHON, tmp_path, before=PYTHON, policy=quick())

    assert len(fetched) == 1
