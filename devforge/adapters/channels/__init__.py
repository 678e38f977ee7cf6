"""The channels packages go to, one outside system each. They publish and look; they decide nothing."""
