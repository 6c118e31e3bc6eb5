"""From hardware to raw text, in arrival order, never dropped."""
