"""The two checks that read a trial, each rule on a good and a bad example with its exact words."""

from __future__ import annotations

import pytest
from sandbox.trials import POLICY, manifest, tree

from checks import coverage, performance
from checks.printed import quoted
from checks.protocol import Check, NoVerdict
from checks.uncovered import ranges
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
MACHINE = "Linux on x86_64, 2 processors"
GOOD = Trial(tests=PASSED, coverage=COVERED, activation=CHEAP, machine=MACHINE)


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
    failure = Failure(what="the test run was ended by signal 11", output="1\n2")

    assert words(findings(coverage, GOOD.model_copy(update={"tests": failure}))) == [
        (
            "tests-cannot-run",
            "block",
            "tests",
            "the test run was ended by signal 11; it printed: 1 | 2",
        )
    ]


def test_tests_that_take_too_long_are_nobodys_fault() -> None:
    failure = Failure(
        what="the test run did not end within 9 seconds and was stopped", output="1\n2"
    )

    assert words(findings(coverage, GOOD.model_copy(update={"tests": failure}))) == [
        (
            "tests-too-long",
            "person",
            "tests",
            (
                "the test run did not end within 9 seconds and was stopped; counting the lines they run makes "
                "tests slower here than with you; it printed: 1 | 2"
            ),
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
        "20 tests fail: test_a.py::test_1: assert 1 == 0; test_a.py::test_2: assert 2 == 0; "
        "test_a.py::test_3: assert 3 == 0; test_a.py::test_4: assert 4 == 0; and for other reasons "
        + ", ".join(f"test_a.py::test_{n}" for n in range(5, 21)),
    )
    assert words(found)[-1] == ("tests-fail", "block", "tests", "2 more tests fail")
    assert len(found) == 2


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
                "is the least. Not run: b.py: all of it; a.py: 2-4"
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
                "extension's 10 ms (9 to 12 ms in 5 runs); 20 times is the most. Measured by turns with the "
                "reference in the sandbox (Linux on x86_64, 2 processors), medians"
            ),
        ),
        (
            "activation-memory",
            "person",
            "greet.py",
            (
                "it holds 100 MiB once started, 8.3 times the reference extension's 12 MiB; 6 times is the "
                "most. Measured in the sandbox (Linux on x86_64, 2 processors), the most of 5 starts"
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
    numbers += ". Measured in the sandbox (Linux on x86_64, 2 processors), medians"

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
        "Error [ERR_MODULE_NOT_FOUND]: Cannot find module '/work/dist/greet.js' imported from /work/test/a.js",
        "SyntaxError [ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX]: `import =` is not supported in strip-only mode",
        "ConnectionRefusedError: [Errno 111] Connection refused",
        "fatal: not a git repository (or any parent up to mount point /)",
        "git.exc.InvalidGitRepositoryError: /work/tests/fixtures/docs",
        "ModuleNotFoundError: No module named 'unittesting'",
        "Error [ERR_MODULE_NOT_FOUND]: Cannot find package 'webdriverio' imported from /work/e2e/a.js",
        "Error: Cannot find package '/work/node_modules/vscode/index.js' imported from /work/test/a.ts",
        "the file: No native build was found for platform=linux arch=x64 runtime=node abi=137",
        "ModuleNotFoundError: No module named 'SublimeLinter'",
        "test did not finish before its parent and was cancelled",
        "MemoryError",
        "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory",
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


@pytest.mark.parametrize(
    ("said", "rule"),
    [
        ("a.test.ts: SyntaxError: The requested module './kinds' does not provide an export named 'Kind'", "tests-beyond-sandbox"),
        ("a.test.ts: ReferenceError: __dirname is not defined in ES module scope", "tests-beyond-sandbox"),
        ("a.test.js: SyntaxError: The requested module './kinds' does not provide an export named 'Kind'", "tests-fail"),
        ("a.test.js: ReferenceError: __dirname is not defined in ES module scope", "tests-fail"),
    ],
)  # fmt: skip
def test_typescript_that_is_written_for_a_compiler_wants_to_be_built(said: str, rule: str) -> None:
    failing = TestRun(framework="node", passed=1, failed=1, skipped=0, failures=(said,))
    found = findings(coverage, GOOD.model_copy(update={"tests": failing}))

    assert rule in [f.rule for f in found]


def test_without_a_lock_nobody_is_sent_back_for_tests_that_cannot_run() -> None:
    package = '{"devDependencies": {"jest": "29"}}'
    names = (
        "a.test.js: Cannot find package 'outdent'",
        "b.js: ENOENT: open '/work/node_modules/x/a'",
    )
    failing = TestRun(framework="node", passed=1, failed=2, skipped=0, failures=names)
    absent = Failure(what="its tests are written for jest, which its lock does not install")
    low = (FileCoverage(path="a.js", covered=1, total=40, missing=tuple(range(2, 41))),)
    seen = []
    for tests in (failing, absent):
        trial = GOOD.model_copy(update={"tests": tests, "coverage": low})
        files = tree({"package.json": package})
        submission = Submission(
            id=None, tree=files, policy=POLICY, manifest=manifest("greet.js"), trial=trial
        )
        seen += [(f.rule, f.severity) for f in coverage.check(submission)]

    assert seen == [
        ("tests-fail", "person"),
        ("coverage-low", "person"),
        ("tests-cannot-run", "person"),
    ]


def test_a_script_without_a_lock_is_not_sent_back_for_packages_that_are_not_installed() -> None:
    output = "Error [ERR_MODULE_NOT_FOUND]: Cannot find package 'ink' imported from greet.ts"
    trial = GOOD.model_copy(
        update={"activation": Failure(what="activating greet.ts failed", output=output)}
    )
    seen = []
    for lock in ({"yarn.lock": ""}, {"package-lock.json": "{}"}):
        files = tree({"package.json": '{"dependencies": {"ink": "5"}}', **lock})
        script = manifest("greet.ts").model_copy(update={"language": "typescript"})
        submission = Submission(id=None, tree=files, policy=POLICY, manifest=script, trial=trial)
        seen += [(f.rule, f.severity) for f in performance.check(submission)]

    assert seen == [("activation-beyond-sandbox", "person"), ("activation-fails", "block")]


def test_where_the_lock_cannot_be_installed_nobody_is_sent_back_for_what_is_not_there() -> None:
    output = "Error [ERR_MODULE_NOT_FOUND]: Cannot find package 'ink' imported from greet.ts"
    absent = Failure(what="its tests are written for jest, which is not installed")
    gone = {"paint": "comes from git+ssh://git@example.com/a/paint.git#abc, not from the registry"}
    trial = GOOD.model_copy(
        update={
            "activation": Failure(what="activating greet.ts failed", output=output),
            "tests": absent,
            "unresolvable": gone,
        }
    )
    files = tree({"package.json": '{"devDependencies": {"paint": "1"}}', "package-lock.json": "{}"})
    script = manifest("greet.ts").model_copy(update={"language": "typescript"})
    submission = Submission(id=None, tree=files, policy=POLICY, manifest=script)
    found = [f for c in (coverage, performance) for f in c.check(submission.tried(trial))]

    assert [(f.rule, f.severity) for f in found] == [
        ("tests-cannot-run", "person"),
        ("activation-beyond-sandbox", "person"),
    ]
    assert all("no dependency is installed, since paint comes from git" in f.problem for f in found)


def test_a_file_that_only_a_build_makes_is_asked_for_by_its_name() -> None:
    output = "Error [ERR_MODULE_NOT_FOUND]: Cannot find module '/work/src/words.js' imported from /work/greet.js"
    trial = GOOD.model_copy(update={"activation": Failure(what="it failed", output=output)})
    [found] = findings(performance, trial)

    assert (found.rule, found.severity) == ("activation-fails", "block")
    assert found.remedy.startswith("commit src/words.js, which is imported and not there")


def test_tests_that_fail_for_want_of_what_is_source_only_are_nobodys_fault() -> None:
    failures = tuple(f"test_a.py::test_{n}: CalledProcessError: '/tmp/run/{n}'" for n in range(3))
    failing = TestRun(framework="pytest", passed=1, failed=3, skipped=0, failures=failures)
    low = (FileCoverage(path="a.py", covered=0, total=4, missing=(1, 2, 3, 4)),)
    gone = {"jsmin": "comes as source only, and source is not built here"}
    trial = GOOD.model_copy(update={"tests": failing, "coverage": low, "unresolvable": gone})
    bare = Submission(id=None, tree=tree({}), policy=POLICY, manifest=manifest("greet.py"))
    found = list(coverage.check(bare.tried(trial)))

    assert words(found)[0] == (
        "tests-fail",
        "person",
        "test_a.py",
        (
            "3 tests fail alike: test_a.py::test_0, test_a.py::test_1, test_a.py::test_2: CalledProcessError: "
            "'…' (not installed here, because it comes as source only: jsmin)"
        ),
    )
    assert "a.py: all of it" in found[1].problem
    assert found[1].severity == "person"


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("FileNotFoundError: [Errno 2] No such file: 'data/{n}.json'", "5 tests fail alike: "),
        ("fixture 'mocker{n}' not found", "5 tests fail alike: "),
        ("AssertionError: assert {n} == 7", "this test fails: "),
        ("", "this test fails: "),
    ],
)
def test_tests_that_fail_of_one_cause_are_told_of_once_whichever_files_they_are_in(said, told):
    failures = tuple(
        f"tests/test_{n}.py::test_it: {said.format(n=n)}".removesuffix(": ") for n in range(5)
    )
    failing = TestRun(framework="pytest", passed=9, failed=5, skipped=0, failures=failures)
    found = [
        f
        for f in findings(coverage, GOOD.model_copy(update={"tests": failing}))
        if f.rule == "tests-fail"
    ]

    assert all(finding.problem.startswith(told) for finding in found)
    assert len(found) == (1 if "alike" in told else 5)


def test_what_no_test_could_run_is_told_once_and_not_as_untested_too() -> None:
    failures = ("tests/test_a.py: ModuleNotFoundError: No module named 'sublime'",)
    failing = TestRun(framework="pytest", passed=0, failed=1, skipped=0, failures=failures)
    low = (FileCoverage(path="a.py", covered=0, total=4, missing=(1, 2, 3, 4)),)
    found = findings(coverage, GOOD.model_copy(update={"tests": failing, "coverage": low}))

    assert [f.rule for f in found] == ["tests-beyond-sandbox"]


def test_a_part_of_its_own_that_has_to_be_compiled_is_not_called_a_package_to_list() -> None:
    said = "tests/test_a.py::test_a: ModuleNotFoundError: No module named 'quick._fast'"
    failing = TestRun(framework="pytest", passed=1, failed=1, skipped=0, failures=(said,))
    trial = GOOD.model_copy(update={"tests": failing})
    seen = []
    for also in ({"quick/_fast.c": ""}, {}):
        files = tree({"quick/__init__.py": "", **also})
        submission = Submission(
            id=None, tree=files, policy=POLICY, manifest=manifest("quick/__init__.py"), trial=trial
        )
        seen += [f.rule for f in coverage.check(submission)]

    assert seen == ["tests-beyond-sandbox", "tests-fail"]


def test_a_start_that_only_a_busy_machine_made_slow_is_not_called_slow() -> None:
    noisy = Timing(median=0.9, low=0.06, high=2.0, runs=5)
    start = CHEAP.model_copy(update={"seconds": noisy})

    assert findings(performance, GOOD.model_copy(update={"activation": start})) == []


def test_tests_that_miss_packages_are_one_finding_with_the_packages() -> None:
    names = ("a.test.js: Cannot find package 'ava'", "b.test.js: Cannot find package 'outdent'")
    failing = TestRun(framework="node", passed=0, failed=2, skipped=0, failures=names)
    (found,) = findings(coverage, GOOD.model_copy(update={"tests": failing}))

    assert (found.rule, found.severity) == ("tests-fail", "block")
    assert "ava, outdent cannot be imported: a.test.js, b.test.js" in found.problem


@pytest.mark.parametrize(
    ("test", "rule"),
    [
        (
            "import os\n\n\ndef test_a():\n    os.write(3, b'{}')\n    assert os.getcwd()\n",
            "tests-tamper",
        ),
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
        "import greet\n\n\ndef test_a():\n    assert greet.hello() is None\n",
        "import unittest\n\n\nclass T(unittest.TestCase):\n    def test_a(self):\n        self.assertTrue(greet.hello)\n",
        "import pytest\n\n\ndef test_a():\n    with pytest.raises(KeyError):\n        {}[1]\n",
    ],
)
def test_tests_that_assert_in_any_words_are_tests(test: str) -> None:
    files = tree({"greet.py": "def hello(): ...\n", "tests/test_greet.py": test})
    submission = Submission(
        id=None, tree=files, policy=POLICY, manifest=manifest("greet.py"), trial=GOOD
    )

    assert list(coverage.check(submission)) == []


def test_several_modules_of_one_host_are_one_matter() -> None:
    failures = tuple(
        f"tests/test_{n}.py: ModuleNotFoundError: No module named '{module}'"
        for n, module in enumerate(("sublime", "unittesting", "sublime"))
    )
    failing = TestRun(framework="pytest", passed=4, failed=3, skipped=0, failures=failures)
    found = findings(coverage, GOOD.model_copy(update={"tests": failing}))

    assert [f.problem for f in found if f.rule == "tests-beyond-sandbox"] == [
        (
            "3 tests cannot run here, because `sublime` and `unittesting` exist only inside Sublime Text: "
            "tests/test_0.py, tests/test_2.py, tests/test_1.py"
        )
    ]


def test_a_package_that_is_missing_is_asked_for_by_the_name_it_is_listed_by() -> None:
    said = "tests/test_a.py::test_a: ModuleNotFoundError: No module named 'yaml'"
    failing = TestRun(framework="pytest", passed=1, failed=1, skipped=0, failures=(said,))
    [found] = findings(coverage, GOOD.model_copy(update={"tests": failing}))

    assert "because yaml cannot be imported" in found.problem
    assert (
        found.remedy == "list PyYAML where you list what your tests need, such as the extra `test`"
    )


@pytest.mark.parametrize(
    ("beside", "rule", "told"),
    [
        ({"b.py": "import sublime\n"}, "activation-beyond-sandbox", "Sublime Text loads its files as parts of a package"),
        ({"b.py": "import os\n"}, "activation-fails", "put both into a package"),
    ],
)  # fmt: skip
def test_a_relative_import_at_the_root_is_for_a_host_that_makes_a_package_of_it(
    beside, rule, told
) -> None:
    output = "ImportError: attempted relative import with no known parent package"
    failed = Failure(what="activating greet.py failed", output=output)
    submission = Submission(
        id=None, tree=tree(beside), policy=POLICY, manifest=manifest("greet.py")
    )
    [found] = performance.check(submission.tried(GOOD.model_copy(update={"activation": failed})))

    assert found.rule == rule
    assert told in f"{found.problem} → {found.remedy}"


def test_nothing_is_said_of_lines_where_no_line_could_run() -> None:
    failures = tuple(
        f"test/{n}.test.ts: Error: Cannot find package 'mocha' imported from /work/test/{n}.test.ts"
        for n in range(3)
    )
    failing = TestRun(framework="node", passed=1, failed=3, skipped=0, failures=failures)
    low = (FileCoverage(path="a.ts", covered=0, total=4, missing=(1, 2, 3, 4)),)
    files = tree({"package.json": '{"devDependencies": {"mocha": "10"}}', "yarn.lock": ""})
    script = manifest("a.ts").model_copy(update={"language": "typescript"})
    submission = Submission(id=None, tree=files, policy=POLICY, manifest=script)
    found = coverage.check(
        submission.tried(GOOD.model_copy(update={"tests": failing, "coverage": low}))
    )

    assert [f.rule for f in found] == ["tests-fail"]
