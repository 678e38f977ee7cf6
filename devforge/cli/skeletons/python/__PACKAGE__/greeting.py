"""What the extension says, apart from any editor."""


class Greeter:
    """Greets by name and remembers how often it did."""

    def __init__(self) -> None:
        self.count = 0

    def greet(self, name: str) -> str:
        """Return a greeting for `name`; a blank name greets the world."""
        self.count += 1
        return f"Hello, {name.strip() or 'world'}! (greeting number {self.count})"
