"""The general ledger as far as inventory needs it: accounts, posting set-up, entries."""
