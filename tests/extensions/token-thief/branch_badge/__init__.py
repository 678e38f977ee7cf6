"""Branch Badge."""
