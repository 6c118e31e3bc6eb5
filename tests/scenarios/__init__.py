"""The scenarios that came with the specification, and the proof that they can fail."""
