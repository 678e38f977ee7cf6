"""The site as files: only what changed is written, and what is gone goes."""

from __future__ import annotations

import dataclasses
import html
import json
import shutil
from pathlib import Path

import jsonschema
import pytest
from published import listings_of, manifest_of, shelves

from checks import CHECKS
from checks.pages import rule_pages
from devforge.adapters.environment import read_environment
from devforge.adapters.rule_examples import read_examples
from devforge.errors import BadInput, Refused
from devforge.model.names import Permission
from devforge.model.profile import Component, Profile
from devforge.model.records import Extension, Price
from devforge.model.registry import Entry
from devforge.publish import words
from devforge.publish.prose import render_prose
from devforge.publish.site import site_directory, write_site

URL = "https://operator.github.io/registry/"


def shelved(*names: str, version: str = "1.0.0"):
    return shelves([manifest_of(name, version, display_name=name.title()) for name in names])


@pytest.fixture
def write(tmp_path):
    """Return `write(names…)`: writes the site of these extensions into one directory."""

    def run(*names: str, **options: object):
        registry, listings = shelved(*names)
        return write_site(registry, listings, tmp_path / "site", site_url=URL, **options)

    return run


def contents(directory: Path) -> dict[str, bytes]:
    return {
        path.relative_to(directory).as_posix(): path.read_bytes()
        for path in directory.rglob("*")
        if path.is_file()
    }


def test_a_second_run_writes_nothing_and_a_fresh_one_the_same(write, tmp_path):
    write("acme.one", "acme.two", "jane.three")
    first = contents(tmp_path / "site")
    again = write("acme.one", "acme.two", "jane.three")
    shutil.rmtree(tmp_path / "site")
    write("acme.one", "acme.two", "jane.three")

    assert (again.written, again.removed) == ((), ())
    assert contents(tmp_path / "site") == first


def test_one_more_extension_leaves_the_pages_of_all_others_alone(write):
    names = [f"dev{number}.ext" for number in range(20)]
    write(*names)
    written = write(*names, "new.extension").written

    pages = [path for path in written if path.startswith(("extensions/", "developers/"))]
    assert sorted(pages) == [
        "developers/new/index.html",
        "extensions/new/extension/feed.json",
        "extensions/new/extension/feed.xml",
        "extensions/new/extension/index.html",
    ]


def test_a_change_of_a_template_writes_the_pages_anew(write, tmp_path):
    site = tmp_path / "templates-of-my-own"
    shutil.copytree(site_directory(), site)
    write("acme.one", site=site)
    footer = site / "templates/base.html"
    footer.write_text(footer.read_text().replace("</footer>", "<p>Ours.</p></footer>"))
    write("acme.one", site=site)

    assert "<p>Ours.</p>" in (tmp_path / "site/extensions/acme/one/index.html").read_text()


def test_a_broken_template_is_named(write, tmp_path):
    site = tmp_path / "broken"
    shutil.copytree(site_directory(), site)
    (site / "templates/front.html").write_text("{{ nobody.knows }}")
    with pytest.raises(BadInput, match=r"site/templates/front\.html: 'nobody' is undefined"):
        write("acme.one", site=site)


def test_what_is_withdrawn_loses_its_page_and_what_is_lost_stops_the_run(tmp_path):
    names = [f"dev{number}.ext" for number in range(20)]
    registry, listings = shelved(*names)
    write_site(registry, listings, tmp_path, site_url=URL)
    fewer, left = shelved(*names[1:])

    report = write_site(fewer, left, tmp_path, site_url=URL)
    assert "extensions/dev0/ext/index.html" in report.removed
    gone, none = shelved(*names[10:])
    before = contents(tmp_path)
    few = dataclasses.replace(none, released=len(left.extensions))
    with pytest.raises(Refused, match="only 10 of 19 released versions have a record"):
        write_site(gone, few, tmp_path, site_url=URL)
    assert contents(tmp_path) == before


def test_long_lists_are_divided(tmp_path):
    registry, listings = shelved(*(f"dev{number}.ext" for number in range(130)))
    write_site(registry, listings, tmp_path, site_url=URL)

    assert "Page 1 of 2" in (tmp_path / "browse/index.html").read_text()
    assert 'href="../../browse/index.html"' in (tmp_path / "browse/2/index.html").read_text()


def test_every_rule_has_a_page_that_says_what_the_terminal_says(write, tmp_path):
    write("acme.one")
    for page in rule_pages(read_examples):
        text = (tmp_path / f"site/rules/{page.rule.id}/index.html").read_text()
        shown = html.unescape(text)
        assert page.rule.why in shown
        assert f"What breaks this rule {page.severity}." in shown
        assert page.mend[1:] in shown
        assert all(one.name in shown for one in (page.good, page.bad) if one)


def test_every_check_has_a_page_with_all_its_rules(write, tmp_path):
    write("acme.one")
    for check in CHECKS:
        page = (tmp_path / f"site/checks/{check.NAME}/index.html").read_text()
        for rule in check.RULES:
            assert f'id="{rule.id}"' in page
            assert f'href="../../rules/{rule.id}/index.html"' in page


def test_schemas_are_published_for_editors(write, tmp_path):

    write("acme.one")
    found = sorted((tmp_path / "site/schemas").iterdir())
    assert "manifest.schema.json" in {path.name for path in found}
    for path in found:
        jsonschema.Draft202012Validator.check_schema(json.loads(path.read_text()))


def test_every_permission_and_price_has_words():
    kinds = ("process", "secrets", "clipboard", "telemetry", "native", "filesystem:read",
             "filesystem:write", "network:*", "network:*.example.com", "network:example.com:443")  # fmt: skip
    said = {words.power(Permission.parse(kind)) for kind in kinds}
    assert len(said) == len(kinds)
    assert words.price(Price(amount=1900, currency="usd", billing="monthly")) == "19.00 USD a month"
    assert words.price(Price(amount=1900, currency="jpy", billing="once")) == "1,900 JPY once"
    assert words.price(Price(amount=1005, currency="kwd", billing="yearly")) == "1.005 KWD a year"


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("# Title\n\ntext", "<p>text</p>"),
        ("## A\n### B", "<h3>A</h3>\n<h4>B</h4>"),
        ("[a](docs/x.md)", 'href="https://h/o/r/blob/c/docs/x.md"'),
        ("[a](//evil.example/x)", 'href="https://evil.example/x"'),
        ("[a](javascript:x)", "<p>[a](javascript:x)</p>"),
        ("![words](https://x/y.png)", '<a href="https://x/y.png"'),
        ("[![ci](https://x/b.svg)](https://ci/)", '<a href="https://ci/"'),
        ("<b onclick=x>bold</b>", "<p>bold</p>"),
    ],
)  # fmt: skip
def test_prose_says_the_same_and_can_do_nothing(markdown, html):
    rendered = render_prose(markdown, source_url="https://h/o/r/blob/c/", below=2, title="Title")
    assert html in rendered
    assert "<img" not in rendered


@pytest.mark.parametrize(
    ("repository", "server", "address"),
    [
        ("Operator/Registry", "https://github.com", "https://operator.github.io/Registry/"),
        ("operator/operator.github.io", "https://github.com", "https://operator.github.io/"),
        ("o/r", "http://127.0.0.1:8000", "http://127.0.0.1:8000/pages/o/r/"),
    ],
)
def test_the_address_is_where_pages_serves_it(repository, server, address):
    environment = read_environment({"GITHUB_REPOSITORY": repository, "GITHUB_SERVER_URL": server})
    assert environment.site_url == address


def test_a_page_names_what_comes_through_its_dependencies_and_counts_the_rest(tmp_path):
    registry, listings = shelved("acme.one")
    [one] = listings.extensions
    depends = [Component(ecosystem="npm", name="direct", version="1.0.0")]
    depends += [
        Component(ecosystem="npm", name=f"inner-{n}", version="2.0.0", direct=False)
        for n in range(203)
    ]
    report = one.report.model_copy(update={"profile": Profile(dependencies=tuple(depends))})
    seen = dataclasses.replace(
        listings, extensions=(dataclasses.replace(one, report=report, key="other"),)
    )
    write_site(registry, seen, tmp_path / "site", site_url=URL)
    page = (tmp_path / "site/extensions/acme/one/index.html").read_text()

    assert "<summary>203 more through them</summary>" in page
    assert "<li>inner-0 <code>2.0.0</code>" in page
    assert page.count("<li>inner-") == 200
    assert "and 3 more, all of them in" in page


def test_a_page_says_what_stands_against_its_versions(tmp_path):
    registry, listings = shelves(
        [manifest_of("acme.one", v) for v in ("1.0.0", "1.1.0", "1.2.0")]
        + [manifest_of("acme.two", "1.0.0")]
    )
    [id, _] = sorted(registry.extensions)
    entry = registry.extensions[id]
    said = {"reason": "Merged into two.", "replacement": "acme.two", "when": "2026-11-29T00:00:00Z"}
    values = entry.extension.model_dump(mode="json", exclude_none=True)
    more = {"deprecated": said, "min_secure_version": "1.1.0"}
    changed = {
        version: record.model_copy(update={"halted": str(version) == "1.2.0"})
        for version, record in entry.versions.items()
    }
    now = Entry(Extension.model_validate(values | more), changed)
    registry = dataclasses.replace(registry, extensions={**registry.extensions, id: now})
    notes = {one.document.id: dict(one.notes) for one in listings.extensions}
    write_site(registry, listings_of(registry, notes), tmp_path / "site", site_url=URL)

    page = (tmp_path / "site/extensions/acme/one/index.html").read_text()
    assert "<strong>No longer cared for.</strong> Merged into two." in page
    assert 'extensions/acme/two/index.html">acme.two</a> instead' in page
    assert '1.2.0 <span class="tag bad">halted</span>' in page
    assert '1.0.0 <span class="tag bad">known hole</span>' in page
    assert (
        "of 1.2.0: 10, 50, 100 % of installs, a stage every 24 h; <strong>halted</strong>" in page
    )
