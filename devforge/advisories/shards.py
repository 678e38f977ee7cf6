"""How records lie in the cache: in shards by a hash of the package's name, so that few are read.

    meta.json                 when, from where, and how many
    <ecosystem>/<3 hex>.json  name → what is known of it

Pure.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal

from pydantic import ValidationError

from devforge.advisories.known import Known
from devforge.advisories.matching import Ecosystem, same_name
from devforge.errors import BadInput
from devforge.model.base import Strict

META = "meta.json"
_DIGITS = 3  # 4,096 shards: of npm's some 200,000 records a shard holds fifty


class Fetched(Strict):
    """One ecosystem's dump as it was last fetched; `etag` and `modified` are the server's words."""

    etag: str | None = None
    modified: str | None = None
    records: int = 0
    unread: int = 0  # entries of the dump that were no record


class Meta(Strict):
    """`meta.json`."""

    schema_version: Literal[1] = 1
    as_of: str  # RFC 3339, UTC: when every ecosystem's dump was last known to be the newest
    ecosystems: dict[Ecosystem, Fetched] = {}


def shard_path(ecosystem: Ecosystem, name: str) -> str:
    """Where everything known of a package lies."""
    key = f"{ecosystem}/{same_name(ecosystem, name)}"
    return f"{ecosystem}/{hashlib.sha256(key.encode()).hexdigest()[:_DIGITS]}.json"


def write_shards(known: Iterable[Known]) -> Iterator[tuple[str, bytes]]:
    """Yield path and content of every shard that `known` fills; the same records, the same bytes."""
    shards: dict[str, dict[str, list[dict[str, Any]]]] = defaultdict(lambda: defaultdict(list))
    for one in sorted(known, key=lambda k: (k.name, k.id, k.spans, k.versions)):
        said = one.model_dump(mode="json", exclude_defaults=True, exclude={"ecosystem", "name"})
        shards[shard_path(one.ecosystem, one.name)][one.name].append(said)
    for path in sorted(shards):
        text = json.dumps(shards[path], separators=(",", ":"), sort_keys=True, ensure_ascii=False)
        yield path, text.encode() + b"\n"


def read_shard(path: str, content: bytes, names: Iterable[str]) -> Iterator[Known]:
    """Yield what the shard at `path` holds of `names`.

    Raises:
        BadInput: it is not a shard that `write_shards` wrote.
    """
    ecosystem = path.partition("/")[0]
    try:
        shard: Mapping[str, Any] = json.loads(content)
        for name in names:
            for said in shard.get(name, ()):
                yield Known.model_validate({**said, "ecosystem": ecosystem, "name": name})
    except (ValueError, TypeError, AttributeError, RecursionError, ValidationError) as error:
        raise BadInput(f"{path} of the advisories is damaged: refresh them anew") from error
