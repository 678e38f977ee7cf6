"""Lists a page at a time, as GitHub's connections are: `first` or `last`, cursors, at most 100."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any

from devforge.local.graphql.refusals import refusal
from devforge.local.graphql.things import Thing

_MOST = 100


def connection(
    name: str, all_things: Sequence[Thing], arguments: Mapping[str, Any], **more: Any
) -> dict[str, Any]:
    """Return one page of `all_things`, with what comes before and after it."""
    _check_bounds(name, arguments)
    start, stop = _window(all_things, arguments)
    page = all_things[start:stop]
    edges = [{"node": thing, "cursor": _cursor(thing)} for thing in page]
    return {
        "nodes": list(page),
        "edges": edges,
        "totalCount": len(all_things),
        "pageInfo": {
            "startCursor": edges[0]["cursor"] if edges else None,
            "endCursor": edges[-1]["cursor"] if edges else None,
            "hasPreviousPage": start > 0,
            "hasNextPage": stop < len(all_things),
        },
        **more,
    }


def _check_bounds(name: str, arguments: Mapping[str, Any]) -> None:
    given = {key: arguments[key] for key in ("first", "last") if arguments.get(key) is not None}
    if not given:
        raise refusal(
            "MISSING_PAGINATION_BOUNDARIES",
            f"You must provide a `first` or `last` value to properly paginate the `{name}` connection.",
        )
    for key, count in given.items():
        if count < 0:
            raise refusal(
                "INVALID_PAGINATION_BOUNDARIES",
                f"`{key}` on the `{name}` connection cannot be less than zero.",
            )
        if count > _MOST:
            raise refusal(
                "EXCESSIVE_PAGINATION",
                f"Requesting {count} records on the `{name}` connection exceeds the"
                f" `{key}` limit of {_MOST} records.",
            )


def _window(all_things: Sequence[Thing], arguments: Mapping[str, Any]) -> tuple[int, int]:
    start, stop = 0, len(all_things)
    if (after := arguments.get("after")) is not None:
        start = _position(all_things, after) + 1
    if (before := arguments.get("before")) is not None:
        stop = min(stop, _position(all_things, before))
    if (first := arguments.get("first")) is not None:
        stop = min(stop, start + first)
    elif (last := arguments.get("last")) is not None:
        start = max(start, stop - last)
    return start, max(start, stop)


def _cursor(thing: Thing) -> str:
    return base64.b64encode(f"cursor:v2:{thing.kind}:{thing.id}".encode()).decode()


def _position(all_things: Sequence[Thing], cursor: str) -> int:
    for index, thing in enumerate(all_things):
        if _cursor(thing) == cursor:
            return index
    raise refusal("INVALID_CURSOR_ARGUMENTS", f"`{cursor}` does not appear to be a valid cursor.")
