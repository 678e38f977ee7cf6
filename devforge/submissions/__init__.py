"""How a developer's version becomes a pull request: `devforge submit`."""
