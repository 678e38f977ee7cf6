"""What a Dev Forge user has: an index to trust, a home to install into, and a way back."""
