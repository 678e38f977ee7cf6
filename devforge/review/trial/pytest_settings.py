"""What an extension tells pytest in its settings, as far as a trial obeys it. Pure."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from typing import Any

from devforge.model.observed import SourceFile, SourceTree
from devforge.model.tables import below, ini_section, toml_table

# (file, section) in pytest's order; the first that has a section for pytest is the one it reads.
_PLACES = (
    ("pytest.ini", "pytest"),
    (".pytest.ini", "pytest"),
    ("pyproject.toml", "tool.pytest.ini_options"),
    ("pyproject.toml", "tool.pytest"),
    ("tox.ini", "pytest"),
    ("setup.cfg", "tool:pytest"),
)
# Options that choose tests or say how they are imported. Others ask for plugins, reports or processes
# of their own, which a trial does not have, or measures itself.
_WITH_VALUE = {"-m", "-k", "--ignore", "--ignore-glob", "--deselect", "--import-mode"}
_PLUGINS = {"pytester"}  # pytest's own, switched off until asked for
_ALONE = {"--doctest-modules", "--pyargs"}


def names_test_files(tree: SourceTree) -> bool:
    """Whether the settings say by themselves which files hold tests."""
    return "python_files" in _settings(tree)


def kept_options(tree: SourceTree) -> tuple[str, ...]:
    """Return what of the settings' `addopts` a trial passes on."""
    said = _settings(tree).get("addopts", "")
    try:
        words = shlex.split(said) if isinstance(said, str) else [str(word) for word in said]
    except (ValueError, TypeError):
        return ()
    return tuple(_kept(iter(words)))


def _kept(words: Iterator[str]) -> Iterator[str]:
    for word in words:
        name, equals, _ = word.partition("=")
        if word == "-p" and (plugin := next(words, None)) in _PLUGINS:
            yield f"-p{plugin}"
        elif word in _ALONE or (equals and name in _WITH_VALUE):
            yield word
        elif word in _WITH_VALUE and (value := next(words, None)) is not None:
            yield from (word, value)


def _settings(tree: SourceTree) -> Mapping[str, Any]:
    for path, section in _PLACES:
        file = tree.get(path)
        if file is None:
            continue
        read = _toml if path.endswith(".toml") else ini_section
        if (found := read(file, section)) is not None:
            return found
    return {}


def _toml(file: SourceFile, section: str) -> Mapping[str, Any] | None:
    table = toml_table(file)
    for part in section.split("."):
        if part not in table:
            return None
        table = below(table, part)
    return table
