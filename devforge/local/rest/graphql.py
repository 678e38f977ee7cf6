"""The GraphQL endpoint. It answers 200 to everything but a caller it does not know."""

from __future__ import annotations

from devforge.local.answer import Answer
from devforge.local.call import Call
from devforge.local.graphql.engine import run_query
from devforge.local.graphql.view import View
from devforge.local.refusals import ApiRefusal
from devforge.local.routes import route


@route("POST", "", surface="graphql")
def answer_query(call: Call) -> Answer:
    """Run one query or mutation."""
    if call.account is None:
        raise ApiRefusal(401, "This endpoint requires you to be authenticated.")
    query = call.text("query", limit=1_000_000)
    if query is None:
        return Answer(
            {"errors": [{"message": "A query attribute must be specified and must be a string."}]}
        )
    return Answer(
        run_query(View(call), query, call.record("variables"), call.text("operationName"))
    )
