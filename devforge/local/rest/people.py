"""Who has to do with a repository or an organization: contributors, members, and found people."""

from __future__ import annotations

from devforge.local.accounts import account_named
from devforge.local.answer import Answer, empty
from devforge.local.call import Call
from devforge.local.refusals import ApiRefusal, not_found
from devforge.local.routes import route
from devforge.local.shapes.accounts import simple_user
from devforge.local.shapes.commits import account_by_email
from devforge.local.store import Row


@route("GET", "/repos/{owner}/{repo}/contributors")
def list_contributors(call: Call) -> Answer:
    """Answer with who wrote the default branch's commits, those with most first."""
    row = call.repository()
    tip = call.hub.git.resolve(row["id"], f"refs/heads/{row['default_branch']}")
    if tip is None:
        return empty()
    out = call.hub.git.run(row["id"], "log", "--format=%ae", tip).decode("utf-8", "replace")
    people: dict[int, dict[str, object]] = {}
    counts: dict[int, int] = {}
    for email in out.splitlines():
        if (person := account_by_email(call.hub, email)) is not None:
            people[person["id"]] = person
            counts[person["id"]] = counts.get(person["id"], 0) + 1
    order = call.slice(sorted(counts, key=lambda id: (-counts[id], id)))
    return Answer([people[id] | {"contributions": counts[id]} for id in order])


@route("GET", "/orgs/{org}/members")
def list_members(call: Call) -> Answer:
    """Answer with an organization's members."""
    rows = call.select(
        "SELECT a.* FROM account a JOIN membership m ON m.account_id = a.id"
        " WHERE m.organization_id = ? AND a.deleted_at IS NULL ORDER BY a.id",
        _organization(call)["id"],
    )
    return Answer([simple_user(call.hub, row) for row in rows])


@route("GET", "/orgs/{org}/members/{username}")
def check_member(call: Call) -> Answer:
    """Answer 204 for a member and 404 for anybody else."""
    organization = _organization(call)
    account = account_named(call.hub, call.place["username"])
    found = account and call.hub.store.find(
        "membership", organization_id=organization["id"], account_id=account["id"]
    )
    if not found:
        raise not_found()
    return empty()


def _organization(call: Call) -> Row:
    row = account_named(call.hub, call.place["org"])
    if row is None or row["kind"] != "Organization":
        raise not_found()
    return row


@route("GET", "/search/users")
def search_users(call: Call) -> Answer:
    """Answer with accounts whose login or name has the words in it."""
    words = [word for word in call.query.get("q", "").split() if ":" not in word]
    if not words:
        raise ApiRefusal(422, "Validation Failed")
    tests = " AND ".join("(login LIKE ? OR name LIKE ?)" for _ in words)
    values = [f"%{word}%" for word in words for _ in range(2)]
    rows = call.select(
        f"SELECT * FROM account WHERE deleted_at IS NULL AND kind != 'Bot' AND {tests} ORDER BY id",  # noqa: S608 - the words are ours
        *values,
    )
    items = [simple_user(call.hub, row) | {"score": 1.0} for row in rows]
    return Answer({"total_count": call.total, "incomplete_results": False, "items": items})
