"""Powers are found by the platforms' less known names too, and plain code has none of them."""

from __future__ import annotations

import pytest

from checks.profile.reached import reached_in
from devforge.model.observed import SourceFile


def reached(name: str, code: str) -> list[str]:
    return [power for power, _ in reached_in(SourceFile(name, "file", code.encode()))]


@pytest.mark.parametrize(
    ("name", "code", "power"),
    [
        ("a.py", "code.InteractiveInterpreter().runsource(text)", "power-dynamic"),
        ("a.py", "shelve.open(path)", "power-dynamic"),
        ("a.py", "sys.settrace(see)", "power-runtime"),
        ("a.py", "SimpleXMLRPCServer(('', 8000))", "power-network"),
        ("a.js", "await import(address)", "power-dynamic"),
        ("a.js", "const ask = createRequire(import.meta.url)", "power-dynamic"),
        ("a.ts", "new ShellExecution(line)", "power-process"),
        ("a.js", "process.env.HTTPS_PROXY = relay", "power-runtime"),
        ("a.js", "Array.prototype.join = ours", "power-runtime"),
        ("a.js", "process.report.getReport()", "sees-environment"),
        ("a.ts", 'await host.getSession("github")', "sees-session"),
    ],
)
def test_a_power_is_found_by_its_less_known_name(name, code, power):
    assert reached(name, code) == [power]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("a.js", 'module.exports = { name: "a" };\nconst b = require("./b");\nawait import("./c.js");'),
        ("a.js", 'self.count = 1;\nawait import(`./locales/${language}.json`);\nconst env = process.env.HOME;'),
        ("a.py", "import importlib\nimportlib.import_module(f'rules.{name}')\nlogging.config.dictConfig(SETTINGS)"),
        ("a.js", 'export const icons = [\n  "vm",\n  "vm-active",\n];'),
        ("a.py", "# sys.settrace(see)\nvalue = os.environ['HOME']"),
    ],
)  # fmt: skip
def test_plain_code_reaches_nothing(name, code):
    assert reached(name, code) == []
