"""A tree written to disk stays below its directory, whatever its paths and links say."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from devforge.adapters.scratch import write_tree
from devforge.errors import BadInput
from devforge.model.observed import Mode, SourceFile, SourceTree


def tree(*files: tuple[str, Mode, bytes]) -> SourceTree:
    return SourceTree({path: SourceFile(path, mode, content) for path, mode, content in files})


def test_files_links_and_modes_are_written(tmp_path: Path) -> None:
    into = tmp_path / "into"
    write_tree(
        tree(
            ("a/run", "executable", b"x"),
            ("a/text", "file", b"y"),
            ("link", "symlink", b"a/text"),
            ("a/up", "symlink", b"../link"),
        ),
        into,
    )

    assert (into / "a/up").read_bytes() == b"y"
    assert os.access(into / "a/run", os.X_OK)
    assert not os.access(into / "a/text", os.X_OK)


@pytest.mark.parametrize("target", [b"/etc/passwd", b"../out", b"a/../../out", b"", b".."])
def test_links_that_lead_out_are_left_out(tmp_path: Path, target: bytes) -> None:
    into = tmp_path / "into"
    write_tree(tree(("link", "symlink", target), ("sub", "submodule", b"")), into)

    assert list(into.iterdir()) == []


@pytest.mark.parametrize("path", ["../out", "/out", "a/../../out", "a\0b", ""])
def test_paths_that_lead_out_are_refused(tmp_path: Path, path: str) -> None:
    with pytest.raises(BadInput, match="cannot be written: it leads out"):
        write_tree(tree((path, "file", b"x")), tmp_path / "into")
    assert not (tmp_path / "out").exists()


def test_nothing_is_written_through_a_link(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    files = tree(("a", "symlink", b"b"), ("a/file", "file", b"x"))
    with pytest.raises(BadInput, match="'a' cannot be written"):
        write_tree(files, tmp_path / "into")
    assert list(outside.iterdir()) == []
