/** Greets by name and remembers how often it did. */
export class Greeter {
  count = 0;

  /** Return a greeting for `name`; a blank name greets the world. */
  greet(name) {
    this.count += 1;
    return `Hello, ${name.trim() || "world"}! (greeting number ${this.count})`;
  }
}
