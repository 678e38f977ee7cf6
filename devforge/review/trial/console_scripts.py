"""The programs that dependencies bring, as files on PATH: tests of plugins start what they plug into."""

from __future__ import annotations

import configparser
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

_MOST, _LARGEST_BYTES = 200, 65_536
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_OBJECT = re.compile(r"(?P<module>[A-Za-z_][\w.]*)\s*:\s*(?P<attribute>[A-Za-z_][\w.]*)", re.ASCII)


def write_console_scripts(directories: Iterable[Path], into: Path, python: str) -> None:
    """Write below `into` a program for each console script of the wheels in `directories`.

    What wheels say is a stranger's: only names and dotted paths are taken, and nothing there is replaced.
    """
    files = (f for d in directories for f in sorted(d.glob("*.dist-info/entry_points.txt")))
    for name, module, attribute in islice(_scripts(files), _MOST):
        path = into / name
        if not path.exists() and not path.is_symlink():
            start = f"import sys\nfrom {module} import {attribute.partition('.')[0]}\nsys.exit({attribute}())\n"
            path.write_text(f"#!{python}\n{start}", encoding="ascii")
            path.chmod(0o755)


def _scripts(files: Iterable[Path]) -> Iterator[tuple[str, str, str]]:
    for file in files:
        if file.is_symlink() or not file.is_file() or file.stat().st_size > _LARGEST_BYTES:
            continue
        parser = configparser.RawConfigParser(strict=False, delimiters=("=",))
        parser.optionxform = str  # type: ignore[assignment,method-assign]  # names keep their case
        try:
            parser.read_string(file.read_text(encoding="utf-8", errors="replace"))
        except configparser.Error:
            continue
        if parser.has_section("console_scripts"):
            for name, value in parser.items("console_scripts"):
                found = _OBJECT.match(value or "")
                if found is not None and _NAME.fullmatch(name):
                    yield name, found["module"], found["attribute"]
