"""Reads the registry's own advisories from its records."""

from __future__ import annotations

import logging

from devforge.adapters.git_objects import StoredObjects
from devforge.errors import BadInput
from devforge.model.advisories import Advisory
from devforge.model.layout import ROOT
from devforge.model.reading import read_record

_LOG = logging.getLogger(__name__)
_BYTES = 1 << 20


def read_own_advisories(objects: StoredObjects, treeish: str) -> tuple[Advisory, ...]:
    """Return every advisory below `registry/advisories` of `treeish`; a wrong one hides no other.

    What is wrong with a record its own pull request was told; here it is only logged.
    """
    found = []
    for path in objects.names(treeish, f"{ROOT}/advisories"):
        if not path.endswith(".yaml"):
            continue
        try:
            content = objects.read(treeish, path, limit_bytes=_BYTES)
            if content is not None:
                found.append(read_record(content, Advisory, file=path, limit_bytes=_BYTES))
        except BadInput as error:
            _LOG.warning("%s", error)
    return tuple(found)
