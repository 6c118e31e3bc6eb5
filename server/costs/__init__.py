"""What stock is worth and why: its value at a date, average costs explained, cost adjustment's log."""
