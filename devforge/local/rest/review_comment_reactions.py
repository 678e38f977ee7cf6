"""Reactions to comments on the lines of pull requests."""

from __future__ import annotations

from devforge.local.answer import Answer
from devforge.local.call import Call
from devforge.local.rest.comments import list_reactions, react, take_back
from devforge.local.rest.review_comments import path_review_comment
from devforge.local.routes import route

_SUBJECT = "review_comment"


def _comment_id(call: Call) -> int:
    return int(path_review_comment(call, call.repository())[1]["id"])


@route("GET", "/repos/{owner}/{repo}/pulls/comments/{comment_id}/reactions")
def list_on_comment(call: Call) -> Answer:
    """Answer with the reactions to a comment on a line."""
    return list_reactions(call, _SUBJECT, _comment_id(call))


@route("POST", "/repos/{owner}/{repo}/pulls/comments/{comment_id}/reactions")
def react_to_comment(call: Call) -> Answer:
    """React to a comment on a line."""
    return react(call, _SUBJECT, _comment_id(call))


@route("DELETE", "/repos/{owner}/{repo}/pulls/comments/{comment_id}/reactions/{reaction_id}")
def take_back_from_comment(call: Call) -> Answer:
    """Take a reaction back."""
    return take_back(call, _SUBJECT, _comment_id(call))
