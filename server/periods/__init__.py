"""Inventory periods, accounting periods, posting dates and the set-up of costs: pages and API."""
