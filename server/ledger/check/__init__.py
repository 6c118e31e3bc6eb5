"""What proves the ledgers: invariants as searches for rows that break them. Read-only."""
