"""What the author of a wrong record reads: everything wrong at once, and what to do about it."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from devforge.model.manifest import Manifest
from devforge.model.policy import Policy
from devforge.model.reading import BadRecord, parse_yaml, read_record
from devforge.model.records import Advisory, Developer, Extension, VersionRecord

ACME = "name: Acme Tools\nmembers: [{login: jane, id: 583231}]\n"


def refused(content, kind=Developer, file="registry/developers/acme.yaml", **limits):
    if isinstance(content, str):
        content = content.encode()
    with pytest.raises(BadRecord) as caught:
        read_record(content, kind, file=file, **limits)
    return caught.value


# tests/records/wrong/<name>.yaml, read as the kind its name starts with.
KINDS = {
    "developer": (Developer, "registry/developers/acme.yaml"),
    "extension": (Extension, "registry/extensions/acme/todo-tree/extension.yaml"),
    "version": (VersionRecord, "registry/extensions/acme/todo-tree/versions/1.4.0.yaml"),
    "manifest": (Manifest, "devforge.yaml"),
    "advisory": (Advisory, "registry/advisories/DEVFORGE-2026-1.yaml"),
}
WRONG = sorted((Path(__file__).parent / "wrong").glob("*.yaml"))


@pytest.mark.parametrize("path", WRONG, ids=lambda path: path.stem)
def test_every_problem_is_named_at_once(path, golden):
    kind, file = KINDS[path.stem.partition("-")[0]]
    golden(f"records/{path.stem}.txt", f"{refused(path.read_bytes(), kind, file)}\n")


BROKEN = {
    "a colon in a text": "name: Acme: Tools\n",
    "a tab": "name: Acme\nmembers:\n\t- {login: jane, id: 1}\n",
    "an open quote": "name: 'Acme\nmembers: []\n",
    "an open bracket": "members: [{login: jane, id: 1}\nname: Acme\n",
    "an at sign": "name: @acme\n",
    "a percent sign": "%YAML 3.0\n---\nname: x\n",
    "an indentation": "name: Acme\n  country: DE\n",
    "a list and a mapping": "- name\nname: x\n",
    "an unknown escape": 'name: "C:\\dir"\n',
    "a key without a colon": "name: Acme\ncountry\n",
    "an anchor's name": "name: &\n",
    "two documents": "name: Acme\n---\nname: Other\n",
    "nothing": "",
    "only a comment": "# to do\n",
    "a list": "- a\n",
    "a text": "hello\n",
}


def test_broken_yaml_is_explained_in_the_line_where_it_broke(golden):
    said = [f"# {name}\n{refused(text)}\n" for name, text in BROKEN.items()]
    golden("records/broken-yaml.txt", "\n".join(said))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"name: \xff\xfe\n", "line 1: byte 0xff is not valid UTF-8"),
        ("name: Acme".encode("utf-16"), "is written in UTF-16"),
        (b"name: A\x00cme\n", "the invisible character U+0000"),
        (b"name: Ac\x1b[31mme\n", "the invisible character U+001B"),
        (
            "name: Acme\ncountry: \u202eED\n".encode(),
            "line 2: holds the invisible character U+202E",
        ),
    ],
)
def test_bytes_that_hide_something_are_refused(content, said):
    assert said in str(refused(content))


def test_windows_and_mac_habits_are_read():
    text = "\ufeff" + ACME.replace("\n", "\r\n")

    assert read_record(text.encode(), Developer, file="x").name == "Acme Tools"


def test_a_hundred_megabytes_are_refused_by_their_size():
    content = b"a: b\n" * 20_000_000
    start = time.process_time()
    error = refused(content)

    assert "is 100,000,000 bytes, at most 65,536 are read" in str(error)
    assert time.process_time() - start < 0.1


def test_a_billion_laughs_are_cut_short():
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]

    assert "more than 20,000 values" in str(refused("\n".join(lines)))


def test_small_honest_aliases_are_read():
    text = "name: Acme\nmembers: [&jane {login: jane, id: 1}]\nsupport: &s https://a.example\n"

    assert read_record(text.encode(), Developer, file="x").members[0].login == "jane"
    assert parse_yaml(b"a: &x {b: 1}\nc: *x\n", file="x", limit_bytes=99) == {
        "a": {"b": 1},
        "c": {"b": 1},
    }


@pytest.mark.parametrize("bracket", ["[", "{a: ", "- ", "? "])
def test_depth_costs_neither_stack_nor_time(bracket):
    start = time.process_time()
    refused(bracket * (65_000 // len(bracket)))

    assert time.process_time() - start < 2


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("NO", False), ("yes", True), ("off", False), ("~", None), ("", None),
        ("1.10", 1.1), ("12", 12), ("1_000", 1000), ("-3", -3),
        ("0123", "0123"), ("0x1F", "0x1F"), ("12:30", "12:30"), ("2026-11-23", "2026-11-23"),
        ("1e5", "1e5"), (".", "."), ("1.2.3", "1.2.3"), ('"NO"', "NO"),
        ("9" * 401, "9" * 401),
    ],
)  # fmt: skip
def test_bare_words_stand_for_what_every_reader_makes_of_them(text, value):
    assert parse_yaml(f"k: {text}\n".encode(), file="x", limit_bytes=999) == {"k": value}


def test_problems_carry_file_field_and_line_for_programs():
    [problem] = refused(ACME + "country: de\n").problems

    assert problem.at == "registry/developers/acme.yaml: country"
    assert problem.line == 3
    assert problem.remedy == "write DE"


def test_a_thousand_problems_fit_a_terminal():
    error = refused(ACME + "".join(f"key{n}: x\n" for n in range(1000)))

    assert len(error.problems) == 1000
    assert str(error).endswith("and 950 more")


def test_a_wrong_policy_names_the_operators_line():
    text = "registry: {name: X, description: Y}\nlimits: {files: many}\n"
    error = refused(text, Policy, "registry/policy.yaml")

    assert "line 2, limits.files: found many; must be a whole number" in str(error)
    assert "publishing: is missing" in str(error)
