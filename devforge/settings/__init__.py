"""A repository's settings on GitHub as code: observed, compared with what is needed, made so."""
