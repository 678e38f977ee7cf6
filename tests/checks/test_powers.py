"""Which powers code is seen to use, form by form: through semgrep, and then as the profile tells it."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from example_trees import submission_of
from joined_trees import observed_together

from checks.profile import profile_of
from devforge.model.profile import Profile

# Each form stands for a way around a rule that knew the plain form only.
PYTHON = {
    "network": (
        "import requests\nrequests.get('https://a.example')",
        "import requests as r\nask = r.post",
        "from requests import Session\ns = Session()\ns.get('https://a.example')",
        "from http.client import HTTPSConnection as C\nC('a.example')",
        "from http import client\nclient.HTTPConnection('a.example')",
        "import urllib3\nurllib3.request('GET', 'https://a.example')",
        "from urllib import request\nrequest.build_opener()",
        "import httpx\nasync def f():\n    async with httpx.AsyncClient() as c:\n        await c.get('x')",
        "import aiohttp\nasync def f():\n    async with aiohttp.ClientSession() as c:\n        await c.get('x')",
        "import asyncio\nasync def f():\n    await asyncio.open_connection('a.example', 443)",
        "import socketserver\nsocketserver.ThreadingTCPServer(('', 1), None)",
        "from PyQt6.QtNetwork import QNetworkAccessManager\nm = QNetworkAccessManager()",
        "from qgis.PyQt import QtNetwork\nm = QtNetwork.QTcpSocket()",
        "from qgis.core import QgsNetworkAccessManager\nm = QgsNetworkAccessManager.instance()",
        "import functools, urllib.request\nf = functools.partial(urllib.request.urlopen, timeout=3)",
        "import imaplib\nimaplib.IMAP4_SSL('a.example')",
        "import requests\n(requests).get('x')",
    ),
    "process": (
        "from subprocess import run as r\nr(['git'])",
        "import subprocess as s\nstart = s.check_output",
        "import os\nos.execvpe('git', [], {})",
        "import os\nos.spawnlp(os.P_WAIT, 'git', 'git')",
        "import os\nos.posix_spawnp('git', [], {})",
        "import pty\npty.spawn('sh')",
        "import asyncio\nasync def f():\n    await asyncio.create_subprocess_shell('git')",
        "from plumbum import local\nlocal['git']()",
        "from plumbum.cmd import git\ngit('status')",
        "import sh\nsh.git('status')",
        "from fabric import Connection\nConnection('a').run('ls')",
        "from PyQt6.QtCore import QProcess\np = QProcess()",
        "from qgis.PyQt.QtCore import QProcess\nQProcess.startDetached('git')",
    ),
    "filesystem-write": (
        "def f(p):\n    open(p, mode='w')",
        "def f(p):\n    open(p, 'r+b')",
        "def f(p):\n    with open(p, encoding='utf-8', mode='a') as g:\n        g.write('x')",
        "import io\ndef f(p):\n    io.open(p, 'x')",
        "def f(p):\n    p.open('wb')",
        "import os\nos.rename('a', 'b')",
        "from os import replace\nreplace('a', 'b')",
        "import os\nos.rmdir('a')",
        "import os\nos.mkdir('a')",
        "import os\nos.removedirs('a')",
        "import os\nos.chmod('a', 0)",
        "import os\nos.symlink('a', 'b')",
        "import shutil\nshutil.copy('a', 'b')",
        "def f(p):\n    p.unlink()",
        "def f(p):\n    p.touch()",
        "def f(p):\n    p.mkdir(parents=True)",
        "from pathlib import Path\nPath('a').rename('b')",
        "def f(p):\n    p.rmdir()",
    ),
    "filesystem-read": (
        "def f(p):\n    open(p)",
        "def f(p):\n    open(p, newline='')",
        "def f(p):\n    p.read_bytes()",
    ),
    "clipboard": (
        "from pyperclip import paste\npaste()",
        "from PyQt6.QtWidgets import QApplication\nQApplication.clipboard().text()",
        "def f(app):\n    return app.clipboard().text()",
    ),
    "native-code": (
        "from ctypes import CDLL\nCDLL('a.so')",
        "import ctypes\nctypes.windll.user32.MessageBoxW(0)",
        "from ctypes import cdll\ncdll.LoadLibrary('a.so')",
    ),
}
JAVASCRIPT = {
    "network": (
        "fetch('https://a.example');",
        "const ask = globalThis.fetch; ask('x');",
        "const get = fetch; get('x');",
        "import net from 'node:net';",
        "import dgram = require('dgram');",
        "import { resolveTxt } from 'node:dns/promises';",
        "export const f = async () => (await import('https')).get('x');",
        "const { request } = require('http');",
        "import { net } from 'electron';",
        "const { net } = require('electron');",
        "Deno.connect({ port: 1 });",
        "new WebTransport('https://a.example');",
        "import 'isomorphic-fetch';",
    ),
    "process": (
        "import { execFile as e } from 'node:child_process';",
        "require(`child_process`).exec('git');",
        "Bun.spawn(['git']);",
        "new Deno.Command('git');",
        "export const f = async () => import('execa');",
    ),
    "filesystem-write": (
        "import { writeFile } from 'fs/promises';\nwriteFile('a', 'b');",
        "import { rm as gone } from 'node:fs/promises';\ngone('a');",
        "const { unlink } = require('fs').promises;\nunlink('a');",
        "const { mkdir: make } = require('node:fs');\nmake('a');",
        "require('fs').promises.writeFile('a', 'b');",
        "import * as fs from 'fs';\nfs['writeFileSync']('a', 'b');",
        "import fs from 'fs';\nfs.promises.rm('a');",
        "import { promises as fsp } from 'fs';\nfsp.rename('a', 'b');",
        "import * as context from 'fs';\ncontext.writeFileSync('a', 'b');",
        "import fse from 'fs-extra';\nfse.outputFile('a', 'b');",
        "Bun.write('a', 'b');",
        "Deno.writeTextFile('a', 'b');",
        "Deno.remove('a');",
    ),
    "clipboard": (
        "navigator.clipboard.writeText('a');",
        "const c = navigator.clipboard; c.readText();",
        "import { clipboard } from 'electron';",
        "import * as vscode from 'vscode';\nvscode.env.clipboard.readText();",
        "document.execCommand('cut');",
    ),
}
# What looks like a power and is none: form → the power that must not be told.
NONE = {
    ("py", "import webbrowser\nwebbrowser.open('https://a.example')"): "network",
    ("py", "import requests\ndef f(e):\n    raise requests.HTTPError(e)"): "network",
    ("py", "import socket\ndef f():\n    return socket.gethostname()"): "network",
    ("py", "import asyncio\nasync def f():\n    pass\nasyncio.run(f())"): "process",
    ("py", "import multiprocessing\nmultiprocessing.Process(target=print).start()"): "process",
    ("py", "import subprocess\ndef f(p: subprocess.Popen | None):\n    return p"): "process",
    ("py", "import tempfile\nwith tempfile.TemporaryFile() as f:\n    f.write(b'x')"): (
        "filesystem-write"
    ),
    ("py", "def f(text):\n    return text.replace('a', 'b')"): "filesystem-write",
    ("py", "def f(table):\n    return table.rename(columns={})"): "filesystem-write",
    ("py", "import copy\ncopy.copy([])"): "filesystem-write",
    ("py", "def f(p):\n    open(p, 'rb')"): "filesystem-write",
    ("py", "def f(p):\n    return p.open()"): "filesystem-write",
    ("ts", "import type { IncomingMessage } from 'http';"): "network",
    ("ts", "import type {\n  Server,\n  Socket,\n} from 'net';"): "network",
    ("ts", "import { type Server, type Socket } from 'net';"): "network",
    ("ts", "import type http = require('http');"): "network",
    ("ts", "import type * as cp from 'child_process';"): "process",
    ("ts", "let c: import('child_process').ChildProcess;"): "process",
    ("ts", "export const f = (a: Map<string, import('node:child_process').Fork<1>>) => a as unknown as import(\n  'execa'\n).X[];"): (
        "process"
    ),
    ("ts", "let n: typeof import('net'), m: import('mqtt').Client;"): "network",
    ("d.ts", "import * as cp from 'child_process';\nexport declare function f(): cp.ChildProcess;"): (
        "process"
    ),
    ("d.mts", "import { Server } from 'net';\ndeclare module 'a' { export const s: Server; }"): (
        "network"
    ),
    ("js", "import { shell } from 'electron';\nshell.openExternal('https://a.example');"): (
        "network"
    ),
    ("js", "import { Worker } from 'worker_threads';\nnew Worker('./a.js');"): "process",
    ("js", "import { join } from 'path';\nimport { existsSync } from 'fs';"): "filesystem-write",
    ("js", "export const f = (store) => store.remove('a').rename('b').copy();"): (
        "filesystem-write"
    ),
    ("js", "export const f = (cache) => cache.fetch('a');"): "network",
    ("ts", "import * as vscode from 'vscode';\nvscode.workspace.fs.writeFile(a, b);"): (
        "filesystem-write"
    ),
    ("ts", "import { workspace } from 'vscode';\nworkspace.fs.readFile(a);"): "filesystem-read",
    ("ts", "import { workspace } from 'vscode';\nconst files = workspace.fs;\nfiles.writeFile(a, b);"): (
        "filesystem-write"
    ),
    ("ts", "export function activate(context: Context) {\n  context.files.writeFile('a', 'b');\n}"): (
        "filesystem-write"
    ),
}  # fmt: skip
# A default import may be called `type`, and what stands beside an import of types runs. So does what
# only its name calls a declaration.
COUNTS = {
    (
        "ts",
        "let c: import('child_process').X;\nexport const f = async () => import('child_process');",
    ): ("process"),
    ("ts", "const { exec } = await import('child_process');"): "process",
    ("ts", "export const f = (a) => a ? (a) : import('child_process');"): "process",
    ("d.ts", "import { exec } from 'child_process';\nexec('git');"): "process",
    ("d.ts", "export { exec } from 'child_process';"): "process",
    ("d.ts.js", "import { exec } from 'child_process';\nexport declare;"): "process",
    ("ts", "import type from 'http';"): "network",
    ("ts", "import type, { get } from 'http';"): "network",
    ("ts", "import { type Server, createServer } from 'net';"): "network",
    ("ts", "import type { Server } from 'net'; fetch('https://a.example');"): "network",
}
FORMS = {
    **{("py", form): power for power, forms in PYTHON.items() for form in forms},
    **{("js", form): power for power, forms in JAVASCRIPT.items() for form in forms if "= require('dgram')" not in form},
    **{("ts", form): power for power, forms in JAVASCRIPT.items() for form in forms},
    **COUNTS,
}  # fmt: skip


@pytest.fixture(scope="module")
def profiles() -> Mapping[tuple[str, str], Profile]:
    """The profile of each form alone in an extension; the tools start once for all."""
    asked = [*FORMS, *NONE]
    made = [submission_of({"files": {f"src/a.{ext}": f"{form}\n"}}) for ext, form in asked]
    return dict(zip(asked, map(profile_of, observed_together(made)), strict=True))


@pytest.mark.parametrize("form", FORMS, ids=lambda form: f"{form[0]}: {form[1]}")
def test_each_form_of_a_power_is_seen(form, profiles):
    assert FORMS[form] in [use.power for use in profiles[form].uses]


@pytest.mark.parametrize("form", NONE, ids=lambda form: f"{form[0]}: {form[1]}")
def test_what_only_looks_like_a_power_is_none(form, profiles):
    assert NONE[form] not in [use.power for use in profiles[form].uses]
