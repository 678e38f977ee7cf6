"""Telling people what was released: a Discussion for each release, and whoever asked for a webhook."""
