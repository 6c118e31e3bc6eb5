"""The face of the back office, with sample rows instead of a ledger."""
