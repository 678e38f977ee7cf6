import assert from "node:assert/strict";
import { test } from "node:test";
import { activate } from "../src/extension.js";
import { Greeter } from "../src/greeting.js";

test("a name is greeted and counted", () => {
  const greeter = new Greeter();

  assert.equal(greeter.greet("Ada"), "Hello, Ada! (greeting number 1)");
  assert.ok(greeter.greet("Ada").endsWith("2)"));
});

test("a blank name greets the world", () => {
  assert.ok(new Greeter().greet("  ").startsWith("Hello, world!"));
});

test("the command writes the greeting", () => {
  const commands = new Map();
  const written = [];
  activate({
    commands: { register: (name, run) => void commands.set(name, run) },
    output: { write: (text) => void written.push(text) },
  });

  commands.get("__NAME__.greet")?.("Grace");

  assert.deepEqual(written, ["Hello, Grace! (greeting number 1)"]);
});
