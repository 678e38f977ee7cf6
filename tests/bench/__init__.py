"""Benchmarks: what the documentation says of speed and memory, measured beside an alternative."""
