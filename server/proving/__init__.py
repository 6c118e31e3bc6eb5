"""Proves the books every night and on demand, and keeps what was found: for the chip in every page and its page."""
