"""What inventory posts to the general ledger."""
