"""What the files of the registry mean. Text is parsed here, once, and nowhere else."""
