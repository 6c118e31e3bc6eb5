"""Tests of the data set, of what loads it, and of the demo company."""
