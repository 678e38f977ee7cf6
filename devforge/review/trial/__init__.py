"""Runs an extension in the sandbox: its tests, its activation, its benchmarks."""

from devforge.review.trial.running import run_trial

__all__ = ["run_trial"]
