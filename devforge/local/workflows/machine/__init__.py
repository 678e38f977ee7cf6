"""The machine a job runs on: its directories, its processes, its log, and what steps tell it."""
