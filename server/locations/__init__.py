"""Locations, zones, bins and what is kept where by rule: to look at and to change."""
