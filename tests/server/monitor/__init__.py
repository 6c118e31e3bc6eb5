"""What the monitor shows, on both databases."""
