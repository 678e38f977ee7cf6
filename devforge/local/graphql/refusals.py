"""How GraphQL says no: a message, a type, and null where the answer would stand."""

from __future__ import annotations

from typing import Any

from graphql import GraphQLError

from devforge.local.refusals import ApiRefusal

_TYPES = {401: "INSUFFICIENT_SCOPES", 403: "FORBIDDEN", 404: "NOT_FOUND"}


def refusal(kind: str, message: str, **extensions: Any) -> GraphQLError:
    """Return an error of GitHub's `type`, e.g. NOT_FOUND."""
    return GraphQLError(message, extensions={"type": kind, **extensions})


def not_found(message: str) -> GraphQLError:
    """Say that there is nothing, which is also what a stranger hears of private things."""
    return refusal("NOT_FOUND", message)


def no_node(id: str) -> GraphQLError:
    """Say that a node id leads nowhere."""
    return not_found(f"Could not resolve to a node with the global id of '{id}'")


def unprocessable(message: str) -> GraphQLError:
    """Refuse what reads well but cannot be done."""
    return refusal("UNPROCESSABLE", message)


def from_rest(error: ApiRefusal) -> GraphQLError:
    """Return REST's refusal in GraphQL's shape."""
    kind = _TYPES.get(error.status, "UNPROCESSABLE")
    more = {"extensions": {"saml_failure": False}} if kind == "FORBIDDEN" else {}
    return refusal(kind, error.message.strip(), **more)


def shown(error: GraphQLError) -> dict[str, Any]:
    """Return an error as it goes out: what we put into `extensions` stands beside the message."""
    formatted: dict[str, Any] = dict(error.formatted)
    extensions = dict(formatted.pop("extensions", {}) or {})
    kind = extensions.pop("type", None)
    told: dict[str, Any] = {} if kind is None else {"type": kind}
    if "path" in formatted:
        told["path"] = formatted["path"]
    return (
        told
        | extensions
        | {
            "locations": formatted.get("locations", []),
            "message": formatted["message"],
        }
    )
