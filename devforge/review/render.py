"""Renders a review: the one comment of a pull request, the job's summary, a terminal, JSON. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import cast

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from checks.mending import MEND
from checks.pages import SEVERITIES
from devforge.model import escape
from devforge.model.doings import size
from devforge.model.orders import Order
from devforge.model.profile import Place
from devforge.model.verdict import Finding, Report
from devforge.review import words
from devforge.review.changes import changes_of
from devforge.review.places import Turn
from devforge.review.standing import Standing
from devforge.review.waiving import is_justifiable, is_settled_by_approval

MARKER = "<!-- devforge:review -->"
COMMENT_BYTES = 60_000  # GitHub takes 65,536 characters
_PER_CHECK = (12, 5, 2, 1)
_PLACES = 8  # of which the same is said


@dataclass(frozen=True, slots=True)
class Links:
    """Where files can be looked at; what is not known is not linked."""

    server_url: str = "https://github.com"
    registry: str | None = None  # owner/name, and the pull request's head
    head: str | None = None
    source: str | None = None  # owner/name, the pinned commit and the files that are there
    commit: str | None = None
    subdirectory: str = "."
    files: Collection[str] = field(default_factory=frozenset)
    lent: Collection[str] = field(default_factory=frozenset)  # of these, what is at that one's root
    site: str | None = None  # the registry's own, ending in `/`

    def rule(self, id: str) -> str | None:
        """Return the address of a rule's page on the site."""
        return f"{self.site}rules/{id}/" if self.site and id in MEND else None

    def to(self, at: str, line: int | None) -> str | None:
        """Return the address of the place a finding names, if it is one."""
        path = at.partition(": ")[0]
        anchor = f"#L{line}" if line else ""
        if path.startswith("registry/") and self.registry and self.head:
            where = f"{self.registry}/blob/{self.head}/{escape.path_in_url(path)}"
        elif path in self.files and self.source and self.commit:
            is_below = self.subdirectory != "." and path not in self.lent
            inner = f"{self.subdirectory}/{path}" if is_below else path
            where = f"{self.source}/blob/{self.commit}/{escape.path_in_url(inner)}"
        else:
            return None
        return f"{self.server_url}/{where}{anchor}"


@dataclass(frozen=True, slots=True)
class Around:
    """What stands around a review: its place in the line, what people said, what the clock says."""

    install: str | None = None  # the extension people can install once it is merged
    look: int = 1  # which look at this head, of how many before a person is asked
    looks: int = 3
    maintainers: int = 1  # who could approve it
    needed: int = 1  # and how many of them must
    standing: Standing = field(default_factory=Standing)
    orders: tuple[Order, ...] = ()
    turn: Turn | None = None
    line_url: str = ""  # the list of all that wait for a maintainer
    name: str | None = None
    not_before: datetime | None = None
    run_url: str | None = None

    @property
    def until(self) -> str:
        """When the wait of a new name is over, as people read it."""
        return f"{self.not_before.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if self.not_before else ""


_NOTHING_AROUND = Around()


def render_comment(
    report: Report, *, title: str, head: str, links: Links, around: Around = _NOTHING_AROUND
) -> str:
    """Return the comment, marker first. Long lists of findings are cut, and say by how much."""
    body = ""
    run_url = around.run_url
    for limit in _PER_CHECK:
        body = _template().render(
            links=links,
            marker=Markup(MARKER),  # noqa: S704  ours
            sign=words.SIGNS[report.decision],
            headline=words.headline(title, report),
            outcome=report.decision,
            report=report,
            changes=changes_of(report),
            around=around,
            standing=around.standing,
            refused=[order for order in around.orders if not order.is_done][-3:],
            obeyed=[order for order in report.orders if order.is_done],
            pages=words.pages(around.orders),
            head=head[:12],
            reasons=report.reasons,
            blocking=words.groups(report, "block", limit=limit),
            is_once=words.is_once(report),
            for_people=words.groups(report, "person", limit=limit),
            advice=words.groups(report, "warn", "info", limit=limit),
            advice_count=sum(1 for _ in words.advice(report)),
            accepted=tuple(words.accepted(report))[: 3 * limit],
            justifiable=any(is_justifiable(f.rule) for _, f in words.findings_of(report, "block")),
            settled=any(is_settled_by_approval(f) for _, f in words.findings_of(report, "person")),
            silent=words.silent(report),
            more=_PLACES - 1,
            checks=_rows(report),
            commit=report.commit,
            tree=report.tree_sha256[:12] if report.tree_sha256 else "",
            line_url=Markup(around.line_url),  # noqa: S704  put together by us
            run_url=Markup(run_url) if run_url else None,  # noqa: S704  from our environment
        )
        if len(body.encode()) <= COMMENT_BYTES:
            break
    return re.sub(r"\n{3,}", "\n\n", body).rstrip("\n") + "\n"


def render_summary(report: Report, *, title: str, pull: int | None = None) -> str:
    """Return one pull request's part of the job's summary page."""
    number = f" (#{pull})" if pull else ""
    lines = [
        f"### {words.SIGNS[report.decision]} {escape.markdown(words.headline(title, report))}{number}",
        "",
    ]
    lines += ["| Check | Verdict | Score | Seconds | Findings |", "|:--|:--|--:|--:|--:|"]
    for check in report.checks:
        lines.append(
            f"| {words.TITLES[check.name]} | {words.verdict(check)} | {check.score} "
            f"| {check.seconds:.1f} | {len(check.findings)} |"
        )
    lines += ["", *(f"- {escape.markdown(reason)}" for reason in report.reasons)]
    return "\n".join(lines).rstrip() + "\n"


def render_text(report: Report, *, title: str | None = None) -> str:
    """Return the review as `devforge check` prints it: the same words, no colours."""
    name = title or f"{report.extension} {report.version}".strip() or "the extension"
    lines = [escape.plain(words.headline(name, report)), ""]
    for check in report.checks:
        score = "" if check.verdict == "no verdict" else f"{check.score:>4}"
        lines.append(f"  {words.TITLES[check.name]:<20}{words.verdict(check):<16}{score}")
    lines += _can_do(report)
    for label, severities in (
        ("To mend", ("block",)),
        ("For a maintainer to look at", ("person",)),
        ("Remarks, which block nothing", ("warn", "info")),
    ):
        entries = words.entries(finding for _, finding in words.findings_of(report, *severities))
        if entries:
            lines += ["", label, *(line for entry in entries for line in _text(entry))]
    silent = words.silent(report)
    if silent:
        lines += ["", "Not judged", *(f"  {t}: {escape.plain(reason)}" for t, reason in silent)]
    blocking = any(True for _ in words.findings_of(report, "block"))
    if report.reasons and not blocking and report.decision == "mend":
        lines += ["", *(f"  {escape.plain(reason)}" for reason in report.reasons)]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _can_do(report: Report) -> list[str]:
    """What the comment says of a version, in plain lines; nothing where nobody looked."""
    changes = changes_of(report)
    if changes is None:
        return []
    title = f"What is new since {changes.since}" if changes.since else "What it can do"
    if not changes.lines:
        return ["", f"{title}: nothing but {'other code' if changes.since else 'use Dev Forge'}"]
    told = ["", f"{title}: it"]
    for line in changes.lines:
        things = ", ".join(escape.plain(thing) for thing, _ in line.things)
        more = f" and {line.left_out} more" if line.left_out else ""
        spot = line.place
        at = f" ({escape.plain(spot.path)}{f':{spot.line}' if spot.line else ''})" if spot else ""
        told.append(f"  {line.words}{f' {things}' if things else ''}{more}{at}")
    return told


def report_json(report: Report) -> str:
    """Return the report for a program, in the shape that `devforge check --json` promises."""
    checks = [
        {
            "name": check.name,
            "verdict": check.verdict,
            "score": check.score,
            "seconds": check.seconds,
            "findings": [finding.model_dump() for finding in check.findings],
        }
        for check in report.checks
    ]
    shape = {
        "extension": report.extension,
        "version": report.version,
        "decision": report.decision,
        "reasons": list(report.reasons),
        "checks": checks,
        "profile": report.profile.model_dump(mode="json") if report.profile else None,
    }
    return json.dumps(shape, ensure_ascii=False, indent=2) + "\n"


def _rows(report: Report) -> list[dict[str, object]]:
    return [
        {
            "title": words.TITLES[check.name],
            "verdict": words.verdict(check),
            "score": "" if check.verdict == "no verdict" else check.score,
        }
        for check in report.checks
    ]


def _text(entry: words.Entry) -> list[str]:
    finding = entry.finding
    lines = [f"  {escape.plain(words.place(one))}" for one in (finding, *entry.others)]
    lines.append(f"    {escape.plain(words.told(finding))}")
    if entry.remedy:
        lines.append(f"    → {escape.plain(entry.remedy)}  [{finding.rule}]")
    if finding.excused:
        lines.append(f"    {words.excuse(finding)} {escape.plain(finding.excused)}")
    return lines


@cache
def _template() -> Template:
    """The template with Markdown's own escaping: every value is escaped, whatever it is."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize,
        keep_trailing_newline=False,
        auto_reload=False,
    )
    environment.filters["rule"] = _rule
    environment.filters["page_of"] = _page_of
    environment.filters["mend"] = MEND.get
    environment.filters["severity"] = SEVERITIES.get
    environment.filters["code"] = lambda text: Markup(escape.code(str(text)))  # noqa: S704
    environment.filters["place"] = _place
    environment.filters["joint"] = words.joint
    environment.filters["told"] = words.told
    environment.filters["spot"] = _spot
    environment.filters["size"] = size
    environment.filters["excuse"] = words.excuse
    return environment.get_template("comment.md.j2")


def _finalize(value: object) -> object:
    return value if isinstance(value, Markup) else Markup(escape.prose(str(value), 1200))  # noqa: S704


@pass_context
def _rule(context: Context, id: str) -> Markup:
    address = _links(context).rule(id)
    return _linked(f"`{id}`" if address else escape.code(id), address)


@pass_context
def _page_of(context: Context, id: str) -> Markup:
    return Markup(_links(context).rule(id) or "")  # noqa: S704  ours


@pass_context
def _place(context: Context, finding: Finding) -> Markup:
    address = _links(context).to(finding.at, finding.line)
    return _linked(escape.code(words.place(finding)), address)


@pass_context
def _spot(context: Context, where: Place) -> Markup:
    shown = escape.code(f"{where.path}:{where.line}" if where.line else where.path)
    return _linked(shown, _links(context).to(where.path, where.line))


def _links(context: Context) -> Links:
    return cast("Links", context["links"])


def _linked(shown: str, address: str | None) -> Markup:
    return Markup(f"[{shown}]({address})" if address else shown)  # noqa: S704  escaped before
