"""Which function answers which request. A route is declared beside the function, by decorator."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal
from urllib.parse import unquote

if TYPE_CHECKING:
    from devforge.local.answer import Answer
    from devforge.local.call import Call

Surface = Literal["api", "uploads", "graphql", "codeload", "control", "web"]
PREFIXES: Mapping[Surface, str] = {
    "api": "/api/v3",
    "uploads": "/api/uploads",
    "graphql": "/api/graphql",
    "codeload": "/api/codeload",
    "control": "/_local",
    "web": "",
}
JSON_LIMIT_BYTES = 2_000_000

Responder = Callable[["Call"], "Answer"]
_PACKAGES = ("devforge.local.rest", "devforge.local.web")
_PLACE = re.compile(r"\{(\w+)(:path)?\}")


@dataclass(frozen=True, slots=True)
class Route:
    """One method and path template, e.g. `GET /repos/{owner}/{repo}`, on one surface."""

    method: str
    template: str
    surface: Surface
    respond: Responder
    raw: bool
    limit_bytes: int
    pattern: re.Pattern[str]

    @property
    def name(self) -> str:
        """Return what permissions and the ledger know it by."""
        place = "" if self.surface == "api" else f"{PREFIXES[self.surface]}"
        return f"{self.method} {place}{self.template}"

    @property
    def rank(self) -> tuple[int, ...]:
        """Sort literal segments before those that begin as placeholders, and these before whole paths."""
        return tuple(_rank(part) for part in self.template.split("/"))


def _rank(segment: str) -> int:
    if ":path}" in segment:
        return 3
    if "{" not in segment:
        return 0
    return 2 if segment.endswith("}") else 1


_ROUTES: list[Route] = []


def route(
    method: str,
    template: str,
    *,
    surface: Surface = "api",
    raw: bool = False,
    limit_bytes: int = JSON_LIMIT_BYTES,
) -> Callable[[Responder], Responder]:
    """Declare that the decorated function answers `method template`.

    `{name}` takes one segment and `{name:path}` takes the rest. With `raw` the body is not read as
    JSON but spooled to `call.upload`. A body above `limit_bytes` is refused.
    """
    if re.search(r"[{}]", _PLACE.sub("", template)):
        raise ValueError(f"{template}: a placeholder is written {{name}} or {{name:path}}")

    def declare(respond: Responder) -> Responder:
        _ROUTES.append(
            Route(method, template, surface, respond, raw, limit_bytes, _compiled(template))
        )
        return respond

    return declare


def _compiled(template: str) -> re.Pattern[str]:
    pattern, at = "", 0
    for found in _PLACE.finditer(template):
        pattern += re.escape(template[at : found.start()])
        pattern += f"(?P<{found[1]}>{'.+' if found[2] else '[^/]+'})"
        at = found.end()
    return re.compile(pattern + re.escape(template[at:]) + r"/?\Z", re.DOTALL)


@cache
def every_route() -> Routes:
    """Return the routes of this program: they are declared once."""
    return Routes()


class Routes:
    """Every declared route, found by method and undecoded path."""

    def __init__(self) -> None:
        for name in _PACKAGES:
            package = importlib.import_module(name)
            for module in pkgutil.iter_modules(package.__path__):
                importlib.import_module(f"{name}.{module.name}")
        self.all = tuple(sorted(_ROUTES, key=lambda route: route.rank))
        self._by_place: dict[tuple[str, Surface], list[Route]] = {}
        for each in self.all:
            self._by_place.setdefault((each.method, each.surface), []).append(each)

    def find(self, method: str, raw_path: str) -> tuple[Route, dict[str, str]] | None:
        """Return the route and its decoded path parameters, or None."""
        method = "GET" if method == "HEAD" else method
        for surface, prefix in PREFIXES.items():
            if prefix and not (raw_path == prefix or raw_path.startswith(prefix + "/")):
                continue
            for each in self._by_place.get((method, surface), ()):
                if found := each.pattern.match(raw_path[len(prefix) :]):
                    return each, {k: unquote(v) for k, v in found.groupdict().items()}
            return None
        return None
