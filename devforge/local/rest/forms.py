"""The web page's forms, for programs: on GitHub only a person in a browser can send one.

Send them with the token of whoever is to be the author.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from devforge.local import discussions, forms
from devforge.local.answer import Answer
from devforge.local.call import Call
from devforge.local.control import check_admin
from devforge.local.hub import Actor, Hub
from devforge.local.issues import add_labels, open_issue
from devforge.local.labels import label_named
from devforge.local.refusals import not_found, unprocessable
from devforge.local.routes import route
from devforge.local.shapes.discussions import category_shape, discussion_shape
from devforge.local.shapes.issues import issue as issue_shape
from devforge.local.shapes.issues import label as label_shape
from devforge.local.store import Row


@route("GET", "/{owner}/{repo}/issue-forms", surface="control")
def list_issue_forms(call: Call) -> Answer:
    """The issue forms of the default branch."""
    return _listed(call, forms.ISSUES)


@route("GET", "/{owner}/{repo}/discussion-forms", surface="control")
def list_discussion_forms(call: Call) -> Answer:
    """The discussion forms of the default branch, named as their categories."""
    return _listed(call, forms.DISCUSSIONS)


@route("POST", "/{owner}/{repo}/issue-forms/{form}", surface="control")
def send_issue_form(call: Call) -> Answer:
    """Open an issue as the web page would: `title`, and `fields` by id or label."""
    hub, repository = call.hub, call.repository()
    form = forms.read_form(hub, repository, forms.ISSUES, call.place["form"])
    body = forms.render_form(form, call.record("fields") or {})
    with hub.store.transaction():
        issue = open_issue(hub, repository, _title(call, form), body, call.actor)
        _announce(hub, repository, issue, "opened", call.actor)
        known = [name for name in form.labels if label_named(hub, repository["id"], name)]
        for label in add_labels(hub, issue, known, call.actor):
            told = label_shape(hub, repository, label)
            _announce(hub, repository, issue, "labeled", call.actor, label=told)
    fresh = hub.store.get("issue", issue["id"])
    return Answer(issue_shape(hub, repository, fresh), 201)


@route("POST", "/{owner}/{repo}/discussion-forms/{form}", surface="control")
def send_discussion_form(call: Call) -> Answer:
    """Open a discussion in the category that the form is named after."""
    hub, repository = call.hub, call.repository()
    form = forms.read_form(hub, repository, forms.DISCUSSIONS, call.place["form"])
    slugs = {row["slug"]: row for row in discussions.categories(hub, repository)}
    if call.place["form"] not in slugs:
        raise not_found()
    body = forms.render_form(form, call.record("fields") or {})
    category = slugs[call.place["form"]]
    row = discussions.open_discussion(
        hub, repository, category, _title(call, form), body, call.actor
    )
    return Answer(discussion_shape(hub, row), 201)


@route("POST", "/{owner}/{repo}/discussion-categories", surface="control")
def create_category(call: Call) -> Answer:
    """Make a discussion category, which on GitHub takes a person's click."""
    check_admin(call)
    hub, repository = call.hub, call.repository("admin")
    name = call.needed_text("name", limit=128)
    if name.lower() in {row["name"].lower() for row in discussions.categories(hub, repository)}:
        raise unprocessable(f"There is a category {name} already")
    row = discussions.create_category(
        hub,
        repository,
        name,
        call.text("emoji") or ":speech_balloon:",
        call.text("description") or "",
        answerable=bool(call.flag("answerable")),
    )
    return Answer(category_shape(row), 201)


def _listed(call: Call, folder: str) -> Answer:
    repository = call.repository()
    names = forms.form_names(call.hub, repository, folder)
    read = {name: forms.read_form(call.hub, repository, folder, name) for name in names}
    return Answer([{"form": name} | asdict(form) for name, form in read.items()])


def _title(call: Call, form: forms.Form) -> str:
    """Return the title; the form's own is only the beginning of one, and must be completed."""
    title = (call.text("title") or "").strip()
    if not title or title == form.title.strip():
        raise unprocessable("The form is not complete: title is required")
    return title


def _announce(
    hub: Hub, repository: Row, issue: Row, action: str, actor: Actor, **more: Any
) -> None:
    shape = issue_shape(hub, repository, hub.store.get("issue", issue["id"]))
    hub.emit("issues", repository, {"action": action, "issue": shape} | more, actor)
