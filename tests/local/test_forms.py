"""Issue and discussion forms, filed for somebody who would fill them in on the page."""

from __future__ import annotations

import pytest
import requests
import yaml
from github import Auth, Github

from devforge.local import LocalGitHub

FORM = {
    "name": "Report",
    "description": "Something is wrong",
    "title": "Report: ",
    "labels": ["bug", "there is no such label"],
    "body": [
        {"type": "markdown", "attributes": {"value": "Thank you."}},
        {
            "type": "input",
            "id": "extension",
            "attributes": {"label": "Extension"},
            "validations": {"required": True},
        },
        {
            "type": "dropdown",
            "id": "kind",
            "attributes": {"label": "What is wrong", "options": ["Harm", "Licence"]},
        },
        {
            "type": "dropdown",
            "id": "systems",
            "attributes": {"label": "Where", "multiple": True, "options": ["Linux", "Windows"]},
        },
        {"type": "textarea", "id": "log", "attributes": {"label": "Log", "render": "shell"}},
        {"type": "textarea", "attributes": {"label": "Anything else"}},
        {
            "type": "checkboxes",
            "id": "terms",
            "attributes": {
                "label": "Terms",
                "options": [{"label": "I agree", "required": True}, {"label": "Call me"}],
            },
        },
    ],
}
RENDERED = """\
### Extension

acme.todo-tree

### What is wrong

_No response_

### Where

Linux, Windows

### Log

```shell
Traceback
  $(rm -rf /)
```

### Anything else

_No response_

### Terms

- [x] I agree
- [ ] Call me"""
FIELDS = {
    "extension": "acme.todo-tree",
    "systems": ["Linux", "Windows"],
    "Log": "Traceback\n  $(rm -rf /)\n",
    "terms": ["I agree"],
}


@pytest.fixture
def gh(tmp_path):
    with LocalGitHub(tmp_path / "github") as server:
        yield server


@pytest.fixture
def alice(gh):
    account = gh.create_account("alice")
    gh.create_repository("alice/tool", auto_init=True, has_discussions=True)
    return account


@pytest.fixture
def repo(gh, alice):
    api = Github(
        auth=Auth.Token(alice.token),
        base_url=gh.api_url,
        seconds_between_requests=None,
        seconds_between_writes=None,
        retry=None,
    )
    return api.get_repo("alice/tool")


@pytest.fixture
def send(gh, repo):
    """Return `send(form, title=…, fields=…, kind=…)`, as a stranger with a browser."""
    stranger = gh.create_account("stranger")

    def send(form, kind="issue", **body):
        return requests.post(
            f"{gh.url}/_local/alice/tool/{kind}-forms/{form}",
            json=body,
            headers={"Authorization": f"token {stranger.token}"},
            timeout=10,
        )

    return send


def put(repo, path, document):
    repo.create_file(path, "Add a form", yaml.safe_dump(document))


def test_a_form_becomes_the_issue_that_the_page_would_write(gh, repo, send):
    put(repo, ".github/ISSUE_TEMPLATE/report.yml", FORM)
    answer = send("report", title="Report: acme.todo-tree", fields=FIELDS)
    assert answer.status_code == 201, answer.text
    issue = repo.get_issue(answer.json()["number"])

    assert issue.body == RENDERED
    assert issue.title == "Report: acme.todo-tree"
    assert issue.user.login == "stranger"
    assert [label.name for label in issue.labels] == ["bug"]
    rows = gh.hub.store.all("SELECT action FROM event WHERE name = 'issues' ORDER BY id")
    assert [row["action"] for row in rows] == ["opened", "labeled"]


def test_everything_wrong_with_the_answers_is_said_at_once(repo, send):
    put(repo, ".github/ISSUE_TEMPLATE/report.yml", FORM)
    wrong = {"kind": "Boredom", "colour": "red", "extension": " "}
    answer = send("report", title="Report: x", fields=wrong)

    assert answer.status_code == 422
    for problem in (
        "Extension is required",
        "'Boredom' is none of Harm, Licence",
        "'I agree' must be ticked",
        "there is no field 'colour'",
    ):
        assert problem in answer.json()["message"]
    assert send("report", title="Report: ", fields=FIELDS).status_code == 422
    assert list(repo.get_issues()) == []


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        ({"name": None}, "name is missing"),
        ({"body": []}, "body is missing"),
        ({"body": [{"type": "slider", "attributes": {}}]}, "'slider'"),
        ({"body": [{"type": "input", "attributes": {}}]}, "has no attributes.label"),
        (
            {"body": [{"type": "dropdown", "attributes": {"label": "x"}}]},
            "has no attributes.options",
        ),
        ({"body": FORM["body"][1:2] * 2}, "'extension' is given twice"),
        ({"body": FORM["body"][:1]}, "body asks for nothing"),
    ],
)
def test_a_form_github_would_not_offer_says_why(repo, send, damage, said):
    put(repo, ".github/ISSUE_TEMPLATE/report.yml", FORM | damage)
    answer = send("report", title="x", fields={})

    assert answer.status_code == 422
    assert said in answer.json()["message"]


def test_forms_are_listed_and_a_missing_or_hostile_name_is_not_found(gh, alice, repo, send):
    put(repo, ".github/ISSUE_TEMPLATE/report.yml", FORM)
    put(repo, ".github/ISSUE_TEMPLATE/config.yml", {"blank_issues_enabled": False})
    listed = requests.get(
        f"{gh.url}/_local/alice/tool/issue-forms",
        headers={"Authorization": f"token {alice.token}"},
        timeout=10,
    )

    assert [form["form"] for form in listed.json()] == ["report"]
    assert [field["id"] for field in listed.json()[0]["fields"]][:2] == ["extension", "kind"]
    for name in ("nothing", "..%2f..%2fREADME", "$(touch%20x)"):
        assert send(name, title="x", fields={}).status_code == 404


def test_a_discussion_form_opens_a_discussion_in_the_category_it_is_named_after(repo, send):
    form = {"title": "[Question] ", "body": FORM["body"][1:2]}
    put(repo, ".github/DISCUSSION_TEMPLATE/q-a.yml", form)
    put(repo, ".github/DISCUSSION_TEMPLATE/nowhere.yml", form)
    fields = {"extension": "acme.todo-tree"}
    answer = send("q-a", kind="discussion", title="[Question] How?", fields=fields)

    assert answer.status_code == 201, answer.text
    assert answer.json()["category"]["name"] == "Q&A"
    assert answer.json()["body"] == "### Extension\n\nacme.todo-tree"
    assert send("nowhere", kind="discussion", title="x", fields=fields).status_code == 404


def test_a_category_is_made_by_who_runs_the_server(gh, alice, repo):
    url = f"{gh.url}/_local/alice/tool/discussion-categories"
    headers = {"Authorization": f"token {alice.token}"}
    body = {"name": "Support", "emoji": ":wrench:", "answerable": True}

    assert requests.post(url, json=body, headers=headers, timeout=10).status_code == 403
    headers["X-Local-Admin"] = gh.hub.admin_token
    assert requests.post(url, json=body, headers=headers, timeout=10).json()["slug"] == "support"
    assert requests.post(url, json=body, headers=headers, timeout=10).status_code == 422
