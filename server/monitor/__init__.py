"""What arrives from the devices and what becomes of it: inbox, outcomes, gaps, what waits for a person."""
