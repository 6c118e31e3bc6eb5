"""The inbox's rules on both databases."""
