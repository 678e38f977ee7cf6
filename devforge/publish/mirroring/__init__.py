"""Copying the signed index to buckets that a CDN serves from."""
