/** The entry: Dev Forge imports this file and calls `activate` once. */
import { Greeter } from "./greeting.js";

/** Register the commands. `context` is Dev Forge's side: commands, workspace, output. */
export function activate(context) {
  const greeter = new Greeter();
  context.commands.register("__NAME__.greet", (name = "") => {
    context.output.write(greeter.greet(name));
  });
}
