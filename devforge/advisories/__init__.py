"""Known vulnerabilities: OSV records matched with components, kept in shards, and what they lead to."""
