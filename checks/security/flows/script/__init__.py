"""JavaScript and TypeScript, followed in the words and by the judges of Python. Pure."""
