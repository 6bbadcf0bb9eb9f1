"""Checks of a running environment: `python -m pytest smoke`, led by environment variables alone."""
