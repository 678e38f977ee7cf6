"""The policy: a file's, or the one this package came with. Needs no optional dependency."""

from __future__ import annotations

from functools import cache
from importlib import resources
from pathlib import Path

from devforge.adapters.registry_directory import read_file
from devforge.model.layout import POLICY, ROOT
from devforge.model.policy import Policy
from devforge.model.problem import Problem
from devforge.model.reading import RECORD_BYTES, BadRecord, read_record


def load_policy(path: Path | None) -> Policy:
    """Return the policy in `path`, or the one this package came with.

    Raises:
        BadInput: the file is missing, or a `BadRecord` with everything wrong in it.
    """
    if path is None:
        return _own()
    found = read_file(path, str(path), limit_bytes=RECORD_BYTES)
    if isinstance(found, Problem):
        raise BadRecord((found,), file=str(path))
    return read_record(found, Policy, file=str(path))


@cache
def _own() -> Policy:
    packaged = resources.files("devforge") / "_policy.yaml"
    source = Path(__file__).resolve().parents[2] / ROOT / POLICY
    content = packaged.read_bytes() if packaged.is_file() else source.read_bytes()
    return read_record(content, Policy, file=POLICY)
