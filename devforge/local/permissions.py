"""Which permission a workflow's token needs for which route. Data, and the one way to read it.

`name:level`, alternatives separated by `|`. `none`: no permission is needed. `person`: only a
person's token will do. A route that is not listed here is refused to every workflow token.

Source: docs.github.com, "Permissions required for GitHub Apps" and "Permissions required for
fine-grained personal access tokens".
"""

from __future__ import annotations

from collections.abc import Mapping

_TABLE = """
# accounts
GET /user person
PATCH /user person
GET /user/{account_id} none
GET /users none
GET /users/{username} none
GET /orgs/{org} none
"""


def _read(table: str) -> Mapping[str, str]:
    rows = (line.split() for line in table.splitlines() if line and not line.startswith("#"))
    return {f"{method} {template}": needs for method, template, needs in rows}


PERMISSIONS: Mapping[str, str] = _read(_TABLE)


def needs_of(route_name: str) -> str:
    """Return what the route needs; for one that is not listed, what no workflow has."""
    return PERMISSIONS.get(route_name, "person")
