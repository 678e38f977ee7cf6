"""Stands in for Dev Forge 2 while an extension is activated in the sandbox.

It accepts every call an extension can make of its host and does nothing: what is measured is the
extension. Plain Python, no imports of ours: it runs where only the interpreter is. What the lines of
Dev Forge differ in is listed in docs/developer.md, "Each line it claims".
"""


class Anything:
    """Whatever it is asked for, and does nothing when called."""

    def __getattr__(self, name):
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return Anything()

    def __call__(self, *_, **__):
        return Anything()

    def __iter__(self):
        return iter(())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None

    def __await__(self):
        yield from ()


class Workspace(Anything):
    """An empty workspace."""

    root = "/work"

    def files(self, *_):
        return []

    def read(self, *_):
        return ""

    def write(self, *_):
        return None


class Context(Anything):
    """What `activate` is given: `commands`, `workspace`, `output`, and whatever else is asked for.

    There is no `globals` any more.
    """

    def __init__(self):
        self.commands = Anything()
        self.output = Anything()
        self.workspace = Workspace()
        self.subscriptions = []

    def __getattr__(self, name):
        if name == "globals":
            raise AttributeError(
                "Dev Forge 2 has no context.globals: keep what is yours in context.state"
            )
        return super().__getattr__(name)
