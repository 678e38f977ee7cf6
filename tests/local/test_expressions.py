"""Expressions mean here what they mean on GitHub: compared with GitHub's own evaluator."""

# ruff: noqa: RUF001 - letters that look alike are the point of some cases

from __future__ import annotations

import json
import math
from collections.abc import Iterator

import pytest
from github_evaluator import GitHubEvaluator
from hypothesis import given, settings
from hypothesis import strategies as st

from devforge.local.workflows.expressions import (
    BadExpression,
    EvaluationFailed,
    Object,
    Scope,
    evaluate,
    parse,
    plain_of,
    value_of,
)
from devforge.local.workflows.expressions.values import json_of

WORLD: dict[str, object] = {
    "github": {
        "ref": "refs/heads/main",
        "Actor": "Mona",
        "run_number": 7,
        "event": {
            "action": "opened",
            "number": 12,
            "draft": False,
            "body": None,
            "issue": {"labels": [{"name": "bug"}, {"name": "Help Wanted"}, {"id": 4}, "loose"]},
            "deep": {"a": {"list": [1, 2, 3]}, "b": {"list": [4]}, "c": 5},
            "matrix": [[1, 2], [3], []],
        },
    },
    "env": {"CI": "true", "EMPTY": "", "NUMBER": "3", "HEX": "0x1F", "ACCENT": "Émile ß ı İ"},
    "matrix": {"os": "linux", "version": 3.11, "flags": [True, None, "", 0, "0"]},
}

TABLE = """
true | false | null | 711 | -9.2 | 0xff | -2.99e-2 | .5 | 5. | +3 | 1e21 | 1e-7 | 0.1 | NaN | Infinity | -Infinity
'It''s open source!' | '' | "double" | 'open | TRUE | True | -0 | 0o17 | 0b11 | 1.2.3 | - | 1-2
github.ref | GITHUB.REF | github['ref'] | github.nothing | github.nothing.at.all | github.event.issue.labels.*.name
github.event.issue.labels[0].name | github.event.issue.labels['1'].name | github.event.issue.labels[9] | github.event.issue.labels[-1]
github.event.issue.labels[1.7].name | github.event.deep.*.list | github.event.deep.*.list[0] | github.event.deep.*.list.* | github.event.matrix.*.*
github.event.matrix.*[0] | github.event.*.list | github.*.action | env.* | matrix.flags.* | github.ref.* | github.ref[0] | matrix[null] | github.event.deep.*[*][1]
github | secrets.X | steps.a.outputs.b | github. | github..ref | github[ | github.ref ref | (github.ref | github.ref) | [1]
'a' == 'A' | 'a' < 'B' | 'Z' > 'a' | 'abc' <= 'ABC' | 1 == '1' | 1 == ' 1 ' | '' == 0 | null == '' | null == 0 | null == false | true == 1 | true == 'true'
true > false | 'x' == 0 | NaN == NaN | 'NaN' == NaN | '0x1F' == 31 | env.HEX == 31 | env.NUMBER > 2 | 'a' > 1 | null >= null | true >= true
github.event == github.event | github.event == github | matrix.flags == matrix.flags | matrix.flags.* == matrix.flags.* | github == null | github < 1
'ß' == 'SS' | 'ı' == 'I' | 'i' == 'I' | 'İ' == 'i' | 'é' == 'É' | env.ACCENT == 'éMILE SS ı İ'
1 && 2 | 0 && 2 | '' || 'x' | null || 0 || '' | 1 || fromJSON('broken') | !1 | !!'a' | !'' | !github | !NaN | 1 < 2 == true | !true == false
1 || 0 && 0 | (1 || 0) && 0 | 1 == 1 && 2 == 2 || false | 3 > 2 > 1 | ! ! true | 1 !=2
contains('Hello world', 'LLO') | contains(matrix.flags, '') | contains(matrix.flags, null) | contains(github.event.issue.labels.*.name, 'BUG') | contains(12, 1) | contains(github, 'ref') | contains('', '') | contains(matrix.flags, 'zero')
startsWith('Hello', 'he') | startsWith(null, '') | startsWith(matrix.flags, '') | endsWith('Hello', 'LO') | endsWith(112, 12) | ENDSWITH('a', 'a')
format('{0} {1}', 'a', 1) | format('{{{0}}}', 'x') | format('{0}') | format('{') | format('}') | format('}}{{') | format('{0:N}', 1) | format('{a}', 1) | format('{10}', 1) | format('{0}{0}', null) | format('{0}', github) | format('{0}', matrix.flags) | format('{}', 1) | format('{0', 1) | format('a{0}b{1}c', true, 1.50) | format('') | format()
join(matrix.flags) | join(matrix.flags, '-') | join('a', 'b') | join(github) | join(github.event.issue.labels.*.name, ', ') | join(matrix.flags, null) | join(github.event.matrix, ';') | join(null)
toJSON(github.event) | toJSON(null) | toJSON('a"b\\c') | toJSON(1.50) | toJSON(1e30) | toJSON(fromJSON('[]')) | toJSON(fromJSON('{}')) | toJSON(matrix.flags) | toJSON(NaN) | toJSON(fromJSON('"\\u0001\\u007f\\u2028é"'))
fromJSON('[1, 2]')[1] | fromJSON('{"a": {"b": 3}}').A.b | fromJSON('') | fromJSON(' ') | fromJSON('nope') | fromJSON('NaN') | fromJSON('1e400') | fromJSON(env.CI) | fromJSON('{"a": 1, "A": 2}') | fromJSON(7) | fromJSON('01') | fromJSON(null)
case(true, 1, 2) | case(false, 1, 2) | case(1 == 2, 'a', 2 == 2, 'b', 'c') | case(1, 2, 3) | case(true, 1) | case(true, 1, false, 2) | case('x') | case(false, 1, true, 2, 3)
unknown(1) | contains('a') | contains('a', 'b', 'c') | contains('a', 'b',) | contains(,) | format('{0}' 'x') | toJSON()
((((((((((1)))))))))) | 1 == | && 1 | = 1 | 1 = 1 | 1 & 1 | 1 | github.ref.1 | github.-x | a-b | github.event['is' || 'x'] | github.event[true] | true.x | 'a'.b | fromJSON('[{"x":1}]')[0].x | (github).ref | (github.event.issue.labels)[0].name
1.10 == 1.1 | format('{0}', 1.10) | format('{0}', 100000000000000000000) | format('{0}', 1000000000000000000000) | format('{0}', 0.1) | format('{0}', 1e-16) | format('{0}', 0.000001) | format('{0}', 1e-7) | format('{0}', 123456789.123456789) | format('{0}', -0) | format('{0}', -1e-20) | format('{0}', 1e300)
"""
CASES = [
    case.strip()
    for line in TABLE.strip().splitlines()
    for case in line.replace(" || ", "\0").replace("||", "\0").split(" | ")
]
CASES = [case.replace("\0", " || ") for case in CASES] + [
    "",
    "  ",
    "1 ==\n 1",
    "1\t==\r\n2",
    "\f1",
    "github\u00a0.ref",
    "'\ud83d\ude00' > '\uffee'",
    "(" * 49 + "1" + ")" * 49,
    "(" * 50 + "1" + ")" * 50,
    "!" * 49 + "true",
    "!" * 50 + "true",
    "github" + ".a" * 49,
    "github" + ".a" * 50,
    "'" + "x" * 20_998 + "'",
    "'" + "x" * 20_999 + "'",
]


@pytest.fixture(scope="module")
def theirs(node_modules, tmp_path_factory) -> Iterator[GitHubEvaluator]:
    evaluator = GitHubEvaluator(node_modules, tmp_path_factory.mktemp("evaluator"))
    yield evaluator
    evaluator.close()


def ours(expression: str, world: dict[str, object] = WORLD) -> dict[str, object]:
    contexts = value_of(world)
    assert isinstance(contexts, Object)
    try:
        node = parse(expression, contexts=("github", "env", "matrix"))
        value = evaluate(node, Scope(dict(contexts)))
    except (BadExpression, EvaluationFailed) as error:
        return {"error": str(error)}
    if isinstance(value, float) and not math.isfinite(value):
        return {
            "value": {"number": {"inf": "Infinity", "-inf": "-Infinity"}.get(str(value), "NaN")}
        }
    return {"value": {"json": json_of(value)}}


def same(mine: dict[str, object], other: dict[str, object]) -> bool:
    """Errors agree when both are errors; values agree as JSON, whole numbers and order included."""
    if "error" in mine or "error" in other:
        return "error" in mine and "error" in other
    mine_value, other_value = mine["value"], other["value"]
    assert isinstance(mine_value, dict)
    assert isinstance(other_value, dict)
    if "json" in mine_value and "json" in other_value:
        return ordered(mine_value["json"]) == ordered(other_value["json"])
    return mine_value == other_value


def ordered(text: str) -> object:
    return json.loads(text, object_pairs_hook=list)


@pytest.mark.parametrize("expression", CASES, ids=lambda text: text[:40])
def test_a_table_of_expressions_is_worth_what_github_says(expression, theirs):
    mine, other = ours(expression), theirs.evaluate(expression, WORLD)

    assert same(mine, other), (mine, other)


letters = st.sampled_from([*"aAbBzZ09 _-.'{}é\u00dfıİΣσς", "\U0001f600", "\uffee", '"', "\\"])
texts = st.text(letters, max_size=6).filter(lambda text: text.count("'") < 2)
names = st.sampled_from(["a", "B", "action", "list", "name", "ref", "event", "x1"])
numbers = st.one_of(
    st.integers(-5, 5).map(float),
    st.sampled_from([0.1, 1e21, 1e-7, 123456.789, 2.5e-16, 1e15, 0.30000000000000004, 5e20]),
    st.floats(allow_nan=False, allow_infinity=False),
)
data = st.recursive(
    st.one_of(st.none(), st.booleans(), numbers, texts),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(names, inner, max_size=3)),
    max_leaves=8,
)
quoted = texts.map(lambda text: "'" + text.replace("'", "''") + "'")
literals = st.one_of(
    st.sampled_from(["true", "false", "null", "NaN", "Infinity", "0xA", "1.50", "1e3", "''", "0"]),
    st.integers(-9, 99).map(str),
    quoted,
    st.sampled_from(["'1'", "'0x10'", "' 2 '", "'1e2'", "'true'"]),
)


def _composed(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pair = st.tuples(inner, inner)
    roots = st.sampled_from(["github", "env", "matrix", "github.event", "matrix.flags"])
    steps = st.one_of(
        names.map(lambda name: f".{name}"),
        st.just(".*"),
        st.just("[*]"),
        inner.map(lambda text: f"[{text}]"),
    )
    return st.one_of(
        st.tuples(st.sampled_from(["==", "!=", "<", "<=", ">", ">=", "&&", "||"]), pair).map(
            lambda made: f"{made[1][0]} {made[0]} {made[1][1]}"
        ),
        inner.map(lambda text: f"!{text}"),
        inner.map(lambda text: f"({text})"),
        st.tuples(roots, st.lists(steps, max_size=4)).map(lambda made: made[0] + "".join(made[1])),
        st.tuples(
            st.sampled_from(["contains", "startsWith", "endsWith", "join", "format"]), pair
        ).map(lambda made: f"{made[0]}({made[1][0]}, {made[1][1]})"),
        inner.map(lambda text: f"toJSON({text})"),
        data.map(lambda value: "fromJSON('" + json.dumps(value).replace("'", "''") + "')"),
        st.tuples(inner, inner, inner).map(lambda made: "case({}, {}, {})".format(*made)),
    )


expressions = st.recursive(literals, _composed, max_leaves=8).filter(
    lambda text: "''''" not in text  # theirs unescapes only the first doubled quote of a text
)
worlds = st.fixed_dictionaries(
    {"github": data, "env": st.dictionaries(names, texts), "matrix": data}
)


@settings(max_examples=800, database=None)
@given(expression=expressions, world=worlds)
def test_any_expression_over_any_contexts_is_worth_what_github_says(theirs, expression, world):
    mine, other = ours(expression, world), theirs.evaluate(expression, world)

    assert same(mine, other), (expression, mine, other)


@settings(max_examples=300, database=None)
@given(noise=st.text(st.sampled_from([*"()[].,!<>=&|*'+-0123456789ex agithubrf_\n"]), max_size=14))
def test_noise_is_refused_exactly_where_github_refuses_it(theirs, noise):
    mine, other = ours(noise), theirs.evaluate(noise, WORLD)

    assert same(mine, other), (noise, mine, other)


def test_every_doubled_quote_of_a_text_is_unescaped():
    assert plain_of(evaluate(parse("'a''b''c'", contexts=()), Scope())) == "a'b'c"


def test_a_name_that_is_not_allowed_here_is_answered_with_those_that_are():
    with pytest.raises(
        BadExpression, match="'secrets' at position 1: here one may use env, github"
    ):
        parse("secrets.TOKEN", contexts=("github", "env"))
