"""Issue and discussion forms: read from the default branch, checked, and rendered as the web page does.

Source: docs.github.com, "Syntax for GitHub's form schema", "Syntax for issue forms".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from devforge.local.hub import Hub
from devforge.local.refusals import not_found, unprocessable
from devforge.local.store import Row

ISSUES = ".github/ISSUE_TEMPLATE"
DISCUSSIONS = ".github/DISCUSSION_TEMPLATE"
NO_ANSWER = "_No response_"
_FORM_LIMIT_BYTES = 64 * 1024
_NAME = re.compile(r"[\w.-]+")
_ANSWERED = ("input", "textarea", "dropdown", "checkboxes")

Answers = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Field:
    """One thing a form asks for. `options` is empty for free text."""

    kind: str
    id: str
    label: str
    required: bool = False
    multiple: bool = False
    render: str | None = None
    options: tuple[str, ...] = ()
    needed_options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Form:
    """A form as it stands on the default branch."""

    name: str
    title: str
    labels: tuple[str, ...]
    fields: tuple[Field, ...]


def form_names(hub: Hub, repository: Row, folder: str) -> list[str]:
    """Return the names of the forms in a folder of the default branch, without their suffix."""
    listed = hub.git.run(
        repository["id"], "ls-tree", "--name-only", f"HEAD:{folder}", allowed=(0, 128)
    ).decode()
    names = [line.rpartition(".") for line in listed.splitlines()]
    return sorted(name for name, _, kind in names if kind in ("yml", "yaml") and name != "config")


def read_form(hub: Hub, repository: Row, folder: str, name: str) -> Form:
    """Return a form. Raises 404 where there is none, 422 with what is wrong where it is none."""
    content = _content(hub, repository, folder, name)
    if content is None:
        raise not_found()
    try:
        document = yaml.safe_load(content)
    except yaml.YAMLError as error:
        raise unprocessable(f"{folder}/{name}.yml is not YAML: {error}") from error
    problems = list(_problems(document, folder))
    if problems:
        raise unprocessable(f"{folder}/{name}.yml: {'; '.join(problems)}")
    labels = document.get("labels") or ()
    if isinstance(labels, str):
        labels = [label.strip() for label in labels.split(",")]
    return Form(
        name=str(document.get("name", name)),
        title=str(document.get("title") or ""),
        labels=tuple(map(str, labels)),
        fields=tuple(
            _field(item, index)
            for index, item in enumerate(document["body"])
            if item["type"] != "markdown"
        ),
    )


def render_form(form: Form, answers: Answers) -> str:
    """Return the text that sending the form writes: a heading and the answer for each field.

    Answers are named by a field's id or label. Raises 422 with everything that is wrong with them.
    """
    known = {name for field in form.fields for name in (field.id, field.label)}
    problems = [f"there is no field {name!r}" for name in answers if name not in known]
    sections = []
    for field in form.fields:
        answer = answers.get(field.id, answers.get(field.label))
        problems += _refusals(field, answer)
        sections.append(f"### {field.label}\n\n{_rendered(field, answer)}")
    if problems:
        raise unprocessable(f"The form is not complete: {'; '.join(problems)}")
    return "\n\n".join(sections)


def _content(hub: Hub, repository: Row, folder: str, name: str) -> bytes | None:
    if not _NAME.fullmatch(name):
        return None
    for suffix in ("yml", "yaml"):
        place = f"HEAD:{folder}/{name}.{suffix}"
        status, content = hub.git.outcome(
            repository["id"], "cat-file", "blob", place, allowed=(0, 128)
        )
        if status == 0:
            return content[:_FORM_LIMIT_BYTES]
    return None


def _problems(document: Any, folder: str) -> Iterator[str]:
    """Yield why GitHub would not offer the form."""
    if not isinstance(document, dict):
        yield "it is not a mapping"
        return
    needed = ("name", "description", "body") if folder == ISSUES else ("body",)
    yield from (f"{key} is missing" for key in needed if not document.get(key))
    body = document.get("body") or []
    if not isinstance(body, list) or not all(isinstance(item, dict) for item in body):
        yield "body is not a list of fields"
        return
    for index, item in enumerate(body):
        yield from (f"body[{index}] {problem}" for problem in _item_problems(item))
    ids = [item["id"] for item in body if item.get("id")]
    yield from (
        f"the id {id!r} is given twice" for id in sorted({i for i in ids if ids.count(i) > 1})
    )
    if body and not any(item.get("type") in _ANSWERED for item in body):
        yield "body asks for nothing"


def _item_problems(item: dict[str, Any]) -> Iterator[str]:
    kind, attributes = item.get("type"), item.get("attributes")
    if kind not in (*_ANSWERED, "markdown"):
        yield f"has the type {kind!r}, which is none of markdown, {', '.join(_ANSWERED)}"
    elif not isinstance(attributes, dict):
        yield "has no attributes"
    elif kind == "markdown":
        if not attributes.get("value"):
            yield "has no attributes.value"
    else:
        if not attributes.get("label"):
            yield "has no attributes.label"
        if kind in ("dropdown", "checkboxes") and not attributes.get("options"):
            yield "has no attributes.options"


def _field(item: dict[str, Any], index: int) -> Field:
    attributes, kind = item["attributes"], item["type"]
    options = attributes.get("options") or []
    named = [str(each["label"] if isinstance(each, dict) else each) for each in options]
    needed = [
        str(each["label"]) for each in options if isinstance(each, dict) and each.get("required")
    ]
    return Field(
        kind=kind,
        id=str(item.get("id") or f"field-{index}"),
        label=str(attributes["label"]),
        required=bool((item.get("validations") or {}).get("required")),
        multiple=kind == "checkboxes" or bool(attributes.get("multiple")),
        render=attributes.get("render"),
        options=tuple(named),
        needed_options=tuple(needed),
    )


def _chosen(answer: Any) -> list[str]:
    if answer is None or answer == "":
        return []
    return [str(each) for each in answer] if isinstance(answer, list) else [str(answer)]


def _refusals(field: Field, answer: Any) -> Iterator[str]:
    chosen = _chosen(answer)
    if field.required and not any(each.strip() for each in chosen):
        yield f"{field.label} is required"
    if field.options:
        wrong = [each for each in chosen if each not in field.options]
        yield from (
            f"{field.label}: {each!r} is none of {', '.join(field.options)}" for each in wrong
        )
    missing = [each for each in field.needed_options if each not in chosen]
    yield from (f"{field.label}: {each!r} must be ticked" for each in missing)
    if len(chosen) > 1 and not field.multiple:
        yield f"{field.label} takes one answer"


def _rendered(field: Field, answer: Any) -> str:
    chosen = _chosen(answer)
    if field.kind == "checkboxes":
        boxes = (f"- [{'x' if option in chosen else ' '}] {option}" for option in field.options)
        return "\n".join(boxes)
    text = ", ".join(chosen).strip() if field.options else "\n".join(chosen).strip()
    if not text:
        return NO_ANSWER
    return f"```{field.render}\n{text}\n```" if field.render else text
