"""A job at work: its steps one after the other, on a machine of its own."""
