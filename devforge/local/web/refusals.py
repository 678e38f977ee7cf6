"""What a browser is told where a program gets JSON: that there is nothing, or that something broke."""

from __future__ import annotations

from collections.abc import Mapping

from devforge.local.answer import Answer
from devforge.local.routes import PREFIXES
from devforge.local.web.page import page

_WORDS = {
    404: (
        "There is nothing here",
        "No page has this address. It may have been spelled differently, or be private.",
    ),
    500: ("Something broke", "The server could not make this page; its log says why."),
}


def readable(answer: Answer, path: str, asked: Mapping[str, str]) -> Answer:
    """Return an error as a page where a browser asked for one; programs keep their JSON."""
    of_programs = any(path.startswith(f"{prefix}/") for prefix in PREFIXES.values() if prefix)
    if answer.status < 400 or of_programs or "text/html" not in asked.get("accept", ""):
        return answer
    heading, explanation = _WORDS.get(
        answer.status, (f"Refused ({answer.status})", "The server will not answer this request.")
    )
    shown = page(
        "refusal", status=answer.status, heading=heading, explanation=explanation, path=path
    )
    shown.headers |= answer.headers
    return shown
