"""Pages and API of the general ledger."""
