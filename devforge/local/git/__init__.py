"""Real Git underneath: bare repositories, merges by plumbing, smart HTTP by git's own backend."""
