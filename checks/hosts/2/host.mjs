// Stands in for Dev Forge 2 while an extension is activated in the sandbox: it accepts every call an
// extension can make of its host and does nothing. What the lines of Dev Forge differ in is listed in
// docs/developer.md, "Each line it claims".

const INERT = new Set(['then', 'toJSON', Symbol.toPrimitive, Symbol.toStringTag, Symbol.asyncIterator]);

function anything(known = {}) {
  return new Proxy(function nothing() {}, {
    get(_, name) {
      if (Object.hasOwn(known, name)) return known[name];
      if (INERT.has(name)) return undefined;
      if (name === Symbol.iterator) return [][Symbol.iterator].bind([]);
      return anything();
    },
    apply: () => anything(),
    construct: () => anything(),
  });
}

export const context = anything({
  commands: anything(),
  output: anything(),
  workspace: anything({ root: '/work', files: () => [], read: () => '', write: () => undefined }),
  subscriptions: [],
  globals: undefined, // gone: what is an extension's own is kept in context.state
});
