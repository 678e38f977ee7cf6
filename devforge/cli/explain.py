"""`devforge explain`: the page of a rule, or the list of all rules."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from devforge.cli.options import argument, command, json_option
from devforge.errors import BadInput

if TYPE_CHECKING:
    from checks.pages import RulePage


@command
@argument("rule", required=False, help="A rule's id, as a finding names it; without it, all.")
@json_option
def explain(rule: str | None, as_json: bool) -> None:
    """Say what a rule asks, why, how grave it is and how to mend it, with an example."""
    from checks.pages import nearest_rules, render_list, render_page, rule_pages  # noqa: PLC0415
    from devforge.adapters.rule_examples import read_examples  # noqa: PLC0415

    if rule is None and not as_json:
        click.echo(render_list(), nl=False)
        return
    pages = rule_pages(read_examples)
    if rule is None:
        click.echo(json.dumps([_as_json(page) for page in pages], indent=1))
        return
    page = next((page for page in pages if page.rule.id == rule), None)
    if page is None:
        meant = " or ".join(nearest_rules(rule))
        hint = f"did you mean {meant}?" if meant else "`devforge explain` alone lists them all"
        raise BadInput(f"{rule!r} is no rule: {hint}")
    click.echo(json.dumps(_as_json(page), indent=1) if as_json else render_page(page), nl=as_json)


def _as_json(page: RulePage) -> dict[str, object]:
    """What a program gets: the rule's own fields beside its check, its remedy and its examples."""
    rule = asdict(page.rule)
    shown = {"good": page.good, "bad": page.bad}
    examples = {
        kind: {"name": one.name, "files": dict(one.files)} if one else None
        for kind, one in shown.items()
    }
    return {**rule, "check": page.check, "mend": page.mend, **examples}
