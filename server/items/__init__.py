"""Items with their units, variants and bar codes, units of measure and reasons: to look at and to change."""
