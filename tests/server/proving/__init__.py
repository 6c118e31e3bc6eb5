"""Tests of the ledger check as it is kept and shown."""
