"""Expressions of constants are worked out, so that a name that is put together is found by what it says."""

from __future__ import annotations

import pytest

from checks.security.hiding.chosen import chosen_in
from checks.security.hiding.inside import inside_in
from checks.security.hiding.worked_out import hidden_in


@pytest.mark.parametrize(
    "code",
    [
        'ask(["child", "process"].join("_"))',
        'const p = { a: "child_", b: "process" };\nask(p.a + p.b)',
        'require(atob("Y2hpbGRfcHJvY2Vzcw=="))',
        'require(Buffer.from("6368696c645f70726f63657373", "hex").toString())',
        'const name = "ssecorp_dlihc".split("").reverse().join("");',
        'ask("child".concat("_", "process"))',
        'ask("child-process".replace("-", "_"))',
        'ask("\\x63hild_process")',
        "ask(String.fromCharCode(99,104,105,108,100) + '_process')",
        'const words = ["process", "child_"];\nask(words[1] + words[0])',
    ],
)
def test_a_name_put_together_is_read_as_what_it_says(code):
    assert [words for _, words in hidden_in(code)] == [
        "the name `child_process` is put together from pieces"
    ]


@pytest.mark.parametrize(
    "code",
    [
        'import cp from "child_process";\nask(["child", "process"].join("_"));\n// child_process',
        'const text = "Hello " + name + "!";',
        'say(["a", "b"].join(", "), 1 + 2)',
        'ask("x".repeat(3) + tail)',
        'const deep = ((((((((("eval")))))))));',
        'const open = [["',
    ],
)
def test_what_stands_there_or_nobody_can_work_out_is_no_name_put_together(code):
    assert [*hidden_in(code)] == []


@pytest.mark.parametrize(
    ("code", "what"),
    [
        ("globalThis[name](text)", "globalThis"),
        ("const box = globalThis;\nbox[name](text)", "box"),
        ('import * as fs from "node:fs";\nfs[key](path)', "fs"),
        ('const cp = require("child_process");\n(cp as any)[a + b](line)', "cp"),
        ("Reflect.get(process, word)", "process"),
    ],
)
def test_a_member_of_something_powerful_that_nobody_can_name_is_told(code, what):
    [(line, words)] = chosen_in(code)

    assert line == code.count("\n") + 1
    assert f"`{what}`" in words


@pytest.mark.parametrize(
    "code",
    [
        'globalThis["fetch"](address)',
        "process.env[name]",
        "process.argv[2]",
        "const KEY = 'ours';\nglobalThis[KEY] = 1",
        "const files = list();\nfiles[0]",
        'import * as fs from "node:fs";\nfs[wait ? "readFileSync" : "readFile"](path)',
        "type Window = { [key: string]: unknown };",
    ],
)
def test_a_member_that_is_named_is_not(code):
    assert [*chosen_in(code)] == []


@pytest.mark.parametrize(
    "code",
    [
        'reduce = __builtins__["reduce"]',
        "text = getattr(sys, 'x', __builtins__.unicode)",
        "__builtins__['_'] = translate",
    ],
)
def test_a_plain_builtin_of_another_python_is_no_way_inside(code):
    assert [*inside_in(code)] == []


@pytest.mark.parametrize(
    "code",
    [
        '__builtins__["exec"](text)',
        "__builtins__.__import__(name)",
        "run = __builtins__[name]",
        '__builtins__["re" + "duce"]',
        "__builtins__.getattr(thing, name)",
    ],
)
def test_what_runs_or_reaches_anything_is_one(code):
    assert [line for line, _ in inside_in(code)] == [1]
