"""Scratch databases for the given scenarios."""

from tests.support.scratch import postgresql_scratch, scratch, sqlite_scratch

__all__ = ["postgresql_scratch", "scratch", "sqlite_scratch"]
