"""The examples each rule is tested with, as this package came with them. Needs no optional dependency."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any

import yaml

from devforge.model.reviewing import CheckName


def read_examples(check: CheckName, rule: str) -> Mapping[str, list[dict[str, Any]]] | None:
    """Return what `<check>/<rule>.yaml` holds: lists of examples under `good` and `bad`; or None."""
    packaged = resources.files("checks") / "_examples"
    source = Path(__file__).resolve().parents[2] / "tests" / "examples"
    file = (packaged if packaged.is_dir() else source) / check / f"{rule}.yaml"
    if not file.is_file():
        return None
    found: Mapping[str, list[dict[str, Any]]] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return found
