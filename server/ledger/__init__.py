"""The inventory ledger: journal lines in, append-only rows out. load → plan → write."""
