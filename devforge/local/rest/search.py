"""Search over issues, pull requests and repositories, as far as qualifiers are used here."""

from __future__ import annotations

import re
from typing import Any

from devforge.local.access import role_of
from devforge.local.answer import Answer
from devforge.local.call import Call
from devforge.local.refusals import ApiRefusal
from devforge.local.routes import route
from devforge.local.shapes.issues import issue as issue_shape
from devforge.local.shapes.repositories import minimal_repository
from devforge.local.store import Row

_TERM = re.compile(r'(?P<minus>-?)(?:(?P<name>[a-z]+):)?(?:"(?P<quoted>[^"]*)"|(?P<plain>\S+))')
_MOST = 1000


class Terms:
    """A query taken apart: free words, and qualifiers with whether they are negated."""

    def __init__(self, query: str) -> None:
        if not query.strip() or len(query) > 1024:
            raise ApiRefusal(422, "Validation Failed", errors=[{"resource": "Search", "field": "q", "code": "missing"}])  # fmt: skip
        self.words: list[str] = []
        self.qualifiers: list[tuple[str, str, bool]] = []
        for found in _TERM.finditer(query):
            value = found["quoted"] if found["quoted"] is not None else found["plain"]
            if found["name"]:
                self.qualifiers.append((found["name"], value, bool(found["minus"])))
            else:
                self.words.append(value)

    def all(self, name: str) -> list[str]:
        """Return the values of a qualifier that is not negated."""
        return [value for key, value, minus in self.qualifiers if key == name and not minus]


@route("GET", "/search/issues")
def search_issues(call: Call) -> Answer:
    """Answer with issues and pull requests that match every term."""
    terms = Terms(call.query.get("q", ""))
    tests, values = ["r.deleted_at IS NULL"], list[Any]()
    for name, value, minus in terms.qualifiers:
        test, more = _issue_test(name, value)
        if test:
            tests.append(f"NOT ({test})" if minus else test)
            values += more
    places = terms.all("in") or ["title", "body", "comments"]
    for word in terms.words:
        test, more = _words_test(word, ",".join(places).split(","))
        tests.append(test)
        values += more
    order = {"created": "i.created_at", "updated": "i.updated_at"}.get(call.query.get("sort", ""), "i.created_at")  # fmt: skip
    way = "ASC" if call.query.get("order") == "asc" else "DESC"
    rows = call.hub.store.all(
        "SELECT i.*, r.private AS is_private FROM issue i JOIN repository r ON r.id = i.repository_id"  # noqa: S608 - the words are ours
        f" WHERE {' AND '.join(tests)} ORDER BY {order} {way}, i.id {way} LIMIT {_MOST}",
        *values,
    )
    seen = [row for row in rows if _visible(call, row["repository_id"])]
    answer = _found(call, seen, _issue)
    answer.json["search_type"] = "lexical"
    return answer


def _issue(call: Call, row: Row) -> dict[str, Any]:
    repository = call.hub.store.get("repository", row["repository_id"])
    return issue_shape(call.hub, repository, row) | {"score": 1.0}


_LOGIN = "(SELECT id FROM account WHERE login = ?)"
_OF_PULL = "EXISTS (SELECT 1 FROM pull p WHERE p.issue_id = i.id AND p.{} = ?)"
_ASSIGNED = "EXISTS (SELECT 1 FROM assignee s WHERE s.issue_id = i.id{})"
_LABELLED = "EXISTS (SELECT 1 FROM issue_label x JOIN label l ON l.id = x.label_id WHERE x.issue_id = i.id{})"
_TESTS = {
    "user": f"r.owner_id = {_LOGIN}",
    "org": f"r.owner_id = {_LOGIN}",
    "author": f"i.author_id = {_LOGIN}",
    "assignee": _ASSIGNED.format(f" AND s.account_id = {_LOGIN}"),
    "label": _LABELLED.format(" AND l.name = ?"),
    "head": _OF_PULL.format("head_ref"),
    "base": _OF_PULL.format("base_ref"),
}
_ABSENT = {"label": f"NOT {_LABELLED.format('')}", "assignee": f"NOT {_ASSIGNED.format('')}"}


def _issue_test(name: str, value: str) -> tuple[str, list[Any]]:
    """Return the condition a qualifier stands for and its values; none for one not understood."""
    if name in ("is", "state", "type"):
        return _kind_test(value), []
    if name == "repo":
        owner, _, repository = value.partition("/")
        return f"r.owner_id = {_LOGIN} AND r.name = ?", [owner, repository]
    if name in ("created", "updated", "closed"):
        return _date_test(f"i.{name}_at", value)
    if name == "no":
        return _ABSENT.get(value, ""), []
    return (_TESTS[name], [value]) if name in _TESTS else ("", [])


def _kind_test(value: str) -> str:
    kinds = {
        "issue": "i.is_pull = 0",
        "pr": "i.is_pull = 1",
        "pull-request": "i.is_pull = 1",
        "open": "i.state = 'open'",
        "closed": "i.state = 'closed'",
        "merged": "EXISTS (SELECT 1 FROM pull p WHERE p.issue_id = i.id AND p.merged = 1)",
        "unmerged": "NOT EXISTS (SELECT 1 FROM pull p WHERE p.issue_id = i.id AND p.merged = 1)",
        "draft": "EXISTS (SELECT 1 FROM pull p WHERE p.issue_id = i.id AND p.draft = 1)",
        "locked": "i.locked = 1",
        "public": "r.private = 0",
        "private": "r.private = 1",
    }
    return kinds.get(value, "")


def _date_test(column: str, value: str) -> tuple[str, list[Any]]:
    if ".." in value:
        first, _, last = value.partition("..")
        return f"{column} >= ? AND {column} <= ?", [first, last + "~"]
    for sign in (">=", "<=", ">", "<"):
        if value.startswith(sign):
            told = value.removeprefix(sign)
            # A bare day is a prefix of its moments: `~` sorts behind all of them.
            return f"{column} {sign} ?", [told + "~" if sign in (">", "<=") else told]
    return f"{column} LIKE ?", [value + "%"]


def _words_test(word: str, places: list[str]) -> tuple[str, list[Any]]:
    escaped = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    like = f"%{escaped}%"
    tests = {
        "title": "i.title LIKE ? ESCAPE '\\'",
        "body": "i.body LIKE ? ESCAPE '\\'",
        "comments": "EXISTS (SELECT 1 FROM comment c WHERE c.issue_id = i.id AND c.body LIKE ? ESCAPE '\\')",
    }
    chosen = [tests[place] for place in places if place in tests] or [tests["title"]]
    return f"({' OR '.join(chosen)})", [like] * len(chosen)


@route("GET", "/search/repositories")
def search_repositories(call: Call) -> Answer:
    """Answer with repositories that match every term."""
    terms = Terms(call.query.get("q", ""))
    tests, values = ["r.deleted_at IS NULL"], list[Any]()
    for name in ("user", "org"):
        for value in terms.all(name):
            tests.append("r.owner_id = (SELECT id FROM account WHERE login = ?)")
            values.append(value)
    for value in terms.all("topic"):
        tests.append("EXISTS (SELECT 1 FROM json_each(r.topics) WHERE value = ?)")
        values.append(value)
    forks = terms.all("fork")
    if forks != ["true"]:
        tests.append("r.parent_id IS NOT NULL" if forks == ["only"] else "r.parent_id IS NULL")
    for word in terms.words:
        tests.append("(r.name LIKE ? OR r.description LIKE ?)")
        values += [f"%{word}%", f"%{word}%"]
    rows = call.hub.store.all(
        f"SELECT r.* FROM repository r WHERE {' AND '.join(tests)} ORDER BY r.id LIMIT {_MOST}",  # noqa: S608 - the words are ours
        *values,
    )
    return _found(call, [row for row in rows if _visible(call, row["id"])], _repository)


def _repository(call: Call, row: Row) -> dict[str, Any]:
    return minimal_repository(call.hub, row) | {"score": 1.0}


def _visible(call: Call, repository_id: int) -> bool:
    row = call.hub.store.get("repository", repository_id)
    if not row["private"]:
        return True
    if call.token is not None and call.token.repository_id is not None:
        return call.token.repository_id == repository_id
    return role_of(call.hub, None if call.account is None else call.account["id"], row) != "none"


def _found(call: Call, rows: list[Row], shape: Any) -> Answer:
    page = call.slice(rows)
    items = [shape(call, row) for row in page]
    return Answer({"total_count": len(rows), "incomplete_results": False, "items": items})
