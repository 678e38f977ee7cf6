"""One request as a route sees it: who asks, for what, with which words."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO, Any, TypeVar
from urllib.parse import parse_qsl, urlencode

from devforge.local.access import check_repository, has_role, resolve, role_of
from devforge.local.hub import Actor, Hub
from devforge.local.refusals import ApiRefusal, invalid, not_found, requires_authentication
from devforge.local.routes import Route
from devforge.local.store import Row
from devforge.local.tokens import Token

T = TypeVar("T")


@dataclass(slots=True)
class Call:
    """A request with its route found and its sender known; `place` holds the path's parameters."""

    hub: Hub
    route: Route
    needs: str
    method: str
    path: str
    raw_query: str
    headers: Mapping[str, str]
    place: dict[str, str]
    address: str
    account: Row | None = None
    token: Token | None = None
    body: dict[str, Any] = field(default_factory=dict)
    upload: IO[bytes] | None = None
    total: int | None = None
    """How many things a list has in all; set by `select` and `slice`, read for the Link header."""

    @property
    def query(self) -> dict[str, str]:
        """Return the query's parameters, the last of each name."""
        return dict(parse_qsl(self.raw_query, keep_blank_values=True))

    @property
    def actor(self) -> Actor:
        """Return who acts. Raises the 401 that GitHub answers to somebody anonymous."""
        if self.account is None:
            raise requires_authentication()
        return Actor(self.account, self.token)

    def repository(self, role: str = "read") -> Row:
        """Return the path's repository, if the caller may act in it as `role` through this route.

        Raises:
            Moved: it lives under another name now.
            ApiRefusal: 404 unseen, 403 seen but not allowed, 401 anonymous where an account is needed.
        """
        row = resolve(self.hub, self.place["owner"], self.place["repo"])
        account_id = None if self.account is None else int(self.account["id"])
        if self.account is None and self.method not in ("GET", "HEAD"):
            check_repository(self.hub, row, None, None, "read", self.needs)
            raise requires_authentication()
        check_repository(self.hub, row, account_id, self.token, role, self.needs)
        return row

    def may(self, repository: Row, role: str) -> bool:
        """Tell whether the caller has at least this role; a workflow's token has any at home."""
        if self.token is not None and self.token.kind == "workflow":
            return self.token.repository_id == int(repository["id"])
        return has_role(role_of(self.hub, self.actor.id, repository), role)

    def number(self, name: str) -> int:
        """Return a path parameter that is a number. Raises 404 where it is none."""
        text = self.place[name]
        if not (text.isascii() and text.isdigit() and len(text) < 19):
            raise not_found()
        return int(text)

    # What the body says --------------------------------------------------------------------

    def text(self, name: str, *, limit: int = 65536) -> str | None:
        """Return a string of the body, or None where it is absent or null."""
        return self._typed(name, str, "string", limit)

    def needed_text(self, name: str, *, limit: int = 65536) -> str:
        """Return a string that the body must have. Raises 422."""
        value = self.text(name, limit=limit)
        if value is None:
            raise ApiRefusal(422, f'Invalid request.\n\n"{name}" wasn\'t supplied.')
        return value

    def flag(self, name: str) -> bool | None:
        """Return a boolean of the body, or None."""
        return self._typed(name, bool, "boolean")

    def whole(self, name: str) -> int | None:
        """Return a whole number of the body, or None."""
        value = self._typed(name, int, "integer")
        if isinstance(value, bool):
            raise self._mistyped(name, value, "integer")
        return value

    def texts(self, name: str) -> list[str] | None:
        """Return a list of strings of the body, or None."""
        value = self._typed(name, list, "array")
        for each in value or ():
            if not isinstance(each, str):
                raise self._mistyped(name, each, "string")
        return value

    def record(self, name: str) -> dict[str, Any] | None:
        """Return an object of the body, or None."""
        return self._typed(name, dict, "object")

    def has(self, name: str) -> bool:
        """Tell whether the body names this field, be it null."""
        return name in self.body

    def _typed(self, name: str, kind: type[T], word: str, limit: int | None = None) -> T | None:
        value = self.body.get(name)
        if value is None:
            return None
        if not isinstance(value, kind):
            raise self._mistyped(name, value, word)
        if isinstance(value, str) and limit is not None and len(value) > limit:
            message = f"{name} is too long (maximum is {limit} characters)"
            raise invalid(self._resource, name, "custom", message)
        return value

    @property
    def _resource(self) -> str:
        return self.route.template.split("/")[-1].strip("{}").title().removesuffix("s")

    def _mistyped(self, name: str, value: object, word: str) -> ApiRefusal:
        shown = json.dumps(value, ensure_ascii=False, default=str)[:80]
        return ApiRefusal(
            422, f"Invalid request.\n\nFor 'properties/{name}', {shown} is not a {word}."
        )

    # Lists, a page at a time -----------------------------------------------------------------

    @property
    def page(self) -> tuple[int, int]:
        """Return the page asked for, from 1, and how many things it holds, at most 100."""
        query = self.query
        page, size = query.get("page", "1"), query.get("per_page", "30")
        number = int(page) if page.isdigit() and len(page) < 10 else 1
        per_page = int(size) if size.isdigit() and len(size) < 10 else 30
        return max(1, number), min(100, max(1, per_page))

    def select(self, sql: str, *values: Any) -> list[Row]:
        """Return the page of what `sql` selects; the answer gets its Link header by itself."""
        number, size = self.page
        self.total = int(self.hub.store.value(f"SELECT count(*) FROM ({sql})", *values))  # noqa: S608
        return self.hub.store.all(f"{sql} LIMIT ? OFFSET ?", *values, size, (number - 1) * size)

    def slice(self, things: Sequence[T]) -> list[T]:
        """Return the page of a list that is already at hand."""
        number, size = self.page
        self.total = len(things)
        return list(things[(number - 1) * size : number * size])

    @property
    def links(self) -> str | None:
        """Return the Link header: first, prev, next, last; None where one page holds all."""
        if self.total is None:
            return None
        number, size = self.page
        last = max(1, -(-self.total // size))
        pages: dict[str, int] = {}
        if number > 1:
            pages |= {"prev": min(number - 1, last), "first": 1}
        if number < last:
            pages |= {"next": number + 1, "last": last}
        return ", ".join(f'<{self._page_url(p)}>; rel="{rel}"' for rel, p in pages.items()) or None

    def _page_url(self, page: int) -> str:
        query = urlencode(self.query | {"page": str(page)})
        return f"{self.hub.url}{self.path}?{query}"

    # Telling others ------------------------------------------------------------------------

    def emit(self, name: str, repository: Row | None, payload: dict[str, Any]) -> None:
        """Announce a change that the caller made."""
        self.hub.emit(name, repository, payload, self.actor)
