"""Word Count: how long a text is, in words, lines and minutes."""
