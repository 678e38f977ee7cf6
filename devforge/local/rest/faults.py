"""The switches for bad days, over HTTP for a local GitHub that runs in another process."""

from __future__ import annotations

from dataclasses import fields

from devforge.local.answer import Answer, empty
from devforge.local.call import Call
from devforge.local.control import check_admin
from devforge.local.faults import Fault
from devforge.local.refusals import unprocessable
from devforge.local.routes import route

_MATCHES = tuple(
    field.name for field in fields(Fault) if field.name not in ("kind", "matched", "struck")
)


@route("GET", "/faults", surface="control")
def list_faults(call: Call) -> Answer:
    """Every switch, and how often it struck."""
    check_admin(call)
    return Answer(call.hub.faults.listed)


@route("POST", "/faults", surface="control")
def add_fault(call: Call) -> Answer:
    """Set a switch: `kind`, and how to match."""
    check_admin(call)
    match = {name: value for name, value in call.body.items() if name != "kind"}
    if unknown := sorted(match.keys() - _MATCHES):
        raise unprocessable(f"{', '.join(unknown)}: not known; there are {', '.join(_MATCHES)}")
    try:
        call.hub.faults.add(call.body.get("kind", ""), **match)
    except (TypeError, ValueError) as error:
        raise unprocessable(str(error)) from error
    return Answer(call.hub.faults.listed, 201)


@route("DELETE", "/faults", surface="control")
def clear_faults(call: Call) -> Answer:
    """Take every switch away."""
    check_admin(call)
    call.hub.faults.clear()
    return empty()
