"""Runs an extension in the sandbox: its tests, its activation, its benchmarks."""

from devforge.review.trial.running import Earlier, run_trial

__all__ = ["Earlier", "run_trial"]
