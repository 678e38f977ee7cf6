"""Tests that could never fail are called so, and honest ones are not, however they say it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from example_trees import submission_of

from checks import coverage
from checks.honest_python import python_cases
from checks.honest_script import script_cases
from devforge.model.observed import Activation, FileCoverage, TestRun, Timing, Trial
from devforge.model.verdict import Finding

_QUICK = Timing(median=0.01, low=0.01, high=0.01, runs=5)
_TRIAL = Trial(
    tests=TestRun(framework="pytest", passed=3, failed=0, skipped=0),
    coverage=(FileCoverage(path="sample.py", covered=9, total=10),),
    activation=Activation(
        seconds=_QUICK, reference_seconds=_QUICK, memory_bytes=1, reference_memory_bytes=1
    ),
)


def findings(files: dict[str, str]) -> list[Finding]:
    submission = replace(submission_of({"files": files}), trial=_TRIAL)
    return list(coverage.check(submission))


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("pass", "empty"),
        ("'only words'", "empty"),
        ("assert 1 == 1", "empty"),
        ("assert 1 == 2", "asserts"),
        ("assert False, 'not written yet'", "asserts"),
        ("assert not True", "asserts"),
        ("assert True", "empty"),
        ("assert 1 + 1 == 2", "empty"),
        ("assert not False, 'never'", "empty"),
        ("self.assertTrue(True)", "empty"),
        ("self.assertEqual(1, 1)", "empty"),
        ("x = 3\n    print(x)", "empty"),
        ("greet.hello()", "smoke"),
        ("hello()\n    assert True", "smoke"),
        ("import sample", "smoke"),
        ("assert hello() == 'x'", "asserts"),
        ("self.assertEqual(hello(), 'x')", "asserts"),
        ("with pytest.raises(KeyError):\n        {}[1]", "asserts"),
        ("mock.assert_called_once_with(3)", "asserts"),
        ("np.testing.assert_allclose(a, b)", "asserts"),
        ("if hello() != 'x':\n        raise ValueError", "asserts"),
        ("subprocess.run(['x'], check=True)", "asserts"),
        ("same_as_before(hello())", "asserts"),
        ("helper(hello())", "asserts"),
        ("through_another(hello())", "asserts"),
        ("useless(3)", "smoke"),
        ("pytest.skip('no display')", "asserts"),
    ],
)
def test_python_tests_are_told_apart(body: str, kind: str) -> None:
    helper = "def helper(x):\n    assert x\n\ndef through_another(x):\n    helper(x)\n\ndef useless(x):\n    return x\n"
    test = f"def test_it(self):\n    {body}\n"
    (case,) = python_cases({"tests/helpers.py": helper, "tests/test_it.py": test})

    assert (case.kind, case.line) == (kind, 1)


def test_a_fixture_may_assert_for_its_test() -> None:
    conftest = (
        "import pytest\n\n@pytest.fixture\ndef console():\n    yield 1\n    assert closed()\n"
        "\n@pytest.fixture\ndef plain():\n    return 1\n"
    )
    test = (
        "def test_a(console): pass\n\n\ndef test_b(snapshot): pass\n\n\ndef test_c(plain): pass\n"
    )
    cases = python_cases({"tests/conftest.py": conftest, "tests/test_a.py": test})

    assert [(case.name, case.kind) for case in cases] == [
        ("test_a", "asserts"),
        ("test_b", "asserts"),
        ("test_c", "smoke"),
    ]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("", "empty"),
        ("// expect(hello()).toBe(1)", "empty"),
        ("const words = 'expect(a).toBe(b)';", "empty"),
        ("expect(true).toBe(true);", "empty"),
        ("assert(true); assert.equal(1, 1); assert.ok(true, '')", "empty"),
        ("console.log('done')", "empty"),
        ("hello();", "smoke"),
        ("hello(); expect(true).toBe(true);", "smoke"),
        ("expect(hello()).toBe('x');", "asserts"),
        ("assert.equal(hello(), 'x');", "asserts"),
        ("assert(hello() === 'x');", "asserts"),
        ("hello().should.equal('x');", "asserts"),
        ("t.is(hello(), 'x');", "asserts"),
        ("if (hello() !== 'x') throw new Error('no');", "asserts"),
        ("sinon.assert.calledOnce(spy);", "asserts"),
        ("return run(hello());", "asserts"),
        ("outer(hello());", "asserts"),
        ("const re = /['\"(]/; expect(hello()).toMatch(re);", "asserts"),
        ("expect(`${hello()} )`).toBe('x');", "asserts"),
    ],
)
def test_script_tests_are_told_apart(body: str, kind: str) -> None:
    helper = "export function run(x) { if (x) { expect(x).toBe(1); } }\nconst outer = (x) => { run(x); };\n"
    test = f"import {{ hello }} from '../x.js';\ntest('it (works', () => {{ {body}\n}});\n"
    (case,) = script_cases({"test/helper.js": helper, "test/x.test.ts": test})

    assert (case.kind, case.line) == (kind, 2)


def test_an_extension_whose_tests_all_assert_nothing_goes_to_a_person() -> None:
    (found,) = findings({"tests/test_a.py": "def test_a(): pass\n\n\ndef test_b(): assert True\n"})

    assert (found.rule, found.severity) == ("tests-assert-nothing", "person")
    assert found.problem == "2 tests, and none of them asserts anything"


def test_smoke_tests_alone_are_called_that() -> None:
    (found,) = findings({"tests/test_a.py": "import sample\ndef test_a(): sample.activate(None)\n"})

    assert (found.rule, found.severity) == ("tests-assert-nothing", "person")
    assert "1 test, and none of them asserts anything: all are smoke tests" in found.problem


def test_smoke_tests_beside_others_are_fine() -> None:
    test = (
        "import sample\ndef test_a(): sample.activate(None)\ndef test_b(): assert sample.x() == 1\n"
    )

    assert findings({"tests/test_a.py": test}) == []


def test_single_tests_that_can_never_fail_are_named() -> None:
    test = (
        "import sample\n\n\ndef test_a(): assert True\n\n\ndef test_b(): assert sample.x() == 1\n"
    )
    (found,) = findings({"tests/test_a.py": test})

    assert (found.rule, found.severity, found.line) == ("test-asserts-nothing", "warn", 4)
    assert found.problem == "1 of 2 tests can never fail: tests/test_a.py:4"


@pytest.mark.parametrize(
    "text",
    [
        "it(" * 50_000, "/*" * 300_000, "\n" * 900_000, "`${" * 200_000, "(/[" * 200_000,
        "function a(){" * 40_000, "function a(){it('x', () => {" * 20_000, "const" + " " * 900_000,
    ],
)  # fmt: skip
@pytest.mark.timeout(30)
def test_hostile_text_costs_seconds_at_most(text: str) -> None:
    assert len(script_cases({"test/a.test.js": text})) < 2_000


@pytest.mark.parametrize(
    "text", ["(" * 100_000, "def test_a(", "\0", "assert " + "not " * 50_000 + "1"]
)
def test_what_python_cannot_read_is_not_judged(text: str) -> None:
    assert python_cases({"tests/test_a.py": text}) == ()
