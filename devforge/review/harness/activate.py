"""Runs in the sandbox: starts a Python extension, or times one of its functions.

    activate.py activate ENTRY                         {"seconds": 0.01, "memory_bytes": 12000000}
    activate.py imports ENTRY                          {"imports": [{"name": "numpy", "seconds": 0.2}, …]}
    activate.py benchmark MODULE:FUNCTION SECONDS RUNS {"seconds": [0.01, 0.011, …]}

The answer, or {"error": "…"}, is one JSON object on descriptor 3. Plain Python, no imports of ours;
and what Python itself does not load to start is imported only after the measurement, or the
extension would find it loaded and seem cheaper than it is.
"""

import os
import sys
import time

sys.path[0] = "/host"  # the stand-in for Dev Forge; main() begins without it
from host import Context  # noqa: E402 - found only now

RESULT_FD = 3
PACKAGE = "the_extension"
KEPT_IMPORTS = 10
MOST_RUNS = 50


def main():
    """Answer on the result channel and leave, whatever threads the extension has started."""
    what, *arguments = sys.argv[1:]
    try:
        answer = {"activate": activate, "imports": imports, "benchmark": benchmark}[what](
            *arguments
        )
    except BaseException as error:
        answer = {"error": said(error)}
    import json

    sys.stdout.flush()
    sys.stderr.flush()
    os.write(RESULT_FD, json.dumps(answer).encode())
    os._exit(0)


def activate(entry):
    """Import the extension's entry, and call its `activate` if it has one; imports count."""
    seconds = start(entry)

    import resource

    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return {"seconds": seconds, "memory_bytes": memory}


def start(entry):
    """Do what a host does with an extension; return how many seconds it took."""
    context = Context()
    if not os.path.exists(os.path.join(os.path.dirname(entry), "__init__.py")):  # noqa: PTH110, PTH118, PTH120 - pathlib is not loaded yet
        sys.path.append(os.path.join("/work", os.path.dirname(entry)))  # noqa: PTH118, PTH120
    begun = time.perf_counter()
    begin = getattr(loaded(entry), "activate", None)
    if begin is not None:
        finished(begin(context))
    return time.perf_counter() - begun


def imports(entry):
    """Start it with a clock around what its own files import, each with what that imports in turn."""
    spent = {}
    sys.meta_path.insert(0, Clocks(spent))
    whole = start(entry)
    spent["its own code"] = whole - sum(spent.values())
    dearest = sorted(spent.items(), key=lambda item: -item[1])[:KEPT_IMPORTS]
    return {"imports": [{"name": n[:200], "seconds": max(0.0, s)} for n, s in dearest]}


class Clocks:
    """Finds what the others find, and counts what running it takes to the package first imported."""

    def __init__(self, spent):
        self.spent = spent
        self.is_running = False

    def find_spec(self, name, path=None, target=None):
        finders = [f for f in sys.meta_path if f is not self and hasattr(f, "find_spec")]
        spec = next((s for f in finders if (s := f.find_spec(name, path, target))), None)
        own = spec is not None and str(spec.origin).startswith("/work/")
        if spec is not None and not own and not isinstance(spec.loader, type):
            self.clock(spec.loader, "create_module", name)
            self.clock(spec.loader, "exec_module", name)
        return spec

    def clock(self, loader, method, name):
        run = getattr(loader, method, None)

        def clocked(argument):
            if self.is_running:
                return run(argument)
            self.is_running, begun = True, time.perf_counter()
            try:
                return run(argument)
            finally:
                self.is_running = False
                top = name.partition(".")[0]
                self.spent[top] = self.spent.get(top, 0.0) + time.perf_counter() - begun

        if run is not None:
            try:  # noqa: SIM105 - contextlib is not loaded yet
                setattr(loader, method, clocked)
            except AttributeError:
                pass  # a loader written in C: what it loads counts as the extension's own


def benchmark(call, budget, least):
    """Call the function once to warm up, then at least `least` times and for `budget` seconds."""
    budget, least = float(budget), int(least)
    name, _, function = call.partition(":")
    run = load(name)
    for part in function.split("."):
        run = getattr(run, part)
    finished(run())
    seconds, spent = [], 0.0
    while len(seconds) < least or (spent < budget and len(seconds) < MOST_RUNS):
        begun = time.perf_counter()
        finished(run())
        seconds.append(time.perf_counter() - begun)
        spent += seconds[-1]
    return {"seconds": seconds}


def loaded(entry):
    """Import an entry; an `__init__.py` at the root makes the whole extension a package."""
    if module_name(entry) != "__init__":
        return load(module_name(entry))
    from _frozen_importlib import module_from_spec
    from _frozen_importlib_external import spec_from_file_location

    where = os.path.join("/work", os.path.dirname(entry))  # noqa: PTH118, PTH120
    spec = spec_from_file_location(PACKAGE, f"/work/{entry}", submodule_search_locations=[where])
    sys.modules[PACKAGE] = module_from_spec(spec)
    spec.loader.exec_module(sys.modules[PACKAGE])
    return sys.modules[PACKAGE]


def load(name):
    """Import the module `name` and return it."""
    __import__(name)
    return sys.modules[name]


def finished(value):
    """Wait for a coroutine; anything else is finished already."""
    if hasattr(value, "__await__"):
        import asyncio

        async def wait():
            await value

        asyncio.run(wait())


def module_name(entry):
    """`src/word_count/extension.py` is imported as `word_count.extension`."""
    return (
        entry.removesuffix(".py").removeprefix("src/").removesuffix("/__init__").replace("/", ".")
    )


def said(error):
    """The traceback without our own frames, its last part."""
    import traceback

    frames = [
        f
        for f in traceback.extract_tb(error.__traceback__)
        if not f.filename.startswith(("/harness/", "/host/"))
    ]
    lines = [*traceback.format_list(frames), *traceback.format_exception_only(error)]
    return "".join(line for line in lines if "<frozen importlib" not in line)[-4000:]


if __name__ == "__main__":
    sys.path.pop(0)  # the extension must find only what is its own
    del sys.modules["host"]
    main()
