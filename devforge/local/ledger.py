"""What each request cost: counted against its sender's limit, and written down for reports."""

from __future__ import annotations

from devforge.local.answer import Answer
from devforge.local.hub import Hub
from devforge.local.limits import Allowance
from devforge.local.permissions import needs_of
from devforge.local.refusals import DOCS, ApiRefusal
from devforge.local.routes import Route
from devforge.local.store import Row
from devforge.local.tokens import Token

_METERED = ("api", "uploads", "graphql")


def check_limit(
    hub: Hub, route: Route, token: Token | None, account: Row | None, address: str
) -> None:
    """Refuse whoever has used up the hour."""
    if route.surface not in _METERED or route.template == "/rate_limit":
        return
    allowance = hub.limits.allowance(token, address, resource_of(route))
    if allowance.remaining == 0:
        raise _exhausted(account, address, allowance)


def _exhausted(account: Row | None, address: str, allowance: Allowance) -> ApiRefusal:
    if account is None:
        who = address
        advice = " (But here's the good news: Authenticated requests get a higher rate limit.)"
    else:
        who, advice = f"user ID {account['id']}", ""
    return ApiRefusal(
        403,
        f"API rate limit exceeded for {who}.{advice}",
        headers=dict(allowance.headers),
        documentation_url=f"{DOCS}/overview/resources-in-the-rest-api#rate-limiting",
    )


def count(
    hub: Hub, route: Route, token: Token | None, address: str, answer: Answer
) -> dict[str, str]:
    """Count one answered request; return the headers that tell its sender so.

    Free are `/rate_limit` and, for who has a token, answers that nothing changed.
    """
    if route.surface not in _METERED:
        return {}
    resource = resource_of(route)
    free = route.template == "/rate_limit" or (answer.status == 304 and token is not None)
    counted = hub.limits.allowance if free else hub.limits.use
    headers = dict(counted(token, address, resource).headers)
    headers["X-GitHub-Media-Type"] = "github.v3; format=json"
    if token is not None and token.kind == "personal" and token.permissions is None:
        headers["X-OAuth-Scopes"] = "repo, workflow"
    if (needs := needs_of(route.name)) not in ("none", "person"):
        headers["X-Accepted-GitHub-Permissions"] = needs.replace(":", "=").replace("|", "; ")
    return headers


def note(
    hub: Hub,
    route: Route | None,
    token: Token | None,
    *,
    method: str,
    path: str,
    status: int,
    milliseconds: float,
) -> None:
    """Write one request down. `status` is 0 where the answer was lost."""
    if route is not None and route.surface == "control":
        return
    hub.store.insert(
        "request",
        at=hub.clock.stamp(),
        token_kind="anonymous" if token is None else token.kind,
        token_id=None if token is None else token.id,
        run_id=None if token is None else token.run_id,
        method=method,
        route=route.name if route else "unknown",
        path=path,
        status=status,
        milliseconds=round(milliseconds, 2),
    )


def resource_of(route: Route) -> str:
    """Return which of the limits a route uses."""
    if route.surface == "graphql":
        return "graphql"
    return "search" if route.template.startswith("/search/") else "core"


def counts(hub: Hub) -> dict[str, int]:
    """Return how many API requests were made: by kind of token, and by workflow run as `run 7`."""
    told: dict[str, int] = {}
    for row in hub.store.all(
        "SELECT token_kind, run_id, count(*) AS n FROM request"
        " WHERE path LIKE '/api/%' AND path NOT LIKE '/api/codeload/%' GROUP BY token_kind, run_id"
    ):
        told[row["token_kind"]] = told.get(row["token_kind"], 0) + row["n"]
        if row["run_id"] is not None:
            told[f"run {row['run_id']}"] = row["n"]
    return told


def counts_by_route(hub: Hub, run_id: int | None = None) -> dict[str, int]:
    """Return how often each route was used, the most used first; of one run where that is given."""
    rows = hub.store.all(
        "SELECT route, count(*) AS n FROM request WHERE path LIKE '/api/%' AND (? IS NULL OR run_id = ?)"
        " GROUP BY route ORDER BY n DESC, route",
        run_id,
        run_id,
    )
    return {row["route"]: row["n"] for row in rows}
