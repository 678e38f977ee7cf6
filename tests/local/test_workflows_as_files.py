"""Reading workflow files: YAML as GitHub has it, and the small languages inside it."""

from __future__ import annotations

from base64 import b64encode
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devforge.errors import BadInput
from devforge.local.workflows.cron import read_cron
from devforge.local.workflows.errors import BadWorkflow
from devforge.local.workflows.expressions import Scope, is_truthy, value_of
from devforge.local.workflows.expressions.functions import Function
from devforge.local.workflows.machine.commands import read_command
from devforge.local.workflows.machine.files import read_pairs, read_variables
from devforge.local.workflows.machine.log import Masks
from devforge.local.workflows.matrix import combinations
from devforge.local.workflows.parse import read_action, read_workflow
from devforge.local.workflows.patterns import Filter
from devforge.local.workflows.permissions import granted

JOB = "jobs: {one: {runs-on: x, steps: [{run: 'true'}]}}"


def workflow(text: str):
    return read_workflow(text.encode(), "w.yml")


def test_on_is_a_key_and_yes_is_text():
    read = workflow(
        f"on: [push, issues]\nenv: {{A: yes, B: 1.10, C: 0x10, D: null, E: off}}\n{JOB}"
    )

    assert list(read.triggers) == ["push", "issues"]
    assert [item.text(Scope()) for item in read.env.values()] == ["yes", "1.1", "16", "", "off"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "w.yml:1: the file is empty"),
        ("on: push", "w.yml:1: the workflow has no 'jobs'"),
        ("on: push\njobs: [", "w.yml:2: not YAML"),
        (f"on: push\non: issues\n{JOB}", "w.yml:2: 'on' stands here and on line 1: keep one"),
        (f"on: push\nx: 1\n{JOB}", "w.yml:2: a workflow: 'x' is not supported here"),
        (f"on: moon\n{JOB}", "w.yml:1: on: the event 'moon' is not supported here"),
        (f"on: {{push: {{branches: a, branches-ignore: b}}}}\n{JOB}", "has both branches and branches-ignore"),
        (f"on:\n  schedule:\n    - cron: '61 * * * *'\n{JOB}", "w.yml:3: cron: '61' is no minute"),
        (f"on: {{workflow_run: {{}}}}\n{JOB}", "on.workflow_run needs 'workflows'"),
        (f"on: push\nenv: {{A: '${{{{ github.x'}}\n{JOB}", "is never closed"),
        (f"on: push\nenv: {{A: '${{{{ matrix.x }}}}'}}\n{JOB}", "unrecognized named-value 'matrix'"),
        (f"on: push\npermissions: some\n{JOB}", "permissions is 'some'"),
        ("on: push\njobs: {a: {runs-on: x, needs: b, steps: [{run: x}]}, b: {runs-on: x, needs: a, steps: [{run: x}]}}", "jobs.a needs itself, over b"),
        ("on: push\njobs: {a: {runs-on: x, steps: [{run: x, uses: ./y}]}}", "either 'run' or 'uses'"),
        ("on: push\njobs: {a: {runs-on: x, steps: [{id: a, run: x}, {id: A, run: x}]}}", "the id 'A' names two steps"),
        ("on: push\njobs: {a: {runs-on: x, steps: [{uses: 'docker://x'}]}}", "uses 'docker://x' is not supported"),
        ("on: push\njobs: {a: {runs-on: x, steps: [{uses: actions/checkout@v5, with: {deep: 1}}]}}", "actions/checkout has no input 'deep' here"),
        (f"on: push\nenv: &a {{A: 1}}\n<<: *a\n{JOB}", "merge keys are not supported"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_refused_by_line(text, said):
    with pytest.raises(BadWorkflow) as refused:
        workflow(text)

    assert said in str(refused.value)


def test_aliases_that_explode_are_refused():
    bombs = "\n".join(f"  a{n + 1}: &a{n + 1} [{', '.join([f'*a{n}'] * 9)}]" for n in range(8))

    with pytest.raises(BadWorkflow, match="explode"):
        workflow(f"on: push\nenv:\n  a0: &a0 [x]\n{bombs}\n{JOB}")


def test_an_action_s_run_needs_its_shell_and_only_composites_run():
    with pytest.raises(BadWorkflow, match="'run' needs 'shell'"):
        read_action(b"runs: {using: composite, steps: [{run: x}]}", "action.yml")
    with pytest.raises(BadWorkflow, match="only composite actions"):
        read_action(b"runs: {using: node24, main: x.js}", "action.yml")


@pytest.mark.parametrize(
    ("permissions", "token"),
    [
        ("{}", {"metadata": "read"}),
        (
            "{contents: write, id-token: write}",
            {"metadata": "read", "contents": "write", "id_token": "write"},
        ),
    ],
)
def test_a_token_gets_the_permissions_that_are_named_and_no_other(permissions, token):
    levels = workflow(f"on: push\npermissions: {permissions}\n{JOB}").permissions

    assert levels is not None
    assert granted(levels) == token


def test_read_all_reads_everything_and_writes_nothing():
    levels = workflow(f"on: push\npermissions: read-all\n{JOB}").permissions

    assert levels is not None
    assert set(granted(levels).values()) == {"read"}
    assert "id_token" not in granted(levels)


@pytest.mark.parametrize(
    ("condition", "failed", "holds"),
    [
        ("true", False, True),
        ("true", True, False),
        ("${{ failure() }}", True, True),
        ("always() && env.A == 'b'", True, True),
        ("env.success == ''", True, False),
        ("x ${{ false }}", True, True),
    ],
)
def test_a_condition_means_success_unless_it_asks_for_a_status(condition, failed, holds):
    read = workflow(
        f'on: push\njobs: {{one: {{runs-on: x, steps: [{{run: x, if: "{condition}"}}]}}}}'
    )
    functions: dict[str, Function] = {
        "always": lambda _: True,
        "success": lambda _: not failed,
        "failure": lambda _: failed,
    }
    scope = Scope({"env": value_of({"A": "b"})}, functions)

    assert is_truthy(read.jobs["one"].steps[0].condition.value(scope)) is holds


@pytest.mark.parametrize(
    ("pattern", "yes", "no"),
    [
        ("feature/*", "feature/a", "feature/a/b"),
        ("feature/**", "feature/a/b", "features"),
        ("v[12].[0-9]+.*", "v1.10.3", "v3.1.0"),
        ("*.jsx?", "page.js", "page.jsxx"),
        ("**/docs/**", "a/docs/b.md", "mydocs/b.md"),
        ("**.js", "src/js/app.js", "src/app.ts"),
        ("docs/**/*.md", "docs/a.md", "docs/a.txt"),
        ("a\\+b", "a+b", "aab"),
        ("a.b", "a.b", "axb"),
    ],
)
def test_filter_patterns_are_the_documented_ones(pattern, yes, no):
    assert Filter((pattern,)).accepts(yes)
    assert not Filter((pattern,)).accepts(no)
    assert not Filter((pattern,), ignore=True).accepts(yes)


def test_the_last_pattern_that_matches_decides():
    only = Filter(("releases/**", "!releases/**-alpha", "releases/keep-alpha"))

    assert [
        only.accepts(name) for name in ("releases/1", "releases/1-alpha", "releases/keep-alpha")
    ] == [
        True,
        False,
        True,
    ]


def test_a_matrix_is_spread_as_documented():
    made = combinations(
        {
            "fruit": ["apple", "pear"],
            "animal": ["cat", "dog"],
            "include": [
                {"color": "green"},
                {"color": "pink", "animal": "cat"},
                {"fruit": "apple", "shape": "circle"},
                {"fruit": "banana"},
                {"fruit": "banana", "animal": "cat"},
            ],
        }
    )

    assert made == [
        {"fruit": "apple", "animal": "cat", "color": "pink", "shape": "circle"},
        {"fruit": "apple", "animal": "dog", "color": "green", "shape": "circle"},
        {"fruit": "pear", "animal": "cat", "color": "pink"},
        {"fruit": "pear", "animal": "dog", "color": "green"},
        {"fruit": "banana"},
        {"fruit": "banana", "animal": "cat"},
    ]


@pytest.mark.parametrize(
    "matrix", [[], {"a": []}, {"a": "x"}, {"include": 3}, {"a": list(range(257))}]
)
def test_a_matrix_of_another_shape_is_refused(matrix):
    with pytest.raises(BadInput, match="matrix"):
        combinations(matrix)


@pytest.mark.parametrize(
    ("cron", "moment", "fires"),
    [
        ("*/15 0-6 * * *", "2026-11-23T05:45", True),
        ("*/15 0-6 * * *", "2026-11-23T05:46", False),
        ("0 0 * * MON", "2026-11-23T00:00", True),
        ("0 0 13 * FRI", "2026-11-13T00:00", True),
        ("0 0 13 * FRI", "2026-11-20T00:00", True),
        ("0 0 13 * FRI", "2026-11-21T00:00", False),
        ("5,10 1 1 JAN-MAR *", "2026-02-01T01:10", True),
    ],
)
def test_cron_fires_when_it_should(cron, moment, fires):
    assert read_cron(cron).fires_at(datetime.fromisoformat(moment).replace(tzinfo=UTC)) is fires


minutes = st.integers(0, 525_000).map(
    lambda minute: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)
)


@given(
    until=minutes,
    span=st.integers(0, 3000),
    cron=st.sampled_from(["7 * * * *", "*/20 3 * * *", "0 12 * * SUN", "59 23 31 * *"]),
)
def test_the_last_time_of_a_span_is_found_however_long_it_is(until, span, cron):
    schedule = read_cron(cron)
    after = until - timedelta(minutes=span)
    each = [after + timedelta(minutes=n) for n in range(1, span + 1)]

    assert schedule.last_between(after, until) == next(
        (moment for moment in reversed(each) if schedule.fires_at(moment)), None
    )


def test_commands_are_read_with_their_escapes():
    command = read_command("::error file=a%3Ab.py,line=3,title=x%2Cy::100%25%0Asure: yes")

    assert command is not None
    assert (command.name, command.properties, command.data) == (
        "error", {"file": "a:b.py", "line": "3", "title": "x,y"}, "100%\nsure: yes",
    )  # fmt: skip
    assert read_command("see ::error::") is None


def test_files_of_steps_hold_lines_and_heredocs(tmp_path):
    path = tmp_path / "output"
    path.write_bytes(b"a=1\r\nb<<E=F\nx=y\n\nz\nE=F\nc=<<not\nd=\n")

    assert read_pairs(path) == {"a": "1", "b": "x=y\n\nz", "c": "<<not", "d": ""}
    for bad in ("loose", "a<<END\nx"):
        path.write_text(bad)
        with pytest.raises(BadInput):
            read_pairs(path)
    path.write_text("GITHUB_SHA=x")
    with pytest.raises(BadInput, match="GITHUB_SHA may not be set"):
        read_variables(path)


plain = st.text(st.characters(exclude_characters="*", exclude_categories=["Cs"]))


@given(secret=plain.filter(str.strip), around=plain)
def test_a_mask_leaves_nothing_of_its_secret(secret, around):
    hidden = Masks([secret]).hide(around + secret + around)

    assert "***" in hidden
    assert all(secret not in part for part in hidden.split("***"))


def test_a_secret_is_masked_however_it_was_escaped():
    masks = Masks(['pass"word/ü 1'])

    for spelled in ('pass\\"word/ü 1', "pass%22word%2F%C3%BC%201", "cGFzcyJ3b3JkL8O8IDE="):
        assert "***" in masks.hide(f"see {spelled}")
    assert "***" in masks.hide(b64encode(b'user:pass"word/\xc3\xbc 1').decode())
