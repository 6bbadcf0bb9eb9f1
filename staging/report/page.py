"""Results as a page of their own, for those that have one."""

from functools import singledispatch


@singledispatch
def page(_: object) -> str:
    """The result as one HTML file; empty for one that has no page."""
    return ""
