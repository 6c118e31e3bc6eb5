"""Tests of inventory periods, posting dates and the set-up of costs."""
