"""Master data: its rules, its changes, its files."""
