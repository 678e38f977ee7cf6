"""Reports of versions that start, or do not, counted from the beacon's access logs, and what they lead to."""
