"""The server about itself: rate limits, versions, the root."""

from __future__ import annotations

from typing import Any

from devforge.local.answer import Answer
from devforge.local.call import Call
from devforge.local.limits import Allowance
from devforge.local.routes import route


@route("GET", "/rate_limit")
def show_rate_limit(call: Call) -> Answer:
    """Answer with what the caller has left; asking costs nothing."""
    resources = {
        name: _shape(call.hub.limits.allowance(call.token, call.address, name))
        for name in ("core", "search", "graphql")
    }
    return Answer({"resources": resources, "rate": resources["core"]})


def _shape(allowance: Allowance) -> dict[str, Any]:
    return {
        "limit": allowance.limit,
        "used": min(allowance.used, allowance.limit),
        "remaining": allowance.remaining,
        "reset": allowance.reset_at,
    }


@route("GET", "/")
def show_root(call: Call) -> Answer:
    """Answer with where things are."""
    api = call.hub.api
    return Answer(
        {
            "current_user_url": f"{api}/user",
            "rate_limit_url": f"{api}/rate_limit",
            "repository_url": f"{api}/repos/{{owner}}/{{repo}}",
            "user_url": f"{api}/users/{{user}}",
        }
    )


@route("GET", "/zen")
def show_zen(_call: Call) -> Answer:
    """Answer with a sentence, as a sign of life."""
    content = b"Responsive is better than fast."
    return Answer(content=content, media_type="text/plain;charset=utf-8")


@route("GET", "/versions")
def list_versions(_call: Call) -> Answer:
    """Answer with the API versions that are understood."""
    return Answer(["2022-11-28"])
