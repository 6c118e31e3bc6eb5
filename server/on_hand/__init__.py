"""What is on hand, by item, location, bin and lot, with the way down from each to what made it so."""
