"""Dev Forge Registry's engine: an extension marketplace that runs itself, without a server."""

__version__ = "0.1.0"
