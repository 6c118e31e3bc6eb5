"""Registers, ledger entries and the way from a cost back to the scan: what was posted, to look at only."""
