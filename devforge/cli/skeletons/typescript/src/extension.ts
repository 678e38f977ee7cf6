/** The entry: Dev Forge imports this file and calls `activate` once. */
import { Greeter } from "./greeting.ts";

/** The part of Dev Forge that this extension uses. */
export interface Context {
  commands: { register(name: string, run: (name?: string) => void): void };
  output: { write(text: string): void };
}

/** Register the commands. */
export function activate(context: Context): void {
  const greeter = new Greeter();
  context.commands.register("__NAME__.greet", (name = "") => {
    context.output.write(greeter.greet(name));
  });
}
