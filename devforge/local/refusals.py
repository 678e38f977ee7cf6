"""The ways GitHub says no, with its status, its words and its shape."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

DOCS = "https://docs.github.com/rest"


class ApiRefusal(Exception):
    """An answer other than the one asked for; the dispatcher renders it as GitHub does."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        errors: Sequence[Any] = (),
        headers: Mapping[str, str] | None = None,
        extra: Mapping[str, Any] | None = None,
        documentation_url: str = DOCS,
    ) -> None:
        super().__init__(f"{status} {message}")
        self.status, self.message = status, message
        self.errors, self.headers = tuple(errors), dict(headers or {})
        self.extra, self.documentation_url = dict(extra or {}), documentation_url

    @property
    def body(self) -> dict[str, Any]:
        """Return the JSON that GitHub would send."""
        told: dict[str, Any] = {"message": self.message}
        if self.errors:
            told["errors"] = list(self.errors)
        return (
            told
            | self.extra
            | {
                "documentation_url": self.documentation_url,
                "status": str(self.status),
            }
        )


def bad_credentials() -> ApiRefusal:
    """Refuse a token that is unknown, revoked or malformed."""
    return ApiRefusal(401, "Bad credentials")


def requires_authentication() -> ApiRefusal:
    """Refuse an anonymous caller where an account is needed."""
    return ApiRefusal(401, "Requires authentication")


def not_found() -> ApiRefusal:
    """Say that there is nothing, which is also what a stranger hears of private things."""
    return ApiRefusal(404, "Not Found")


def unanswered(method: str, path: str) -> ApiRefusal:
    """Say that this part of GitHub's API is not here, which is not the same as finding nothing."""
    place = next(
        (path.removeprefix(p) for p in ("/api/v3", "/api/uploads") if path.startswith(p)), None
    )
    if place is None or place.startswith("/repositories/"):  # by number, where there is none
        return not_found()
    return ApiRefusal(
        404, f"A local GitHub has no {method} {place[:200]}; GitHub itself may have it"
    )


def forbidden(message: str, **headers: str) -> ApiRefusal:
    """Refuse a known caller."""
    return ApiRefusal(403, message, headers=headers)


def needs_role(role: str) -> ApiRefusal:
    """Refuse a person whose role in the repository is too small."""
    if role == "admin":
        return forbidden("Must have admin rights to Repository.")
    return forbidden("Must have push access to repository")


def conflict(message: str) -> ApiRefusal:
    """Refuse because what the caller saw is no longer so."""
    return ApiRefusal(409, message)


def invalid(resource: str, field: str, code: str, message: str | None = None) -> ApiRefusal:
    """Refuse one field: `code` is missing_field, invalid, already_exists, custom …"""
    error = {"resource": resource, "code": code, "field": field}
    if message is not None:
        error["message"] = message
    return ApiRefusal(422, "Validation Failed", errors=[error])


def unprocessable(message: str) -> ApiRefusal:
    """Refuse a request that reads well but cannot be done."""
    return ApiRefusal(422, message)


class Moved(Exception):
    """What was asked for lives under another name now."""

    def __init__(self, repository_id: int) -> None:
        super().__init__(f"moved to repository {repository_id}")
        self.repository_id = repository_id
