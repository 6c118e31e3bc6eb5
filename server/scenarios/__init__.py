"""Runs scenario files: postings written down by hand and what the books must say after them.

Always holds: a scenario never touches the company's own database, and a file that is not wholly understood
is not run at all. Format: tests/scenarios/FORMAT.md, docs/scenarios.md.
"""
