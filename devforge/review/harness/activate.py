"""Runs in the sandbox: starts a Python extension, or times one of its functions.

    activate.py activate ENTRY            {"seconds": 0.01, "memory_bytes": 12000000}
    activate.py benchmark MODULE:FUNCTION {"seconds": [0.01, 0.011, …]}

The answer, or {"error": "…"}, is one JSON object on descriptor 3. Plain Python, no imports of ours;
and what Python itself does not load to start is imported only after the measurement, or the
extension would find it loaded and seem cheaper than it is.
"""

import os
import sys
import time

from host import Context

RESULT_FD = 3
BUDGET_SECONDS = 2.0
MOST_RUNS = 50
LEAST_RUNS = 5


def main():
    """Answer on the result channel and leave, whatever threads the extension has started."""
    what, where = sys.argv[1:3]
    try:
        answer = activate(where) if what == "activate" else benchmark(where)
    except BaseException as error:
        answer = {"error": said(error)}
    import json

    sys.stdout.flush()
    sys.stderr.flush()
    os.write(RESULT_FD, json.dumps(answer).encode())
    os._exit(0)


def activate(entry):
    """Import the extension's entry, and call its `activate` if it has one; imports count."""
    context = Context()
    if not os.path.exists(os.path.join(os.path.dirname(entry), "__init__.py")):  # noqa: PTH110, PTH118, PTH120 - pathlib is not loaded yet
        sys.path.append(os.path.join("/work", os.path.dirname(entry)))  # noqa: PTH118, PTH120
    start = time.perf_counter()
    begin = getattr(load(module_name(entry)), "activate", None)
    if begin is not None:
        finished(begin(context))
    seconds = time.perf_counter() - start

    import resource

    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return {"seconds": seconds, "memory_bytes": memory}


def benchmark(call):
    """Call the function once to warm up, then until the time or the number of runs is reached."""
    name, _, function = call.partition(":")
    run = load(name)
    for part in function.split("."):
        run = getattr(run, part)
    finished(run())
    seconds, spent = [], 0.0
    while len(seconds) < LEAST_RUNS or (spent < BUDGET_SECONDS and len(seconds) < MOST_RUNS):
        start = time.perf_counter()
        finished(run())
        seconds.append(time.perf_counter() - start)
        spent += seconds[-1]
    return {"seconds": seconds}


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

    frames = [f for f in traceback.extract_tb(error.__traceback__) if "/harness/" not in f.filename]
    lines = [*traceback.format_list(frames), *traceback.format_exception_only(error)]
    return "".join(line for line in lines if "<frozen importlib" not in line)[-4000:]


if __name__ == "__main__":
    sys.path.pop(0)  # this directory; the extension must find only what is its own
    del sys.modules["host"]
    main()
