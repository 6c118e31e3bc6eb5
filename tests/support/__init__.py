"""What the tests need of the machine: a PostgreSQL, a Chromium, databases made ready, the source as a tree.

Nothing here fakes anything: a service is found, started, installed, or said to be missing.
"""
