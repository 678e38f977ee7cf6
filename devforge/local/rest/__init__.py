"""The REST routes, one file per resource. A file put here is found by itself."""
