"""Tests of the item journal: its lines, its previews, its page."""
