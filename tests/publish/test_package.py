"""Packages: same tree, same bytes; nothing in them that a user's machine could not hold."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from published import manifest_of, tree_of

from devforge.errors import BadInput
from devforge.model.addresses import package_name
from devforge.model.observed import SourceFile, SourceTree
from devforge.publish.package import pack, packed_files, read_package

ROOT = Path(__file__).parents[2]
MANIFEST = manifest_of()


def names(content: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.namelist()


def test_the_name_says_what_it_is():
    assert package_name(MANIFEST.id, MANIFEST.version) == "acme.todo-tree-1.4.0.zip"


def test_entries_are_sorted_and_carry_nothing_of_the_machine():
    script = SourceFile("bin/run", "executable", b"#!/bin/sh\n")
    content = pack(tree_of(MANIFEST, {"bin/run": script, "z.py": b"", "a.py": b""}), MANIFEST)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        infos = archive.infolist()

    assert [i.filename for i in infos] == sorted(i.filename for i in infos)
    assert {i.date_time for i in infos} == {(1980, 1, 1, 0, 0, 0)}
    assert {i.extra for i in infos} == {b""}
    assert {(i.filename, oct(i.external_attr >> 16)) for i in infos if "run" in i.filename} == {
        ("bin/run", "0o100755")
    }


files = st.dictionaries(
    st.from_regex(r"[a-z]{1,6}(/[a-z]{1,6}){0,2}\.txt", fullmatch=True),
    st.binary(max_size=400),
    max_size=8,
)


@settings(max_examples=40)
@given(files=files, order=st.randoms())
def test_equal_trees_give_equal_bytes_whatever_order_they_were_read_in(files, order):
    tree = tree_of(MANIFEST, files)
    shuffled = list(tree.files.items())
    order.shuffle(shuffled)

    assert pack(tree, MANIFEST) == pack(SourceTree(dict(shuffled)), MANIFEST)


@settings(max_examples=40)
@given(files=files)
def test_what_is_packed_is_read_back_as_it_was(files):
    tree = tree_of(MANIFEST, files)
    manifest, read = read_package(pack(tree, MANIFEST))

    assert manifest == MANIFEST
    assert read.files == {file.path: file for file in packed_files(tree)}


def test_another_process_zone_and_hash_seed_give_the_same_bytes():
    program = (
        "import sys; sys.path[:0] = ['.', 'tests'];"
        "from published import manifest_of, tree_of; from devforge.publish.package import pack;"
        "m = manifest_of(); sys.stdout.buffer.write(pack(tree_of(m, {'b': b'x' * 9000, 'a': b'y'}), m))"
    )
    made = {
        subprocess.run(
            [sys.executable, "-c", program],
            cwd=ROOT,
            env=os.environ | {"PYTHONHASHSEED": seed, "TZ": zone},
            capture_output=True,
            check=True,
        ).stdout
        for seed, zone in (("1", "UTC"), ("77", "Pacific/Kiritimati"))
    }
    assert len(made) == 1


def test_what_no_user_needs_stays_out():
    content = pack(
        tree_of(
            MANIFEST,
            {
                ".gitignore": b"",
                ".github/workflows/ci.yml": b"",
                "node_modules/x/index.js": b"",
                "sub/node_modules/y.js": b"",
                "docs/big.bin": b"0",
                "docs/keep.md": b"1",
                ".devforgeignore": b"# big things\ndocs/*\n!docs/keep.md\n",
            },
        ),
        MANIFEST,
    )
    assert names(content) == ["README.md", "devforge.yaml", "docs/keep.md", "todo_tree/__init__.py"]


def test_no_line_of_an_ignore_file_brings_back_what_is_never_packed():
    ignore = {".devforgeignore": b"!.git\n!.gitmodules\n!node_modules/\n!node_modules/**\n"}
    tree = tree_of(MANIFEST, {".gitmodules": b"", "node_modules/a.js": b"", **ignore})

    assert names(pack(tree, MANIFEST)) == ["README.md", "devforge.yaml", "todo_tree/__init__.py"]


@pytest.mark.parametrize(
    ("path", "mode", "said"),
    [
        ("link", "symlink", "is a symlink, which cannot be packed"),
        ("vendor/lib", "submodule", "is a submodule, which cannot be packed"),
        ("aux.py", "file", "cannot exist on Windows; rename the file"),
        ("a\\b.py", "file", "has a backslash"),
        ("TODO_TREE/__INIT__.py", "file", "are one name on some disks"),
        ("caf\udce9.txt", "file", "is not UTF-8"),
    ],
)
def test_what_some_machine_cannot_hold_is_refused_by_name(path, mode, said):
    with pytest.raises(BadInput, match=said):
        pack(tree_of(MANIFEST, {path: SourceFile(path, mode, b"x")}), MANIFEST)


def test_a_link_that_is_left_out_does_no_harm():
    link = SourceFile("docs/link", "symlink", b"/etc/passwd")
    tree = tree_of(MANIFEST, {"docs/link": link, ".devforgeignore": b"docs/\n"})

    assert "docs/link" not in names(pack(tree, MANIFEST))


@pytest.mark.parametrize("left_out", ["devforge.yaml", "todo_tree/"])
def test_leaving_out_what_the_extension_cannot_do_without_is_refused(left_out):
    tree = tree_of(MANIFEST, {".devforgeignore": left_out.encode()})
    with pytest.raises(BadInput, match="is not among the packed files"):
        pack(tree, MANIFEST)


@pytest.mark.parametrize(
    ("patterns", "said"),
    [
        (b"[\x01-\x00]\n", "bad character range"),
        (b"a" * 251, "has 251 letters, 250 allowed"),
        (b"# *any* *thing* **/**/**\n!\n", "write patterns as .gitignore does"),
        (b"*a*a*a*b\n", r"has more than 2 `\*` in one part"),
        (b"**/a/**/a/**/b\n", "write a plainer one"),
        (b"a\n" * 201, "201 patterns, 200 allowed"),
    ],
)
def test_an_ignore_file_that_cannot_be_read_or_takes_minutes_is_refused(patterns, said):
    tree = tree_of(MANIFEST, {".devforgeignore": patterns})
    with pytest.raises(BadInput, match=said):
        pack(tree, MANIFEST)


def test_a_package_no_client_would_unpack_is_never_made():
    with pytest.raises(BadInput, match="too much for"):
        pack(tree_of(MANIFEST, {"bomb": b"\0" * 60_000_000}), MANIFEST)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"not a zip" * 100])
def test_something_that_is_no_package_is_refused(content):
    with pytest.raises(BadInput, match=r"x\.zip: not a readable zip archive"):
        read_package(content, name="x.zip")


def test_a_package_without_a_manifest_says_how_to_make_one():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.txt", "a")
    with pytest.raises(
        BadInput, match=r"holds no devforge\.yaml; pack the extension with devforge pack"
    ):
        read_package(buffer.getvalue())
