"""The general ledger for people and programs: entries, accounts and set-up, posting, reconciliation."""
