"""Examples are data of tests/checks/test_examples.py; nothing here is a test of ours."""

collect_ignore_glob = ["*"]
