"""What can be typed after `scanledger`: one module per area, each adds its commands to the parser."""
