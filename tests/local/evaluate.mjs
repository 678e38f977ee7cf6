// Evaluates a batch of expressions with GitHub's own evaluator: lines of JSON in, lines of JSON out.
import { createInterface } from "node:readline";
import { data, Evaluator, Lexer, Parser } from "@actions/expressions";
import { reviver } from "@actions/expressions/data/reviver";
import { replacer } from "@actions/expressions/data/replacer";

const CONTEXTS = ["github", "env", "matrix"];

function plain(value) {
  if (value.kind === data.Kind.Number && !Number.isFinite(value.value)) {
    return { number: String(value.value) };
  }
  return { json: JSON.stringify(value, replacer) };
}

function answer({ expression, contexts }) {
  try {
    const { tokens } = new Lexer(expression).lex();
    const tree = new Parser(tokens, CONTEXTS, []).parse();
    if (tree === undefined) return { error: "empty" };
    const world = JSON.parse(contexts, reviver);
    return { value: plain(new Evaluator(tree, world).evaluate()) };
  } catch (error) {
    return { error: String(error.message) };
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(JSON.stringify(answer(JSON.parse(line))) + "\n");
}
