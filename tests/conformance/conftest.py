"""Fixtures of the conformance tests; the plugin for every other test is conformance.plugin."""
