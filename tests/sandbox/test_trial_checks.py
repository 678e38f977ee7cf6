"""The two checks that read a trial, each rule on a good and a bad example with its exact words."""

from __future__ import annotations

import pytest
from sandbox.trials import POLICY, manifest, tree

from checks import coverage, performance
from checks.coverage import ranges
from checks.printed import quoted
from checks.protocol import Check, NoVerdict
from devforge.model.observed import (
    Activation,
    BenchmarkRun,
    Failure,
    FileCoverage,
    Missing,
    TestRun,
    Timing,
    Trial,
)
from devforge.model.policy import Policy
from devforge.model.submission import Submission
from devforge.model.verdict import Finding

PASSED = TestRun(framework="pytest", passed=3, failed=0, skipped=0)
COVERED = (FileCoverage(path="greet.py", covered=8, total=10, missing=(3, 7)),)
CHEAP = Activation(
    seconds=Timing(median=0.05, low=0.04, high=0.06, runs=5),
    reference_seconds=Timing(median=0.01, low=0.009, high=0.012, runs=5),
    memory_bytes=30 * 2**20,
    reference_memory_bytes=12 * 2**20,
)
GONE = Missing(reason="bwrap is not installed")
GOOD = Trial(tests=PASSED, coverage=COVERED, activation=CHEAP)


def findings(check: Check, trial: Trial | Missing, policy: Policy = POLICY) -> list[Finding]:
    submission = Submission(
        id=None, tree=tree({}), policy=policy, manifest=manifest("greet.py"), trial=trial
    )
    return list(check.check(submission))


def words(found: list[Finding]) -> list[tuple[str, str, str, str]]:
    return [(f.rule, f.severity, f.at, f.problem) for f in found]


def without_tests_required() -> Policy:
    relaxed = POLICY.review.coverage.model_copy(update={"require_tests": False})
    return POLICY.model_copy(
        update={"review": POLICY.review.model_copy(update={"coverage": relaxed})}
    )


def test_a_good_extension_has_no_findings() -> None:
    assert findings(coverage, GOOD) == []
    assert findings(performance, GOOD) == []


@pytest.mark.parametrize("check", [coverage, performance])
def test_without_a_trial_there_is_no_verdict(check: Check) -> None:
    gone = Trial(tests=GONE, coverage=GONE, activation=GONE, benchmarks=GONE)
    for trial in (GONE, gone):
        with pytest.raises(NoVerdict, match="bwrap is not installed"):
            findings(check, trial)


def test_coverage_that_was_not_measured_is_no_verdict_though_tests_passed() -> None:
    with pytest.raises(NoVerdict, match="coverage was not measured"):
        findings(coverage, GOOD.model_copy(update={"coverage": GONE}))


def test_no_tests_block_where_the_policy_requires_them() -> None:
    none = GOOD.model_copy(update={"tests": None, "coverage": ()})
    skipped = TestRun(framework="node", passed=0, failed=0, skipped=4)

    assert words(findings(coverage, none)) == [
        ("tests-missing", "block", "tests", "no test was found")
    ]
    assert words(findings(coverage, GOOD.model_copy(update={"tests": skipped}))) == [
        ("tests-missing", "block", "tests", "4 tests found, all skipped")
    ]
    assert findings(coverage, none, without_tests_required()) == []


def test_tests_that_cannot_run_block_with_what_they_printed() -> None:
    failure = Failure(
        what="the test run did not end within 9 seconds and was stopped", output="1\n2"
    )

    assert words(findings(coverage, GOOD.model_copy(update={"tests": failure}))) == [
        (
            "tests-cannot-run",
            "block",
            "tests",
            "the test run did not end within 9 seconds and was stopped; it printed: 1 | 2",
        )
    ]


def test_much_output_is_quoted_by_its_beginning_and_its_end() -> None:
    lines = "\n".join(["  at /work/a.py:1  ", "", *map(str, range(20)), "x" * 500])

    assert quoted(lines) == "at a.py:1 | 0 | … | 15 | 16 | 17 | 18 | 19 | " + "x" * 159 + "…"
    assert quoted("\n \n") == ""


def test_every_failing_test_is_named() -> None:
    names = tuple(f"test_a.py::test_{n}: assert {n} == 0" for n in range(1, 21))
    failing = TestRun(framework="pytest", passed=1, failed=22, skipped=0, failures=names)
    found = findings(coverage, GOOD.model_copy(update={"tests": failing}))

    assert words(found)[0] == (
        "tests-fail",
        "block",
        "test_a.py",
        "this test fails: test_a.py::test_1: assert 1 == 0",
    )
    assert words(found)[-1] == ("tests-fail", "block", "tests", "2 more tests fail")
    assert len(found) == 21


def test_low_coverage_names_the_files_and_lines_that_lack_most() -> None:
    files = (
        FileCoverage(path="a.py", covered=1, total=4, missing=(2, 3, 4)),
        FileCoverage(path="b.py", covered=0, total=6, missing=(1, 2, 3, 7, 9, 10)),
        FileCoverage(path="c.py", covered=5, total=5),
    )
    found = findings(coverage, GOOD.model_copy(update={"coverage": files}))

    assert words(found) == [
        (
            "coverage-low",
            "block",
            "b.py",
            (
                "the tests run 40 % of the code (6 of 15 statements, as coverage.py counts them), and 60 % "
                "is the least. Not run: b.py: 1-3, 7, 9-10; a.py: 2-4"
            ),
        )
    ]
    assert found[0].line == 1


def test_coverage_at_the_minimum_is_enough() -> None:
    files = (FileCoverage(path="a.py", covered=6, total=10, missing=(1, 2, 3, 4)),)

    assert findings(coverage, GOOD.model_copy(update={"coverage": files})) == []


def test_many_ranges_are_cut_to_the_longest() -> None:
    assert ranges([9, 3, 4, 5, 14, 4]) == "3-5, 9, 14"
    assert ranges(range(1, 40, 2)) == "1, 3, 5, 7, 9, 11, 13, 15 …"


def test_an_extension_that_does_not_start_blocks_with_its_error() -> None:
    failure = Failure(what="activating greet.py failed", output="ValueError: no")

    assert words(findings(performance, GOOD.model_copy(update={"activation": failure}))) == [
        ("activation-fails", "block", "greet.py", "activating greet.py failed: ValueError: no")
    ]


def test_a_slow_and_large_start_goes_to_a_person_with_the_numbers() -> None:
    dear = CHEAP.model_copy(
        update={
            "seconds": Timing(median=0.5, low=0.4, high=1.25, runs=5),
            "memory_bytes": 100 * 2**20,
        }
    )

    assert words(findings(performance, GOOD.model_copy(update={"activation": dear}))) == [
        (
            "activation-slow",
            "person",
            "greet.py",
            (
                "it takes 500 ms (400 to 1,250 ms in 5 runs) to start, 50.0 times the reference "
                "extension's 10 ms (9 to 12 ms in 5 runs); 20 times is the most"
            ),
        ),
        (
            "activation-memory",
            "person",
            "greet.py",
            (
                "it holds 100 MiB once started, 8.3 times the reference extension's 12 MiB; 6 times is the "
                "most"
            ),
        ),
    ]


def test_below_a_tenth_of_a_second_no_start_is_slow() -> None:
    quick = CHEAP.model_copy(
        update={
            "seconds": Timing(median=0.09, low=0.09, high=0.09, runs=5),
            "reference_seconds": Timing(median=0.001, low=0.001, high=0.001, runs=5),
        }
    )

    assert findings(performance, GOOD.model_copy(update={"activation": quick})) == []


def test_benchmarks_are_reported_and_failing_ones_warned_of() -> None:
    runs = (
        BenchmarkRun(name="count", result=Timing(median=1.5, low=1.25, high=2.0, runs=7)),
        BenchmarkRun(name="gone", result=Failure(what="calling a:b failed", output="no b")),
        BenchmarkRun(name="sort", result=Timing(median=0.002, low=0.001, high=0.003, runs=50)),
    )
    numbers = "count: 1.5 s (1.25 to 2 s in 7 runs); sort: 2 ms (1 to 3 ms in 50 runs)"

    assert words(findings(performance, GOOD.model_copy(update={"benchmarks": runs}))) == [
        ("benchmark-fails", "warn", "devforge.yaml: benchmarks", "gone: calling a:b failed: no b"),
        ("benchmark-result", "info", "devforge.yaml: benchmarks", numbers),
    ]


def test_a_start_inside_another_program_goes_to_a_person_and_says_so() -> None:
    output = "Error: Cannot find module 'vscode'"
    failure = Failure(what="activating greet.py failed", output=output)

    assert words(findings(performance, GOOD.model_copy(update={"activation": failure}))) == [
        (
            "activation-beyond-sandbox",
            "person",
            "greet.py",
            f"it could not be started here, because `vscode` exists only inside VS Code: {output}",
        )
    ]


def test_a_package_that_nobody_listed_blocks_and_is_named() -> None:
    output = "ModuleNotFoundError: No module named 'flask.views'"
    failure = Failure(what="activating greet.py failed", output=output)
    (found,) = findings(performance, GOOD.model_copy(update={"activation": failure}))

    assert (found.rule, found.severity) == ("activation-fails", "block")
    assert found.remedy.startswith("list flask among the dependencies")


@pytest.mark.parametrize(
    "said",
    [
        "ModuleNotFoundError: No module named 'sublime'",
        "socket.gaierror: [Errno -3] Temporary failure in name resolution",
        "qt.qpa.xcb: could not connect to display",
        "ImportError: libasound.so.2: cannot open shared object file: No such file or directory",
        "FileNotFoundError: [Errno 2] No such file or directory: 'rg'",
        "fatal: not a git repository (or any parent up to mount point /)",
    ],
)
def test_what_no_sandbox_has_is_one_finding_for_a_person(said: str) -> None:
    names = tuple(f"test_a.py::test_{n}: {said}" for n in range(9))
    failing = TestRun(framework="pytest", passed=1, failed=9, skipped=0, failures=names)
    low = (FileCoverage(path="a.py", covered=1, total=4, missing=(2, 3, 4)),)
    found = findings(coverage, GOOD.model_copy(update={"tests": failing, "coverage": low}))

    assert [(f.rule, f.severity) for f in found] == [
        ("tests-beyond-sandbox", "person"),
        ("coverage-low", "person"),
    ]


def test_tests_that_miss_packages_are_one_finding_with_the_packages() -> None:
    names = ("a.test.js: Cannot find package 'ava'", "b.test.js: Cannot find package 'outdent'")
    failing = TestRun(framework="node", passed=0, failed=2, skipped=0, failures=names)
    (found,) = findings(coverage, GOOD.model_copy(update={"tests": failing}))

    assert (found.rule, found.severity) == ("tests-fail", "block")
    assert "ava, outdent cannot be imported: a.test.js, b.test.js" in found.problem


@pytest.mark.parametrize(
    ("test", "rule"),
    [
        ("import os\n\n\ndef test_a():\n    os.write(3, b'{}')\n    assert True\n", "tests-tamper"),
        ("import coverage\n\ncoverage.Coverage.stop = None\nassert 1\n", "tests-tamper"),
        (
            "import greet\n\n\ndef test_a():\n    greet.hello()  # nothing more\n",
            "tests-assert-nothing",
        ),
    ],
)
def test_tests_that_vouch_for_nothing_go_to_a_person(test: str, rule: str) -> None:
    files = tree({"greet.py": "def hello(): ...\n", "tests/test_greet.py": test})
    submission = Submission(
        id=None, tree=files, policy=POLICY, manifest=manifest("greet.py"), trial=GOOD
    )

    assert [(f.rule, f.severity) for f in coverage.check(submission)] == [(rule, "person")]


@pytest.mark.parametrize(
    "test",
    [
        "def test_a():\n    assert 1 + 1 == 2\n",
        "import unittest\n\n\nclass T(unittest.TestCase):\n    def test_a(self):\n        self.assertTrue(1)\n",
        "import pytest\n\n\ndef test_a():\n    with pytest.raises(KeyError):\n        {}[1]\n",
    ],
)
def test_tests_that_assert_in_any_words_are_tests(test: str) -> None:
    files = tree({"greet.py": "def hello(): ...\n", "tests/test_greet.py": test})
    submission = Submission(
        id=None, tree=files, policy=POLICY, manifest=manifest("greet.py"), trial=GOOD
    )

    assert list(coverage.check(submission)) == []
