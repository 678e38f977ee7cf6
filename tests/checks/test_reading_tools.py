"""The tools that read: their bad days end in `Missing`, and no extension can switch them off."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import pytest
import yaml
from example_trees import examples

from devforge.adapters import nodetools
from devforge.adapters.bandit import scan_python
from devforge.adapters.oxlint import lint_javascript
from devforge.adapters.program import ToolFailed, ToolTooSlow, find_program, run_program
from devforge.adapters.ruff import lint_python
from devforge.adapters.semgrep import RULES, core_program, scan, seconds_for
from devforge.model.observed import Missing, SourceFile, SourceTree
from devforge.review.materialise import LARGEST_BYTES, materialise

BAD_DAYS = {
    "crash": ("import sys; sys.exit('Traceback: it broke')", ": Traceback: it broke"),
    "signal": ("import os; os.kill(os.getpid(), 9)", "was ended by signal 9"),
    "garbage": ("print('<html>not json')", "no answer we can read"),
    "other JSON": ("print('[{\"results\": 1}]')", "no answer we can read"),
    "nothing": ("", "no answer we can read"),
    "hang": ("import time; time.sleep(60)", "gave no answer within 1 second"),
    "a gigabyte": (
        "import sys\nfor _ in range(1024): sys.stdout.write('x' * (1 << 20))",
        "printed more than 64 MB",
    ),
}
TOOLS = {
    "ruff": (lint_python, lambda path: {"program": str(path)}),
    "bandit": (scan_python, lambda path: {"program": str(path)}),
    "oxlint": (lint_javascript, lambda path: {"program": (str(path),)}),
    "semgrep": (scan, lambda path: {"programs": [[str(path)]]}),
}


@pytest.fixture
def code(tmp_path):
    """A directory with a file of each language in it."""
    directory = tmp_path / "code"
    directory.mkdir()
    (directory / "a.py").write_text("import pickle\n\n\ndef f(x):\n    return pickle.loads(x)\n")
    (directory / "a.js").write_text("export const f = (x) => eval(x + 1);\n")
    return directory


def program(tmp_path: Path, body: str) -> Path:
    path = tmp_path / "fake"
    path.write_text(f"#!{sys.executable} -S\n{body}\n")
    path.chmod(0o755)
    return path


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize("day", BAD_DAYS)
def test_a_tool_on_a_bad_day_is_missing_and_says_why(tmp_path, code, tool, day):
    run, given = TOOLS[tool]
    body, reason = BAD_DAYS[day]

    answer = run(code, seconds=1 if day == "hang" else 30, **given(program(tmp_path, body)))

    assert isinstance(answer, Missing)
    assert tool in answer.reason
    assert reason in answer.reason


@pytest.mark.parametrize("tool", TOOLS)
def test_a_tool_that_is_not_there_is_missing(tmp_path, code, tool):
    run, given = TOOLS[tool]

    answer = run(code, **given(tmp_path / "nowhere"))

    assert answer == Missing(reason=f"{tool} could not be started: No such file or directory")


@pytest.mark.parametrize("tool", TOOLS)
def test_no_tool_is_started_where_there_is_nothing_to_read(tmp_path, tool):
    run, given = TOOLS[tool]

    assert run(tmp_path, **given(tmp_path / "nowhere")) == ()


def test_children_of_a_tool_end_with_it(tmp_path):
    body = (
        "import subprocess, sys\n"
        "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        "print('done')"
    )
    start = time.monotonic()

    answer = run_program(
        [str(program(tmp_path, body))], tool="fake", directory=tmp_path, seconds=30
    )

    assert answer.output == b"done\n"
    assert time.monotonic() - start < 50


def test_a_tool_learns_no_secret_of_the_job(tmp_path, monkeypatch):
    monkeypatch.setenv("GITHUB_TOKEN", "t0ken")

    answer = run_program(
        [sys.executable, "-c", "import os; print(os.environ)"],
        tool="python",
        directory=tmp_path,
        seconds=30,
    )

    assert b"t0ken" not in answer.output


def test_a_program_that_is_not_installed_says_what_to_install():
    with pytest.raises(ToolFailed, match=r"not-a-program is not installed: install devforge"):
        find_program("not-a-program")


@pytest.mark.parametrize("comment", ["# nosec", "# nosemgrep", "# noqa", "# nosec B301"])
def test_no_comment_switches_a_security_rule_off(tmp_path, comment):
    (tmp_path / "a.py").write_text(
        f"import os, pickle\npickle.loads(b'')  {comment}\nexec(os.environ['x'])  {comment}\n"
    )

    assert [(f.code, f.path) for f in scan_python(tmp_path)] == [("B301", "a.py")]
    assert "power-dynamic--python" in [f.code for f in scan(tmp_path)]


def test_no_file_of_the_extension_configures_a_tool(tmp_path):
    for name, text in {
        "ruff.toml": "exclude = ['*']",
        "pyproject.toml": "[tool.ruff]\nexclude = ['*']\n[tool.bandit]\nskips = ['B301']\n",
        ".bandit": "[bandit]\nskips: B301\n",
        ".semgrepignore": "*\n",
        ".gitignore": "*\n",
        ".eslintignore": "*\n",
        ".oxlintrc.json": '{"ignorePatterns": ["**"]}',
    }.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests/a.py").write_text("import pickle\npickle.loads(undefined)\n")
    (tmp_path / "tests/a.js").write_text("eval(x);\nif (x === NaN) debugger;\n")

    assert {f.code for f in lint_python(tmp_path)} == {"F821"}
    assert {f.code for f in lint_javascript(tmp_path)} == {"use-isnan", "no-debugger"}
    assert {f.code for f in scan_python(tmp_path)} == {"B301"}
    assert {f.path for f in scan(tmp_path)} == {"tests/a.js"}


def test_the_plain_way_takes_over_where_the_fast_one_fails(tmp_path, code):
    broken = [str(program(tmp_path, "import sys; sys.exit('no such option')"))]
    plain = [find_program("semgrep"), "scan"]

    answer = scan(code, programs=[broken, plain])

    assert {f.code for f in answer} == {"power-dynamic--javascript"}


def test_after_a_time_out_no_second_way_is_tried(tmp_path, code):
    slow = [str(program(tmp_path, "import time; time.sleep(60)"))]
    start = time.monotonic()

    answer = scan(code, programs=[slow, slow], seconds=1)

    assert answer == Missing(reason="semgrep gave no answer within 1 seconds")
    assert time.monotonic() - start < 50


def test_a_rule_that_does_not_compile_is_no_answer(tmp_path, code):
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "bad.yaml").write_text(
        "rules: [{id: bad, languages: [python], severity: ERROR, message: m, pattern: 'def ('}]"
    )

    answer = scan(code, rules=rules)

    assert isinstance(answer, Missing)


def test_the_fast_way_and_the_plain_way_find_the_same(tmp_path):
    """Over every sample of every rule: upstream calls the fast way experimental."""
    for number, example in enumerate(examples()):
        if example.check == "security":
            materialise(example.submission.tree, tmp_path / "code" / str(number))
    fast = tmp_path / "osemgrep"
    fast.symlink_to(core_program())

    quick = scan(tmp_path / "code", programs=[[str(fast), "scan", "--experimental"]])
    plain = scan(tmp_path / "code", programs=[[find_program("semgrep"), "scan"]])

    assert not isinstance(quick, Missing)
    assert len(quick) > 100
    assert quick == plain


def test_much_code_is_divided_and_nothing_of_it_is_lost(tmp_path):
    filling = "".join(f"x{n} = {n}\n" for n in range(4_000))
    for n in range(5):
        (tmp_path / f"{n}.py").write_text(f"{filling}eval(input())\n")
    (tmp_path / "broken.js").write_text("if (\n")

    found = scan(tmp_path)

    assert {f.path for f in found if f.code == "power-dynamic--python"} == {f"{n}.py" for n in range(5)}  # fmt: skip
    assert {f.path for f in found if f.code == "unread"} == {"broken.js"}


def test_every_semgrep_rule_is_seen_at_work(tmp_path):
    """A rule that no sample sets off may as well not compile."""
    ids = [r["id"] for p in RULES.glob("*/*.yaml") for r in yaml.safe_load(p.read_text())["rules"]]
    for number, example in enumerate(examples()):
        materialise(example.submission.tree, tmp_path / str(number))

    seen = {finding.code for finding in scan(tmp_path)}

    assert sorted(set(ids) - seen) == []


def test_the_node_tools_are_pinned_by_a_lock_that_names_no_host():
    lock = Path(nodetools.__file__).with_name("package-lock.json").read_text()

    assert "http" not in lock
    assert lock.count('"integrity"') == lock.count('"node_modules/')


def test_npm_that_fails_is_said_with_what_it_said(tmp_path, monkeypatch):
    monkeypatch.setattr(nodetools, "_cache", lambda: tmp_path / "cache")
    npm = program(tmp_path, "import sys; sys.exit('npm error: no such package')")

    with pytest.raises(ToolFailed, match="npm ended with exit code 1: npm error: no such package"):
        nodetools.installed(npm=(str(npm),))
    assert list((tmp_path / "cache").iterdir()) == []


def tree(**files: bytes) -> SourceTree:
    return SourceTree(
        files={p: SourceFile(path=p, mode="file", content=c) for p, c in files.items()}
    )


def test_only_code_is_written_under_names_of_our_own(tmp_path):
    names = {
        "-rf": b"#!/usr/bin/env python3\n", "a\nb.py": b"", "../out.py": b"", "con.js": b"",
        "pyproject.toml": b"", ".semgrepignore": b"*", "node_modules/x/y.TS": b"", "x.d.ts": b"run()", "y.d.ts": b"declare const y: 1",
        "run": b"#!/usr/bin/env node\n", "data": b"no code", "win.pyw": b"",
    }  # fmt: skip

    code = materialise(tree(**names), tmp_path / "source")

    written = sorted(path.name for path in (tmp_path / "source").iterdir())
    assert written == sorted(code.paths)
    assert all(name.replace(".", "").isalnum() for name in written)
    assert set(code.paths.values()) == {
        "-rf", "a\nb.py", "../out.py", "con.js", "node_modules/x/y.TS", "x.d.ts", "run", "win.pyw",
    }  # fmt: skip
    assert list(tmp_path.iterdir()) == [tmp_path / "source"]


def test_links_are_not_followed_and_huge_files_are_not_read(tmp_path):
    files = {
        "link.py": SourceFile(path="link.py", mode="symlink", content=b"/etc/passwd"),
        "sub.py": SourceFile(path="sub.py", mode="submodule", content=b"0" * 40),
        "huge.py": SourceFile(path="huge.py", mode="file", content=b"#" * (LARGEST_BYTES + 1)),
    }

    code = materialise(SourceTree(files=files), tmp_path / "source")

    assert (dict(code.paths), code.left_out) == ({}, {"huge.py": "too large"})


def test_what_bandit_failed_on_is_told_from_what_no_python_can_parse(tmp_path, code):
    said = {
        "results": [],
        "errors": [
            {"filename": "./a.py", "reason": "exception while scanning file"},
            {"filename": "./b.py", "reason": "syntax error while parsing AST from file"},
        ],
    }

    answer = scan_python(code, program=str(program(tmp_path, f"print({json.dumps(said)!r})")))

    assert [(f.code, f.path) for f in answer] == [("unread", "a.py")]


def test_what_the_rules_could_not_read_is_named_by_its_lines(tmp_path: Path) -> None:
    code = (
        "export const one = 1;\nexport function bare(text: string): string {\n"
        '  const before = text.replace(/<!--[\\W\\w]+?-->/g, "");\n  return before;\n}\n'
    )
    (tmp_path / "a.ts").write_text(code)

    assert [(f.code, f.path, f.line) for f in scan(tmp_path)] == [("unread", "a.ts", 3)]


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the clock alone counts")
def test_only_what_a_program_computes_counts_and_not_how_long_it_waited(tmp_path):
    def run(code: str) -> str:
        arguments = [sys.executable, "-c", code]
        answer = run_program(
            arguments, tool="it", directory=tmp_path, seconds=60, processor_seconds=1
        )
        return answer.output.decode()

    assert run("import time; time.sleep(2); print('waited')") == "waited\n"
    with pytest.raises(ToolTooSlow, match="it gave no answer after computing for 1 seconds"):
        run("while True: pass")


def test_npm_installs_once(tmp_path):
    first = nodetools.installed()

    assert nodetools.installed(npm=("/nowhere/npm",)) == first


def test_more_code_may_take_longer_within_what_a_job_has():
    assert seconds_for([1_000]) < 241
    assert seconds_for([2_000_000, 4_000_000]) == 600
    assert seconds_for([500_000_000]) == 900
