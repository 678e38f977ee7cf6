"""The extensions here are samples with tests of their own, which our test run leaves alone."""

collect_ignore_glob = ["*"]
