"""Whole trials: honest extensions get their numbers, the others get the reason in words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from sandbox.indexes import Shelf
from sandbox.trials import (
    POLICY,
    PYTHON,
    SCRIPT,
    manifest,
    package,
    quick,
    tree,
    try_python,
    try_script,
)

from devforge.adapters.directory import read_directory
from devforge.model.manifest import FILE, Manifest
from devforge.model.observed import Activation, Failure, Missing, TestRun, Timing, Trial
from devforge.review.trial import run_trial

SAMPLES = Path(__file__).parents[1] / "extensions"
PASSING = "from greet import greeting\ndef test_it(): assert greeting('x') == 'hello x'\n"


def try_sample(name: str, scratch: Path) -> Trial:
    source = read_directory(SAMPLES / name, POLICY.limits)
    said = Manifest.model_validate(yaml.safe_load(source.files[FILE].text))
    return run_trial(source, said, quick(runs=2), scratch=scratch)


@pytest.mark.parametrize(
    ("name", "framework"), [("word-count", "pytest"), ("json-lens", "node"), ("quick-note", "node")]
)
def test_an_honest_extension_gets_all_its_numbers(
    name: str, framework: str, tmp_path: Path
) -> None:
    trial = try_sample(name, tmp_path)

    assert isinstance(trial.tests, TestRun), trial.tests
    assert trial.tests.framework == framework
    assert trial.tests.passed >= 4
    assert (trial.tests.failed, trial.tests.failures) == (0, ())
    assert not isinstance(trial.coverage, Missing)
    assert sum(file.covered for file in trial.coverage) > 10
    assert isinstance(trial.activation, Activation), trial.activation
    assert trial.activation.seconds.runs == 2
    assert 0 < trial.activation.seconds.low <= trial.activation.seconds.median < 60
    assert trial.activation.memory_bytes > 5_000_000
    assert not isinstance(trial.benchmarks, Missing)
    assert all(isinstance(run.result, Timing) for run in trial.benchmarks)


def test_coverage_names_the_lines_that_no_test_runs(tmp_path: Path) -> None:
    python = try_python(tmp_path / "p", {"test_greet.py": PASSING, "unused.py": "a = 1\nb = 2\n"})
    script = try_script(
        tmp_path / "s",
        {
            "unused.js": "// nobody imports this\nexport const a = 1;\n\nexport const b = 2;\n",
            "greet.test.js": """
                import assert from 'node:assert';
                import { test } from 'node:test';
                import { greeting } from './greet.js';
                test('greets', () => assert.equal(greeting('x'), 'hello x'));
            """,
        },
    )

    assert not isinstance(python.coverage, Missing)
    assert [(f.path, f.covered, f.total, f.missing) for f in python.coverage] == [
        ("greet.py", 4, 6, (3, 7)),
        ("unused.py", 0, 2, (1, 2)),
    ]
    assert not isinstance(script.coverage, Missing)
    assert [(f.path, f.missing) for f in script.coverage] == [
        ("greet.js", (3, 8)),
        ("unused.js", (2, 4)),
    ]


def test_a_layout_below_src_is_found(tmp_path: Path) -> None:
    files = {
        "src/greet/__init__.py": "",
        "src/greet/extension.py": PYTHON["greet.py"],
        "tests/test_greet.py": PASSING.replace("from greet", "from greet.extension"),
    }
    trial = run_trial(tree(files), manifest("src/greet/extension.py"), quick(), scratch=tmp_path)

    assert isinstance(trial.tests, TestRun)
    assert trial.tests.passed == 1
    assert isinstance(trial.activation, Activation), trial.activation
    assert not isinstance(trial.coverage, Missing)
    assert [file.path for file in trial.coverage] == ["src/greet/extension.py"]


def test_failing_tests_are_named_with_what_went_wrong(tmp_path: Path) -> None:
    python = try_python(
        tmp_path / "p",
        {
            "test_a.py": "def test_wrong():\n    assert 1 + 1 == 3\ndef test_right(): pass\n",
            "test_b.py": "import not_there\n",
            "test_c.py": "import pytest\n@pytest.mark.skip\ndef test_later(): pass\n",
        },
    )
    script = try_script(
        tmp_path / "s",
        {
            "a.test.js": """
                import assert from 'node:assert';
                import { test } from 'node:test';
                test('wrong', () => assert.equal(1 + 1, 3));
                test('right', () => {});
                test.skip('later', () => {});
            """,
            "b.test.js": "import './not-there.js';\n",
        },
    )

    assert isinstance(python.tests, TestRun)
    assert (python.tests.passed, python.tests.failed, python.tests.skipped) == (1, 2, 1)
    assert python.tests.failures == (
        "test_b.py: ModuleNotFoundError: No module named 'not_there'",
        "test_a.py::test_wrong: assert (1 + 1) == 3",
    )
    assert isinstance(script.tests, TestRun)
    assert (script.tests.passed, script.tests.failed, script.tests.skipped) == (1, 2, 1)
    assert script.tests.failures[0].startswith("a.test.js: wrong: ")
    assert script.tests.failures[1].startswith("b.test.js: Error [ERR_MODULE_NOT_FOUND]")


def test_an_extension_without_tests_has_none(tmp_path: Path) -> None:
    assert try_python(tmp_path / "p", {}).tests is None
    assert try_script(tmp_path / "s", {}).tests is None


def test_tests_of_unittest_run_too(tmp_path: Path) -> None:
    trial = try_python(
        tmp_path,
        {
            "tests/__init__.py": "",
            "tests/test_greet.py": """
                import unittest
                from greet import greeting

                class Greeting(unittest.TestCase):
                    def test_it(self):
                        self.assertEqual(greeting("x"), "hello x")
            """,
        },
    )

    assert isinstance(trial.tests, TestRun)
    assert trial.tests.passed == 1


def test_settings_of_pytest_that_need_what_is_not_there_do_no_harm(tmp_path: Path) -> None:
    trial = try_python(
        tmp_path,
        {
            "pytest.ini": "[pytest]\naddopts = --cov=greet -n auto --no-such-option\n"
            "required_plugins = pytest-cov\n",
            "test_greet.py": PASSING,
        },
    )

    assert isinstance(trial.tests, TestRun)
    assert trial.tests.passed == 1


def test_tests_that_an_extension_leaves_out_on_purpose_are_left_out(tmp_path: Path) -> None:
    pyproject = """
        [tool.pytest.ini_options]
        addopts = ["-n", "auto", "-m", "not slow", "--ignore=broken", "--cov"]
        markers = ["slow: takes long"]
    """
    code = """
        import pytest
        @pytest.mark.slow
        def test_slow(): assert False
        def test_quick(): pass
    """
    trial = try_python(
        tmp_path,
        {"pyproject.toml": pyproject, "test_a.py": code, "broken/test_b.py": "syntax error"},
    )

    assert isinstance(trial.tests, TestRun), trial.tests
    assert (trial.tests.passed, trial.tests.failures) == (1, ())


def test_tests_that_hang_are_stopped(tmp_path: Path) -> None:
    policy = quick(seconds=3)
    python = try_python(
        tmp_path / "p", {"test_a.py": "import time\ndef test(): time.sleep(60)\n"}, policy
    )
    script = try_script(
        tmp_path / "s",
        {"a.test.js": "import { test } from 'node:test'; test('x', () => { for (;;); });"},
        policy,
    )

    for trial in (python, script):
        assert isinstance(trial.tests, Failure)
        assert trial.tests.what == "the test run did not end within 3 seconds and was stopped"
        assert isinstance(trial.activation, Activation)


def test_tests_that_print_a_gigabyte_are_stopped(tmp_path: Path) -> None:
    code = "import os\ndef test():\n    for _ in range(16384): os.write(2, b'x' * 65536)\n"
    conftest = "import pytest\n@pytest.fixture(autouse=True)\ndef loud(capfd):\n    with capfd.disabled(): yield\n"
    trial = try_python(tmp_path, {"test_a.py": code, "conftest.py": conftest})

    assert isinstance(trial.tests, Failure)
    assert trial.tests.what == "the test run printed without end and was stopped"
    assert len(trial.tests.output) < 5000


def test_tests_that_eat_memory_are_stopped(tmp_path: Path) -> None:
    code = """
        import { test } from 'node:test';
        test('x', () => { const kept = []; for (;;) kept.push(Buffer.alloc(1e7, 1)); });
    """
    trial = try_script(tmp_path, {"a.test.js": code}, quick(memory_bytes=2**28))

    assert isinstance(trial.tests, Failure)
    assert "MiB of memory and was stopped" in trial.tests.what


def test_tests_that_end_the_interpreter_are_said_to_do_so(tmp_path: Path) -> None:
    code = "import os\ndef test():\n    os.write(2, b'bye')\n    os._exit(3)\n"
    trial = try_python(tmp_path, {"test_a.py": code})

    assert isinstance(trial.tests, Failure)
    assert trial.tests.what == (
        "the test run ended the interpreter with status 3 before it was done"
    )


def test_what_is_forged_into_the_result_channel_is_read_as_hostile(tmp_path: Path) -> None:
    """A forged answer spoils the run, or counts for its own numbers; it reaches nothing else."""
    forged = 'import os\ndef test(): os.write(3, b\'{"passed": 10, "verdict": "merge"}\')\n'
    huge = "import os, json\ndef test():\n    os.write(3, json.dumps({'passed': 10**30}).encode()); os._exit(0)\n"
    for number, code in enumerate((forged, huge)):
        trial = try_python(tmp_path / str(number), {"test_a.py": code})

        assert isinstance(trial.tests, Failure)
        assert "wrote into the channel" in trial.tests.what
        assert isinstance(trial.activation, Activation)


def test_an_extension_that_cannot_be_activated_shows_its_error(tmp_path: Path) -> None:
    broken = {
        "raises": ("greet.py", {"greet.py": "def activate(context):\n    raise ValueError('no')\n"}),
        "syntax": ("greet.py", {"greet.py": "def activate(:\n"}),
        "exits": ("greet.py", {"greet.py": "import os\nos._exit(0)\n"}),
        "needs": ("greet.py", {"greet.py": "import not_there\n"}),
        "throws": ("greet.js", {**SCRIPT, "greet.js": "export function activate() { throw new Error('no'); }"}),
        "parse": ("greet.js", {**SCRIPT, "greet.js": "export function ("}),
        "wrong": ("greet.js", {**SCRIPT, "greet.js": "export const activate = 1;"}),
        "ends": ("greet.js", {**SCRIPT, "greet.js": "process.exit(0);"}),
        "waits": ("greet.js", {**SCRIPT, "greet.js": "export const activate = () => new Promise(() => {});"}),
    }  # fmt: skip
    expected = {
        "raises": "ValueError: no",
        "syntax": "SyntaxError: ",
        "exits": "ended the interpreter with status 0",
        "needs": "No module named 'not_there'",
        "throws": "Error: no",
        "parse": "SyntaxError: ",
        "wrong": "TypeError: activate is not a function",
        "ends": "ended the interpreter with status 0",
        "waits": "activation waits for something that never comes",
    }
    for name, (entry, files) in broken.items():
        trial = run_trial(tree(files), manifest(entry), quick(), scratch=tmp_path / name)

        assert isinstance(trial.activation, Failure), name
        said = f"{trial.activation.what}\n{trial.activation.output}"
        assert expected[name] in said, name
        assert "/harness/" not in said, name


def test_an_init_at_the_root_makes_the_extension_a_package(tmp_path: Path) -> None:
    files = {
        "__init__.py": "from .words import greet\n\n\ndef activate(context):\n    greet()\n",
        "words.py": "def greet():\n    return 'hello'\n",
    }
    trial = run_trial(tree(files), manifest("__init__.py"), quick(), scratch=tmp_path)

    assert isinstance(trial.activation, Activation), trial.activation


def test_a_module_that_is_not_there_is_named_however_it_was_come_upon(tmp_path: Path) -> None:
    test = "import unittest\n\n\nclass TestIt(unittest.TestCase):\n    def test_it(self):\n        assert True\n"
    files = {"__init__.py": "import bpy\n", "inner/__init__.py": "", "inner/test_it.py": test}
    trial = run_trial(tree(files), manifest("__init__.py"), quick(), scratch=tmp_path)

    assert isinstance(trial.tests, TestRun), trial.tests
    assert all("No module named 'bpy'" in failure for failure in trial.tests.failures)
    assert trial.tests.failed == 1


def test_a_library_without_activate_is_measured_by_its_import(tmp_path: Path) -> None:
    for entry, files in (
        ("greet.py", {"greet.py": "x = 1\n"}),
        ("greet.js", {**SCRIPT, "greet.js": "export const x = 1;"}),
    ):
        trial = run_trial(tree(files), manifest(entry), quick(), scratch=tmp_path / entry)

        assert isinstance(trial.activation, Activation), trial.activation


def test_activation_may_be_asynchronous_and_leave_work_behind(tmp_path: Path) -> None:
    python = """
        import asyncio, threading, time
        async def activate(context):
            await asyncio.sleep(0.01)
            await context.secrets.get("x")
            threading.Thread(target=time.sleep, args=(60,)).start()
            with context.progress("x") as p:
                [p.report(i) for i in context.things]
    """
    script = """
        export default { async activate(context) {
          await context.secrets.get('x');
          for (const thing of context.things) throw new Error(thing);
          setInterval(() => {}, 1000);
          context.subscriptions.push(new context.Thing());
        } };
    """
    for entry, files in (
        ("greet.py", {"greet.py": python}),
        ("greet.js", {**SCRIPT, "greet.js": script}),
    ):
        trial = run_trial(tree(files), manifest(entry), quick(), scratch=tmp_path / entry)

        assert isinstance(trial.activation, Activation), trial.activation
        assert trial.activation.seconds.median < 60


def test_typescript_runs_as_its_compiler_would_have_it(tmp_path: Path) -> None:
    files = {
        "package.json": package(),
        "src/extension.ts": """
            import { Colour } from './colour.js';
            import { paint } from './paint';
            export function activate(context: { output: { write(text: string): void } }): void {
              context.output.write(paint(Colour.Red));
            }
        """,
        "src/colour.ts": "export enum Colour { Red = 'red' }\n",
        "src/paint/index.ts": "export const paint = (colour: string): string => `a ${colour} wall`;\n",
    }
    trial = run_trial(tree(files), manifest("src/extension.ts"), quick(), scratch=tmp_path)

    assert isinstance(trial.activation, Activation), trial.activation


def test_typescript_finds_what_tsconfig_maps_and_is_a_module_whatever_package_json_says(
    tmp_path: Path,
) -> None:
    files = {
        "package.json": package(type="commonjs"),
        "tsconfig.json": """
            {
              // where the sources lie
              "compilerOptions": {"baseUrl": ".", "paths": {"~/*": ["./src/*"], "own": ["src/own.ts"]},},
            }
        """,
        "src/extension.ts": """
            import { paint } from 'src/paint';
            import { colour } from '~/colour';
            import own from 'own';
            export function activate(context: { output: { write(text: string): void } }): void {
              context.output.write(paint(colour) + own);
            }
        """,
        "src/colour.ts": "export const colour: string = 'red';\n",
        "src/own.ts": "export default 'own';\n",
        "src/paint/index.ts": "export const paint = (colour: string): string => `a ${colour} wall`;\n",
    }
    trial = run_trial(tree(files), manifest("src/extension.ts"), quick(), scratch=tmp_path / "a")
    assert isinstance(trial.activation, Activation), trial.activation

    del files["tsconfig.json"]
    trial = run_trial(tree(files), manifest("src/extension.ts"), quick(), scratch=tmp_path / "b")
    assert isinstance(trial.activation, Failure)
    assert "Cannot find package 'src'" in trial.activation.output


def test_typescript_imports_json_as_its_compiler_lets_it(tmp_path: Path) -> None:
    files = {
        "package.json": package(type="commonjs", contributes={"a-b": 1}),
        "src/extension.ts": """
            import { name as own, version } from '../package.json';
            import words from './words.json';
            export function activate(context: { output: { write(text: string): void } }): void {
              if (own !== 'greet' || version !== '1.0.0' || words[1] !== 'two') throw new Error('other JSON');
            }
        """,
        "src/words.json": '["one", "two"]',
    }
    trial = run_trial(tree(files), manifest("src/extension.ts"), quick(), scratch=tmp_path)

    assert isinstance(trial.activation, Activation), trial.activation


def test_typescript_that_is_compiled_into_commonjs_has_what_is_there(tmp_path: Path) -> None:
    files = {
        "package.json": package(type="commonjs"),
        "src/extension.ts": """
            import { readdirSync } from 'fs';
            import { join } from 'path';
            const rules = readdirSync(join(__dirname, 'rules')).map((rule) => require(join(__dirname, 'rules', rule)));
            export function activate(context: { output: { write(text: string): void } }): void {
              if (rules[0].one !== 1 || !__filename.endsWith('extension.ts')) throw new Error('other rules');
            }
        """,
        "src/rules/one.ts": "export const one: number = 1;\n",
    }
    trial = run_trial(tree(files), manifest("src/extension.ts"), quick(), scratch=tmp_path)

    assert isinstance(trial.activation, Activation), trial.activation


def test_benchmarks_are_timed_and_those_that_fail_say_why(tmp_path: Path) -> None:
    python = [
        {"name": "good", "call": "greet:timed"},
        {"name": "raises", "call": "greet:broken"},
        {"name": "absent", "call": "greet:nobody"},
    ]
    code = "def activate(c): pass\ndef timed(): sum(range(1000))\ndef broken(): 1 / 0\n"
    trial = run_trial(
        tree({"greet.py": code}),
        manifest("greet.py", benchmarks=python),
        quick(),
        scratch=tmp_path,
    )

    assert not isinstance(trial.benchmarks, Missing)
    good, raises, absent = [run.result for run in trial.benchmarks]
    assert isinstance(good, Timing)
    assert good.runs == 50
    assert isinstance(raises, Failure)
    assert raises.output.endswith("ZeroDivisionError: division by zero")
    assert isinstance(absent, Failure)
    assert "has no attribute 'nobody'" in absent.output


def test_what_this_registry_has_installed_is_not_there_for_an_extension(tmp_path: Path) -> None:
    trial = try_python(tmp_path, {"test_a.py": "import pydantic\ndef test(): pass\n"})

    assert isinstance(trial.tests, TestRun)
    assert trial.tests.failures == ("test_a.py: ModuleNotFoundError: No module named 'pydantic'",)


def test_without_a_sandbox_every_part_is_missing_and_nothing_ran(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    marker = tmp_path / "ran"
    trial = try_python(
        tmp_path, {"greet.py": f"open({str(marker)!r}, 'w')\n", "test_a.py": PASSING}
    )

    reason = Missing(reason="bwrap is not installed: install the bubblewrap package")
    assert trial == Trial(
        tests=reason, coverage=reason, activation=reason, benchmarks=reason, unresolvable=reason
    )
    assert not marker.exists()


def test_progress_is_told_in_order(tmp_path: Path) -> None:
    told: list[str] = []
    run_trial(tree(PYTHON), manifest("greet.py"), quick(), scratch=tmp_path, progress=told.append)

    assert told == [
        "fetching dependencies",
        "running its tests",
        "starting it beside the reference extension",
        "starting it in other lines of Dev Forge",
    ]


def test_a_project_finds_its_own_name_and_version_as_if_installed(tmp_path: Path) -> None:
    pyproject = (
        '[project]\nname = "Greet-Tool"\nversion = "1.2.3"\nscripts = {greet = "greet:main"}\n'
    )
    code = """
        from importlib.metadata import entry_points, version
        def test_version(): assert version("greet-tool") == "1.2.3"
        def test_script(): assert "greet" in entry_points(group="console_scripts").names
    """
    trial = try_python(tmp_path, {"pyproject.toml": pyproject, "test_a.py": code})

    assert isinstance(trial.tests, TestRun)
    assert (trial.tests.passed, trial.tests.failures) == (2, ())


def test_tests_are_found_where_an_extension_says_they_are(tmp_path: Path) -> None:
    trial = try_python(
        tmp_path,
        {
            "pytest.ini": "[pytest]\npython_files = check_*.py\ntestpaths = checks\n",
            "checks/check_greet.py": PASSING,
        },
    )

    assert isinstance(trial.tests, TestRun)
    assert trial.tests.passed == 1


def test_an_entry_in_a_folder_that_is_no_package_is_found(tmp_path: Path) -> None:
    files = {"lib/greet.py": "import words\n", "lib/words.py": "HELLO = 'hello'\n"}
    trial = run_trial(tree(files), manifest("lib/greet.py"), quick(), scratch=tmp_path)

    assert isinstance(trial.activation, Activation), trial.activation


def test_mochas_words_need_no_mocha(tmp_path: Path) -> None:
    trial = try_script(
        tmp_path,
        {
            "package.json": package(scripts={"test": "mocha"}),
            "test/greet.js": """
                import assert from 'node:assert';
                import { greeting } from '../greet.js';
                describe('greet', function () {
                  this.timeout(500);
                  let name;
                  before((done) => setTimeout(done, 5));
                  beforeEach(() => { name = 'x'; });
                  it('greets', () => assert.equal(greeting(name), 'hello x'));
                  it('waits', function (done) { this.timeout(100); setTimeout(done, 5); });
                  it('fails', (done) => done(new Error('boom')));
                  it('comes later');
                  it.skip('is skipped', () => {});
                });
            """,
        },
    )

    assert isinstance(trial.tests, TestRun), trial.tests
    assert trial.tests.framework == "mocha"
    assert (trial.tests.passed, trial.tests.failed, trial.tests.skipped) == (2, 1, 2)
    assert trial.tests.failures == ("fails: boom",)
    assert not isinstance(trial.coverage, Missing)
    assert [(file.path, file.missing) for file in trial.coverage] == [("greet.js", (3, 8))]


def test_a_script_that_only_asserts_is_a_test(tmp_path: Path) -> None:
    files = {
        "package.json": package(scripts={"test": "node checks/right.js && node checks/wrong.js"}),
        "checks/right.js": "import { greeting } from '../greet.js';\nif (!greeting('x')) throw 1;\n",
        "checks/wrong.js": "throw new Error('not so');\n",
    }
    trial = try_script(tmp_path, files)

    assert isinstance(trial.tests, TestRun), trial.tests
    assert (trial.tests.passed, trial.tests.failed) == (1, 1)
    assert trial.tests.failures == ("checks/wrong.js: Error: not so",)


def test_tests_for_jest_run_under_the_jest_that_the_lock_installs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The package stands in for jest by writing the report and coverage that jest documents."""
    stands_in = """
        const { writeFileSync, mkdirSync } = require('fs');
        const value = (name) => process.argv.find((a) => a.startsWith(name + '=')).split('=')[1];
        const file = '/work/greet.test.js';
        const assertionResults = [
          { fullName: 'greets', status: 'passed' },
          { fullName: 'parts', status: 'failed', failureMessages: ['\\u001b[31mError: no\\u001b[39m\\n at x'] },
          { fullName: 'later', status: 'pending' },
        ];
        const broken = { name: '/work/b.test.js', status: 'failed', message: 'SyntaxError', assertionResults: [] };
        writeFileSync(value('--outputFile'), JSON.stringify({ testResults: [{ name: file, status: 'failed', assertionResults }, broken] }));
        const at = (line) => ({ start: { line, column: 0 }, end: { line, column: 9 } });
        mkdirSync(value('--coverageDirectory'));
        writeFileSync(value('--coverageDirectory') + '/coverage-final.json', JSON.stringify({ '/work/greet.js': {
          path: '/work/greet.js', statementMap: { 0: at(2), 1: at(3), 2: at(5) }, s: { 0: 1, 1: 0, 2: 4 } } }));
        process.exit(1);
    """
    for name in ("PIP_FIND_LINKS", "NPM_CONFIG_REGISTRY"):
        monkeypatch.delenv(name, raising=False)
    with Shelf() as shelf:
        monkeypatch.setenv("npm_config_registry", shelf.url)
        monkeypatch.setenv("npm_config_cache", str(tmp_path / "cache"))
        integrity = shelf.add_package(
            "jest", "30.0.0", {"package.json": '{"name": "jest"}', "bin/jest.js": stands_in}
        )
        trial = try_script(
            tmp_path / "trial",
            {
                "package.json": package(
                    scripts={"test": "jest"}, devDependencies={"jest": "30.0.0"}
                ),
                "package-lock.json": json.dumps(
                    {
                        "name": "greet",
                        "version": "1.0.0",
                        "lockfileVersion": 3,
                        "packages": {
                            "": {"name": "greet", "devDependencies": {"jest": "30.0.0"}},
                            "node_modules/jest": {
                                "version": "30.0.0",
                                "integrity": integrity,
                                "dev": True,
                            },
                        },
                    }
                ),
                "greet.test.js": "test('greets', () => {});",
            },
        )

    assert isinstance(trial.tests, TestRun), (trial.tests, trial.unresolvable)
    assert trial.tests.framework == "jest"
    assert (trial.tests.passed, trial.tests.failed, trial.tests.skipped) == (1, 2, 1)
    assert trial.tests.failures == (
        "b.test.js: the file: SyntaxError",
        "greet.test.js: parts: Error: no at x",
    )
    assert not isinstance(trial.coverage, Missing)
    assert [(file.path, file.covered, file.missing) for file in trial.coverage] == [
        ("greet.js", 2, (3,))
    ]


def test_lines_that_only_another_interpreter_runs_are_counted(tmp_path: Path) -> None:
    code = """
        import subprocess, sys
        def test_it():
            assert subprocess.run([sys.executable, "-c", "import greet"]).returncode == 0
    """
    files = {"greet.py": "HELLO = 'hello'\nBYE = 'bye'\n", "test_a.py": code}
    trial = try_python(tmp_path, files)

    assert not isinstance(trial.coverage, Missing | Failure | None), trial.coverage
    assert [line.covered for line in trial.coverage if line.path == "greet.py"] == [2]
