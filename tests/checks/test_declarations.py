"""Which files of TypeScript run nothing: told by what is in them, for Node runs what a name alone calls a declaration."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.declarations import declares_only
from checks.script_trees import tree_of
from checks.security.flows.script.parsing import is_script
from checks.types_alone import without_import_types
from devforge.model.observed import SourceFile

DECLARES = (
    "",
    "import * as cp from 'child_process';\nexport declare function f(): cp.ChildProcess;",
    "import './other';\nexport * from './more.js';\nexport { a, type B } from '../b';",
    "export type { exec } from 'child_process';",
    "declare module '*.svg' {\n  const content: any;\n  export default content;\n}",
    "declare global { interface Window { fetch: typeof fetch } }\nexport {};",
    "declare const _default: {};\nexport default _default;",
    "declare class Store {\n  [key: string]: any;\n  static from(a: string): Store;\n}\nexport default Store;",
    "export class Store {\n  private store;\n  get(a: string): Promise<import('fs').Stats<bigint>>;\n}",
    "export const version: string;\nexport abstract class A { abstract b(): void }",
    "export as namespace moment;\nexport namespace moment { function now(): void; }",
    "/** Says `exec('git')`. */\nexport interface A { exec(command: string): void }\nexport type B = A | import('./c').C;",
    "import { B } from './b';\nexport { B };",
    "export declare enum Level { low = 1, high = 2 }",
)
RUNS = (
    "exec('git');",
    "export { exec } from 'child_process';",
    "export * from 'child_process';",
    "import { exec } from 'child_process';\nexport { exec };",
    "import { exec } from 'child_process';\ndeclare const exec: any;\nexport { exec };",
    "import exec from 'child_process';\nexport default exec;",
    "declare const eval: any;\nexport default eval;",
    "declare const Function: any;\nexport = Function;",
    "export default process.getBuiltinModule;",
    "import cp = require('child_process');\nexport = cp;",
    "export import cp = require('child_process');",
    "export const run = process.getBuiltinModule;",
    "import * as cp from 'child_process';\nexport class A extends cp.ChildProcess {}",
    "export class A extends Function {}",
    "export class A { static b = eval; }",
    "export class A { static { go() } }",
    "export class A { @go b: string; }",
    "export function f() { return 1 }",
    "declare\nconst a = go();",
    "declare const a: B\n[go()];",
    "// a comment ends here\u2028go();",
    "// and here\rgo();",
    "export enum A { b = go() }",
    "export namespace A { export const b = eval; }",
    "#!/usr/bin/env node\n",
    "declare const a: ;;; (((",
)
TYPES = (
    b"let a: import('b').C;",
    b"let a: typeof import('b');",
    b"function f(a: Array<import(\"b\").C<string>>): a is import('b').D { return a as import('e')['f']; }",
    b"type A = import('node:http', { with: { 'resolution-mode': 'import' } }).Server;",
    b"let a: import(\n  'b'\n).C;",
)
VALUES = (
    b"const a = await import('b');",
    b"import('b').then((c) => c.D);",
    b"const a = b ? (c) : import('b');",
    b"const a = typeof import('b');",
    b"const a = import('b') as C;",
    b"const a = { b: import('b') };",
    b"class A extends (await import('b')).C {}",
    b"// let a: import('b').C;\n",
)


def named(path: str, text: str) -> SourceFile:
    return SourceFile(path, "file", text.encode())


@pytest.mark.parametrize("text", DECLARES)
@pytest.mark.parametrize("path", ["src/a.d.ts", "a.d.mts", "A.D.CTS"])
def test_what_only_declares_runs_nothing(path, text):
    assert declares_only(named(path, text))


@pytest.mark.parametrize("text", RUNS)
def test_a_name_alone_makes_no_declaration_of_what_could_run(text):
    file = named("src/a.d.ts", f"{text}\n")

    assert not declares_only(file)
    assert is_script(file)


@pytest.mark.parametrize("path", ["a.d.ts.js", "a.ts", "d.ts", "a.d.tsx", "a.d.ts/index.ts"])
def test_other_names_are_code_whatever_is_in_them(path):
    assert not declares_only(named(path, "export declare const a: string;"))


def test_a_link_is_no_declaration():
    assert not declares_only(SourceFile("a.d.ts", "symlink", b"a.js"))


@pytest.mark.parametrize("content", TYPES)
def test_an_import_that_is_a_type_becomes_a_name_of_the_same_length_and_lines(content):
    left = without_import_types("a.ts", content)

    assert b"import" not in left
    assert not tree_of("a.ts", left).has_error
    assert (len(left), left.count(b"\n")) == (len(content), content.count(b"\n"))


@pytest.mark.parametrize("content", VALUES)
def test_an_import_that_runs_stays_also_beside_one_that_is_a_type(content):
    both = b"let a: import('x').Y;\n" + content

    assert without_import_types("a.ts", content) == content
    assert without_import_types("a.ts", both).endswith(content)
    assert without_import_types("a.js", both) == both


def test_where_a_file_cannot_be_parsed_nothing_counts_as_gone():
    content = b"let a: import('x').Y;\nlet b = ((;"

    assert without_import_types("a.ts", content) == content


words = st.sampled_from(
    ["import('b')", 'import("c")', "let a: ", ".C", "<", ">", "typeof ", "declare ", "\n", "(", ")", "{", "}", "[", "]",
     "export ", "const x = ", "default ", " as ", "?", ": ", "'", "`", "é", "\u2028", "/*", "*/", "type T = "]
)  # fmt: skip


@given(text=st.lists(words, max_size=30).map("".join))
def test_whatever_is_written_each_byte_stays_where_it_was(text):
    content = text.encode()
    left = without_import_types("a.ts", content)
    declares_only(named("a.d.ts", text))

    assert len(left) == len(content)
    assert all(
        new in (old, ord("T"), ord("_"), ord("\n")) for old, new in zip(content, left, strict=True)
    )
