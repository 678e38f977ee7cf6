"""An OSV record, reduced to what matching and telling need: one `Known` for each package it hits.

Read from any database's JSON, so nothing of it is relied on: what is not as the schema says is left
out, and a record without an id is refused. Pure.

Source: ossf.github.io/osv-schema 1.7.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, get_args

from pydantic import Field

from devforge.advisories.matching import Ecosystem, Span, is_in, limited, same_name, spans_of
from devforge.advisories.severity import Severity, severity_of
from devforge.errors import BadInput
from devforge.model.advisories import Advisory
from devforge.model.base import Strict

_ECOSYSTEMS: tuple[str, ...] = get_args(Ecosystem)
_MOST = 5_000
_MOST_ALIASES = 20
_SUMMARY = 200


class Known(Strict):
    """What one record says of one package. Without spans and versions it hits every version."""

    id: Annotated[str, Field(max_length=100)]
    aliases: tuple[str, ...] = ()
    summary: str = ""
    severity: Severity = "unknown"
    ecosystem: Ecosystem
    name: str
    spans: tuple[Span, ...] = ()
    versions: tuple[str, ...] = ()

    def hits(self, version: str) -> bool:
        """Whether it is about `version`."""
        if not self.spans and not self.versions:
            return True
        return version in self.versions or is_in(self.ecosystem, version, self.spans)


def read_record(record: Mapping[str, Any]) -> Iterator[Known]:
    """Yield what an OSV record says of packages of our ecosystems; a withdrawn one says nothing.

    Raises:
        BadInput: it has no id, or its `affected` is no list.
    """
    id, affected = record.get("id"), record.get("affected") or []
    if not isinstance(id, str) or not id or not isinstance(affected, list):
        raise BadInput(f"{str(id)[:80]!r} is no OSV record: it needs an id and a list `affected`")
    if record.get("withdrawn"):
        return
    for one in affected:
        if isinstance(one, dict) and (known := _of(id[:100], record, one)) is not None:
            yield known


def read_own(advisory: Advisory) -> Iterator[Known]:
    """Yield what one of the registry's own advisories says."""
    yield from read_record(advisory.model_dump(mode="json", exclude_none=True))


def _of(id: str, record: Mapping[str, Any], affected: Mapping[str, Any]) -> Known | None:
    package = _table(affected.get("package"))
    ecosystem, name = str(package.get("ecosystem", "")), package.get("name")
    # An ecosystem may have a suffix, as Debian's releases do; ours have none.
    if ecosystem not in _ECOSYSTEMS or not isinstance(name, str) or not name:
        return None
    kind: Ecosystem = ecosystem  # type: ignore[assignment]
    ranges = [
        r for r in _tables(affected.get("ranges")) if r.get("type") in ("SEMVER", "ECOSYSTEM")
    ]
    spans = tuple(span for one in ranges for span in _spans(kind, one))
    named = [v for v in _list(affected.get("versions")) if isinstance(v, str)]
    apart = tuple(v[:100] for v in named if not is_in(kind, v, spans))
    if not spans and not named and affected.get("ranges"):
        return None  # only commits are named: no release can be told by them
    specific = {
        **_table(affected.get("database_specific")),
        **_table(record.get("database_specific")),
    }
    return Known(
        id=id,
        aliases=tuple(a[:100] for a in _list(record.get("aliases")) if isinstance(a, str))[:_MOST_ALIASES],
        summary=_summary(record),
        severity=severity_of(
            id, [*_scores(affected.get("severity")), *_scores(record.get("severity"))], specific
        ),
        ecosystem=kind,
        name=same_name(kind, name)[:214],
        spans=spans[:_MOST],
        versions=apart[:_MOST],
    )  # fmt: skip


def _spans(ecosystem: Ecosystem, one: Mapping[str, Any]) -> Iterator[Span]:
    events = [
        {str(kind): version[:100] for kind, version in event.items() if isinstance(version, str)}
        for event in _tables(one.get("events"))
    ]
    limits = [event["limit"] for event in events if "limit" in event]
    yield from limited(ecosystem, spans_of(ecosystem, events), limits)


def _summary(record: Mapping[str, Any]) -> str:
    said = record.get("summary") or str(record.get("details") or "").strip().partition("\n")[0]
    text = " ".join(str(said).split())
    return text if len(text) <= _SUMMARY else f"{text[: _SUMMARY - 1]}…"


def _scores(value: object) -> list[tuple[str, str]]:
    return [(str(s.get("type", "")), str(s.get("score", ""))) for s in _tables(value)]


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _tables(value: object) -> list[dict[str, Any]]:
    return [item for item in _list(value) if isinstance(item, dict)]


def _table(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
