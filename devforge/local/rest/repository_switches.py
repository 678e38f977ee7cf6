"""Switches of a repository that are on or off: alerts, private reports, immutable releases.

Source: docs.github.com, "REST API endpoints for repositories".
"""

from __future__ import annotations

from devforge.local.answer import Answer, empty
from devforge.local.call import Call
from devforge.local.refusals import not_found
from devforge.local.routes import Responder, route
from devforge.local.settings import read_setting, write_setting

_PLACES = {
    "vulnerability-alerts": "vulnerability_alerts",
    "private-vulnerability-reporting": "private_vulnerability_reporting",
    "immutable-releases": "immutable_releases",
}


def _show(name: str) -> Responder:
    def show(call: Call) -> Answer:
        repository = call.repository(
            "read" if name == "private_vulnerability_reporting" else "admin"
        )
        enabled = bool(read_setting(call.hub, repository["id"], name))
        if name == "private_vulnerability_reporting":
            return Answer({"enabled": enabled})
        if not enabled:
            raise not_found()
        return empty() if name == "vulnerability_alerts" else Answer(_immutable())

    return show


def _immutable() -> dict[str, bool]:
    return {"enabled": True, "enforced_by_owner": False}


def _switch(name: str, *, on: bool) -> Responder:
    def switch(call: Call) -> Answer:
        write_setting(call.hub, call.repository("admin")["id"], name, on)
        return empty()

    return switch


for _place, _name in _PLACES.items():
    route("GET", f"/repos/{{owner}}/{{repo}}/{_place}")(_show(_name))
    route("PUT", f"/repos/{{owner}}/{{repo}}/{_place}")(_switch(_name, on=True))
    route("DELETE", f"/repos/{{owner}}/{{repo}}/{_place}")(_switch(_name, on=False))
