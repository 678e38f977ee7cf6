"""The site as people meet it: searched, without a script, by keyboard, on a telephone, at night."""

from __future__ import annotations

import re

import pytest
from published import manifest_of, policy_of, shelves
from signed_index import SignedIndex

from devforge.model.registry import Registry
from devforge.publish.listing import Listings
from devforge.publish.site import write_site

PAGES = (
    "index.html",
    "browse/index.html",
    "browse/data/index.html",
    "extensions/acme/todo-tree/index.html",
    "extensions/nord/aurora/index.html",
    "developers/acme/index.html",
    "checks/index.html",
    "checks/quality/index.html",
)
CONTRAST = """() => {
  const channel = (v) => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  const parse = (text) => (text.match(/[\\d.]+/g) ?? []).map(Number);
  const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const behind = (node) => {
    for (; node; node = node.parentElement) {
      const colour = parse(getComputedStyle(node).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  const bad = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !node.checkVisibility()) continue;
    const [a, b] = [light(parse(getComputedStyle(node).color)), light(behind(node))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) bad.push(`${walker.currentNode.data.trim()}: ${ratio.toFixed(2)}`);
  }
  return bad;
}"""


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("json", ["JSON Lens"]),
        ("JSON compares", ["JSON Lens"]),
        ("handy", ["JSON Lens", "Word Count", "Quick Note", "Aurora Theme"]),
        ("acme", ["JSON Lens", "Todo Tree", "Word Count"]),
        ("markdown", ["Word Count"]),
        ("todo", ["Todo Tree"]),
    ],
)
def test_search_finds_by_name_keyword_and_description(tab, asked, found):
    page = tab().open("index.html")
    page.get_by_role("searchbox").fill(asked)
    status = page.get_by_role("status")
    page.locator("#found-list h3").first.wait_for()

    assert sorted(page.locator("#found-list h3").all_inner_texts()) == sorted(found)
    assert status.inner_text().startswith(f"{len(found)} extension")
    page.locator("#found-list a").first.click()
    assert page.locator("h1").inner_text() in found


def test_a_search_that_finds_nothing_says_so_and_escape_brings_the_shelves_back(tab):
    page = tab().open("index.html")
    page.keyboard.press("/")
    page.keyboard.type("zzz")
    page.get_by_text("Nothing matches “zzz”").wait_for()
    assert not page.locator("#shelves").is_visible()

    page.keyboard.press("Escape")

    assert page.locator("#shelves").is_visible()


def test_a_link_to_a_search_shows_its_results(tab):
    page = tab().open("index.html?q=aurora")
    page.get_by_role("heading", name="Aurora Theme").wait_for()


def test_when_the_index_cannot_be_reached_the_lists_stay(tab):
    made = tab()
    made.page.route("**/index/**", lambda route: route.fulfill(status=503))
    page = made.open("index.html")
    page.get_by_role("searchbox").fill("json")
    page.get_by_text("Search cannot be reached just now").wait_for()

    assert page.locator("#shelves").is_visible()
    made.complaints = [said for said in made.complaints if "503" not in said]


def test_without_a_script_everything_can_be_found(tab):
    page = tab(java_script_enabled=False).open("index.html")

    assert page.get_by_role("searchbox").count() == 0
    page.get_by_role("link", name=re.compile("Data 1")).click()
    page.get_by_role("link", name="JSON Lens").click()
    assert "devforge install acme.json-lens" in page.locator("#install").inner_text()
    assert page.get_by_role("button").count() == 0


def test_the_whole_site_works_from_files(tab, published_site):
    made = tab(home=f"file://{published_site}/registry")
    page = made.open("index.html")
    page.get_by_role("link", name="Browse all 5 extensions").click()
    page.get_by_role("link", name="Todo Tree").click()

    assert page.locator("h1").inner_text() == "Todo Tree"
    assert page.evaluate("getComputedStyle(document.querySelector('.install')).display") == "flex"


@pytest.mark.parametrize("width", [320, 375, 768, 1600])
def test_no_page_is_wider_than_its_window(tab, width):
    made = tab(viewport={"width": width, "height": 700})
    for path in PAGES:
        page = made.open(path)
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, path


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_can_be_read(tab, scheme):
    made = tab(color_scheme=scheme)
    for path in PAGES:
        assert made.open(path).evaluate(CONTRAST) == [], path
    background = made.page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert (background == "rgb(22, 20, 18)") == (scheme == "dark")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_to_complain_of(tab, node_modules, scheme):
    axe = (node_modules / "axe-core/axe.min.js").read_text()
    made = tab(color_scheme=scheme, bypass_csp=True)
    for path in PAGES:
        page = made.open(path)
        page.evaluate(axe)
        found = page.evaluate(
            "axe.run().then((all) => all.violations.map((v) => [v.id, v.nodes.map((n) => n.html)]))"
        )
        assert found == [], path


def test_a_keyboard_reaches_everything_and_always_shows_where_it_is(tab):
    page = tab().open("extensions/acme/todo-tree/index.html")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    assert page.locator(".skip").bounding_box()["width"] > 50
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"

    page.reload()
    reached = set()
    for _ in range(page.locator("a, button, [tabindex='0']").count() + 3):
        page.keyboard.press("Tab")
        name, outline = page.evaluate(
            "[document.activeElement.outerHTML, getComputedStyle(document.activeElement).outlineStyle]"
        )
        assert name.startswith("<body") or outline != "none", name
        reached.add(name)
    assert len(reached) >= page.locator("a:visible, button:visible").count()


def test_the_install_line_is_copied(tab):
    made = tab(permissions=["clipboard-read", "clipboard-write"])
    page = made.open("extensions/acme/todo-tree/index.html")
    page.get_by_role("button", name="Copy").click()

    page.get_by_text("Copied to the clipboard").wait_for(state="attached")
    assert page.evaluate("navigator.clipboard.readText()") == "devforge install acme.todo-tree"


def test_every_link_within_the_site_leads_somewhere(tab):
    made = tab()
    seen, waiting = set(), ["index.html"]
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        answer = made.page.request.get(f"{made.home}/{path}")
        assert answer.ok, path
        if path.endswith(".html"):
            made.open(path)
            links = made.page.evaluate(
                "[...document.querySelectorAll('a, link')].map((a) => a.href.split('#')[0])"
            )
            waiting += [
                url.removeprefix(f"{made.home}/") for url in links if url.startswith(made.home)
            ]
    assert len(seen) > 25


def test_an_empty_registry_looks_like_one_that_is_about_to_open(tab, serve, tmp_path):
    write_site(
        Registry(policy=policy_of()),
        Listings((), 0),
        tmp_path,
        site_url="https://x.example/",
    )
    page = tab(home=serve(tmp_path)).open("index.html")

    assert page.get_by_role("heading", name="The shelves are ready").is_visible()
    assert page.get_by_role("searchbox").count() == 0


EVIL = "\"><script>top.pwned=1</script><img src=x onerror=top.pwned=1>{{7*7}}'`"
EVIL_README = """# <script>top.pwned=1</script>
<img src="https://evil.example/x.png" onerror="top.pwned=1"><svg/onload=top.pwned=1>
<a href="javascript:top.pwned=1" id="evil" style="position:fixed;inset:0" onclick="top.pwned=1">x</a>
[y](javascript:top.pwned=1) [z](data:text/html,<script>top.pwned=1</script>) ![w](https://evil.example/y.png)
<iframe src="https://evil.example"></iframe><style>body{display:none}</style><base href="https://evil.example/">
<form action="https://evil.example"><input name=q></form><meta http-equiv=refresh content="0;url=https://evil.example">
<details ontoggle=top.pwned=1 open>d</details><math><mtext><table><mglyph><style><img src=x onerror=top.pwned=1>
"""


def test_hostile_names_and_readmes_stay_text(tab, serve, tmp_path):
    manifest = manifest_of(
        "evil.one", display_name=EVIL[:60], description=EVIL * 2, license=EVIL, keywords=["x"]
    )
    registry, listings = shelves(
        [manifest],
        readme=EVIL_README,
        developers={"evil": EVIL[:70]},
        yanked={"evil.one 1.4.0": EVIL},
    )
    write_site(registry, listings, tmp_path, site_url="https://x.example/")
    SignedIndex(tmp_path / "index").publish(*(one.document for one in listings.extensions))
    made = tab(home=serve(tmp_path))
    for path in (
        "index.html",
        "index.html?q=onerror",
        "extensions/evil/one/index.html",
        "developers/evil/index.html",
        "browse/index.html",
    ):
        page = made.open(path)
        page.wait_for_timeout(150)
        assert page.evaluate("top.pwned") is None, path
        assert (
            page.locator("main")
            .locator("script, iframe, img, style, form[action], base, [onclick], [style]")
            .count()
            == 0
        )
        assert page.locator("body").is_visible()
        assert "49" not in page.locator("h1").inner_text()
    assert page.evaluate("document.getElementById('evil')") is None
