"""`devforge explain` and `devforge schema`: what a rule asks, and what a file may hold."""

from __future__ import annotations

import json

import jsonschema
import pytest
import yaml

from checks import CHECKS
from checks.mending import MEND
from devforge.cli import main

RULES = [rule.id for check in CHECKS for rule in check.RULES]


@pytest.fixture
def run(capsys):
    def run(*arguments):
        code = main([str(a) for a in arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def test_every_rule_has_a_page_that_says_how_to_mend_it(run):
    code, out, _ = run("explain", "--json")

    pages = {page["id"]: page for page in json.loads(out)}
    assert code == 0
    assert list(pages) == RULES
    assert [
        id for id, page in pages.items() if len(page["mend"]) < 9 or len(page["why"]) < 20
    ] == []


def test_a_page_shows_a_wrong_and_a_right_example(run):
    code, out, err = run("explain", "weak-tls")

    assert (code, err) == (0, "")
    for words in (
        "weak-tls: Connections verify",
        "To mend it: ",
        "Wrong: ",
        "Right: ",
        "verify=False",
    ):
        assert words in out


def test_each_rule_says_how_to_mend_itself_and_not_its_neighbours(run):
    assert sorted(MEND) == sorted(RULES)
    _, out, _ = run("explain", "runtime-version")

    assert "To mend it: support the Python or Node that the finding names" in out


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("manifest-id", "must be mended before anything is merged"),
        ("install-hook", "is looked at by a maintainer before anything is merged"),
        ("weak-tls", "lowers the score and stops nothing by itself"),
        ("changelog-entry", "is only mentioned"),
    ],
)
def test_a_page_says_how_grave_it_is_in_a_sentence(run, rule, words):
    assert f"What breaks it {words}. " in run("explain", rule)[1]


def test_the_plainest_example_is_shown_and_what_stands_for_a_secret_is_said(run):
    _, out, _ = run("explain", "secret-in-package")

    assert "(a private key)" in out
    assert "<key>" not in out
    assert "Wrong: broken Python" in run("explain", "syntax-error")[1]


def test_nothing_invisible_reaches_the_terminal(run):
    _, out, _ = run("explain", "invisible-text")

    assert all(c.isprintable() or c == "\n" for c in out)


def test_alone_it_lists_every_rule(run):
    code, out, _ = run("explain")

    assert code == 0
    assert [id for id in RULES if f"  {id} " not in out] == []


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("waek-tls", "weak-tls"), ("invisible_text", "invisible-text"), ("TLS", "weak-tls")],
)
def test_a_misspelt_rule_gets_the_nearest_name(run, typed, meant):
    code, out, err = run("explain", typed)

    assert (code, out) == (64, "")
    assert f"did you mean {meant}" in err


def test_what_resembles_nothing_is_sent_to_the_list(run):
    assert run("explain", "qqqqqqq")[2] == (
        "devforge: 'qqqqqqq' is no rule: `devforge explain` alone lists them all\n"
    )


@pytest.mark.parametrize(
    "kind", ["manifest", "extension", "version", "developer", "advisory", "policy"]
)
def test_a_schema_is_printed_as_json(run, kind):
    code, out, _ = run("schema", "--for", kind)

    assert code == 0
    jsonschema.Draft202012Validator.check_schema(json.loads(out))


def test_what_new_writes_names_a_schema_that_is_there_and_holds(run, tmp_path):
    run("new", "acme.todo-tree", "--into", tmp_path / "x")

    text = (tmp_path / "x/devforge.yaml").read_text()
    first = text.split("\n")[0]
    place = first.removeprefix("# yaml-language-server: $schema=")
    schema = json.loads((tmp_path / "x" / place).read_text())
    jsonschema.validate(yaml.safe_load(text), schema)
    assert json.loads(run("schema")[1]) == schema


def test_a_schema_is_written_again_in_its_place(run, tmp_path):
    file = tmp_path / "deep/er/x.json"

    first, second = run("schema", "--out", file), run("schema", "--out", file)

    assert first == second == (0, f"wrote {file}\n", "")
    assert [p.name for p in file.parent.iterdir()] == ["x.json"]


def test_a_place_that_cannot_be_written_is_said(run, tmp_path):
    (tmp_path / "file").write_text("")

    code, _, err = run("schema", "--out", tmp_path / "file" / "x.json")

    assert code == 1
    assert str(tmp_path / "file/x.json") in err
