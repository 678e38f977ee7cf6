"""One outside system each: adapters speak to it, translate its errors, and decide nothing."""
