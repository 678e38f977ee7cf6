"""What code can be seen to do, as patterns over its text, for `dangers` to put together. Data.

Each sign is an everyday thing. Its phrase completes "it …"; the patterns see a text whose comments are
gone and in which every way to say "the user's home" reads `HOME()`.
"""
