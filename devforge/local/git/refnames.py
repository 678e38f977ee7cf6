"""Which text may name a ref. Pure."""

from __future__ import annotations

import re

_FORBIDDEN = re.compile(r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|//|/\.|\.lock(/|\Z)|\.\Z|/\Z")


def is_ref_name(name: str) -> bool:
    """Tell whether git takes `name` as a full ref name, as `git check-ref-format` would.

    Source: git-check-ref-format(1).
    """
    if not name.startswith("refs/") or name.count("/") < 2 or len(name.encode()) > 1000:
        return False
    return not _FORBIDDEN.search(name) and not any(p.startswith("-") for p in name.split("/")[2:3])
