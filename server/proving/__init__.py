"""Proves the books every night and on demand, and keeps what was found for the pages of the office."""
