"""Every secret of a run, searched for everywhere that it must not be: what is sought, and where."""

from tests.leaks.search import Leak, Search

__all__ = ["Leak", "Search"]
