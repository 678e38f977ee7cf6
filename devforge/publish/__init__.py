"""Makes what the records say exist: packages, releases, the index, feeds and the site."""
