"""How each resource looks in an answer: one place per resource, every field GitHub requires."""
