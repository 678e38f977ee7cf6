"""GitHub's GraphQL API, as far as REST has no equal: discussions, automatic merging, search."""
