"""The review as a whole: three values, the policy's severities, and the four sample extensions."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from example_trees import starting_trial, submission_of

import devforge.review.examine as examining
from checks import CHECKS
from checks.protocol import NoVerdict, Rule
from devforge.adapters.directory import read_directory
from devforge.adapters.policy import load_policy
from devforge.model.manifest import Manifest
from devforge.model.observed import Missing, SourceFile, SourceTree
from devforge.model.reading import read_record
from devforge.model.submission import Submission
from devforge.review.examine import examine, observe_static

EXTENSIONS = Path(__file__).parent.parent / "extensions"
RULE = Rule("sample-rule", "A rule", "person", "For these tests.")
STATIC = [
    "manifest", "quality", "security", "documentation", "licence", "dependencies", "compatibility",
]  # fmt: skip


class Sample:
    """A check that does as it is told."""

    NAME = "quality"
    RULES = (RULE,)

    def __init__(self, act):
        self.check = act


def found(*severities):
    def act(submission):
        for number, severity in enumerate(severities):
            yield RULE.finding(at=f"{number}.py", problem="p", remedy="r", severity=severity)

    return Sample(act)


def with_policy(submission, **review):
    policy = submission.policy
    changed = policy.review.model_copy(update=review)
    return dataclasses.replace(submission, policy=policy.model_copy(update={"review": changed}))


@pytest.fixture
def submission():
    return submission_of({})


def report(submission, check, only=("quality",)):
    (answer,) = examine(submission, only, checks=[check])
    return answer


@pytest.mark.parametrize(
    ("severities", "verdict", "score"),
    [
        ((), "passed", 100),
        (("info",), "passed", 99),
        (("warn", "info"), "passed", 94),
        (("warn",) * 50, "passed", 85),
        (("person",), "failed", 75),
        (("block",), "failed", 40),
        (("block", "block"), "failed", 0),
    ],
)
def test_what_blocks_or_asks_for_a_person_fails_and_costs(submission, severities, verdict, score):
    answer = report(submission, found(*severities))

    assert (answer.verdict, answer.score) == (verdict, score)


def test_a_check_that_crashes_is_no_pass_and_keeps_what_it_found(submission, caplog):
    def act(submission):
        yield RULE.finding(at="a", problem="p", remedy="r")
        raise ZeroDivisionError("oops")

    answer = report(submission, Sample(act))

    assert (answer.verdict, answer.score) == ("no verdict", 0)
    assert answer.reason == "the check itself failed, which is ours to mend: ZeroDivisionError"
    assert [f.rule for f in answer.findings] == ["sample-rule"]
    assert "the check quality failed" in caplog.text


def test_a_check_that_lacks_something_says_what(submission):
    def act(submission):
        raise NoVerdict("ruff gave no answer")
        yield

    answer = report(submission, Sample(act))

    assert (answer.verdict, answer.reason) == ("no verdict", "ruff gave no answer")


@pytest.mark.parametrize("name", ["lint", "security", "dependencies"])
def test_a_tool_without_an_answer_leaves_its_check_without_a_verdict(submission, name):
    lacking = dataclasses.replace(submission, **{name: Missing(reason="it crashed")})

    silent = {r.name: r.reason for r in examine(lacking, STATIC) if r.verdict == "no verdict"}

    [(check, reason)] = silent.items()
    assert check == ("quality" if name == "lint" else name)
    assert reason.endswith("it crashed")


def test_a_check_the_policy_asks_for_and_nobody_has_is_reported(submission):
    (answer,) = examine(submission, ["coverage"], checks=[found()])

    assert answer.verdict == "no verdict"
    assert "the policy asks for the check coverage, which does not exist" in answer.reason


def test_a_check_the_policy_does_not_ask_for_does_not_run(submission):
    assert examine(with_policy(submission, checks=("security",)), checks=[found("block")]) != ()
    assert [r.name for r in examine(with_policy(submission, checks=("licence",)), STATIC)] == [
        "licence"
    ]


@pytest.mark.parametrize(
    ("own", "asked", "shown"),
    [
        ("person", "block", "block"),
        ("person", "info", "info"),
        ("warn", "block", "warn"),  # judged milder by the check, and never dearer for it
        ("warn", "info", "info"),
    ],
)
def test_the_policy_turns_a_rule(submission, own, asked, shown):
    turned = with_policy(submission, severities={"sample-rule": asked})

    assert [f.severity for f in report(turned, found(own)).findings] == [shown]


def test_reports_come_in_reading_order_and_findings_gravest_first(submission):
    names = [r.name for r in examine(submission, STATIC)]
    severities = [f.severity for f in report(submission, found("info", "block", "warn")).findings]

    assert names == [check.NAME for check in CHECKS if check.NAME in STATIC]
    assert severities == ["block", "warn", "info"]


def test_the_same_submission_reads_the_same_twice(submission, tmp_path):
    tree = read_directory(EXTENSIONS / "token-thief", submission.policy.limits)

    first = observe_static(tree, scratch=tmp_path / "1")
    second = observe_static(tree, scratch=tmp_path / "2")

    assert first == second
    assert _without_times(examine(first.on(submission), STATIC)) == _without_times(
        examine(second.on(submission), STATIC)
    )


@pytest.mark.parametrize("name", ["token-thief", "word-count"])
def test_to_look_ahead_changes_no_answer(name, submission, tmp_path):
    tree = read_directory(EXTENSIONS / name, submission.policy.limits)
    made = dataclasses.replace(submission, tree=tree)

    without = observe_static(tree, scratch=tmp_path / "1", ahead=False)
    plain = examine(without.on(made), STATIC)
    ahead = observe_static(tree, scratch=tmp_path / "2")

    assert ahead == without
    assert _without_times(examine(ahead.on(made), STATIC)) == _without_times(plain)


def test_what_goes_wrong_ahead_is_met_by_the_check_itself(submission, tmp_path, monkeypatch):
    def lost(tree):
        raise MemoryError

    monkeypatch.setattr(examining, "look_ahead", lost)

    observed = observe_static(submission.tree, scratch=tmp_path)
    reports = examine(observed.on(submission), STATIC)

    assert {r.name: r.reason for r in reports if r.verdict == "no verdict"} == {}


def _without_times(reports):
    return [report.model_copy(update={"seconds": 0.0}) for report in reports]


def test_every_tools_reason_is_kept(submission, tmp_path, monkeypatch):
    def lost(directory):
        return Missing(reason="semgrep ended with exit code 2")

    monkeypatch.setattr(examining, "scan", lost)

    observed = observe_static(submission.tree, scratch=tmp_path)

    assert observed.security == Missing(reason="semgrep ended with exit code 2")
    assert observed.lint == ()


def examined(name, tmp_path):
    policy = load_policy(None)
    tree = read_directory(EXTENSIONS / name, policy.limits)
    content = tree.files["devforge.yaml"].content
    manifest = read_record(content, Manifest, file="devforge.yaml")
    submission = Submission(
        id=manifest.id, tree=tree, policy=policy, manifest=manifest, language=manifest.language
    )
    observed = observe_static(tree, scratch=tmp_path).on(submission)
    return examine(observed.tried(starting_trial(policy, {})), STATIC)


@pytest.mark.parametrize("name", ["word-count", "json-lens", "quick-note"])
def test_a_good_extension_has_nothing_said_about_it(name, tmp_path):
    reports = examined(name, tmp_path)

    assert [f for r in reports for f in r.findings] == []
    assert {(r.verdict, r.score) for r in reports} == {("passed", 100)}


def test_the_thief_is_stopped_with_a_comment_worth_reading(tmp_path, golden):
    reports = examined("token-thief", tmp_path)

    assert [r.name for r in reports if r.verdict == "failed"] == ["security"]
    golden(
        "findings/token-thief.txt",
        "".join(
            f"{f.severity}  {f.rule}  {f.at}:{f.line}\n    {f.problem}\n    → {f.remedy}\n"
            for r in reports
            for f in r.findings
        ),
    )


def hostile_trees():
    deep = b"x = " + b"(" * 5000 + b")" * 5000
    nested = b"[" * 100_000
    yield "nothing at all", {}
    yield "deep code", {"a.py": deep, "a.js": b"x = " + b"[" * 20_000}
    yield "deep data", {"package.json": nested, "package-lock.json": nested, "setup.py": deep}
    yield "not text", {"a.py": bytes(range(256)), "a.ts": b"\xff\xfe\0\0", "README.md": b"\xff\xfe"}
    yield "one long line", {"a.js": b"a=" + b"'" + b"x" * 400_000 + b"'", "b.py": b"#" * 400_000}
    yield (
        "odd lists",
        {
            "package.json": b'{"dependencies": ["a"], "scripts": {"install": 1}, "engines": "24"}',
            "package-lock.json": b'{"packages": {"node_modules/a": 1, "x": {}}}',
            "pyproject.toml": b"project = 1\ntool = [1]\n",
            "setup.cfg": b"[options\ninstall_requires",
            "requirements.txt": b"\x00\n===\n@ @\n-r other\n--hash=x\n",
            "uv.lock": b"package = 3\n",
            ".devforgeignore": b"!\n[\n\\\n",
        },
    )
    yield "names", {"-x.py": b"1", "a\nb.py": b"1", "\u202egnp.py": b"1", "a/../b.py": b"1"}


@pytest.mark.parametrize(("name", "files"), list(hostile_trees()), ids=lambda v: str(v)[:20])
def test_hostile_files_are_judged_like_any_other(name, files, tmp_path):
    tree = SourceTree(
        files={p: SourceFile(path=p, mode="file", content=c) for p, c in files.items()}
    )
    submission = Submission(id=None, tree=tree, policy=load_policy(None))

    observed = observe_static(tree, scratch=tmp_path)
    reports = examine(observed.on(submission), STATIC)

    assert not isinstance(observed.lint, Missing), observed.lint.reason
    assert not isinstance(observed.security, Missing), observed.security.reason
    assert {r.name: r.reason for r in reports if r.verdict == "no verdict"} == {}
    shown = [text for r in reports for f in r.findings for text in (f.at, f.problem, f.remedy)]
    assert [text for text in shown if not text.isprintable()] == []


def test_what_another_job_says_of_time_is_told_only_where_it_can_be_true():
    submission = Submission(id=None, tree=SourceTree({}), policy=load_policy(None))
    for told, seconds in ((12.5, 12.5), (-1.0, 0.0), (float("inf"), 0.0), (float("nan"), 0.0)):
        [report] = examine(
            dataclasses.replace(submission, tool_seconds={"quality": told}), ["quality"]
        )
        assert report.seconds == pytest.approx(seconds, abs=1)
