"""Secrets and variables: sealed on the way in, and no secret's value on the way out.

Source: docs.github.com, "REST API endpoints for GitHub Actions Secrets" and "… Variables".
"""

from __future__ import annotations

import re

from devforge.local import secrets
from devforge.local.answer import Answer, empty
from devforge.local.call import Call
from devforge.local.refusals import ApiRefusal, conflict, not_found, unprocessable
from devforge.local.rest.environments import find_environment
from devforge.local.routes import route
from devforge.local.secrets import Kind
from devforge.local.store import Row

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
VALUE_LIMIT = 48 * 1024
_REPOSITORY = "/repos/{owner}/{repo}/actions"
_ENVIRONMENT = "/repos/{owner}/{repo}/environments/{environment}"
_PLACES = (_REPOSITORY, _ENVIRONMENT)


def get_public_key(call: Call) -> Answer:
    """The key that values are sealed for."""
    repository = call.repository("write")
    key_id, key = secrets.public_key(call.hub, repository["id"])
    return Answer({"key_id": key_id, "key": key})


def list_secrets(call: Call) -> Answer:
    """Names and dates of every secret."""
    rows = _rows(call, "secret")
    return Answer({"total_count": call.total, "secrets": [_named(row) for row in rows]})


def get_secret(call: Call) -> Answer:
    """Name and dates of one secret."""
    return Answer(_named(_found(call, "secret")))


def put_secret(call: Call) -> Answer:
    """Set a secret from a sealed box: 201 where it is new, 204 where it was there."""
    repository, environment_id = _place(call)
    name = _checked(call.place["name"], "Secret")
    sealed, key_id = call.needed_text("encrypted_value"), call.needed_text("key_id")
    value = secrets.unseal(call.hub, repository["id"], key_id, sealed)
    if len(value.encode()) > VALUE_LIMIT:
        raise unprocessable(f"Secret values are limited to {VALUE_LIMIT // 1024} KB")
    new = secrets.put(call.hub, "secret", repository["id"], environment_id, name, value)
    return Answer({}, 201) if new else empty()


def list_variables(call: Call) -> Answer:
    """Every variable with its value."""
    rows = _rows(call, "variable")
    variables = [_named(row) | {"value": row["value"]} for row in rows]
    return Answer({"total_count": call.total, "variables": variables})


def get_variable(call: Call) -> Answer:
    """One variable with its value."""
    row = _found(call, "variable")
    return Answer(_named(row) | {"value": row["value"]})


def create_variable(call: Call) -> Answer:
    """Set a variable that is not there yet."""
    repository, environment_id = _place(call)
    name = _checked(call.needed_text("name"), "Variable")
    if _find(call, "variable", repository, environment_id, name) is not None:
        raise conflict("Already exists - Variable already exists")
    value = _value(call.needed_text("value"))
    secrets.put(call.hub, "variable", repository["id"], environment_id, name, value)
    return Answer({}, 201)


def update_variable(call: Call) -> Answer:
    """Change a variable's name or value."""
    row = _found(call, "variable", role="write")
    changes = {"updated_at": call.hub.clock.stamp()}
    if (name := call.text("name")) is not None:
        changes["name"] = _checked(name, "Variable").upper()
    if (value := call.text("value")) is not None:
        changes["value"] = _value(value)
    call.hub.store.update("variable", row["id"], **changes)
    return empty()


def delete_secret(call: Call) -> Answer:
    """Remove a secret."""
    call.hub.store.delete("secret", _found(call, "secret", role="write")["id"])
    return empty()


def delete_variable(call: Call) -> Answer:
    """Remove a variable."""
    call.hub.store.delete("variable", _found(call, "variable", role="write")["id"])
    return empty()


for _prefix in _PLACES:
    route("GET", f"{_prefix}/secrets/public-key")(get_public_key)
    route("GET", f"{_prefix}/secrets")(list_secrets)
    route("GET", f"{_prefix}/secrets/{{name}}")(get_secret)
    route("PUT", f"{_prefix}/secrets/{{name}}")(put_secret)
    route("DELETE", f"{_prefix}/secrets/{{name}}")(delete_secret)
    route("GET", f"{_prefix}/variables")(list_variables)
    route("POST", f"{_prefix}/variables")(create_variable)
    route("GET", f"{_prefix}/variables/{{name}}")(get_variable)
    route("PATCH", f"{_prefix}/variables/{{name}}")(update_variable)
    route("DELETE", f"{_prefix}/variables/{{name}}")(delete_variable)


def _place(call: Call, role: str = "write") -> tuple[Row, int]:
    """Return the repository and the environment's id, 0 for the repository's own."""
    repository = call.repository(role)
    if "environment" not in call.place:
        return repository, 0
    return repository, find_environment(call, repository)["id"]


def _rows(call: Call, kind: Kind) -> list[Row]:
    repository, environment_id = _place(call)
    return call.select(
        f"SELECT * FROM {kind} WHERE repository_id = ? AND environment_id = ? ORDER BY name",  # noqa: S608
        repository["id"],
        environment_id,
    )


def _found(call: Call, kind: Kind, role: str = "write") -> Row:
    repository, environment_id = _place(call, role)
    row = _find(call, kind, repository, environment_id, call.place["name"])
    if row is None:
        raise not_found()
    return row


def _find(call: Call, kind: Kind, repository: Row, environment_id: int, name: str) -> Row | None:
    return call.hub.store.find(
        kind, repository_id=repository["id"], environment_id=environment_id, name=name.upper()
    )


def _named(row: Row) -> dict[str, str]:
    return {name: row[name] for name in ("name", "created_at", "updated_at")}


def _checked(name: str, what: str) -> str:
    if not _NAME.fullmatch(name):
        raise unprocessable(
            f"{what} names can only contain alphanumeric characters ([a-z], [A-Z], [0-9]) or"
            " underscores (_). Spaces are not allowed. Must start with a letter ([a-z], [A-Z])"
            " or underscores (_)."
        )
    if name.upper().startswith("GITHUB_"):
        raise unprocessable(f"{what} names must not start with GITHUB_.")
    return name


def _value(value: str) -> str:
    if len(value.encode()) > VALUE_LIMIT:
        raise ApiRefusal(422, f"Variable values are limited to {VALUE_LIMIT // 1024} KB")
    return value
