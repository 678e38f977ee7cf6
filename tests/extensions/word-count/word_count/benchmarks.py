"""What the registry times for each version."""

from word_count.counting import count

_TEXT = "The quick brown fox doesn't jump over the lazy dog.\n" * 2000


def count_a_long_text() -> None:
    """Count a text of twenty thousand words."""
    count(_TEXT)
