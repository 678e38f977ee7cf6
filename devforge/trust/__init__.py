"""Whom clients trust: the offline half of the index's metadata, and the ceremony that signs it."""
