"""Greets whoever asks, and counts how often."""
