"""The terminal: what a worker holds. It imports `shared` and flet, never the server."""
