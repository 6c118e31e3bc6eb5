"""Lots and serials: one card each, which is also the row that postings lock."""
