"""What a person's browser gets: small pages to read, without a script and without a way to change anything."""
