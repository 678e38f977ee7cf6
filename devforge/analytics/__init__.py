"""What use is made of the marketplace: downloads, and what of them caches answered."""
