// Searches the index in the browser. Without a script the page is complete: categories and lists.
"use strict";

const form = document.getElementById("search");
const query = document.getElementById("query");
const found = document.getElementById("found");
const count = document.getElementById("found-count");
const list = document.getElementById("found-list");
const shelves = document.getElementById("shelves");
const root = form.dataset.root;
const SHOWN = 50;
const HUES = 12;
let entries = null;

// The timestamp names the snapshot, that the lists, those the shards; but for the first, all are named by
// their version or hash, so the browser may keep them for ever.
function load() {
  entries ??= loadShards();
  entries.catch(() => (entries = null));
  return entries;
}

async function loadShards() {
  const timestamp = await signed("timestamp", "no-cache");
  const snapshot = await signed(`${timestamp.meta["snapshot.json"].version}.snapshot`, "force-cache");
  const lists = await signed(`${snapshot.meta["lists.json"].version}.lists`, "force-cache");
  const shards = Object.entries(lists.targets)
    .filter(([target]) => target.startsWith("search/"))
    .map(([target, at]) =>
      read(`index/targets/search/${at.hashes.sha256}.${target.slice("search/".length)}`, "force-cache"),
    );
  return (await Promise.all(shards)).flatMap((shard) => shard.entries.map(prepare));
}

async function signed(name, cache) {
  return (await read(`index/metadata/${name}.json`, cache)).signed;
}

async function read(path, cache) {
  const answer = await fetch(root + path, { cache });
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer.json();
}

function prepare(entry) {
  return {
    ...entry,
    name: fold(`${entry.display_name} ${entry.id}`),
    tags: fold([...(entry.keywords ?? []), ...(entry.categories ?? [])].join(" ")),
    text: fold(entry.description),
  };
}

function fold(text) {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

// Every word must be found somewhere; where it is found decides how much it counts.
function score(entry, words) {
  let total = 0;
  for (const word of words) {
    const at = entry.name.indexOf(word);
    const starts = at === 0 || (at > 0 && !/[\p{L}\p{N}]/u.test(entry.name[at - 1]));
    const points =
      at >= 0 ? (starts ? 12 : 6) : entry.tags.includes(word) ? 5 : entry.text.includes(word) ? 2 : 0;
    if (!points) return 0;
    total += points;
  }
  return total;
}

function ranked(all, text) {
  const words = fold(text).split(/\s+/).filter(Boolean);
  return all
    .map((entry) => ({ entry, points: score(entry, words) }))
    .filter((hit) => hit.points)
    .sort((a, b) => b.points - a.points || (a.entry.id < b.entry.id ? -1 : 1))
    .map((hit) => hit.entry);
}

// Text goes in as text: nothing an extension says of itself is ever read as HTML.
function element(name, className, ...children) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

function card(entry) {
  const link = element("a", "", entry.display_name);
  link.href = `${root}extensions/${entry.id.replace(".", "/")}/index.html`;
  const tile = element("span", `tile hue-${hue(entry.id)}`, monogram(entry.display_name));
  tile.setAttribute("aria-hidden", "true");
  const line = element("p", "quiet", element("code", "", entry.id), ` ${entry.version}`);
  const body = element("div", "", element("h3", "", link), element("p", "", entry.description), line);
  return element("li", "card", tile, body);
}

function monogram(name) {
  const letters = name.split(/\s+/).map((word) => [...word][0] ?? "").filter((c) => /[\p{L}\p{N}]/u.test(c));
  return (letters.slice(0, 2).join("") || [...name][0] || "?").toUpperCase();
}

function hue(id) {
  return [...id].reduce((sum, c) => sum + c.charCodeAt(0), 0) % HUES;
}

async function show() {
  const text = query.value.trim();
  found.hidden = !text;
  shelves.hidden = Boolean(text);
  remember(text);
  if (!text) return;
  try {
    const all = await load();
    if (text !== query.value.trim()) return; // a newer question is on its way
    const hits = ranked(all, text);
    list.replaceChildren(...hits.slice(0, SHOWN).map(card));
    count.textContent =
      hits.length === 0
        ? `Nothing matches “${text}”. Try fewer or shorter words.`
        : `${hits.length} ${hits.length === 1 ? "extension matches" : "extensions match"}` +
          (hits.length > SHOWN ? `; the best ${SHOWN} are shown` : "");
  } catch {
    list.replaceChildren();
    shelves.hidden = false;
    count.textContent = "Search cannot be reached just now. The lists below are complete.";
  }
}

function remember(text) {
  const here = new URL(location.href);
  if (text) here.searchParams.set("q", text);
  else here.searchParams.delete("q");
  if (location.protocol !== "file:") history.replaceState(null, "", here);
}

let waiting = 0;
form.hidden = false;
form.addEventListener("submit", (event) => {
  event.preventDefault();
  show();
});
query.addEventListener("focus", () => load().catch(() => {}), { once: true });
query.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(show, 80);
});
query.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !query.value) return;
  query.value = "";
  show();
});
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
  if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  query.focus();
});
query.value = new URL(location.href).searchParams.get("q") ?? "";
if (query.value) show();
