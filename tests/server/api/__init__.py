"""The API at /api/v1, over HTTP as programs use it."""
