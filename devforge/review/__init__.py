"""The review: what a submission is, what checks say of it, and what happens next."""
