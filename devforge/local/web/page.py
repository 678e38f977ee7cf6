"""A page: a template filled in, every value escaped, under a policy that lets nothing else in."""

from __future__ import annotations

import base64
import hashlib
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from devforge.local.answer import Answer
from devforge.local.call import Call
from devforge.local.prose import render_prose
from devforge.local.shapes.links import escaped

_TEMPLATES = Path(__file__).parent / "templates"
_STYLE = (_TEMPLATES / "style.css").read_text(encoding="utf-8")
_STYLE_DIGEST = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_HEADERS = {
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_STYLE_DIGEST}';"
        " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


def _made() -> Environment:
    made = Environment(
        autoescape=True,
        loader=FileSystemLoader(_TEMPLATES),
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    made.filters |= {"address": escaped, "segment": partial(quote, safe=""), "prose": render_prose}
    made.globals |= {"style": _STYLE}
    return made


_ENVIRONMENT = _made()


def page(template: str, *, status: int = 200, **values: Any) -> Answer:
    """Return a page from `templates/<template>.html`; what is not Unicode in it becomes `?`."""
    text = _ENVIRONMENT.get_template(f"{template}.html").render(values)
    return Answer(
        status=status,
        headers=dict(_HEADERS),
        content=text.encode("utf-8", "replace"),
        media_type="text/html; charset=utf-8",
    )


def neighbours(call: Call) -> dict[str, Any]:
    """Return the numbers of the pages before and after the one of a list that was read."""
    number, size = call.page
    more = call.total is not None and number * size < call.total
    return {"newer": number - 1 if number > 1 else None, "older": number + 1 if more else None}
