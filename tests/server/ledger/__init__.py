"""The ledger's rules on both databases."""
